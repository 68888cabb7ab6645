// Who sees which integrations on the three lists, who reads history, and what each single right
// lets its holder do. Contract "integrations" 2.

import { any, expect, expect_json, expect_parts, in_any_order } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

const rights = {
  ao: ['manage-outgoing-integrations'],
  ai: ['manage-incoming-integrations'],
  oo: ['manage-own-outgoing-integrations'],
  oi: ['manage-own-incoming-integrations'],
  both: ['manage-outgoing-integrations', 'manage-incoming-integrations'],
  own: ['manage-own-outgoing-integrations', 'manage-own-incoming-integrations'],
  ao_oi: ['manage-outgoing-integrations', 'manage-own-incoming-integrations'],
  ai_oo: ['manage-incoming-integrations', 'manage-own-outgoing-integrations'],
  ao_own: ['manage-outgoing-integrations', 'manage-own-outgoing-integrations', 'manage-own-incoming-integrations'],
};
const all_out = ['admin_out', 'own_out', 'oo_out', 'ai_oo_out'];
const all_in = ['admin_in', 'own_in', 'oi_in', 'ao_oi_in'];
const lists = ['groups.getIntegrations', 'channels.getIntegrations', 'integrations.list'];
const room_of = { 'groups.getIntegrations': 'den', 'channels.getIntegrations': 'hall' };
const not_permitted = { success: false,
  error: 'User does not have the permissions required for this action [error-unauthorized]' };

const visible = [
  ['admin', 'all four rights see everything', [...all_out, ...all_in], ['2.1/1']],
  ['both', 'all-outgoing with all-incoming see everything', [...all_out, ...all_in], ['2.1/1']],
  ['own', 'both own-rights see only own ones of both kinds', ['own_in', 'own_out'], ['2.1/2']],
  ['ao', 'all-outgoing alone sees every outgoing and no incoming', all_out, ['2.1/3a']],
  ['ai', 'all-incoming alone sees every incoming and no outgoing', all_in, ['2.1/3b']],
  ['oo', 'own-outgoing alone sees its own outgoing', ['oo_out'], ['2.1/3c', '2/4']],
  ['oi', 'own-incoming alone sees its own incoming', ['oi_in'], ['2.1/3d']],
  ['ao_oi', 'all-outgoing and own-incoming see the union', [...all_out, 'ao_oi_in'], ['2.1/3e']],
  ['ai_oo', 'all-incoming and own-outgoing see the union', [...all_in, 'ai_oo_out'], ['2.1/3e']],
  ['ao_own', 'both own-rights hide nothing of all-outgoing', all_out, ['2.1/union']],
];

// Tries to widen the filter: each asks for everything or for the maker's ones by name.
const widening = [
  { $or: [{ _id: { $exists: true } }, { _createdBy: null }] },
  { '_createdBy._id': (w) => w.admin.user_id },
  { _createdBy: { $exists: true }, type: { $in: ['webhook-incoming', 'webhook-outgoing'] } },
];
const filled = (value, w) => (typeof value === 'function' ? value(w)
  : Array.isArray(value) ? value.map((one) => filled(one, w))
    : value !== null && typeof value === 'object'
      ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, w)])) : value);

const room_query = (route, more = {}) => (room_of[route] ? { roomName: room_of[route], ...more } : more);
const named = (names) => in_any_order(...names.map((name) => ({ name })));

async function wait_for_entry(w, integration) {
  return w.wait_for_history(integration, 'one entry, finished', (entry) => entry.finished);
}

