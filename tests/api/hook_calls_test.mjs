// The addresses of incoming webhooks, and the order in which a call is judged.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { call_hook, create_scripted, newest, refusal, script_of, success } from '../support/hooks.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const unknown = refusal('Invalid integration id or token provided.');
const override_off = refusal('overriding destination channel is disabled for this integration');
const not_logged_in = { success: false, status: 'error', error: 'You must be logged in to do this.',
                        message: 'You must be logged in to do this.' };
const at = (name) => (w) => w.hook_path(w[name]);
const through_user = (name) => (w) => `/hooks/${w[name]._id}/whoever/${w[name].token}`;
const call = { method: 'POST', caller: 'anonymous' };
const stays = (name) => async (w) => {
  w.seen = (await newest(w, w[name]))?._id;
};
const unchanged = (name) => async (w) => {
  expect((await newest(w, w[name]))?._id === w.seen, 'something was posted');
};
const posts = (name, wanted) => async (w) => expect_parts(await newest(w, w[name]), wanted);

const world = scenarios({
  name: 'hooks',
  receiver: false,
  setup: async (w) => {
    w.builds = await w.create_channel();
    w.other = await w.create_channel();
    w.closed = await w.create_group();
    const channel = '#' + w.builds.name;
    w.plain = await w.create_incoming({ channel, alias: 'CI', emoji: ':gear:' });
    w.free = await w.create_incoming({ channel, overrideDestinationChannelEnabled: true });
    w.off = await w.create_incoming({ channel, enabled: false });
    w.echo = await create_scripted(w, script_of('return { content: { text: "scripted " + request.content.text } };'), { channel });
    w.teller = await create_scripted(w, script_of(
      'return { content: request.content, response: { done: 7, success: "overwritten" } };'), { channel });
    w.redirecting = await create_scripted(w, script_of(`return { content: { text: 'x', ...request.content.to } };`), { channel });
    w.parted = await create_scripted(w, script_of(`return { content: { text: 'x', separateResponse: true } };`), { channel });
    w.outgoing = await w.create_outgoing({ channel, token: 'some-outgoing-token', urls: ['http://127.0.0.1:1/'] });
    w.to_closed = await w.create_incoming({ channel: '#' + w.closed.name });
    await w.create_caller('speaker', { rights: ['message-impersonate'] });
    w.spoken = await w.create_incoming({ channel, username: w.callers.speaker.username });
    await w.create_caller('leaver', { rights: ['message-impersonate'] });
    w.left = await w.create_incoming({ channel, username: w.callers.leaver.username });
    await w.admin.must_post('/api/v1/users.delete', { userId: w.callers.leaver.user_id });
  },
  rows: [
    { ...call, name: 'posts without login and tells nothing of the message',
      covers: ['integrations 7.1/1a', 'integrations 7.2/12a', 'integrations 7.1/type'], path: at('plain'),
      body: { text: 'Build 17 passed' }, json: success, reply_headers: { 'content-type': /^application\/json/ },
      then: posts('builds', { msg: 'Build 17 passed' }) },
    { ...call, name: 'posts in the form with a user id, whatever it is', covers: ['integrations 7.1/1b'],
      path: through_user('plain'), body: { text: 'three parts' }, json: success, then: posts('builds', { msg: 'three parts' }) },
    { name: 'takes GET with a script', caller: 'anonymous', covers: ['integrations 7.1/1a'], path: at('echo'), json: success,
      then: posts('builds', { msg: 'scripted undefined' }) },
    { name: 'takes GET in the form with a user id', caller: 'anonymous', covers: ['integrations 7.1/1b'],
      path: through_user('echo'), json: success },
    { ...call, name: 'decodes the parts of the path', covers: ['integrations 7.1/decode'], body: { text: 'decoded' },
      path: (w) => `/hooks/%${w.plain._id.charCodeAt(0).toString(16)}${w.plain._id.slice(1)}/` +
                   `%${w.plain.token.charCodeAt(0).toString(16)}${w.plain.token.slice(1)}`,
      json: success, then: posts('builds', { msg: 'decoded' }) },
    { ...call, name: 'decodes the token twice', covers: ['integrations 7.1/decode'], body: { text: 'twice' },
      path: (w) => `/hooks/${w.plain._id}/%25${w.plain.token.charCodeAt(0).toString(16)}${w.plain.token.slice(1)}`,
      json: success, then: posts('builds', { msg: 'twice' }) },

    { ...call, name: 'refuses a wrong token', covers: ['integrations 7.2/2a', 'integrations 7.1/type'], status: 404,
      path: (w) => `/hooks/${w.plain._id}/${w.echo.token}`, body: { text: 'x' }, json: unknown,
      reply_headers: { 'content-type': /^application\/json/ } },
    { ...call, name: 'refuses an unknown id', covers: ['integrations 7.2/2a'], status: 404,
      path: (w) => `/hooks/nowhere/${w.plain.token}`, body: { text: 'x' }, json: unknown },
    { name: 'refuses a wrong token on GET', caller: 'anonymous', status: 404, path: (w) => `/hooks/${w.plain._id}/x`, json: unknown },
    { ...call, name: 'refuses the address of an outgoing one', covers: ['integrations 7.2/2b'], status: 404,
      path: at('outgoing'), body: { text: 'x' }, json: unknown },
    { ...call, name: 'wants the account', covers: ['integrations 7.2/3'], status: 401, path: at('left'), body: { text: 'x' },
      json: not_logged_in },
    { ...call, name: 'refuses while disabled', covers: ['integrations 7.2/4'], status: 503, path: at('off'), body: { text: 'x' },
      json: refusal('Service Unavailable') },
    { ...call, name: 'tells a wrong token of a disabled one', covers: ['integrations 7.2/2a'], status: 404, body: {},
      path: (w) => `/hooks/${w.off._id}/wrong`, json: unknown },
    { ...call, name: 'posts as an account that may speak for others', path: at('spoken'), body: { text: 'spoken' }, json: success,
      then: posts('builds', { msg: 'spoken', u: { username: /^speaker/ } }) },
    { ...call, name: 'refuses once the account lost the right', covers: ['integrations 7.2/5'], status: 400, path: at('spoken'),
      prepare: async (w) => {
        w.before = await w.set_right('message-impersonate', ['bot', 'app']);
      },
      body: { text: 'x' }, json: refusal('error-user-lacks-message-impersonate-permission') },
    { ...call, name: 'posts again when the right is back', path: at('spoken'),
      prepare: (w) => w.set_right('message-impersonate', w.before), body: { text: 'again' }, json: success },

    { ...call, name: 'reads the body before the script runs', covers: ['integrations 7.2/6'], status: 400, path: at('echo'),
      form: { payload: '[1]' }, json: refusal('Integration payload must be a JSON object, not an array or primitive') },
    { ...call, name: 'runs the script before the message is judged', covers: ['integrations 7.2/7'], path: at('echo'),
      body: { text: 'x', channel: '#nowhere-at-all' }, json: success, then: posts('builds', { msg: 'scripted x' }) },
    { ...call, name: 'posts nothing without a body', covers: ['integrations 7.2/8'], path: at('plain'), body: {}, json: success,
      prepare: stays('builds'), then: unchanged('builds') },
    { name: 'posts nothing on GET', caller: 'anonymous', covers: ['integrations 7.2/8'], path: at('plain'), json: success,
      prepare: stays('builds'), then: unchanged('builds') },

    { ...call, name: 'refuses channel while override is off', covers: ['integrations 7.2/9a'], status: 400, path: at('plain'),
      body: (w) => ({ text: 'x', channel: '#' + w.other.name }), json: override_off, prepare: stays('other'), then: unchanged('other') },
    { ...call, name: 'refuses roomId while override is off', covers: ['integrations 7.2/9b'], status: 400, path: at('plain'),
      body: (w) => ({ text: 'x', roomId: w.other._id }), json: override_off },
    { ...call, name: 'refuses the channel of a script', covers: ['integrations 7.2/9c'], status: 400, path: at('redirecting'),
      body: (w) => ({ to: { channel: '#' + w.other.name } }), json: override_off },
    { ...call, name: 'refuses the roomId of a script', covers: ['integrations 7.2/9c'], status: 400, path: at('redirecting'),
      body: (w) => ({ to: { roomId: w.other._id } }), json: override_off },
    { ...call, name: 'takes an empty channel for none', path: at('plain'), body: { text: 'empty channel', channel: '', roomId: null },
      json: success, then: posts('builds', { msg: 'empty channel' }) },
    { ...call, name: 'uses the channel of the body', covers: ['integrations 7.2/9d'], path: at('free'),
      body: (w) => ({ text: 'moved', channel: '#' + w.other.name }), json: success, then: posts('other', { msg: 'moved' }) },
    { ...call, name: 'uses the roomId of the body', covers: ['integrations 7.2/9d'], path: at('free'),
      body: (w) => ({ text: 'by id', roomId: w.other._id }), json: success, then: posts('other', { msg: 'by id' }) },
    { ...call, name: 'uses a plain name in a list', covers: ['integrations 7.2/9d', 'integrations 8.1/list-2'], path: at('free'),
      body: (w) => ({ text: 'listed', channel: [w.other.name] }), json: success, then: posts('other', { msg: 'listed' }) },

    { ...call, name: 'marks the message and fills in the defaults', covers: ['integrations 7.2/10a', 'integrations 8.2/7'],
      path: at('plain'), body: { text: 'marked', bot: { i: 'forged' } }, json: success,
      then: async (w) => posts('builds', { msg: 'marked', bot: { i: w.plain._id }, alias: 'CI', emoji: ':gear:',
                                           u: { username: 'rocket.cat' }, avatar: any.absent })(w) },
    { ...call, name: 'tells a code without errorType', covers: ['integrations 7.2/10b'], status: 400, path: at('free'),
      body: { text: 'x', channel: '#nowhere-at-all' }, json: refusal('invalid-channel') },
    { ...call, name: 'tells a text without errorType', covers: ['integrations 7.2/10b'], status: 400, path: at('to_closed'),
      body: { text: 'x' }, json: refusal('error-not-allowed') },
    { ...call, name: 'tells that nothing was sent', covers: ['integrations 7.2/10c'], status: 400, path: at('free'),
      body: { text: 'x', channel: [] }, json: refusal('unknown-error') },
    { ...call, name: 'separates when the body says so', covers: ['integrations 7.2/11'], path: at('plain'),
      body: { text: 'parted', separateResponse: true },
      json: { responses: [{ channel: (w) => '#' + w.builds.name, message: any.object }], success: true } },
    { ...call, name: 'separates when the script says so', covers: ['integrations 7.2/11'], path: at('parted'), body: { text: 'x' },
      json: { responses: [{ channel: (w) => '#' + w.builds.name, message: any.object }], success: true } },
    { ...call, name: 'takes no other value for separate', path: at('plain'), body: { text: 'x', separateResponse: 'true' },
      json: success },
    { ...call, name: 'answers what the script says', covers: ['integrations 7.2/12b'], path: at('teller'), body: { text: 'told' },
      json: { done: 7, success: true }, then: posts('builds', { msg: 'told' }) },
  ],
});

