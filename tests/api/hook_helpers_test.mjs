// The helper routes below /hooks, for tools that make webhooks themselves.

import { any, expect, expect_parts } from '../support/expect.mjs';
import { refusal, success } from '../support/hooks.mjs';
import { scenarios } from '../support/scenario.mjs';

const short_form = (word) => (w) => `/hooks/${word}/${w.hook._id}/${w.hook.token}`;
const long_form = (word) => (w) => `/hooks/${word}/${w.hook._id}/whoever/${w.hook.token}`;
const of_plain = (word) => (w) => `/hooks/${word}/${w.plain._id}/${w.plain.token}`;
const sample = (number) => ({ token: any.text_of(24), channel_id: any.id, channel_name: 'general', timestamp: any.date, user_id: any.id,
                              user_name: 'rocket.cat', text: `Sample text ${number}`, trigger_word: 'Sample' });
const samples = [sample(1), sample(2), sample(3)];
const post = { method: 'POST', caller: 'anonymous' };
const unknown = refusal('Invalid integration id or token provided.');
const url = (name) => `https://tools.example/${name}`;
const made = (more) => ({ success: true, _id: any.id, type: 'webhook-outgoing', event: 'sendMessage', enabled: true, username: 'rocket.cat',
                          userId: 'rocket.cat', token: any.text_of(24), scriptEnabled: false, ...more });
const hears = async (w) => {
  const before = w.receiver.requests.length;
  await w.post(w.room, 'unheard');
  await w.post(w.room, '!run now');
  const [request] = (await w.receiver.wait_for(before + 1)).slice(before);
  expect_parts(request.json, { text: '!run now', trigger_word: '!run' });
};
const is_gone = (name) => async (w) => {
  const { integrations } = await w.admin.must_get('/api/v1/integrations.list', { count: 0 });
  expect(!integrations.some((one) => one.urls?.includes(url(name))), `${name} is still there`);
};
const is_there = (name) => async (w) => {
  const { integrations } = await w.admin.must_get('/api/v1/integrations.list', { count: 0 });
  expect(integrations.some((one) => one.urls?.includes(url(name))), `${name} is gone`);
};

