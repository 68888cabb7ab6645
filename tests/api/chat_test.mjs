// Sending, changing, removing and getting messages.

import { any, expect, expect_parts } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

const send = { method: 'POST', path: '/api/v1/chat.sendMessage' };
const update = { method: 'POST', path: '/api/v1/chat.update' };
const remove = { method: 'POST', path: '/api/v1/chat.delete' };
const get = { path: '/api/v1/chat.getMessage' };
const plain = (text) => ({ success: false, error: text });
const to_hall = (more) => (w) => ({ message: { rid: w.hall._id, msg: 'x', ...more } });
const own_id = 'chosen-by-the-client';

const world = scenarios({
  name: 'chat',
  receiver: false,
  setup: async (w) => {
    await w.create_caller('ada', { rights: ['send-many-messages'] });
    await w.create_caller('bob');
    await w.create_caller('eve', { rights: ['send-many-messages'] });
    await w.create_caller('mod', { rights: ['edit-message', 'delete-message'] });
    w.hall = await w.create_channel({ members: [w.callers.ada.username, w.callers.bob.username, w.callers.mod.username] });
    w.yard = await w.create_channel();
    w.crypt = await w.create_group({ members: [w.callers.ada.username] });
    w.told = await w.post(w.hall, 'as told', w.callers.ada);
    w.secret = await w.post(w.crypt, 'secret');
    await w.callers.eve.must_post('/api/v1/channels.join', { roomId: w.hall._id });
    w.joined = (await w.messages(w.hall)).find((message) => message.t);
  },
  rows: [
    ...[send, update, remove].map((route) => ({ ...route, name: `${route.path} wants a login`, caller: 'anonymous', status: 401,
                                                body: {}, parts: { status: 'error' } })),
    { ...get, name: 'getMessage wants a login', caller: 'anonymous', status: 401, parts: { status: 'error' } },

    { ...send, name: 'sends', caller: 'ada', body: to_hall({ msg: ' kept as typed ' }),
      parts: { success: true, message: { _id: any.id, rid: (w) => w.hall._id, msg: ' kept as typed ', ts: any.date,
                                         u: { username: (w) => w.callers.ada.username }, groupable: any.absent } } },
    { ...send, name: 'keeps the id of the client', caller: 'ada', body: to_hall({ _id: own_id }), parts: { message: { _id: own_id } } },
    { ...send, name: 'does not send the same id twice', caller: 'ada', body: to_hall({ _id: own_id }), status: 400,
      parts: { success: false, errorType: 'error-duplicate-message' } },
    { ...send, name: 'sends an empty message', caller: 'ada', body: to_hall({ msg: '' }), parts: { message: { msg: '' } } },
    { ...send, name: 'marks links that are not previewed', caller: 'ada',
      body: (w) => ({ message: { rid: w.hall._id, msg: 'http://a.test http://b.test' }, previewUrls: ['http://a.test'] }),
      parts: { message: { urls: [{ url: 'http://a.test', ignoreParse: any.absent }, { url: 'http://b.test', ignoreParse: true }] } } },
    { ...send, name: 'keeps attachments and fields', caller: 'ada', body: to_hall({ attachments: [{ text: 'a' }], customFields: { b: 1 } }),
      parts: { message: { attachments: [{ text: 'a' }], customFields: { b: 1 } } } },
    { ...send, name: 'lifts a reply to the first message', caller: 'ada', body: (w) => ({ message: { rid: w.hall._id, msg: 'x', tmid: w.told._id, tshow: true } }),
      parts: { message: { tmid: (w) => w.told._id, tshow: true } } },
    { ...send, name: 'wants a message', body: {}, status: 400,
      json: { success: false, errorType: 'invalid-params', error: "must have required property 'message' [invalid-params]" } },
    { ...send, name: 'wants a room', body: { message: { msg: 'x' } }, status: 400,
      json: plain("The 'rid' property on the message object is missing.") },
    { ...send, name: 'refuses an unknown room', body: { message: { rid: 'no-such', msg: 'x' } }, status: 400, json: plain('error-invalid-room') },
    { ...send, name: 'refuses a private group to a stranger', caller: 'eve', body: (w) => ({ message: { rid: w.crypt._id, msg: 'x' } }),
      status: 400, json: plain('error-not-allowed') },
    { ...send, name: 'refuses system messages', body: to_hall({ t: 'uj' }), status: 400,
      json: plain("Cannot send system messages using 'chat.sendMessage'") },
    { ...send, name: 'refuses tshow without tmid', body: to_hall({ tshow: true }), status: 400,
      json: { success: false, errorType: 'invalid-params', error: 'tshow provided but missing tmid [invalid-params]' } },
    { ...send, name: 'refuses what is too long', body: to_hall({ msg: 'y'.repeat(5001) }), status: 400,
      json: { success: false, errorType: 'error-message-size-exceeded',
              error: 'Message size exceeds Message_MaxAllowedSize [error-message-size-exceeded]' } },
    { ...send, name: 'refuses a clock that is far off', body: to_hall({ ts: '2020-01-01T00:00:00.000Z' }), status: 400,
      parts: { errorType: 'error-message-ts-out-of-sync' } },
    { ...send, name: 'refuses a text that is none', body: to_hall({ msg: { a: 1 } }), status: 400,
      json: plain('Match error: Expected string, got object in field msg') },
    { ...send, name: 'refuses an alias without the right', caller: 'ada', body: to_hall({ alias: 'King' }), status: 400,
      json: plain('Not enough permission') },

    { ...get, name: 'gets a message', caller: 'bob', query: { msgId: (w) => w.told._id },
      parts: { success: true, message: { _id: (w) => w.told._id, msg: 'as told', rid: (w) => w.hall._id } } },
    { ...get, name: 'wants an id', status: 400,
      json: { success: false, errorType: 'error-invalid-params', error: "must have required property 'msgId'" } },
    { ...get, name: 'says nothing of an unknown message', query: { msgId: 'no-such' }, status: 400, json: { success: false } },
    { ...get, name: 'refuses a message of a private group', caller: 'eve', query: { msgId: (w) => w.secret._id }, status: 400,
      json: { success: false, errorType: 'error-not-allowed', error: 'Not allowed [error-not-allowed]' } },

    ...['roomId', 'msgId', 'text'].map((name) => ({
      ...update, name: `update wants ${name}`, status: 400,
      body: (w) => ({ roomId: w.hall._id, msgId: w.told._id, text: 'y', [name]: undefined }),
      json: { success: false, errorType: 'invalid-params', error: `must have required property '${name}' [invalid-params]` } })),
    { ...update, name: 'changes the own message', caller: 'ada',
      body: (w) => ({ roomId: w.hall._id, msgId: w.told._id, text: `now for @${w.callers.bob.username}`, customFields: { a: 1 } }),
      parts: { success: true, message: { _id: (w) => w.told._id, msg: /^now for @/, editedAt: any.date, customFields: { a: 1 },
                                         editedBy: { _id: (w) => w.callers.ada.user_id, username: (w) => w.callers.ada.username },
                                         mentions: [{ _id: (w) => w.callers.bob.user_id }] } } },
    { ...update, name: 'lets a moderator change it', caller: 'mod', body: (w) => ({ roomId: w.hall._id, msgId: w.told._id, text: 'moderated' }),
      parts: { message: { msg: 'moderated', editedBy: { _id: (w) => w.callers.mod.user_id } } } },
    { ...update, name: 'does not let others change it', caller: 'bob', body: (w) => ({ roomId: w.hall._id, msgId: w.told._id, text: 'y' }),
      status: 400, json: { success: false, errorType: 'error-action-not-allowed', error: 'Message editing not allowed [error-action-not-allowed]' } },
    { ...update, name: 'does not change system messages', body: (w) => ({ roomId: w.hall._id, msgId: w.joined._id, text: 'y' }), status: 400,
      parts: { errorType: 'error-action-not-allowed' } },
    { ...update, name: 'tells an unknown message', body: (w) => ({ roomId: w.hall._id, msgId: 'no-such', text: 'y' }), status: 400,
      json: plain('No message found with the id of "no-such".') },
    { ...update, name: 'tells the wrong room', caller: 'ada', body: (w) => ({ roomId: w.crypt._id, msgId: w.told._id, text: 'y' }), status: 400,
      json: plain('The room id provided does not match where the message is from.') },
    { ...update, name: 'refuses a text that is too long', caller: 'ada',
      body: (w) => ({ roomId: w.hall._id, msgId: w.told._id, text: 'y'.repeat(5001) }), status: 400,
      json: plain('error-message-size-exceeded') },

    { ...remove, name: 'delete wants roomId', body: { msgId: 'x' }, status: 400,
      json: { success: false, errorType: 'invalid-params', error: "must have required property 'roomId' [invalid-params]" } },
    { ...remove, name: 'delete wants msgId', body: (w) => ({ roomId: w.hall._id }), status: 400,
      json: { success: false, errorType: 'invalid-params', error: "must have required property 'msgId' [invalid-params]" } },
    { ...remove, name: 'tells an unknown message', body: (w) => ({ roomId: w.hall._id, msgId: 'no-such' }), status: 400,
      json: plain('No message found with the id of "no-such".') },
    { ...remove, name: 'tells an unknown file', body: (w) => ({ roomId: w.hall._id, fileId: 'no-such' }), status: 400,
      json: plain('No message found with the file id: "no-such".') },
    { ...remove, name: 'tells the wrong room', body: (w) => ({ roomId: w.crypt._id, msgId: w.told._id }), status: 400,
      json: plain('The room id provided does not match where the message is from.') },
    { ...remove, name: 'does not let others remove it', caller: 'bob', body: (w) => ({ roomId: w.hall._id, msgId: w.told._id }), status: 400,
      json: { success: false, errorType: 'error-action-not-allowed', error: 'Not allowed [error-action-not-allowed]' } },
    { ...remove, name: 'removing as the author wants the right', caller: 'mod',
      body: (w) => ({ roomId: w.hall._id, msgId: w.told._id, asUser: true }), status: 400,
      json: plain('Unauthorized. You must have the permission "force-delete-message" to delete other\'s message as them.') },
    { ...remove, name: 'does not let a stranger remove from a private group', caller: 'mod',
      body: (w) => ({ roomId: w.crypt._id, msgId: w.secret._id }), status: 400, parts: { errorType: 'error-action-not-allowed' } },
  ],
});

