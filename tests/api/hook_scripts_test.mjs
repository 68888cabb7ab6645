// process_incoming_request: what it is given and what each result does; separateResponse.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { call_hook, create_scripted, newest, not_loaded, not_run, refusal, script_of, success } from '../support/hooks.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

const call = { method: 'POST', caller: 'anonymous', body: { text: 'sent' } };
const path = (name) => (w) => w.hook_path(w[name]);
const posts = (wanted) => async (w) => expect_parts(await newest(w, w.room), wanted);
const nothing = {
  prepare: async (w) => { w.seen = (await newest(w, w.room))._id; },
  then: async (w) => expect_parts(await newest(w, w.room), { _id: w.seen }),
};

// name of the hook: its script
const scripts = {
  mirror: script_of('return { content: { text: "-" }, response: { request } };'),
  same: script_of('request.content.mark = 1; return { content: { text: "-" }, response: { same: request.content === request.body, mark: request.body.mark } };'),
  falsy: script_of('return { undefined, null: null, false: false, zero: 0, empty: "" }[request.content.which];'),
  no_method: 'class Script { other() {} }',
  errors: script_of('return { error: request.content.error };'),
  results: script_of('return request.content.result;'),
  replaces: script_of('return { content: { text: "replaced", alias: request.content.alias } };'),
  keeps: script_of('return { content: { text: "kept", ...request.content.more } };'),
  undefined_text: script_of('return { content: { text: undefined } };'),
  sender: script_of('return { content: { text: "as" }, user: request.content.user };'),
  response: script_of('return { content: { text: "first", ...request.content.to }, response: { at: "end" } };'),
  throws: script_of('throw new Error("no");'),
  throws_text: script_of('throw "no";'),
  rejects: 'class Script { async process_incoming_request() { throw new Error("no"); } }',
  broken: 'class Script { process_incoming_request( { }',
  top_throw: 'throw new Error("no"); class Script { process_incoming_request() { return null; } }',
  no_class: 'const answer = 42;',
  constructor: 'class Script { constructor() { throw new Error("no"); } process_incoming_request() { return null; } }',
};

