// Doors, reply shapes and request schemas of integrations.*. Contract "integrations" 4 and 4.1.

import { any } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';

const incoming = { type: 'webhook-incoming', username: 'rocket.cat', channel: '#general', scriptEnabled: false, name: 'in', enabled: true };
const outgoing = { type: 'webhook-outgoing', username: 'rocket.cat', channel: '#general', event: 'sendMessage',
  scriptEnabled: false, name: 'out', enabled: true, urls: ['http://127.0.0.1:1/x'] };
const more_in = { overrideDestinationChannelEnabled: true, script: '// s', alias: 'al', avatar: 'https://a.example/a.png',
  emoji: ':e:', scriptEngine: 'isolated-vm', skipTranspile: true };
const more_out = { targetRoom: '#general', triggerWords: ['one'], triggerWordAnywhere: true, token: 'a-token', script: '// s',
  runOnEdits: true, retryFailedCalls: true, retryCount: 3, retryDelay: 'powers-of-two', impersonateUser: true, alias: 'al',
  avatar: 'https://a.example/a.png', emoji: ':e:', scriptEngine: 'isolated-vm', skipTranspile: true };
const nulls = (object) => Object.fromEntries(Object.keys(object).map((key) => [key, null]));
const absents = (object) => Object.fromEntries(Object.keys(object).map((key) => [key, any.absent]));
const without = (object, key) => Object.fromEntries(Object.entries(object).filter(([one]) => one !== key));

const one_of = 'must match exactly one schema in oneOf';
const not_permitted = { success: false, error: 'User does not have the permissions required for this action [error-unauthorized]' };
const not_logged_in = { success: false, error: 'You must be logged in to do this.', status: 'error', message: 'You must be logged in to do this.' };
const routes = [
  ['POST', 'create', incoming], ['PUT', 'update', { ...incoming, integrationId: 'x' }], ['GET', 'get', { integrationId: 'x' }],
  ['GET', 'list', {}], ['GET', 'history', { id: 'x' }], ['POST', 'remove', { type: 'webhook-incoming', integrationId: 'x' }],
  ['POST', 'clearHistory', { integrationId: 'x' }], ['POST', 'replayOutgoing', { integrationId: 'x', historyId: 'y' }],
];
const ask = (method, action, content) => ({ method, path: `/api/v1/integrations.${action}`,
  ...(method === 'GET' ? { query: content } : { body: content }) });
const rows4 = (covers) => covers.map((row) => `integrations ${row}`);

const ok = (name, covers, [method, action, content], parts, more = {}) =>
  ({ name, covers: rows4(covers), ...ask(method, action, content), parts: { success: true, ...parts }, ...more });
// The message of a failed schema, whole or as a pattern, and nothing else in the answer.
const bad = (name, covers, [method, action, content], error, more = {}) => ({ name, covers: rows4(covers), status: 400,
  ...ask(method, action, content), kind: '400', ...more,
  json: { success: false, errorType: method === 'GET' ? 'error-invalid-params' : 'invalid-params', error } });
const missing = (key) => `must have required property '${key}'`;
// One branch of a oneOf says `message`.
const branch = (message) => new RegExp(`(^|\\n )${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\n[\\s\\S]*${one_of}$`);
const extra = 'must NOT have additional properties';

const required = [
  ['create', 'POST', incoming, ['type', 'username', 'channel', 'scriptEnabled', 'name', 'enabled'], '4.1/1a', 'incoming'],
  ['create', 'POST', outgoing, ['type', 'username', 'channel', 'event', 'scriptEnabled', 'name', 'enabled'], '4.1/2a', 'outgoing'],
  ['update', 'PUT', { ...incoming, integrationId: 'x' }, ['integrationId', 'type', 'channel', 'scriptEnabled', 'name', 'enabled'], '4.1/3a', 'incoming'],
  ['update', 'PUT', { ...outgoing, integrationId: 'x' }, ['type', 'username', 'channel', 'event', 'scriptEnabled', 'name', 'enabled'], '4.1/4a', 'outgoing'],
];