const room_of = async (room) => (await world.admin.must_get('/api/v1/channels.info', { roomId: room._id })).channel;

test('chat.update: unchanged text is no edit', async () => {
  const message = await world.post(world.hall, 'same', world.callers.ada);
  const answer = await world.callers.ada.must_post('/api/v1/chat.update', { roomId: world.hall._id, msgId: message._id, text: 'same' });
  expect(answer.message.editedAt === undefined, 'it counts as edited');
});

test('chat.update: the settings forbid it, but not to moderators', async () => {
  const message = await world.post(world.hall, 'mine', world.callers.ada);
  const change = { roomId: world.hall._id, msgId: message._id, text: 'changed' };
  await world.set_setting('Message_AllowEditing', false);
  const refused = await world.callers.ada.post('/api/v1/chat.update', change);
  const moderated = await world.callers.mod.post('/api/v1/chat.update', change);
  await world.set_setting('Message_AllowEditing', true);
  expect_parts(refused.json, { errorType: 'error-action-not-allowed' });
  expect(moderated.status === 200, `the moderator got ${moderated.status}`);
});

test('chat.delete: the last message and the counters follow', async () => {
  const room = await world.create_channel();
  const first = await world.post(room, 'first');
  const second = await world.post(room, 'second');
  const answer = await world.admin.must_post('/api/v1/chat.delete', { roomId: room._id, msgId: second._id });
  expect_parts(answer, { _id: second._id, ts: /^\d{13}$/, message: { _id: second._id, rid: room._id, u: { _id: any.string } }, success: true });
  expect_parts(await room_of(room), { msgs: 1, lastMessage: { _id: first._id } });
  await world.admin.must_post('/api/v1/chat.delete', { roomId: room._id, msgId: first._id });
  expect_parts(await room_of(room), { msgs: 0, lastMessage: any.absent, lm: any.absent });
});

