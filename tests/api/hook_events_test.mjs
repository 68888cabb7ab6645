// What each event of outgoing webhooks says, member by member and in which order.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell } from '../support/outgoing.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({
  setup: async (world) => {
    await world.create_caller('ada', { rights: ['message-impersonate'] });
    await world.set_setting('Site_Url', 'https://chat.example');
  },
});

const expect_keys = (json, keys) => {
  const have = Object.keys(json).join(' ');
  expect(have === keys, `expected the members ${keys}, got ${have}`);
};

// Outgoing webhooks of events without a channel hear everything: only these count.
const about = async (hook, wanted) => {
  const request = await w.receiver.wait_until(`a request about ${JSON.stringify(wanted)}`, (one) => one.path === hook.path &&
    Object.entries(wanted).every(([key, value]) => one.json[key] === value));
  return request.json;
};

const no_secrets = (text) => {
  for (const word of ['services', 'bcrypt', 'password":', 'hashedToken']) {
    expect(!text.includes(word), `the payload must not hold ${word}: ${text}`);
  }
};

test('a new message', { covers: ['integrations 9/1a', 'integrations 9/A-1', 'integrations 9/base'] }, async () => {
  const hook = await bell(w, { token: 'b3Xn7TqLz9WcKd2RmYp5sAeH', triggerWords: ['!ship'] });
  const message = await hook.ring('!ship web', w.callers.ada);
  const [request] = await hook.received();
  expect_json(request.json, {
    token: 'b3Xn7TqLz9WcKd2RmYp5sAeH', bot: false, trigger_word: '!ship', channel_id: hook.room._id,
    channel_name: hook.room.name, message_id: message._id, timestamp: message.ts, user_id: w.callers.ada.user_id,
    user_name: w.callers.ada.username, text: '!ship web', siteUrl: 'https://chat.example',
  });
  expect_keys(request.json, 'token bot trigger_word channel_id channel_name message_id timestamp user_id user_name text siteUrl');
});

test('a message without words has no trigger_word', { covers: ['integrations 9/base'] }, async () => {
  const hook = await bell(w);
  await hook.ring();
  const [request] = await hook.received();
  expect_keys(request.json, 'token bot channel_id channel_name message_id timestamp user_id user_name text siteUrl');
});

test('alias and thread of a message', { covers: ['integrations 9/A-2'] }, async () => {
  const hook = await bell(w);
  const root = await hook.ring();
  await w.post(hook.room, 'a reply', w.callers.ada, { alias: 'Night shift', tmid: root._id });
  const [, request] = await hook.received(2);
  expect_parts(request.json, { alias: 'Night shift', tmid: root._id, bot: false, isEdited: any.absent });
  expect_keys(request.json, 'token bot channel_id channel_name message_id timestamp user_id user_name text siteUrl alias tmid');
});

test('an edited message', { covers: ['integrations 9/1b', 'integrations 9/A-2'] }, async () => {
  const hook = await bell(w, { runOnEdits: true });
  const message = await hook.ring('first');
  await w.admin.must_post('/api/v1/chat.update', { roomId: hook.room._id, msgId: message._id, text: 'second' });
  const [, request] = await hook.received(2);
  expect_parts(request.json, { message_id: message._id, timestamp: message.ts, text: 'second', isEdited: true });
  expect_keys(request.json, 'token bot channel_id channel_name message_id timestamp user_id user_name text siteUrl isEdited');
});

test('a message of a hook says that it is of a bot', { covers: ['integrations 9/A-2', 'integrations 10/6c'] }, async () => {
  const hook = await bell(w);
  const incoming = await w.create_incoming({ channel: `#${hook.room.name}` });
  await w.anonymous.must_post(w.hook_path(incoming), { text: 'Build 17 passed' });
  const [request] = await hook.received();
  expect_parts(request.json, { text: 'Build 17 passed', user_name: 'rocket.cat', bot: true });
});

test('system messages are no messages', { covers: ['integrations 9/1c'] }, async () => {
  const hook = await bell(w);
  await w.admin.must_post('/api/v1/channels.setTopic', { roomId: hook.room._id, topic: 'tea' });
  await w.callers.ada.must_post('/api/v1/channels.join', { roomId: hook.room._id });
  await w.receiver.expect_quiet();
});

// A boundary that is in no file.
const kBoundary = 'a-boundary-of-tests';
const upload = (room, text) => w.admin.must({ method: 'POST', path: `/api/v1/rooms.upload/${room._id}`, raw: {
  type: `multipart/form-data; boundary=${kBoundary}`,
  text: `--${kBoundary}\r\nContent-Disposition: form-data; name="file"; filename="notes.txt"\r\nContent-Type: text/plain\r\n\r\n${text}\r\n--${kBoundary}--\r\n` } });

test('a file is a message first, then a file', { covers: ['integrations 9/2', "integrations 9/A'", 'integrations 9/services'] }, async () => {
  const room = await w.create_channel();
  const message_hook = await bell(w, {}, { room });
  const file_hook = await bell(w, { event: 'fileUploaded' }, { room });
  const { message } = await upload(room, 'twelve');
  const [as_message] = await message_hook.received();
  const [as_file] = await file_hook.received();
  expect_parts(as_message.json, { message_id: message._id });
  const first = await message_hook.finished(), second = await file_hook.finished();
  expect(first._createdAt <= second._createdAt, 'sendMessage comes first');
  expect_keys(as_file.json, 'token bot channel_id channel_name message_id timestamp user_id user_name text user room message');
  expect_parts(as_file.json, {
    channel_id: room._id, channel_name: room.name, message_id: message._id, user_id: w.admin.user_id, user_name: 'admin',
    user: { _id: w.admin.user_id, username: 'admin', emails: [{ address: 'admin@gantry.test' }], roles: ['admin'] },
    room: { _id: room._id, t: 'c', name: room.name },
    message: { _id: message._id, rid: room._id, file: { name: 'notes.txt' } },
  });
  no_secrets(as_file.text);
  await w.receiver.expect_quiet();
});

