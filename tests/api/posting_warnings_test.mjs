// What integrations.create and update say of an integration that could not post, and what the record
// of a delivery says when a reply was refused.

import { expect, expect_json, expect_parts } from '../support/expect.mjs';
import { call_hook } from '../support/hooks.mjs';
import { bell } from '../support/outgoing.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const update_path = '/api/v1/integrations.update';

const w = use_world({ setup: async (world) => {
  world.speaker = await world.create_caller('speaker', { roles: ['user', 'bot'] });
  world.plain = await world.create_caller('plain');
  const members = [world.speaker.username, world.plain.username];
  world.open = await world.create_channel({ members });
  world.secret = await world.create_group();
  world.shared = await world.create_group({ members });
  world.attic = await world.create_channel({ members });
  world.stage = await world.create_channel({ members, readOnly: true });
  await world.admin.must_post('/api/v1/channels.archive', { roomId: world.attic._id });
} });

const incoming = (changes) => ({ type: 'webhook-incoming', name: 'in', enabled: true, username: w.speaker.username,
                                 channel: '#general', scriptEnabled: false, ...changes });
const outgoing = (changes) => ({ type: 'webhook-outgoing', name: 'out', enabled: true, username: w.speaker.username, channel: '#general',
                                 event: 'sendMessage', urls: [w.receiver.url('/hook')], scriptEnabled: false, ...changes });
const create = (document) => w.admin.must_post('/api/v1/integrations.create', document);
const update = (id, document) => w.admin.must({ method: 'PUT', path: update_path, body: { ...document, integrationId: id } });
const at = (room) => `#${room.name}`;
const codes = (answer) => (answer.warnings ?? []).map((one) => [one.code, one.room]);

test('the warning names code, room and account', async () => {
  const answer = await create(incoming({ channel: at(w.secret) }));
  expect_json(Object.keys(answer).sort(), ['integration', 'success', 'warnings']);
  expect_json(answer.warnings, [{ code: 'not-a-member', room: at(w.secret),
    message: `${w.speaker.username} is not a member of ${at(w.secret)} and may not enter it` }]);
});

test('without a reason there is no such key', async () => {
  for (const channel of ['#general', at(w.open), at(w.shared), `@${w.plain.username}`]) {
    expect_json(Object.keys(await create(incoming({ channel }))).sort(), ['integration', 'success']);
  }
  for (const channel of [at(w.open), at(w.shared), 'all_public_channels', 'all_private_groups', 'all_direct_messages', `@${w.plain.username}`]) {
    expect_json(Object.keys(await create(outgoing({ channel }))).sort(), ['integration', 'success']);
  }
});

const rooms = [
  { name: 'a private group without the account', room: (world) => world.secret, code: 'not-a-member' },
  { name: 'an archived room', room: (world) => world.attic, code: 'room-archived' },
  { name: 'a read only room', room: (world) => world.stage, code: 'room-read-only' },
];
for (const { name, room, code } of rooms) {
  test(`warned of: ${name}`, async () => {
    const channel = at(room(w));
    expect_json(codes(await create(incoming({ channel: `${at(w.open)},${channel}` }))), [[code, channel]]);
    expect_json(codes(await create(outgoing({ channel: `${at(w.open)},${channel}` }))), [[code, channel]]);
    expect_json(codes(await create(outgoing({ targetRoom: channel }))), [[code, channel]]);
    const { integration } = await create(incoming({ channel: at(w.open) }));
    expect_json(codes(await update(integration._id, incoming({ channel }))), [[code, channel]]);
    expect_json(codes(await update(integration._id, incoming({ channel: at(w.open) }))), []);
    const made = (await create(outgoing({ channel: at(w.open) }))).integration;
    expect_json(codes(await update(made._id, outgoing({ channel }))), [[code, channel]]);
  });
}

test('a target room that is not there gives way to the room of the event', async () => {
  const [warning] = (await create(outgoing({ targetRoom: '#nowhere-at-all' }))).warnings;
  expect_json(warning, { code: 'room-not-found', room: '#nowhere-at-all',
                         message: '#nowhere-at-all is not there, so replies go to the room of the event' });
  const [other] = (await create(outgoing({ event: 'userCreated', channel: '', targetRoom: '#nowhere-at-all', enabled: false }))).warnings;
  expect_parts(other, { code: 'room-not-found', message: '#nowhere-at-all is not there' });
});