test('a hook posts across a restart', { covers: ['integrations 7.1/1a'] }, async () => {
  await world.crash_and_restart();
  expect_json((await call_hook(world, world.plain, { text: 'after the crash' })).json, success);
  expect_parts(await newest(world, world.builds), { msg: 'after the crash' });
});

const limited = use_world({ server: { limiter: 'default' }, receiver: false, setup: async (w) => {
  w.hook = await w.create_incoming();
  w.next = await w.create_incoming();
} });

test('the default limit counts for each full path, and no right lets pass', { covers: ['integrations 7.2/1'] }, async () => {
  const path = limited.hook_path(limited.hook);
  for (let i = 1; i <= 10; ++i) {
    const { status, headers } = await limited.admin.post(path, { text: `${i}` });
    expect_json({ status, limit: headers['x-ratelimit-limit'], left: headers['x-ratelimit-remaining'] },
                { status: 200, limit: '10', left: String(10 - i) });
  }
  for (const client of [limited.admin, limited.anonymous]) {
    const { status, json, headers } = await client.post(path, { text: 'too many' });
    expect(status === 429 && Number(headers['x-ratelimit-reset']) > Date.now(), `status ${status}`);
    expect_json(json, { success: false, error: /^Error, too many requests\. Please slow down\. You must wait \d+ seconds before trying this endpoint again\. \[error-too-many-requests\]$/ });
  }
  const through_user = `/hooks/${limited.hook._id}/someone/${limited.hook.token}`;
  for (const other of [limited.hook_path(limited.next), through_user]) {
    expect((await limited.anonymous.post(other, { text: 'x' })).status === 200, `${other} shares the limit`);
  }
});