test('a plain message is no file', { covers: ['integrations 9/2'] }, async () => {
  const hook = await bell(w, { event: 'fileUploaded' });
  await hook.ring();
  await w.receiver.expect_quiet();
});

const kRoomKeys = 'token bot timestamp channel_id channel_name user_id user_name user room';

test('archiving a room', { covers: ['integrations 9/3', 'integrations 9/B', 'integrations 9/services'] }, async () => {
  const hook = await bell(w, { event: 'roomArchived', channel: '' });
  const channel = await w.create_channel(), group = await w.create_group();
  await w.admin.must_post('/api/v1/channels.archive', { roomId: channel._id });
  await w.admin.must_post('/api/v1/groups.archive', { roomId: group._id });
  for (const room of [channel, group]) {
    const json = await about(hook, { channel_id: room._id });
    expect_keys(json, kRoomKeys);
    expect_parts(json, { bot: false, timestamp: any.date, channel_name: room.name, user_id: w.admin.user_id, user_name: 'admin',
                         user: { username: 'admin' }, room: { _id: room._id, t: room.t, archived: true } });
    no_secrets(JSON.stringify(json));
  }
});

test('creating a room', { covers: ['integrations 9/4', 'integrations 9/C', 'integrations 9/services'] }, async () => {
  const hook = await bell(w, { event: 'roomCreated', channel: '' });
  const made = [await w.create_channel({ by: w.callers.ada }), await w.create_group({ by: w.callers.ada })];
  for (const room of made) {
    const json = await about(hook, { channel_id: room._id });
    expect_keys(json, 'token bot channel_id channel_name timestamp user_id user_name owner room');
    expect_parts(json, { bot: false, channel_name: room.name, timestamp: room.ts, user_id: w.callers.ada.user_id,
                         user_name: w.callers.ada.username, owner: { _id: w.callers.ada.user_id }, room: { _id: room._id, t: room.t } });
    no_secrets(JSON.stringify(json));
  }
});

test('joining and leaving a room', { covers: ['integrations 9/5', 'integrations 9/6', 'integrations 9/B', 'integrations 9/services'] }, async () => {
  const room = await w.create_channel();
  const joined = await bell(w, { event: 'roomJoined' }, { room });
  const left = await bell(w, { event: 'roomLeft' }, { room });
  await w.callers.ada.must_post('/api/v1/channels.join', { roomId: room._id });
  await joined.received();
  await w.callers.ada.must_post('/api/v1/channels.leave', { roomId: room._id });
  await left.received();
  for (const hook of [joined, left]) {
    const [{ json, text }] = hook.requests();
    expect_keys(json, kRoomKeys);
    expect_parts(json, { bot: false, timestamp: any.date, channel_id: room._id, channel_name: room.name, user_id: w.callers.ada.user_id,
                         user_name: w.callers.ada.username, user: { username: w.callers.ada.username }, room: { _id: room._id } });
    no_secrets(text);
  }
});

test('a bot that joins and is removed', { covers: ['integrations 9/5', 'integrations 9/6', 'integrations 9/B'] }, async () => {
  const room = await w.create_channel();
  const joined = await bell(w, { event: 'roomJoined' }, { room });
  const left = await bell(w, { event: 'roomLeft' }, { room });
  await w.admin.must_post('/api/v1/channels.invite', { roomId: room._id, userId: 'rocket.cat' });
  await joined.received();
  await w.admin.must_post('/api/v1/channels.kick', { roomId: room._id, userId: 'rocket.cat' });
  await left.received();
  for (const hook of [joined, left]) expect_parts(hook.requests()[0].json, { user_name: 'rocket.cat', bot: true });
});

test('creating an account', { covers: ['integrations 9/7', 'integrations 9/D', 'integrations 9/services'] }, async () => {
  const hook = await bell(w, { event: 'userCreated', channel: '', targetRoom: '#general' });
  const lin = await w.create_caller('lin');
  const json = await about(hook, { user_id: lin.user_id });
  expect_keys(json, 'token bot timestamp user_id user_name user');
  const { user } = await w.admin.must_get('/api/v1/users.info', { userId: lin.user_id });
  expect_parts(json, { bot: false, timestamp: user.createdAt, user_name: lin.username,
                       user: { _id: lin.user_id, username: lin.username, emails: [{ address: `${lin.username}@gantry.test` }] } });
  no_secrets(JSON.stringify(json));
});

test('direct rooms have no channel_name', { covers: ['integrations 9/channel-name'] }, async () => {
  const hook = await bell(w, { channel: 'all_direct_messages' });
  const { room } = await w.admin.must_post('/api/v1/im.create', { username: w.callers.ada.username });
  await w.post(room._id, 'psst');
  const [request] = await hook.received();
  expect_keys(request.json, 'token bot channel_id message_id timestamp user_id user_name text siteUrl');
  expect_parts(request.json, { channel_id: room._id });
});
