// Records of webhooks follow their message: what is deleted leaves the outbox and the history in the
// same transaction. (Records of incoming calls: incoming_calls_test.mjs.)

import { compact, files_with, tables_with } from '../support/data_search.mjs';
import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({ server: { binary: 'testing' } });
const base = '/api/v1/integrations';
const busy = { status: 503, body: 'busy' };
const slow_retry = { retryFailedCalls: true, retryCount: 3, retryDelay: 'powers-of-two' };
let counter = 0;
// A text that is nowhere else.
const secret_text = () => `regretted-${++counter}-words`;

const rows_of = async (hook) => (await w.admin.must_get(`${base}.deliveries`, { integrationId: hook.integration._id })).deliveries;
const row_in_state = (hook, state) => eventually(`a ${state} delivery`, async () => (await rows_of(hook)).find((row) => row.state === state));
const detail = async (row) => (await w.admin.must_get(`${base}.delivery`, { id: row._id })).delivery;
const remove = (room, message) => w.admin.must_post('/api/v1/chat.delete', { roomId: room._id, msgId: message._id });
const redeliver = (body) => w.admin.post(`${base}.redeliver`, body);
const expect_nowhere = async (text) => expect_json(await tables_with(w.server, text), []);
const error_of = (answer) => [answer.status, answer.json.errorType];

// A script that puts the text wherever a record may keep it.
const telling = script({
  prepare: `console.log('saw', request.data.text);
    return { method: 'POST', url: request.url + '?said=' + request.data.text, data: { said: request.data.text },
             message: { text: 'preparing ' + request.data.text } };`,
  process: `throw new Error('cannot take ' + request.data.said);`,
});
const echo = (request) => ({ body: { text: `you said ${request.json.text ?? request.json.said}` } });

// An integration that answers, one with a script and one whose target fails, all of one room.
async function three_bells() {
  const room = await w.create_channel();
  // So that replies ring nothing.
  const triggerWords = ['regretted'];
  const plain = await bell(w, { triggerWords }, { room });
  const scripted = await bell(w, { triggerWords, ...telling }, { room });
  const failing = await bell(w, { triggerWords, ...slow_retry }, { room });
  plain.answer(echo);
  scripted.answer(echo);
  failing.answer(busy);
  return { room, plain, scripted, failing };
}

async function say(bells, text) {
  const message = await w.post(bells.room, text);
  await bells.plain.step('url-response-sent-message');
  await bells.scripted.finished();
  await bells.failing.step('going-to-retry-1');
  return message;
}

// The messages of integrations repeat the text, and are messages of their own.
async function remove_replies(room, text) {
  for (const other of await w.messages(room)) if (other.msg.includes(text)) await remove(room, other);
}

test('a deleted message is in no record, and after compacting in no file', async () => {
  const bells = await three_bells();
  const text = secret_text();
  const message = await say(bells, text);
  expect_json(await tables_with(w.server, text), ['deliveries', 'history', 'messages']);
  await remove(bells.room, message);
  await remove_replies(bells.room, text);
  await expect_nowhere(text);
  await w.server.stop();
  await compact(w.server);
  expect_json(files_with(w.server, text), []);
  expect(files_with(w.server, message._id).length > 0, 'the search finds what is there');
  await w.server.restart();
  await w.connect();
});

test('what stays of it are ids, times, states and status codes', async () => {
  const bells = await three_bells();
  const text = secret_text();
  const message = await say(bells, text);
  await remove(bells.room, message);
  const [row] = await rows_of(bells.plain);
  const shown = await detail(row);
  expect_parts(shown, { _id: any.id, state: 'succeeded', messageId: message._id, roomId: bells.room._id, createdAt: any.date,
    forgotten: true, payload: any.absent, triggerWord: any.absent });
  expect_parts(shown.attempts, [{ number: 1, status: 200, step: 'url-response-sent-message', startedAt: any.date, forgotten: true,
    request: { url: any.string, data: any.absent }, answer: any.absent, console: any.absent,
    resultMessage: [{ channel: bells.room._id, message: { _id: any.id, msg: any.absent } }] }]);
  const [entry] = await bells.scripted.entries();
  expect_parts(entry, { data: {}, finished: true, url: bells.scripted.integration.urls[0], forgotten: true, httpCallData: any.absent,
    httpResult: any.absent, error: any.absent, errorStack: any.absent, console: any.absent });
});

test('a delivery that is still due is dropped with its message, and says why', async () => {
  const bells = await three_bells();
  const message = await say(bells, secret_text());
  await remove(bells.room, message);
  expect_parts(await row_in_state(bells.failing, 'dropped'), { dropReason: 'message-deleted', cancelledBy: any.absent, forgotten: true });
  await w.server.control({ command: 'advance-clock', ms: 3_600_000 });
  await w.receiver.expect_quiet();
  expect(bells.failing.requests().length === 1, 'no second attempt');
});

test('one that waits in its line is dropped too, and the line goes on', async () => {
  const hook = await bell(w);
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  hook.answer(async () => { await released; return {}; }, {});
  await hook.ring('first');
  await hook.received(1);
  const second = await hook.ring('second');
  await hook.ring('third');
  await remove(hook.room, second);
  release();
  await hook.received(2);
  expect_json(hook.requests().map((one) => one.json.text), ['first', 'third']);
});