test('chat.delete: force removes as the author', async () => {
  const message = await world.post(world.hall, 'of ada', world.callers.ada);
  const answer = await world.admin.post('/api/v1/chat.delete', { roomId: world.hall._id, msgId: message._id, asUser: true });
  expect(answer.status === 200, `it answered ${answer.status}`);
});

test('chat.delete: a stub stays when removed messages are to be seen', async () => {
  const message = await world.post(world.hall, 'gone', world.callers.ada);
  await world.set_setting('Message_ShowDeletedStatus', true);
  await world.callers.ada.must_post('/api/v1/chat.delete', { roomId: world.hall._id, msgId: message._id });
  await world.set_setting('Message_ShowDeletedStatus', false);
  const left = (await world.admin.must_get('/api/v1/chat.getMessage', { msgId: message._id })).message;
  expect_parts(left, { t: 'rm', msg: '', editedBy: { _id: world.callers.ada.user_id } });
});

test('chat.delete: replies leave their thread', async () => {
  const root = await world.post(world.hall, 'question');
  const reply = await world.post(world.hall, 'answer', world.callers.ada, { tmid: root._id });
  await world.callers.ada.must_post('/api/v1/chat.delete', { roomId: world.hall._id, msgId: reply._id });
  const { message } = await world.admin.must_get('/api/v1/chat.getMessage', { msgId: root._id });
  expect_parts(message, { tcount: any.absent, tlm: any.absent, replies: any.absent });
});

test('chat.sendMessage: takes five calls a second, and more from who may send many', async () => {
  const statuses = async (caller) => {
    const calls = Array.from({ length: 7 }, () =>
      caller.post('/api/v1/chat.sendMessage', { message: { rid: world.hall._id, msg: 'x' } }));
    return (await Promise.all(calls)).map((answer) => answer.status).filter((status) => status === 429).length;
  };
  expect(await statuses(world.callers.ada) === 0, 'who may send many was limited');
  expect(await statuses(world.callers.bob) === 2, 'the limit is another');
});

test('chat.sendMessage: does not join', async () => {
  await world.callers.eve.must_post('/api/v1/chat.sendMessage', { message: { rid: world.yard._id, msg: 'passing by' } });
  const { channels } = await world.callers.eve.must_get('/api/v1/channels.list.joined', {});
  expect(!channels.some((room) => room._id === world.yard._id), 'the sender joined');
});