test('the account lacks a right', async () => {
  const alias = 'Somebody else';
  expect_json(codes(await create(outgoing({ channel: at(w.open), username: w.plain.username, alias }))), [['cannot-impersonate', at(w.open)]]);
  expect_json(codes(await create(outgoing({ channel: at(w.open), username: w.plain.username }))), []);
  const mute = await w.create_caller('mute', { roles: [], rights: ['message-impersonate'] });
  expect_json(codes(await create(incoming({ channel: `@${w.plain.username}`, username: mute.username }))), [['not-a-member', `@${w.plain.username}`]]);
});

test('who posts with impersonateUser is not known before', async () => {
  expect_json(codes(await create(outgoing({ channel: at(w.secret), impersonateUser: true }))), []);
  expect_json(codes(await create(outgoing({ channel: at(w.attic), impersonateUser: true }))), [['room-archived', at(w.attic)]]);
});

test('a warning comes true and its end, too', async () => {
  const { integration, warnings } = await create(incoming({ channel: at(w.secret) }));
  expect_json(codes({ warnings }), [['not-a-member', at(w.secret)]]);
  expect((await call_hook(w, integration, { text: 'let me in' })).status === 400, 'the call is refused');
  await w.admin.must_post('/api/v1/groups.invite', { roomId: w.secret._id, userId: w.speaker.user_id });
  expect_json(codes(await update(integration._id, incoming({ channel: at(w.secret) }))), []);
  expect((await call_hook(w, integration, { text: 'thanks' })).status === 200, 'and now it is not');
  await w.admin.must_post('/api/v1/groups.kick', { roomId: w.secret._id, userId: w.speaker.user_id });
});

const refusals = [
  { name: 'no member of the room of the event', error: (world) => `error-not-allowed: ${world.speaker.username} is not a member of the room of the event and may not enter it`,
    hook: () => bell(w, { username: w.speaker.username }, { room: w.secret }), answer: { text: 'let me in' } },
  { name: 'no member of the target room', error: (world) => `error-not-allowed: ${world.speaker.username} is not a member of ${at(world.secret)} and may not enter it`,
    hook: () => bell(w, { username: w.speaker.username, targetRoom: at(w.secret) }), answer: { text: 'let me in' } },
  { name: 'no member of the room that the target names', error: (world) => `error-not-allowed: ${world.speaker.username} is not a member of the room that the message names and may not enter it`,
    hook: () => bell(w, { username: w.speaker.username }), answer: (world) => ({ text: 'let me in', channel: world.secret._id }) },
  { name: 'the sender of the event, who may not be named', error: (world) => `error-not-allowed: the sender of the event is not a member of ${at(world.secret)} and may not enter it`,
    hook: async () => {
      const hook = await bell(w, { impersonateUser: true, targetRoom: at(w.secret) }, { room: w.open });
      return { ...hook, ring: () => hook.ring('ding', w.plain) };
    }, answer: { text: 'let me in' } },
  { name: 'no right to another name', error: (world) => `Not enough permission: ${world.plain.username} has no right message-impersonate in the room of the event, which alias and avatar need`,
    hook: () => bell(w, { username: w.plain.username, alias: 'Somebody' }), answer: { text: 'guess who' } },
];
for (const { name, error, hook: make, answer } of refusals) {
  test(`the record says why a reply was refused: ${name}`, { covers: ['integrations 12/4b'] }, async () => {
    const hook = await make();
    hook.answer({ body: typeof answer === 'function' ? answer(w) : answer });
    await hook.ring();
    const entry = await hook.step('after-http-call-send-message-failed');
    expect_parts(entry, { finished: true, error: error(w) });
    const { deliveries } = await w.admin.must_get('/api/v1/integrations.deliveries', { integrationId: hook.integration._id });
    expect_parts(deliveries[0], { state: 'failed' });
    const { delivery } = await w.admin.must_get('/api/v1/integrations.delivery', { id: deliveries[0]._id });
    expect_parts(delivery.attempts[0], { error: error(w) });
  });
}