const w = scenarios({
  name: 'integration rights',
  // `query` works on the list and on history only with this switch.
  server: { env: { ALLOW_UNSAFE_QUERY_AND_FIELDS_API_PARAMS: 'true' } },
  setup: async (w) => {
    for (const [name, held] of Object.entries(rights)) await w.create_caller(name, { rights: held });
    await w.create_caller('plain');
    const members = [...Object.keys(rights), 'plain'].map((name) => w.callers[name].username);
    w.den = await w.create_group({ name: 'den', members });
    w.hall = await w.create_channel({ name: 'hall', members });
    const both_rooms = '#den,#hall';
    const kept = { channel: both_rooms, retryFailedCalls: false };
    const out = (name, by) => w.create_outgoing({ ...kept, name, triggerWords: [name], script: '// a text' }, by);
    w.admin_out = await out('admin_out', w.admin);
    w.own_out = await out('own_out', w.callers.own);
    w.oo_out = await out('oo_out', w.callers.oo);
    w.ai_oo_out = await out('ai_oo_out', w.callers.ai_oo);
    w.admin_in = await w.create_incoming({ channel: both_rooms, name: 'admin_in' });
    for (const name of ['own', 'oi', 'ao_oi']) {
      w[`${name}_in`] = await w.create_incoming({ channel: both_rooms, name: `${name}_in` }, w.callers[name]);
    }
    await w.post(w.den, 'admin_out makes an entry');
    await w.post(w.den, 'oo_out makes an entry');
    await wait_for_entry(w, w.admin_out);
    await wait_for_entry(w, w.oo_out);
  },
  rows: [
    ...lists.flatMap((route) => visible.map(([caller, name, seen, covers]) => ({
      name: `on ${route} ${name}`, caller, covers: covers.map((row) => `integrations ${row}`),
      path: `/api/v1/${route}`, query: room_query(route), parts: { integrations: named(seen), total: seen.length } }))),
    ...lists.map((route) => ({ name: `on ${route} no right means 403`, caller: 'plain', path: `/api/v1/${route}`,
      query: room_query(route), status: 403, json: not_permitted })),
    ...lists.map((route) => ({ name: `${route} answers integrations whole`, covers: ['integrations 2.1/whole'],
      caller: 'oo', path: `/api/v1/${route}`, query: room_query(route),
      parts: { integrations: [{ token: (w) => w.oo_out.token, script: '// a text' }] } })),

    ...lists.flatMap((route) => widening.map((query, at) => ({
      name: `query ${at + 1} does not widen ${route}`,
      covers: [`integrations 2.1/query-${{ groups: 'groups', channels: 'channels', integrations: 'list' }[route.split('.')[0]]}`],
      caller: 'oo', path: `/api/v1/${route}`, query: (w) => room_query(route, { query: filled(query, w) }),
      parts: { integrations: named(at === 1 ? [] : ['oo_out']) } }))),
    { name: 'query narrows the list', covers: ['integrations 2.1/query-list'], path: '/api/v1/integrations.list',
      query: { query: { name: 'own_in' } }, parts: { integrations: [{ name: 'own_in' }], total: 1 } },
    ...widening.map((query, at) => ({ name: `query ${at + 1} does not widen integrations.history`, caller: 'oo',
      covers: ['integrations 2.1/query-history'], path: '/api/v1/integrations.history',
      query: (w) => ({ id: w.admin_out._id, query: filled(query, w) }), parts: { history: [], total: 0 } })),
    { name: 'query narrows history', covers: ['integrations 2.1/query-history'], path: '/api/v1/integrations.history',
      query: (w) => ({ id: w.admin_out._id, query: { event: 'userCreated' } }), parts: { history: [], total: 0 } },

    { name: 'all-outgoing reads the history of an integration of others', covers: ['integrations 2.2/1', 'integrations 2/3b'],
      caller: 'ao', path: '/api/v1/integrations.history', query: (w) => ({ id: w.admin_out._id }),
      parts: { history: [{ integration: { _id: (w) => w.admin_out._id } }], total: 1 } },
    { name: 'all-outgoing reads no entries of another integration', covers: ['integrations 2.2/1'], caller: 'ao',
      path: '/api/v1/integrations.history', query: (w) => ({ id: w.own_out._id }), parts: { history: [], total: 0 } },
    { name: 'own-outgoing reads entries of its own', covers: ['integrations 2.2/2'], caller: 'oo',
      path: '/api/v1/integrations.history', query: (w) => ({ id: w.oo_out._id }),
      parts: { history: [{ integration: { _createdBy: { _id: (w) => w.callers.oo.user_id } } }], total: 1 } },
    { name: 'own-outgoing reads no entries of others', covers: ['integrations 2.2/2'], caller: 'oo',
      path: '/api/v1/integrations.history', query: (w) => ({ id: w.admin_out._id }), parts: { history: [], total: 0 } },
    ...['ai', 'oi', 'plain'].map((caller) => ({ name: `history is closed to ${caller}`, caller, status: 403,
      path: '/api/v1/integrations.history', query: (w) => ({ id: w.admin_out._id }), json: not_permitted })),
  ],
});

