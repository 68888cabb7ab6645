// What the entries of `channel` mean to both kinds, and what renames, removals and every change do
// to them at once. Contract "integrations" 5 and 1.4.

import { expect, expect_json, expect_parts } from '../support/expect.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({ setup: async (world) => {
  world.yard = await world.create_channel({ name: 'yard' });
  world.den = await world.create_group({ name: 'den' });
  for (const name of ['ada', 'bob', 'cyd']) await world.create_caller(name);
  for (const name of ['ada', 'bob']) {
    await world.admin.must_post('/api/v1/channels.invite', { roomId: world.yard._id, userId: world.callers[name].user_id });
    await world.admin.must_post('/api/v1/groups.invite', { roomId: world.den._id, userId: world.callers[name].user_id });
  }
  world.direct = {};
  for (const [from, to] of [['ada', 'bob'], ['ada', 'cyd'], ['bob', 'cyd']]) {
    const { room } = await world.callers[from].must_post('/api/v1/im.create', { username: world.callers[to].username });
    world.direct[`${from} ${to}`] = room;
  }
} });

let count = 0;
// An outgoing integration on `channel`, with a target path of its own.
async function listen(channel, changes = {}) {
  const path = `/target-${++count}`;
  const made = await w.create_outgoing({ channel, urls: [w.receiver.url(path)], name: path, ...changes });
  return { made, path, texts: () => w.receiver.of(path).map((request) => request.json.text), forget: () => w.admin.must_post(
    '/api/v1/integrations.remove', { type: 'webhook-outgoing', integrationId: made._id }) };
}

// Posts to each room, `by` or the administrator; the target must get those of `wanted` and no other.
// Deliveries start in the order of their messages, so one more message tells when all are out.
async function expect_texts(target, posts, wanted) {
  for (const [room, text, by] of posts) await w.post(room, text, by);
  const last = await listen(`#${w.yard._id}`, { triggerWords: ['that is all'] });
  await w.post(w.yard, 'that is all', w.callers.ada);
  await w.receiver.wait_for(1, { path: last.path });
  await w.receiver.wait_until(`${wanted.length} deliveries`, () => target.texts().filter((text) => text !== 'that is all').length >= wanted.length);
  await last.forget();
  expect_json(target.texts().filter((text) => text !== 'that is all').sort(), [...wanted].sort(), `deliveries for ${target.made.channel}`);
  await target.forget();
}
const everywhere = (w) => [[w.yard, 'in yard'], [w.den, 'in den'], [w.direct['ada bob'], 'ada to bob', w.callers.ada],
  [w.direct['ada bob'], 'bob to ada', w.callers.bob], [w.direct['bob cyd'], 'bob to cyd', w.callers.bob], ['GENERAL', 'in general']];
const hook = (integration, text) => w.anonymous.post(w.hook_path(integration), { text });

test('an incoming one posts to #name and #roomId of both room types', { covers: ['integrations 5/1a'] }, async () => {
  for (const [room, channel] of [[w.yard, '#yard'], [w.yard, `#${w.yard._id}`], [w.den, '#den'], [w.den, `#${w.den._id}`]]) {
    const made = await w.create_incoming({ channel });
    if (room === w.den) await w.admin.post('/api/v1/groups.invite', { roomId: w.den._id, userId: 'rocket.cat' });
    const answer = await hook(made, `to ${channel}`);
    expect_json(answer.json, { success: true }, `calling the hook on ${channel}`);
    const [message] = await w.messages(room);
    expect_parts(message, { msg: `to ${channel}`, bot: { i: made._id } }, 'the newest message');
  }
});

test('an incoming one writes directly to @username and @userId', { covers: ['integrations 5/2a'] }, async () => {
  const bob = w.callers.bob;
  for (const name of [bob.username, bob.user_id]) {
    const made = await w.create_incoming({ channel: `@${name}` });
    expect_json((await hook(made, `to @${name}`)).json, { success: true }, `calling the hook on @${name}`);
    const { room } = await bob.must_post('/api/v1/im.create', { username: 'rocket.cat' });
    const [message] = await w.messages({ ...room, t: 'd' }, bob);
    expect_parts(message, { msg: `to @${name}`, u: { _id: 'rocket.cat' } }, 'the newest message');
  }
});

test('an outgoing one on #name or #roomId hears that room alone', { covers: ['integrations 5/1b'] }, async () => {
  for (const [channel, wanted] of [['#yard', 'in yard'], [`#${w.yard._id}`, 'in yard'], ['#den', 'in den'], [`#${w.den._id}`, 'in den']]) {
    await expect_texts(await listen(channel), everywhere(w), [wanted]);
  }
});

test('an outgoing one on @userId hears the direct rooms of that account', { covers: ['integrations 5/2b'] }, async () => {
  await expect_texts(await listen(`@${w.callers.bob.user_id}`), everywhere(w), ['ada to bob', 'bob to ada', 'bob to cyd']);
});

test('an outgoing one on @username hears what others write to that account', { covers: ['integrations 5/2b'] }, async () => {
  await expect_texts(await listen(`@${w.callers.bob.username}`), everywhere(w), ['ada to bob']);
});

test('all_public_channels hears every public channel', { covers: ['integrations 5/3'] }, async () => {
  await expect_texts(await listen('all_public_channels'), everywhere(w), ['in yard', 'in general']);
});

test('all_private_groups hears every group and needs all-outgoing', { covers: ['integrations 5/4'] }, async () => {
  await expect_texts(await listen('all_private_groups'), everywhere(w), ['in den']);
  await refuses_scope('all_private_groups');
});