scenarios({
  name: 'integrations.*',
  setup: async (w) => {
    await w.create_caller('plain');
    await w.create_caller('ai', { rights: ['manage-incoming-integrations'] });
    w.in = await w.create_incoming({ name: 'first in' });
    w.out = await w.create_outgoing({ name: 'first out', channel: '#general', triggerWords: ['entry'], urls: [w.receiver.url('/first')] });
    await w.post('GENERAL', 'entry please');
    w.entry = await w.wait_for_history(w.out, 'an entry', (entry) => entry.finished);
  },
  rows: [
    ...routes.map(([method, action, content]) => ({ name: `${action} wants a login`, covers: rows4(['4/auth']), caller: 'anonymous',
      ...ask(method, action, content), status: 401, json: not_logged_in })),
    ok('create answers the document', ['4/1'], ['POST', 'create', incoming], { integration: { _id: any.id, name: 'in', type: 'webhook-incoming' } }),
    { name: 'update answers the document as it is stored now', covers: rows4(['4/2']),
      ...ask('PUT', 'update', (w) => ({ ...incoming, integrationId: w.in._id, name: 'second in' })),
      parts: { integration: { _id: (w) => w.in._id, name: 'second in', token: (w) => w.in.token }, success: true },
      then: async (w, answer) => {
        const stored = await w.admin.must_get('/api/v1/integrations.get', { integrationId: w.in._id });
        if (JSON.stringify(stored) !== JSON.stringify(answer.json)) throw new Error('get answers another document');
      } },
    ok('get answers the document', ['4/3'], ['GET', 'get', (w) => ({ integrationId: w.out._id })], { integration: { _id: (w) => w.out._id, urls: (w) => w.out.urls } }),
    { name: 'list answers its keys', covers: rows4(['4/4b']), ...ask('GET', 'list', { count: 1, offset: 1 }),
      json: { integrations: [any.object], offset: 1, items: 1, count: 1, total: 3, success: true } },
    { name: 'history answers its keys', covers: rows4(['4/5b']), ...ask('GET', 'history', (w) => ({ id: w.out._id })),
      json: { history: [any.object], offset: 0, items: 1, count: 1, total: 1, success: true } },
    { name: 'list is closed without any of the rights', covers: rows4(['4/4a']), caller: 'plain', ...ask('GET', 'list', {}), status: 403, json: not_permitted },
    ...['plain', 'ai'].map((caller) => ({ name: `history is closed to ${caller}`, covers: rows4(['4/5a']), caller,
      ...ask('GET', 'history', { id: 'x' }), status: 403, json: not_permitted })),
    { name: 'remove is closed without any of the rights', covers: rows4(['4/6a']), caller: 'plain',
      ...ask('POST', 'remove', (w) => ({ type: 'webhook-incoming', integrationId: w.in._id })), status: 403, json: not_permitted },
    { name: 'replayOutgoing answers success alone', covers: rows4(['4/8']), deliveries: 1,
      ...ask('POST', 'replayOutgoing', (w) => ({ integrationId: w.out._id, historyId: w.entry._id })), json: { success: true } },
    { name: 'clearHistory answers success alone', covers: rows4(['4/7']), ...ask('POST', 'clearHistory', (w) => ({ integrationId: w.out._id })), json: { success: true } },
    ...[['POST', 'create', incoming, 'Unauthorized [not_authorized]', { method: 'addIncomingIntegration' }],
        ['POST', 'create', outgoing, '[not_authorized]', any.absent],
        ['PUT', 'update', (w) => ({ ...incoming, integrationId: w.in._id }), 'Unauthorized [not_authorized]', { method: 'updateIncomingIntegration' }],
        ['PUT', 'update', (w) => ({ ...outgoing, integrationId: w.out._id }), 'Unauthorized [not_authorized]', { method: 'updateOutgoingIntegration' }],
        ['POST', 'clearHistory', (w) => ({ integrationId: w.out._id }), 'Unauthorized [not_authorized]', { method: 'clearIntegrationHistory' }],
        ['POST', 'replayOutgoing', { integrationId: 'x', historyId: 'y' }, 'Unauthorized [not_authorized]', { method: 'replayOutgoingIntegration' }],
    ].map(([method, action, content, error, details], at) => ({ name: `${action} tells a lacking right itself (${at})`, covers: rows4(['4/none']),
      caller: 'plain', ...ask(method, action, content), status: 400, parts: { success: false, errorType: 'not_authorized', error, details } })),
    { name: 'get tells a lacking right itself', covers: rows4(['4/none']), caller: 'plain', ...ask('GET', 'get', (w) => ({ integrationId: w.in._id })),
      status: 400, json: { success: false, error: 'not-authorized' } },

    ...required.flatMap(([action, method, body, keys, row, kind]) => keys.map((key) =>
      bad(`${action} ${kind} wants ${key}`, [row, '4/style-1', '4/style-3'], [method, action, without(body, key)], branch(missing(key))))),
    bad('create without a type says so once a branch', ['4.1/type-3'], ['POST', 'create', without(incoming, 'type')],
        `${missing('type')}\n ${missing('type')}\n ${one_of}`),
    bad('create with a wholly different type', ['4.1/type-2'], ['POST', 'create', { ...incoming, type: 'robot' }], branch('must match pattern "webhook-incoming"')),
    ...[['POST', 'create', { ...incoming, type: 'webhook-incoming-x' }], ['POST', 'create', { ...outgoing, type: 'a webhook-outgoing' }],
        ['PUT', 'update', (w) => ({ ...incoming, integrationId: w.in._id, type: 'webhook-incomings' })],
        ['POST', 'remove', (w) => ({ type: 'webhook-outgoing2', integrationId: w.out._id })]].map(([method, action, content], at) => ({
      name: `${action} lets a type that only holds a known one pass the schema (${at})`, covers: rows4(['4.1/type-1']),
      ...ask(method, action, content), status: 400, json: { success: false, error: 'Invalid integration type.' } })),

    ok('create incoming takes every optional key', ['4.1/1b'], ['POST', 'create', { ...incoming, ...more_in }], { integration: { ...more_in } }),
    ok('create incoming takes null for each', ['4.1/null'], ['POST', 'create', { ...incoming, ...nulls(more_in) }],
       { integration: { ...absents(more_in), overrideDestinationChannelEnabled: false, scriptEngine: 'isolated-vm', skipTranspile: false } }),
    bad('create incoming refuses unknown keys', ['4.1/1c'], ['POST', 'create', { ...incoming, colour: 'red' }], branch(extra)),
    bad('create incoming refuses keys of the other kind', ['4.1/1c'], ['POST', 'create', { ...incoming, urls: ['http://x'] }], branch(extra)),
    ok('create outgoing takes every optional key', ['4.1/2b'], ['POST', 'create', { ...outgoing, ...more_out }], { integration: { ...more_out } }),
    ok('create outgoing takes null for each', ['4.1/null'], ['POST', 'create', { ...outgoing, ...nulls(more_out) }],
       { integration: { ...absents(more_out), token: any.text_of(24), scriptEngine: 'isolated-vm', skipTranspile: false } }),
    bad('create outgoing refuses unknown keys', ['4.1/2c'], ['POST', 'create', { ...outgoing, colour: 'red' }], branch(extra)),
    bad('create outgoing refuses overrideDestinationChannelEnabled', ['4.1/2c'], ['POST', 'create', { ...outgoing, overrideDestinationChannelEnabled: true }], branch(extra)),
    ok('update incoming goes without username', ['4.1/3b'], ['PUT', 'update', (w) => ({ ...without(incoming, 'username'), integrationId: w.in._id })],
       { integration: { username: 'rocket.cat', userId: 'rocket.cat' } }),
    ok('update incoming ignores unknown keys', ['4.1/3c'], ['PUT', 'update', (w) => ({ ...incoming, integrationId: w.in._id, colour: 'red', urls: ['x'] })],
       { integration: { colour: any.absent, urls: any.absent } }),
    ok('update outgoing takes integrationId, target_url and token', ['4.1/4b'],
       ['PUT', 'update', (w) => ({ ...outgoing, ...more_out, urls: w.out.urls, integrationId: w.out._id, target_url: w.out.urls[0], token: 'next-token' })],
       { integration: { _id: (w) => w.out._id, token: 'next-token' } }),
    bad('update outgoing refuses unknown keys', ['4.1/4c'], ['PUT', 'update', (w) => ({ ...outgoing, integrationId: w.out._id, colour: 'red' })], branch(extra)),

    ...[['incoming', 'create_incoming'], ['outgoing', 'create_outgoing']].map(([kind, make]) => ({ name: `remove takes type with integrationId: ${kind}`,
      covers: rows4(['4.1/5a', '4/6b']), prepare: async (w) => { w.gone = await w[make]({ name: 'gone' }); },
      ...ask('POST', 'remove', (w) => ({ type: `webhook-${kind}`, integrationId: w.gone._id })),
      json: { integration: (w) => w.gone, success: true } })),
    { name: 'remove takes type with target_url for outgoing ones', covers: rows4(['4.1/5b']),
      prepare: async (w) => { w.gone = await w.create_outgoing({ urls: ['http://127.0.0.1:1/a', 'http://127.0.0.1:1/gone'] }); },
      ...ask('POST', 'remove', { type: 'webhook-outgoing', target_url: 'http://127.0.0.1:1/gone' }), parts: { integration: { _id: (w) => w.gone._id } } },
    bad('remove takes no target_url for incoming ones', ['4.1/5b'], ['POST', 'remove', { type: 'webhook-incoming', target_url: 'x' }], branch(missing('integrationId'))),
    bad('remove refuses both names at once', ['4.1/5c'], ['POST', 'remove', (w) => ({ type: 'webhook-outgoing', integrationId: w.out._id, target_url: 'x' })],
        new RegExp(`${one_of}$`)),
    bad('remove refuses unknown keys', ['4.1/5d'], ['POST', 'remove', (w) => ({ type: 'webhook-incoming', integrationId: w.in._id, x: 1 })], branch(extra)),
    bad('remove wants a name', ['4.1/5a', '4/style-3'], ['POST', 'remove', { type: 'webhook-outgoing' }], branch(missing('target_url'))),
    bad('get wants integrationId', ['4.1/6a', '4/style-2'], ['GET', 'get', {}], missing('integrationId')),
    ok('get is narrowed by createdBy', ['4.1/6b'], ['GET', 'get', (w) => ({ integrationId: w.in._id, createdBy: w.admin.user_id })], { integration: { _id: (w) => w.in._id } }),
    bad('get refuses unknown keys', ['4.1/6c'], ['GET', 'get', { integrationId: 'x', colour: 'red' }], extra),
    ok('list takes its five keys', ['4.1/7a'], ['GET', 'list', { offset: 0, count: 1, sort: { name: 1 }, name: 'first', type: 'webhook-outgoing' }],
       { integrations: any.array, offset: 0 }),
    bad('list refuses unknown keys', ['4.1/7b'], ['GET', 'list', { colour: 'red' }], extra),
    bad('history wants an id', ['4.1/8a', '4/style-2'], ['GET', 'history', {}], missing('id')),
    bad('history wants an id that is not empty', ['4.1/8a'], ['GET', 'history', { id: '' }], 'must NOT have fewer than 1 characters'),
    ok('history takes its keys', ['4.1/8b'], ['GET', 'history', (w) => ({ id: w.out._id, offset: 1, count: 1, sort: { _createdAt: 1 }, query: {} })],
       { history: [], offset: 1 }),
    bad('history refuses unknown keys', ['4.1/8c'], ['GET', 'history', { id: 'x', colour: 'red' }], extra),
    bad('clearHistory wants integrationId', ['4.1/9a', '4/style-1'], ['POST', 'clearHistory', {}], missing('integrationId')),
    bad('clearHistory refuses unknown keys', ['4.1/9b'], ['POST', 'clearHistory', { integrationId: 'x', y: 1 }], extra),
    bad('replayOutgoing wants integrationId', ['4.1/10a'], ['POST', 'replayOutgoing', { historyId: 'x' }], missing('integrationId')),
    bad('replayOutgoing wants historyId', ['4.1/10a'], ['POST', 'replayOutgoing', { integrationId: 'x' }], missing('historyId')),
    bad('replayOutgoing refuses unknown keys', ['4.1/10b'], ['POST', 'replayOutgoing', { integrationId: 'x', historyId: 'y', z: 1 }], extra),
    bad('urls hold no empty text', ['4.1/strings'], ['POST', 'create', { ...outgoing, urls: ['http://x', ''] }], branch('must NOT have fewer than 1 characters')),
    bad('triggerWords hold no empty text', ['4.1/strings'], ['POST', 'create', { ...outgoing, triggerWords: [''] }], branch('must NOT have fewer than 1 characters')),
    ok('channel is one text with commas', ['4.1/channel'], ['POST', 'create', { ...incoming, channel: '#general,@rocket.cat' }],
       { integration: { channel: ['#general', '@rocket.cat'] } }),
    bad('channel is no list of two', ['4.1/channel'], ['POST', 'create', { ...incoming, channel: ['#general', '@rocket.cat'] }], branch('must be string')),
    { name: 'any text is an event to the schema', covers: rows4(['4.1/event']), ...ask('POST', 'create', { ...outgoing, event: 'nope' }), status: 400,
      parts: { errorType: 'error-invalid-event-type' } },
    bad('an event is a text', ['4.1/event'], ['POST', 'create', { ...outgoing, event: { a: 1 } }], branch('must be string')),
  ],
});