const kinds = {
  incoming: { type: 'webhook-incoming', make: (...args) => w.create_incoming(...args) },
  outgoing: { type: 'webhook-outgoing', make: (...args) => w.create_outgoing(...args) },
};

function change(caller, integration, name) {
  const { _id, type, username, enabled, scriptEnabled, event, urls } = integration;
  return caller.put('/api/v1/integrations.update', { integrationId: _id, type, username, enabled, scriptEnabled,
    name, channel: integration.channel.join(','), ...(event ? { event, urls } : {}) });
}
const remove = (caller, { type, _id }) => caller.post('/api/v1/integrations.remove', { type, integrationId: _id });

function expect_status(answer, status, what) {
  expect(answer.status === status, `${what}: expected ${status}, got ${answer.status} ${answer.text}`);
}

for (const [kind, holder, stranger, row] of [['incoming', 'ai', 'ao', '2/1'], ['outgoing', 'ao', 'ai', '2/3a']]) {
  test(`all-${kind} lists, creates, changes and deletes every one and none of the other kind`,
       { covers: [`integrations ${row}`] }, async () => {
    const { make } = kinds[kind];
    const caller = w.callers[holder];
    const theirs = await make({ channel: '#den', name: 'theirs' });
    const mine = await make({ channel: '#den', name: 'mine' }, caller);
    for (const integration of [theirs, mine]) {
      expect_status(await change(w.callers[stranger], integration, 'taken'), 400, 'the other right changes it');
      expect_status(await remove(w.callers[stranger], integration), 400, 'the other right removes it');
      const changed = await change(caller, integration, 'changed');
      expect_parts(changed.json, { integration: { _id: integration._id, name: 'changed' }, success: true });
      const listed = await caller.must_get('/api/v1/integrations.list', { count: 0 });
      expect(listed.integrations.some((one) => one._id === integration._id), `${integration.name} is not listed`);
      expect_status(await remove(caller, integration), 200, 'its own right removes it');
    }
  });
}

for (const [kind, holder, row] of [['incoming', 'oi', '2/2'], ['outgoing', 'oo', '2/4']]) {
  test(`own-${kind} creates, changes and deletes only what its holder made`, { covers: [`integrations ${row}`] }, async () => {
    const { make } = kinds[kind];
    const caller = w.callers[holder];
    const theirs = await make({ channel: '#den', name: 'theirs' });
    const mine = await make({ channel: '#den', name: 'mine' }, caller);
    expect_status(await change(caller, theirs, 'taken'), 400, 'changing one of others');
    expect_status(await remove(caller, theirs), 400, 'removing one of others');
    const kept = await w.admin.must_get('/api/v1/integrations.get', { integrationId: theirs._id });
    expect_json(kept.integration, theirs, 'the integration of others');
    expect_parts((await change(caller, mine, 'changed')).json, { integration: { name: 'changed' } });
    expect_status(await remove(caller, mine), 200, 'removing an own one');
    expect_status(await remove(w.admin, theirs), 200, 'tidying up');
  });
}

test('a room shows to the holder of an own-right at once what its holder did, and to nobody else', async () => {
  const query = room_query('groups.getIntegrations');
  const shown = async (name) => {
    const { integrations } = await w.callers[name].must_get('/api/v1/groups.getIntegrations', query);
    return integrations.map((one) => one.name).sort();
  };
  const before = { oo: await shown('oo'), own: await shown('own') };
  const mine = await w.create_outgoing({ channel: '#den', name: 'fresh', triggerWords: ['fresh'] }, w.callers.oo);
  const expect_oo = async (more, what) => {
    // Asked twice: the second reply may be the first one, kept.
    for (const _ of [1, 2]) expect_json(await shown('oo'), [...before.oo, ...more].sort(), what);
    expect_json(await shown('own'), before.own, `${what}: another maker's list`);
  };
  await expect_oo(['fresh'], 'after it was made');
  await change(w.admin, mine, 'renamed');
  await expect_oo(['renamed'], 'after it was renamed by another');
  const right = 'manage-own-outgoing-integrations';
  const { update } = await w.admin.must_get('/api/v1/permissions.listAll');
  const { roles } = update.find((one) => one._id === right);
  await w.set_right(right, ['admin']);
  expect_status(await w.callers.oo.get('/api/v1/groups.getIntegrations', query), 403, 'the list without the right');
  await w.set_right(right, roles);
  await expect_oo(['renamed'], 'after the right came back');
  await remove(w.callers.oo, mine);
  await expect_oo([], 'after it was removed');
});