test('an attempt that is under way is finished, and its record is empty', async () => {
  const hook = await bell(w, slow_retry);
  const answers = [{ body: { text: 'an answer' } }, busy];
  for (const [index, state] of ['succeeded', 'dropped'].entries()) {
    const text = secret_text();
    let release;
    const released = new Promise((resolve) => { release = resolve; });
    hook.answer(async () => { await released; return answers[index]; });
    const message = await hook.ring(text);
    await hook.received(index + 1);
    await eventually('its record under way', async () => (await tables_with(w.server, text)).includes('history'));
    await remove(hook.room, message);
    await expect_nowhere(text);
    release();
    const row = await eventually('its end', async () => {
      const [newest] = await rows_of(hook);
      const { attempts } = await detail(newest);
      return newest.state === state && attempts[0]?.status && newest;
    });
    expect_parts(row, { messageId: message._id, forgotten: true });
    await expect_nowhere(text);
  }
});

for (const [what, act] of [
  ['leaves a stub', async (bells, message) => {
    await w.set_setting('Message_ShowDeletedStatus', true);
    await remove(bells.room, message);
    await remove_replies(bells.room, message.msg);
    await w.set_setting('Message_ShowDeletedStatus', false);
  }],
  ['goes with its room', (bells) => w.admin.must_post('/api/v1/channels.delete', { roomId: bells.room._id })],
]) {
  test(`a message that ${what} leaves the records`, async () => {
    const bells = await three_bells();
    const text = secret_text();
    await act(bells, await say(bells, text));
    await expect_nowhere(text);
    expect_parts(await row_in_state(bells.failing, 'dropped'), { dropReason: 'message-deleted' });
  });
}

for (const [erasure, gone] of [['Delete', true], ['Unlink', true], ['Keep', false]]) {
  test(`records of an account that is erased with ${erasure}`, async (t) => {
    await w.set_setting('Message_ErasureType', erasure);
    t.after(() => w.set_setting('Message_ErasureType', 'Delete'));
    const leaver = await w.create_caller(`leaver-${erasure.toLowerCase()}`);
    const hook = await bell(w);
    await hook.ring(secret_text(), leaver);
    await hook.finished();
    await w.admin.must_post('/api/v1/users.delete', { userId: leaver.user_id });
    const [row] = await rows_of(hook);
    const text = JSON.stringify([await detail(row), await hook.entries()]);
    expect(text.includes(leaver.username) === !gone, `${erasure}: ${text}`);
  });
}

test('the reply of a target leaves the records with its own message, the payload stays', async () => {
  const hook = await bell(w);
  const reply_text = secret_text();
  hook.answer({ body: { text: reply_text } });
  await hook.ring('a question');
  await hook.step('url-response-sent-message');
  const reply = (await w.messages(hook.room)).find((message) => message.msg === reply_text);
  await remove(hook.room, reply);
  await expect_nowhere(reply_text);
  expect_parts(await detail((await rows_of(hook))[0]), { payload: { text: 'a question' }, forgotten: any.absent });
  expect_parts((await hook.entries())[0], { data: { text: 'a question' }, httpResult: any.absent });
});

test('a delivery whose message is gone is not delivered again', async () => {
  const hook = await bell(w);
  const message = await hook.ring('to be deleted');
  await hook.finished();
  const [gone] = await rows_of(hook);
  await hook.ring('to be kept');
  await hook.received(2);
  await eventually('both ends', async () => (await rows_of(hook)).every((row) => row.state === 'succeeded'));
  await remove(hook.room, message);
  expect_json(error_of(await redeliver({ deliveryIds: [gone._id] })), [400, 'error-delivery-forgotten']);
  expect_parts((await redeliver({ filter: { integrationId: hook.integration._id }, expectedCount: 2 })).json, { count: 1 });
  await hook.received(3);
  expect_json(hook.requests().at(-1).json.text, 'to be kept');
  const entry = (await hook.entries()).find((one) => one.forgotten);
  expect_json(error_of(await w.admin.post(`${base}.replayOutgoing`, { integrationId: hook.integration._id, historyId: entry._id })),
    [400, 'history-data-must-be-defined']);
});

test('what was delivered again goes with the message as well', async () => {
  const hook = await bell(w);
  const text = secret_text();
  const message = await hook.ring(text);
  await hook.finished();
  const [row] = await rows_of(hook);
  await w.server.control({ command: 'advance-clock', ms: 60_000 });
  expect_parts((await redeliver({ deliveryIds: [row._id] })).json, { count: 1 });
  await hook.received(2);
  await eventually('its end', async () => (await rows_of(hook)).every((one) => one.state === 'succeeded'));
  const [entry] = await hook.entries();
  await w.admin.must_post(`${base}.replayOutgoing`, { integrationId: hook.integration._id, historyId: entry._id });
  await hook.received(3);
  await remove(hook.room, message);
  await expect_nowhere(text);
  expect((await rows_of(hook)).every((one) => one.forgotten), 'all three');
});

test('a message with an id of its sender\'s choice is followed too', async () => {
  const hook = await bell(w);
  const text = secret_text();
  const { message } = await w.admin.must_post('/api/v1/chat.sendMessage', { message: { _id: `chosen-${counter}`, rid: hook.room._id, msg: text } });
  await hook.finished();
  await remove(hook.room, message);
  await expect_nowhere(text);
});

test('with a deleted message go the deliveries of its edits, too', async () => {
  const hook = await bell(w, { runOnEdits: true });
  const first = secret_text(), second = secret_text();
  const message = await hook.ring(first);
  await hook.received(1);
  await w.server.control({ command: 'advance-clock', ms: 60_000 });
  await w.admin.must_post('/api/v1/chat.update', { roomId: hook.room._id, msgId: message._id, text: second });
  await hook.received(2);
  await eventually('their ends', async () => (await rows_of(hook)).every((row) => row.state === 'succeeded'));
  expect_json(await tables_with(w.server, first), ['deliveries', 'history']);
  await remove(hook.room, message);
  for (const text of [first, second]) await expect_nowhere(text);
});