scenarios({
  name: 'hook helpers',
  setup: async (w) => {
    await w.create_caller('tool', { rights: ['message-impersonate', 'manage-outgoing-integrations', 'manage-own-outgoing-integrations'] });
    w.hook = await w.create_incoming({ username: w.callers.tool.username });
    w.plain = await w.create_incoming();
    w.off = await w.create_incoming({ enabled: false });
    w.room = await w.create_channel();
    await w.create_outgoing({ urls: [url('foreign')] });
  },
  rows: [
    { name: 'sample', caller: 'anonymous', covers: ['integrations 7.1/2', 'integrations 7.6/sample'], path: short_form('sample'), json: samples },
    { name: 'sample with a user id', caller: 'anonymous', covers: ['integrations 7.1/2'], path: long_form('sample'), json: samples },
    { name: 'sample wants the token', caller: 'anonymous', path: (w) => `/hooks/sample/${w.hook._id}/wrong`, status: 404, json: unknown },
    { name: 'info', caller: 'anonymous', covers: ['integrations 7.1/3'], path: short_form('info'), json: success },
    { name: 'info with a user id', caller: 'anonymous', covers: ['integrations 7.1/3'], path: long_form('info'), json: success },
    { name: 'info wants the token', caller: 'anonymous', path: (w) => `/hooks/info/${w.hook._id}/wrong`, status: 404, json: unknown },
    { name: 'info of a disabled hook', caller: 'anonymous', path: (w) => `/hooks/info/${w.off._id}/${w.off.token}`, status: 503,
      json: refusal('Service Unavailable') },

    { ...post, name: 'add for a channel', path: short_form('add'),
      covers: ['integrations 7.1/4', 'integrations 7.6/add-1', 'integrations 7.6/add-5'],
      body: (w) => ({ event: 'newMessageOnChannel', name: 'bell', target_url: w.receiver.url('/added'),
                      data: { channel_name: w.room.name, trigger_words: ['!go', '!run'] } }),
      parts: made({ name: 'bell', urls: [(w) => w.receiver.url('/added')], channel: [(w) => '#' + w.room.name], triggerWords: ['!go', '!run'],
                    _createdBy: { _id: (w) => w.callers.tool.user_id } }),
      then: hears },
    { ...post, name: 'add for all public channels', covers: ['integrations 7.1/4', 'integrations 7.6/add-1', 'integrations 7.6/add-5'],
      path: long_form('add'), body: { event: 'newMessageOnChannel', name: 'all', target_url: url('all'), data: { trigger_words: 'one, two,,three' } },
      parts: made({ channel: ['all_public_channels'], triggerWords: ['one', 'two', 'three'] }) },
    { ...post, name: 'add without data', covers: ['integrations 7.6/add-1'], path: short_form('add'),
      body: { event: 'newMessageOnChannel', name: 'bare', target_url: url('bare') }, parts: made({ channel: ['all_public_channels'] }) },
    { ...post, name: 'add for an account', covers: ['integrations 7.6/add-2'], path: short_form('add'),
      body: (w) => ({ event: 'newMessageToUser', name: 'whisper', target_url: url('whisper'), data: { username: w.callers.tool.username } }),
      parts: made({ channel: [(w) => '@' + w.callers.tool.username] }) },
    { ...post, name: 'add by a form of payload', path: short_form('add'),
      form: { payload: JSON.stringify({ event: 'newMessageOnChannel', name: 'form', target_url: url('form') }) }, parts: made({ name: 'form' }) },
    ...[undefined, {}, { username: '' }].map((data) => ({ ...post, name: `add wants a username, not ${JSON.stringify(data)}`,
      covers: ['integrations 7.6/add-3'], path: short_form('add'), body: { event: 'newMessageToUser', name: 'x', target_url: url('x'), data },
      status: 400, json: refusal('username-required') })),
    ...['newFile', '', undefined].map((event) => ({ ...post, name: `add refuses the event ${event}`, covers: ['integrations 7.6/add-4'],
      path: short_form('add'), body: { event, name: 'x', target_url: url('x') }, status: 400, parts: { success: false, error: 'invalid-params' } })),
    { ...post, name: 'add wants a url', path: short_form('add'), body: { event: 'newMessageOnChannel', name: 'x' }, status: 400,
      parts: { success: false, errorType: 'error-invalid-urls' } },
    { ...post, name: 'add wants the right of the account', path: of_plain('add'),
      body: { event: 'newMessageOnChannel', name: 'x', target_url: url('x') }, status: 400, parts: { errorType: 'not_authorized' } },
    { ...post, name: 'add wants the token', path: (w) => `/hooks/add/${w.hook._id}/wrong`, body: {}, status: 404, json: unknown },

    { ...post, name: 'remove wants the right of the account', path: of_plain('remove'), body: { target_url: url('bare') }, status: 400,
      json: refusal('integration-not-found'), then: is_there('bare') },
    { ...post, name: 'remove', covers: ['integrations 7.1/4', 'integrations 7.6/remove-1'], path: short_form('remove'),
      body: { target_url: url('bare') }, json: success, then: is_gone('bare') },
    { ...post, name: 'remove with a user id', covers: ['integrations 7.1/4', 'integrations 7.6/remove-1'], path: long_form('remove'),
      body: { target_url: url('whisper') }, json: success, then: is_gone('whisper') },
    { ...post, name: 'remove leaves those of others', covers: ['integrations 7.6/remove-1', 'integrations 7.6/remove-2'], path: short_form('remove'),
      body: { target_url: url('foreign') }, status: 400, json: refusal('integration-not-found'), then: is_there('foreign') },
    ...[url('bare'), '', undefined, 7].map((target_url) => ({ ...post, name: `remove finds no ${target_url}`,
      covers: ['integrations 7.6/remove-2'], path: short_form('remove'), body: { target_url }, status: 400,
      json: refusal('integration-not-found') })),
  ],
});