test('all-outgoing clears and replays the history of others; own-outgoing does not',
     { covers: ['integrations 2/3b', 'integrations 2/4'] }, async () => {
  const [entry] = await w.history(w.admin_out);
  const replay = { integrationId: w.admin_out._id, historyId: entry._id };
  const clear = { integrationId: w.admin_out._id };
  expect_status(await w.callers.oo.post('/api/v1/integrations.replayOutgoing', replay), 400, 'replay by own-outgoing');
  expect_status(await w.callers.oo.post('/api/v1/integrations.clearHistory', clear), 400, 'clear by own-outgoing');
  const before = w.receiver.requests.length;
  expect_status(await w.callers.ao.post('/api/v1/integrations.replayOutgoing', replay), 200, 'replay by all-outgoing');
  await w.receiver.wait_for(before + 1);
  await w.wait_for_history(w.admin_out, 'the entry of the replay', (one) => one._id !== entry._id && one.finished);
  expect_status(await w.callers.ao.post('/api/v1/integrations.clearHistory', clear), 200, 'clear by all-outgoing');
  expect_json(await w.history(w.admin_out), [], 'the cleared history');
});

test('the scopes of groups and direct rooms need all-outgoing', { covers: ['integrations 2/3c'] }, async () => {
  for (const channel of ['all_private_groups', 'all_direct_messages']) {
    const body = { type: 'webhook-outgoing', name: 'wide', enabled: true, username: 'rocket.cat', channel,
                   scriptEnabled: false, event: 'sendMessage', urls: [w.receiver.url('/wide')] };
    const refused = await w.callers.oo.post('/api/v1/integrations.create', body);
    expect_json(refused.json, { success: false, error: 'Invalid Channel [error-invalid-channel]', errorType: 'error-invalid-channel' });
    const made = await w.callers.ao.post('/api/v1/integrations.create', body);
    expect_parts(made.json, { integration: { channel: [channel] } });
    expect_status(await remove(w.callers.ao, made.json.integration), 200, 'tidying up');
  }
});

test('message-impersonate is what the post-as account needs', { covers: ['integrations 2/5'] }, async () => {
  const post_as = (username) => w.admin.post('/api/v1/integrations.create', { type: 'webhook-incoming', name: 'as',
    enabled: true, username, channel: '#den', scriptEnabled: false });
  const { username } = w.callers.plain;
  expect_parts((await post_as(username)).json, { errorType: 'error-user-lacks-message-impersonate-permission' });
  await w.set_right('message-impersonate', ['bot', 'app', 'user']);
  expect_parts((await post_as(username)).json, { integration: { username, userId: w.callers.plain.user_id } });
  await w.set_right('message-impersonate', ['bot', 'app']);
});

test('a new server gives the rights to admin, and posting as others to bot and app',
     { covers: ['integrations 2/default-roles-1', 'integrations 2/default-roles-2', 'integrations 2/old-right'] }, async () => {
  const { World } = await import('../support/world.mjs');
  const fresh = await World.start({ receiver: false });
  try {
    const { update } = await fresh.admin.must_get('/api/v1/permissions.listAll');
    const held = Object.fromEntries(update.map((one) => [one._id, one.roles]));
    for (const right of new Set(Object.values(rights).flat())) expect_json(held[right], ['admin'], right);
    expect_json(held['message-impersonate'], ['bot', 'app'], 'message-impersonate');
    expect_parts({ old: held['manage-integrations'] }, { old: any.absent }, 'the right of old servers');
  } finally {
    await fresh.stop();
  }
});