const world = scenarios({
  name: 'hook script',
  receiver: false,
  setup: async (w) => {
    w.room = await w.create_channel();
    w.spare = await w.create_channel();
    await w.create_caller('speaker', { rights: ['message-impersonate'] });
    await w.create_caller('plain');
    for (const [name, script] of Object.entries(scripts)) {
      w[name] = await create_scripted(w, script, { channel: '#' + w.room.name, overrideDestinationChannelEnabled: true });
    }
    w.many = await w.create_incoming({ channel: '#' + w.room.name, overrideDestinationChannelEnabled: true });
    await w.post(w.room, 'first');
  },
  rows: [
    { ...call, name: 'tells the request on POST', path: (w) => `${w.hook_path(w.mirror)}?a=1&b=x&b=y&c%20d=e+f`,
      covers: ['integrations 7.4/when-1', 'integrations 7.4/request-1', 'integrations 7.4/request-2',
               'integrations 7.4/request-3', 'integrations 7.4/request-5', 'integrations 7.4/request-7'],
      headers: { 'X-Extra-Header': 'Mixed', 'X-Auth-Token': 'callers-own' },
      parts: { success: true, request: {
        url: { hash: null, search: '?a=1&b=x&b=y&c%20d=e+f', query: { a: '1', b: ['x', 'y'], 'c d': 'e f' }, pathname: path('mirror'),
               path: (w) => `${w.hook_path(w.mirror)}?a=1&b=x&b=y&c%20d=e+f` },
        url_raw: (w) => `${w.hook_path(w.mirror)}?a=1&b=x&b=y&c%20d=e+f`,
        url_params: { integrationId: (w) => w.mirror._id, token: (w) => w.mirror.token, userId: any.absent },
        content: { text: 'sent' }, body: { text: 'sent' }, content_raw: '{"text":"sent"}',
        user: { _id: 'rocket.cat', username: 'rocket.cat', name: any.string } } } },
    { ...call, name: 'tells headers in lower case and adds no token', covers: ['integrations 7.4/request-6'], path: path('mirror'),
      headers: { 'X-Extra-Header': 'Mixed', 'X-GitHub-Event': 'push' },
      parts: { request: { headers: { 'x-extra-header': 'Mixed', 'x-github-event': 'push', 'content-type': 'application/json',
                                     'x-auth-token': any.absent, 'X-Extra-Header': any.absent } } } },
    { name: 'tells the request on GET', caller: 'anonymous', covers: ['integrations 7.4/when-2', 'integrations 7.4/request-1'],
      path: (w) => `/hooks/${w.mirror._id}/someone/${w.mirror.token}`,
      parts: { request: { url: { hash: null, search: null, query: {}, path: (w) => `/hooks/${w.mirror._id}/someone/${w.mirror.token}` },
                          url_params: { userId: 'someone' }, content: {}, content_raw: '' } } },
    { ...call, name: 'gives content and body as one object', covers: ['integrations 7.4/request-4'], path: path('same'),
      parts: { same: true, mark: 1 } },

    ...['undefined', 'null', 'false', 'zero', 'empty'].map((which) => ({ ...call, name: `posts nothing for ${which}`,
      covers: ['integrations 7.4/result-1a'], path: path('falsy'), body: { which }, json: success, ...nothing })),
    { ...call, name: 'posts nothing without the method, and logs that', covers: ['integrations 7.4/result-1b'], path: path('no_method'),
      json: success, prepare: nothing.prepare, then: async (w) => {
        await nothing.then(w);
        await w.server.wait_for_log(/lacks the method/);
      } },
    { ...call, name: 'answers an error in text', covers: ['integrations 7.4/result-2'], path: path('errors'), body: { error: 'not today' },
      status: 400, json: refusal('not today') },
    { ...call, name: 'answers an error object', covers: ['integrations 7.4/result-3'], path: path('errors'),
      body: { error: { code: 7, message: 'no', success: true } }, status: 400, json: { code: 7, message: 'no', success: false } },
    ...[{}, { content: 'text' }, { content: null }, 'text', 7, true, [1]].map((result) => ({ ...call,
      name: `refuses the result ${JSON.stringify(result)}`, covers: ['integrations 7.4/result-4'], path: path('results'), body: { result },
      status: 400, json: not_run, ...nothing })),
    { ...call, name: 'replaces the body', covers: ['integrations 7.4/result-5a'], path: path('replaces'),
      body: { text: 'sent', alias: 'Lee', channel: '#nowhere-at-all', attachments: [{ text: 'lost' }] }, json: success,
      then: posts({ msg: 'replaced', alias: 'Lee', attachments: any.absent }) },
    { ...call, name: 'keeps separateResponse of the body', covers: ['integrations 7.4/result-5b'], path: path('keeps'),
      body: { separateResponse: true }, parts: { responses: [{ message: { msg: 'kept' } }] } },
    { ...call, name: 'lets the content end separateResponse', covers: ['integrations 7.4/result-5b'], path: path('keeps'),
      body: { separateResponse: true, more: { separateResponse: false } }, json: success },
    { ...call, name: 'posts an empty message for undefined', covers: ['integrations 7.4/result-5c'], path: path('undefined_text'),
      json: success, then: posts({ msg: '' }) },
    { ...call, name: 'takes a sender by name who may speak for others', covers: ['integrations 7.4/result-6'], path: path('sender'),
      body: (w) => ({ user: { username: w.callers.speaker.username } }), json: success,
      then: async (w) => posts({ u: { username: w.callers.speaker.username } })(w) },
    { ...call, name: 'takes a sender by id who may speak for others', covers: ['integrations 7.4/result-6'], path: path('sender'),
      body: (w) => ({ user: { _id: w.callers.speaker.user_id } }), json: success,
      then: async (w) => posts({ u: { _id: w.callers.speaker.user_id } })(w) },
    { ...call, name: 'ignores a sender who may not', covers: ['integrations 7.4/result-6'], path: path('sender'),
      body: (w) => ({ user: { username: w.callers.plain.username } }), json: success, then: posts({ u: { username: 'rocket.cat' } }) },
    { ...call, name: 'ignores an administrator as sender', covers: ['integrations 7.4/result-6'], path: path('sender'),
      body: { user: { username: 'admin', roles: ['bot'] } }, json: success, then: posts({ u: { username: 'rocket.cat' } }) },
    { ...call, name: 'ignores a sender who does not exist', covers: ['integrations 7.4/result-6'], path: path('sender'),
      body: { user: { _id: 'nobody', username: 'nobody' } }, json: success, then: posts({ u: { username: 'rocket.cat' } }) },
    { ...call, name: 'answers the response after posting', covers: ['integrations 7.4/result-7'], path: path('response'),
      json: { at: 'end', success: true }, then: posts({ msg: 'first' }) },
    { ...call, name: 'answers no response when posting fails', covers: ['integrations 7.4/result-7'], path: path('response'),
      body: { to: { channel: '#nowhere-at-all' } }, status: 400, json: refusal('invalid-channel') },
    ...['throws', 'throws_text', 'rejects'].map((name) => ({ ...call, name: `says that the script failed: ${name}`, body: { text: 'x' },
      covers: ['integrations 7.4/result-8'], path: path(name), status: 400, json: not_run, ...nothing })),
    ...['broken', 'top_throw', 'constructor'].map((name) => ({ ...call, name: `says that the script does not load: ${name}`,
      covers: ['integrations 7.4/result-9a', ...(name === 'broken' ? ['integrations 6.1/fail-3'] : []),
               ...(name === 'constructor' ? ['integrations 6.1/constructor'] : [])],
      path: path(name), status: 400, json: not_loaded, ...nothing })),
    { ...call, name: 'says that there is no class', covers: ['integrations 7.4/result-9b', 'integrations 13/class'], path: path('no_class'),
      status: 400, json: not_loaded },

    { ...call, name: 'tells each target', covers: ['integrations 7.5/1', 'integrations 8.2/result'], path: path('many'),
      body: (w) => ({ text: 'each', separateResponse: true, channel: ['#' + w.room.name, '#nowhere-at-all', '#' + w.spare.name] }),
      json: { success: true, responses: [{ channel: (w) => '#' + w.room.name, message: any.object },
                                         { channel: '#nowhere-at-all', error: 'invalid-channel' },
                                         { channel: (w) => '#' + w.spare.name, message: any.object }] },
      then: async (w, { json }) => {
        expect_parts(json.responses[0].message, { _id: any.id, rid: w.room._id, msg: 'each', ts: any.date, bot: { i: w.many._id },
                                                  u: { username: 'rocket.cat' } });
        expect_parts(await newest(w, w.spare), { _id: json.responses[2].message._id, msg: 'each' });
      } },
    { ...call, name: 'fails when all targets fail', covers: ['integrations 7.5/2'], path: path('many'), status: 400,
      body: { text: 'x', separateResponse: true, channel: ['#nowhere-at-all', '@nobody-at-all'] },
      json: { success: false, responses: [{ channel: '#nowhere-at-all', error: 'invalid-channel' },
                                          { channel: '@nobody-at-all', error: 'invalid-channel' }] } },
    { ...call, name: 'sends nothing when one target is bad and the flag is not there', covers: ['integrations 7.5/3'], path: path('many'),
      body: (w) => ({ text: 'x', channel: ['#' + w.room.name, '#nowhere-at-all'] }), status: 400, json: refusal('invalid-channel'), ...nothing },
  ],
});

test('an enabled script of blanks is no script', {}, async () => {
  const blank = await create_scripted(world, ' \n', { channel: '#' + world.room.name });
  expect_json((await call_hook(world, blank, { text: 'no script' })).json, success);
  expect_parts(await newest(world, world.room), { msg: 'no script' });
  expect((await call_hook(world, blank)).json.success, 'an empty call fails');
  expect_parts(await newest(world, world.room), { msg: 'no script' });
});