test('all_direct_messages hears every direct room and needs all-outgoing', { covers: ['integrations 5/5'] }, async () => {
  await expect_texts(await listen('all_direct_messages'), everywhere(w), ['ada to bob', 'bob to ada', 'bob to cyd']);
  await refuses_scope('all_direct_messages');
});

async function refuses_scope(channel) {
  const own = w.callers.own ?? await w.create_caller('own', { rights: ['manage-own-outgoing-integrations'] });
  const answer = await own.post('/api/v1/integrations.create', { type: 'webhook-outgoing', name: 'x', enabled: true, username: 'rocket.cat',
    channel, scriptEnabled: false, event: 'sendMessage', urls: ['https://ops.example'] });
  expect_parts(answer.json, { errorType: 'error-invalid-channel' }, `making one on ${channel}`);
}

test('items are trimmed and keep order and spelling', { covers: ['integrations 5/list'] }, async () => {
  const wanted = ['#yard', '@rocket.cat', `#${w.den._id}`];
  const channel = `  #yard ,@rocket.cat,   #${w.den._id}\t`;
  for (const make of ['create_incoming', 'create_outgoing']) {
    const made = await w[make]({ channel });
    expect_json(made.channel, wanted, `the channels of ${make}`);
    await w.admin.must_post('/api/v1/integrations.remove', { type: made.type, integrationId: made._id });
  }
});

test('an outgoing one with an empty list hears the public channels', { covers: ['integrations 5/empty'] }, async () => {
  const target = await listen(' , ');
  expect_json(target.made.channel, [], 'its channels');
  await expect_texts(target, everywhere(w), ['in yard', 'in general']);
});

test('two entries for one room make one delivery', { covers: ['integrations 5/1b'] }, async () => {
  await expect_texts(await listen(`#yard,#${w.yard._id},all_public_channels,#yard`), [[w.yard, 'in yard']], ['in yard']);
});

test('a renamed room keeps its integrations, at every place', { covers: ['integrations 5/1b'] }, async () => {
  for (const [family, create, words] of [['groups', 'create_group', ['hut', 'house']], ['channels', 'create_channel', ['lane', 'street']]]) {
    const [old, next] = words;
    const room = await w[create]({ name: old });
    const target = await listen(`#${old},@rocket.cat,#${old}`);
    const off = await w.create_incoming({ channel: `#yard,#${old}`, enabled: false });
    const near = await listen(`#${old}-two`, {}).catch((error) => error);
    expect(near instanceof Error, 'an unknown room was taken');
    await w.admin.must_post(`/api/v1/${family}.rename`, { roomId: room._id, name: next });
    const read = async (one) => (await w.admin.must_get('/api/v1/integrations.get', { integrationId: one._id })).integration.channel;
    expect_json(await read(target.made), [`#${next}`, '@rocket.cat', `#${next}`], 'the channels of the outgoing one');
    expect_json(await read(off), ['#yard', `#${next}`], 'the channels of the incoming one');
    const listed = await w.admin.must_get(`/api/v1/${family}.getIntegrations`, { roomName: next });
    expect(listed.integrations.filter((one) => [target.made._id, off._id].includes(one._id)).length === 2, 'they are not listed by the new name');
    await expect_texts(target, [[room, 'under the new name']], ['under the new name']);
    const again = await w[create]({ name: old });
    const none = await w.admin.must_get(`/api/v1/${family}.getIntegrations`, { roomId: again._id,
      includeAllPrivateGroups: 'false', includeAllPublicChannels: 'false' });
    expect_json(none.integrations, [], 'a new room of the old name has');
  }
});

test('a removed account switches off the integrations that post as it', { covers: ['integrations 5/2a'] }, async () => {
  const former = await w.create_caller('former', { roles: ['user', 'bot'] });
  const hook_of = await w.create_incoming({ username: former.username });
  const target = await listen('#yard', { username: former.username });
  const other = await w.create_incoming({});
  await w.admin.must_post('/api/v1/users.delete', { userId: former.user_id });
  for (const [one, enabled] of [[hook_of, false], [target.made, false], [other, true]]) {
    const read = await w.admin.must_get('/api/v1/integrations.get', { integrationId: one._id });
    expect_parts(read.integration, { _id: one._id, enabled }, 'the integration');
  }
  await expect_texts(target, [[w.yard, 'nobody hears']], []);
});

test('each change holds for the next message', { covers: ['integrations 5/1b'] }, async () => {
  const target = await listen('#den');
  const update = (changes) => w.admin.must({ method: 'PUT', path: '/api/v1/integrations.update', body: { type: 'webhook-outgoing',
    integrationId: target.made._id, name: target.made.name, enabled: true, username: 'rocket.cat', channel: '#yard', event: 'sendMessage',
    scriptEnabled: false, urls: target.made.urls, ...changes } });
  await w.post(w.yard, 'before the change');
  await update({});
  await w.post(w.yard, 'moved');
  await w.post(w.den, 'left');
  await update({ triggerWords: ['!go'] });
  await w.post(w.yard, 'no word');
  await w.post(w.yard, '!go word');
  await update({ enabled: false, triggerWords: [] });
  await w.post(w.yard, 'off');
  await update({ triggerWords: [] });
  await expect_texts(target, [[w.yard, 'on']], ['moved', '!go word', 'on']);
  await w.post(w.yard, 'removed');
  await expect_texts(await listen('#den'), [[w.den, 'the last']], ['the last']);
  expect(!target.texts().includes('removed'), 'a removed integration heard a message');
});
