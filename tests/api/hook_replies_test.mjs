// Who posts what a target answers, and where.

import { any, expect, expect_parts } from '../support/expect.mjs';
import { bell } from '../support/outgoing.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world();
const covers = (...rows) => ({ covers: rows.map((row) => `integrations ${row}`) });

const update_user = (user_id, data) => w.admin.must({ method: 'POST', path: '/api/v1/users.update',
  headers: w.admin.second_factor_headers(), body: { userId: user_id, data } });

const reply_in = (room, text) => w.wait_for_message(room, text, (message) => message.msg === text);

test('the integration\'s account posts, with its defaults', covers('11.3/sender-2', '11.3/defaults', '12/4a', '15/sent'), async () => {
  const hook = await bell(w, { alias: 'Deploy bell', avatar: 'https://ops.example/bell.png' });
  hook.answer({ body: { text: 'on its way' } });
  await hook.ring();
  const message = await reply_in(hook.room, 'on its way');
  expect_parts(message, { u: { username: 'rocket.cat' }, alias: 'Deploy bell', avatar: 'https://ops.example/bell.png', emoji: any.absent,
                          bot: { i: hook.integration._id } });
  expect_parts(await hook.step('url-response-sent-message'), { finished: true, resultMessage: [{ channel: hook.room._id, message: { _id: message._id } }] });
});

test('an emoji stands for the picture', covers('11.3/defaults'), async () => {
  const hook = await bell(w, { emoji: ':bell:' });
  hook.answer({ body: { attachments: [{ text: 'green' }] } });
  await hook.ring();
  const message = await w.wait_for_message(hook.room, 'the attachment', (one) => one.attachments?.[0]?.text === 'green');
  expect_parts(message, { emoji: ':bell:', avatar: any.absent, msg: '' });
});

test('impersonateUser posts as whoever caused the event', covers('11.3/sender-1', '11.3/sender-4'), async () => {
  const ada = await w.create_caller('ada');
  const hook = await bell(w, { impersonateUser: true });
  hook.answer({ body: { text: 'as you said', user_name: 'admin', username: '', data: { user_name: 'admin' } } });
  await hook.ring('ding', ada);
  expect_parts(await reply_in(hook.room, 'as you said'), { u: { username: ada.username }, bot: { i: hook.integration._id } });
});

test('without impersonateUser a reply does not choose the sender either', covers('11.3/sender-2', '11.3/sender-4'), async () => {
  const hook = await bell(w);
  hook.answer({ body: { text: 'who am I', user_name: 'admin', user_id: w.admin.user_id, user: { username: 'admin' } } });
  await hook.ring();
  expect_parts(await reply_in(hook.room, 'who am I'), { u: { username: 'rocket.cat' } });
});

test('the name is found in another case', covers('11.3/sender-1'), async () => {
  const lin = await w.create_caller('lin', { username: 'lin-of-tests' });
  const hook = await bell(w, { impersonateUser: true });
  hook.answer(async () => {
    await update_user(lin.user_id, { username: 'Lin-Of-Tests' });
    return { body: { text: 'still you' } };
  });
  await hook.ring('ding', lin);
  expect_parts(await reply_in(hook.room, 'still you'), { u: { username: 'Lin-Of-Tests' } });
});

test('an account that is gone posts through the integration\'s', covers('11.3/sender-2'), async () => {
  const max = await w.create_caller('max');
  const hook = await bell(w, { impersonateUser: true });
  hook.answer(async () => {
    await w.admin.must({ method: 'POST', path: '/api/v1/users.delete', headers: w.admin.second_factor_headers(), body: { userId: max.user_id } });
    return { body: { text: 'who was that' } };
  });
  await hook.ring('ding', max);
  expect_parts(await reply_in(hook.room, 'who was that'), { u: { username: 'rocket.cat' } });
});

test('no account at all: sending failed', covers('11.3/sender-3', '12/4b'), async () => {
  const bot = await w.create_caller('bot', { roles: ['user', 'bot'] });
  const hook = await bell(w, { username: bot.username });
  hook.answer(async () => {
    await update_user(bot.user_id, { username: `${bot.username}-renamed` });
    return { body: { text: 'nobody says this' } };
  });
  await hook.ring();
  expect_parts(await hook.step('after-http-call-send-message-failed'), { finished: true, error: any.string });
  expect((await w.messages(hook.room)).every((message) => message.msg !== 'nobody says this'), 'nothing is posted');
});

test('channel of the reply, else targetRoom', covers('11.3/room-1'), async () => {
  const target = await w.create_channel(), asked = await w.create_channel();
  const hook = await bell(w, { targetRoom: `#${target.name}` });
  hook.answer({ body: { text: 'to the target' } }, { body: { text: 'as asked', channel: `#${asked.name}` } }, { body: { text: 'by id', channel: asked._id } });
  await hook.ring();
  await reply_in(target, 'to the target');
  await hook.ring();
  await reply_in(asked, 'as asked');
  await hook.ring();
  await reply_in(asked, 'by id');
  const { members } = await w.admin.must_get('/api/v1/channels.members', { roomId: target._id });
  expect(members.some((one) => one.username === 'rocket.cat'), 'the sender joined the public room');
});

test('a room that is not there: the event\'s', covers('11.3/room-2'), async () => {
  const by_reply = await bell(w), by_target = await bell(w, { targetRoom: '#nowhere-at-all' });
  by_reply.answer({ body: { text: 'here then', channel: '#nowhere-at-all' } });
  by_target.answer({ body: { text: 'here too' } });
  await by_reply.ring();
  await by_target.ring();
  await reply_in(by_reply.room, 'here then');
  await reply_in(by_target.room, 'here too');
});

test('a direct message as channel', covers('11.3/room-1'), async () => {
  const zoe = await w.create_caller('zoe');
  const hook = await bell(w);
  hook.answer({ body: { text: 'psst', channel: `@${zoe.username}` } });
  await hook.ring();
  await hook.step('url-response-sent-message');
  const { ims } = await zoe.must_get('/api/v1/im.list');
  const { messages } = await zoe.must_get('/api/v1/im.messages', { roomId: ims[0]._id });
  expect_parts(messages[0], { msg: 'psst', u: { username: 'rocket.cat' } });
});

test('no room at all: failed', covers('11.3/room-3', '12/4b'), async (t) => {
  const hook = await bell(w, { event: 'userCreated', channel: '', targetRoom: '#nowhere-at-all' });
  t.after(() => w.admin.must_post('/api/v1/integrations.remove', { type: 'webhook-outgoing', integrationId: hook.integration._id }));
  hook.answer({ body: { text: 'welcome' } });
  await w.create_caller('new');
  expect_parts(await hook.step('after-http-call-send-message-failed'), { finished: true, error: any.string });
});

test('a private group without the sender', covers('12/4b'), async () => {
  const group = await w.create_group();
  const hook = await bell(w, {}, { room: group });
  hook.answer({ body: { text: 'let me in' } });
  await hook.ring();
  expect_parts(await hook.step('after-http-call-send-message-failed'), { finished: true,
    error: 'error-not-allowed: rocket.cat is not a member of the room of the event and may not enter it' });
});

test('replies are posted by the rules of posting', covers('12/4b'), async () => {
  const hook = await bell(w);
  hook.answer({ body: { text: 'x'.repeat(6000) } });
  await hook.ring();
  expect_parts(await hook.step('after-http-call-send-message-failed'), { error: 'error-message-size-exceeded' });
});
