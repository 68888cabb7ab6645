// The delivery log: finding outgoing deliveries, looking at one, delivering again and cancelling.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kFarMs = 3600_000;
// As the scheduler has it.
const kRunningMax = 64;

const w = use_world({ server: { binary: 'testing' } });
const base = '/api/v1/integrations';
const busy = { status: 503, body: 'busy' };
const slow_retry = { retryFailedCalls: true, retryCount: 3, retryDelay: 'policy' };

const get = (route, query, by = w.admin) => by.must_get(`${base}.${route}`, query);
const rows_of = async (hook, query = {}, by) =>
  (await get('deliveries', { integrationId: hook.integration._id, count: 100, ...query }, by)).deliveries;
const states_of = async (hook, query, by) => (await rows_of(hook, query, by)).map((row) => row.state);
const in_states = (hook, ...states) => eventually(`states ${states}`, async () => {
  const rows = await rows_of(hook);
  return JSON.stringify(rows.map((row) => row.state)) === JSON.stringify(states) && rows;
});
const detail = async (row, by) => (await get('delivery', { id: row._id }, by)).delivery;
const post = (route, body, by = w.admin) => by.post(`${base}.${route}`, body);
const must_post = (route, body, by = w.admin) => by.must_post(`${base}.${route}`, body);
const cancel = (rows, by) => must_post('cancelDelivery', { deliveryIds: rows.map((row) => row._id) }, by);
const texts_of = (hook) => hook.requests().map((one) => one.json.text);
const error_of = (answer) => [answer.status, answer.json.errorType];

// The first request of the hook stays open until release() is called.
function hold(hook, ...answers) {
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  hook.answer(async () => { await released; return answers[0] ?? { body: 'ok' }; }, { body: 'ok' });
  return release;
}

test('a row from first to last', async () => {
  const hook = await bell(w);
  const message = await hook.ring('ding');
  const [row] = await in_states(hook, 'succeeded');
  expect_json(row, { _id: any.id, integrationId: hook.integration._id, event: 'sendMessage', url: w.receiver.url(hook.path),
    roomId: hook.room._id, messageId: message._id, state: 'succeeded', tries: 0, createdAt: any.date, lastStatus: 200 });
});

test('a row that failed, and one that waits', async () => {
  const failing = await bell(w, { retryFailedCalls: false }), waiting = await bell(w, slow_retry);
  failing.answer(busy);
  waiting.answer(busy);
  await failing.ring();
  await waiting.ring();
  const [failed] = await in_states(failing, 'failed');
  expect_parts(failed, { lastStatus: 503, lastError: 'The target answered 503', tries: 0, nextAt: any.absent });
  const [retrying] = await in_states(waiting, 'retrying');
  expect_parts(retrying, { lastStatus: 503, tries: 1, nextAt: any.date });
  expect(retrying.nextAt > retrying.createdAt, 'it waits for a later time');
  await cancel([retrying]);
});

test('filters: state, room, time, text', async () => {
  const room = await w.create_channel(), elsewhere = await w.create_channel();
  const hook = await bell(w, { channel: `#${room.name},#${elsewhere.name}`, retryFailedCalls: false }, { room });
  hook.answer(busy, { body: 'ok' });
  await hook.ring('The FIRST one');
  await in_states(hook, 'failed');
  await hook.ring('the second one');
  const [second] = await in_states(hook, 'succeeded', 'failed');
  await w.server.control({ command: 'advance-clock', ms: 1000 });
  await w.post(elsewhere, 'the third');
  const [third, , first] = await in_states(hook, 'succeeded', 'succeeded', 'failed');
  const found = async (query) => (await rows_of(hook, query)).map((row) => row._id);
  const all = [third._id, second._id, first._id];
  expect_json(await found({}), all, 'newest first');
  expect_json(await found({ state: 'failed' }), [first._id]);
  expect_json(await found({ state: 'succeeded' }), [third._id, second._id]);
  expect_json(await found({ state: 'failed,succeeded' }), all);
  expect_json(await found({ state: 'queued,retrying,dropped' }), []);
  expect_json(await found({ roomId: room._id }), [second._id, first._id]);
  expect_json(await found({ roomId: room._id, state: 'succeeded' }), [second._id]);
  expect_json(await found({ from: third.createdAt }), [third._id]);
  expect_json(await found({ to: second.createdAt }), [second._id, first._id]);
  expect_json(await found({ from: second.createdAt, to: second.createdAt }), [second._id]);
  expect_json(await found({ text: 'first' }), [first._id], 'without case');
  expect_json(await found({ text: 'ONE', roomId: room._id }), [second._id, first._id]);
  expect_json(await found({ text: 'f.rst' }), [], 'a text and no pattern');
  expect_json(await found({ text: '%' }), []);
  expect_json(await rows_of({ integration: { _id: 'nobody' } }), []);
  const other = await bell(w);
  await other.ring();
  const everything = (await get('deliveries', { count: 100 })).deliveries;
  expect_json(everything.filter((row) => row.integrationId === hook.integration._id).map((row) => row._id), all);
  expect(everything[0].integrationId === other.integration._id, 'without integrationId those of others are there too');
  expect(everything.every((row, at) => at === 0 || row.createdAt <= everything[at - 1].createdAt), 'newest first');
});

test('pages, totals and counts', async () => {
  const hook = await bell(w, { retryFailedCalls: false });
  hook.answer(busy, busy, { body: 'ok' });
  for (const text of ['one', 'two', 'three', 'four', 'five']) await hook.ring(text);
  const all = await in_states(hook, 'succeeded', 'succeeded', 'succeeded', 'failed', 'failed');
  const integrationId = hook.integration._id;
  for (const more of [{}, { text: 'o' }, { roomId: hook.room._id }]) {
    const page = await get('deliveries', { integrationId, offset: 1, count: 2, ...more });
    const wanted = more.text ? [all[1], all[3], all[4]] : all;
    expect_json([page.offset, page.count, page.total], [1, 2, wanted.length]);
    expect_json(page.deliveries, wanted.slice(1, 3));
  }
  const past = await get('deliveries', { integrationId, offset: 9 });
  expect_json([past.count, past.total, past.deliveries], [0, 5, []]);
  const none = { queued: 0, retrying: 0, dropped: 0 };
  expect_json(await get('deliveries.count', { integrationId }),
    { count: 5, states: { ...none, succeeded: 3, failed: 2 }, success: true });
  expect_json(await get('deliveries.count', { integrationId, state: 'failed' }),
    { count: 2, states: { ...none, succeeded: 0, failed: 2 }, success: true });
  expect_json(await get('deliveries.count', { integrationId, text: 'three' }),
    { count: 1, states: { ...none, succeeded: 1, failed: 0 }, success: true });
  expect_json((await get('deliveries.count', { integrationId, to: '2001-01-01' })).count, 0);
});

test('what is no filter is refused', async () => {
  for (const query of [{ state: 'lost' }, { state: 'failed,' }, { from: 'yesterday' }, { to: '2026-13-01' }, { text: 'x'.repeat(1001) }]) {
    for (const route of ['deliveries', 'deliveries.count']) {
      const answer = await w.admin.get(`${base}.${route}`, query);
      expect_json(error_of(answer), [400, 'invalid-params'], JSON.stringify(query));
    }
    expect_json(error_of(await post('redeliver', { filter: query })), [400, 'invalid-params']);
  }
  expect_json(error_of(await w.admin.get(`${base}.delivery`, { id: 'nothing' })), [400, 'error-invalid-delivery']);
  expect((await w.admin.get(`${base}.delivery`)).status === 400, 'without an id');
});

test('what no index knows looks at so many deliveries and no more', async () => {
  const hook = await bell(w);
  for (const text of ['one', 'two', 'three']) await hook.ring(text);
  await in_states(hook, 'succeeded', 'succeeded', 'succeeded');
  const integrationId = hook.integration._id;
  await w.set_setting('Gantry_Query_Scan_Max', 2);
  try {
    const answer = await w.admin.get(`${base}.deliveries`, { integrationId, text: 'one' });
    expect_json(error_of(answer), [400, 'error-query-too-broad']);
    expect_json(await states_of(hook, { text: 'one', state: 'failed' }), [], 'narrowed, it is answered');
  } finally {
    await w.set_setting('Gantry_Query_Scan_Max', 10000);
  }
  expect((await rows_of(hook, { text: 'one' })).length === 1, 'and found again');
});

test('one delivery with its payload and attempts', async () => {
  const hook = await bell(w, { ...slow_retry, retryDelay: 'powers-of-ten', triggerWords: ['ding'],
    ...script({ prepare: "console.log('asking'); return { ...request, url: request.url + '?a=1', data: { made: true } };" }) });
  hook.answer(busy, { body: 'fine' });
  await hook.ring('ding dong');
  const [row] = await in_states(hook, 'succeeded');
  const found = await detail(row);
  const { payload, attempts, triggerWord, ...rest } = found;
  expect_json(rest, row);
  expect_parts(payload, { text: 'ding dong', channel_id: hook.room._id });
  expect(triggerWord === 'ding', 'the word');
  const request = { url: `${w.receiver.url(hook.path)}?a=1`, data: { made: true } };
  expect_json(attempts, [
    { number: 1, startedAt: any.date, updatedAt: any.date, step: 'going-to-retry-1', finished: false, status: 503,
      error: 'The target answered 503', request, answer: '"busy"', console: [any.object] },
    { number: 2, startedAt: any.date, updatedAt: any.date, step: 'after-http-call', finished: true, status: 200,
      request, answer: '"fine"', console: [any.object] }]);
  expect(attempts[0].console[0].text === 'asking', 'what the script printed');
});

test('one and many are delivered again', async () => {
  const hook = await bell(w, { retryFailedCalls: false });
  hook.answer(busy, busy, { body: 'ok' });
  await hook.ring('one');
  await hook.ring('two');
  const [two, one] = await in_states(hook, 'failed', 'failed');
  const single = await must_post('redeliver', { deliveryIds: [one._id] });
  expect_json(single, { count: 1, deliveryIds: [any.id], success: true });
  const [again] = await in_states(hook, 'succeeded', 'failed', 'failed');
  expect_parts(again, { _id: single.deliveryIds[0], redelivery: true, tries: 0 });
  expect(again._id !== one._id, 'a new delivery');
  expect(hook.requests()[2].text === hook.requests()[0].text, 'the same bytes');
  const many = await must_post('redeliver', { deliveryIds: [two._id, one._id, two._id] });
  expect(many.count === 2, 'each once');
  await in_states(hook, 'succeeded', 'succeeded', 'succeeded', 'failed', 'failed');
  expect_json(texts_of(hook).slice(3).sort(), ['one', 'two']);
});

test('an unknown id: nothing is delivered again', async () => {
  const hook = await bell(w);
  await hook.ring();
  const [row] = await in_states(hook, 'succeeded');
  const answer = await post('redeliver', { deliveryIds: [row._id, 'nothing'] });
  expect_json(error_of(answer), [400, 'error-invalid-delivery']);
  expect(answer.json.error.includes('nothing'), 'it says which');
  await w.receiver.expect_quiet();
  expect((await rows_of(hook)).length === 1, 'no delivery is made');
});

test('what must be said to deliver again', async () => {
  for (const body of [{}, { deliveryIds: [] }, { deliveryIds: ['a'], filter: {} }, { filter: { sate: 'failed' } }]) {
    expect((await post('redeliver', body)).status === 400, JSON.stringify(body));
  }
  const many = Array.from({ length: 101 }, (_, at) => `id-${at}`);
  expect_json(error_of(await post('redeliver', { deliveryIds: many })), [400, 'error-too-many-deliveries']);
  expect_json(error_of(await post('cancelDelivery', { deliveryIds: many })), [400, 'error-too-many-deliveries']);
  expect_json(error_of(await post('cancelDelivery', { deliveryIds: [] })), [400, 'invalid-params']);
});

test('a filter: counted first, then delivered again as counted', async () => {
  const hook = await bell(w, { retryFailedCalls: false });
  hook.answer(busy, busy, { body: 'ok' });
  for (const text of ['one', 'two', 'three']) await hook.ring(text);
  await in_states(hook, 'succeeded', 'failed', 'failed');
  const filter = { integrationId: hook.integration._id, state: 'failed' };
  expect_json(await must_post('redeliver', { filter }), { count: 2, success: true });
  const wrong = await post('redeliver', { filter, expectedCount: 3 });
  expect_json(error_of(wrong), [400, 'error-delivery-count-changed']);
  expect_parts(wrong.json, { details: { count: 2 } });
  expect(wrong.json.error.startsWith('2 deliveries match, not 3'), wrong.json.error);
  await w.receiver.expect_quiet();
  const made = await must_post('redeliver', { filter, expectedCount: 2 });
  expect_parts(made, { count: 2, deliveryIds: [any.id, any.id] });
  await in_states(hook, 'succeeded', 'succeeded', 'succeeded', 'failed', 'failed');
  expect_json(texts_of(hook).slice(3).sort(), ['one', 'two']);
  const by_text = await must_post('redeliver', { filter: { ...filter, text: 'TWO' }, expectedCount: 1 });
  expect(by_text.count === 1, 'text selects too');
  await hook.received(6);
  expect(texts_of(hook)[5] === 'two', 'the one with the text');
});

test('a queued one is cancelled, and its line goes on', async () => {
  const hook = await bell(w);
  const release = hold(hook);
  for (const text of ['one', 'two', 'three']) await hook.ring(text);
  await hook.received(1);
  const [, two] = await in_states(hook, 'queued', 'queued', 'queued');
  expect_json(await cancel([two, { _id: 'nothing' }]),
    { cancelled: [two._id], notCancelled: [{ _id: 'nothing', reason: 'not-found' }], success: true });
  expect_parts((await rows_of(hook, { state: 'dropped' }))[0], { _id: two._id, state: 'dropped', dropReason: 'cancelled',
    cancelledBy: { _id: w.admin.user_id, username: w.admin.username } });
  release();
  await in_states(hook, 'succeeded', 'dropped', 'succeeded');
  expect_json(texts_of(hook), ['one', 'three']);
  expect_json((await cancel([two])).notCancelled, [{ _id: two._id, reason: 'dropped' }]);
  expect_json((await get('deliveries.count', { integrationId: hook.integration._id })).states,
    { queued: 0, retrying: 0, succeeded: 2, failed: 0, dropped: 1 });
});

test('a line of which all that waits is cancelled takes what comes next', async () => {
  const hook = await bell(w);
  const release = hold(hook);
  for (const text of ['one', 'two', 'three']) await hook.ring(text);
  await hook.received(1);
  const [three, two] = await in_states(hook, 'queued', 'queued', 'queued');
  expect((await cancel([two, three])).cancelled.length === 2, 'both');
  release();
  await in_states(hook, 'dropped', 'dropped', 'succeeded');
  await hook.ring('four');
  await hook.received(2);
  expect_json(texts_of(hook), ['one', 'four']);
});

test('a line that has no place yet may lose all that waits in it', async () => {
  const paths = Array.from({ length: kRunningMax + 2 }, (_, at) => `/place-${at}`);
  const hook = await bell(w, { urls: paths.map((path) => w.receiver.url(path)) });
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  for (const path of paths) w.receiver.answer(path, async () => { await released; return { body: 'ok' }; });
  await hook.ring('one');
  const rows = await eventually('all deliveries', async () => {
    const found = await rows_of(hook);
    return found.length === paths.length && found;
  });
  const left_out = rows.find((row) => row.url === w.receiver.url(paths.at(-1)));
  expect_json((await cancel([left_out])).cancelled, [left_out._id]);
  release();
  await eventually('the others', async () => (await get('deliveries', { integrationId: hook.integration._id, state: 'succeeded' })).total === paths.length - 1);
  expect(w.receiver.of(paths.at(-1)).length === 0, 'the cancelled one is not made');
  await hook.ring('two');
  await w.receiver.wait_for(1, { path: paths.at(-1) });
  expect_json(w.receiver.of(paths.at(-1)).map((one) => one.json.text), ['two']);
});

test('a retrying one is cancelled', async () => {
  const hook = await bell(w, slow_retry);
  hook.answer(busy);
  await hook.ring();
  const [row] = await in_states(hook, 'retrying');
  expect_json((await cancel([row])).cancelled, [row._id]);
  await w.server.control({ command: 'advance-clock', ms: kFarMs });
  await w.receiver.expect_quiet();
  expect_parts((await rows_of(hook))[0], { state: 'dropped', nextAt: any.absent, tries: 1, lastStatus: 503 });
  expect_json((await cancel([row])).notCancelled, [{ _id: row._id, reason: 'dropped' }]);
});

test('one that is being attempted keeps its attempt and is not tried again', async () => {
  const hook = await bell(w, slow_retry);
  const release = hold(hook, busy);
  await hook.ring();
  await hook.received(1);
  const [row] = await in_states(hook, 'queued');
  expect_json((await cancel([row])).cancelled, [row._id]);
  release();
  const entry = await hook.step('cancelled');
  expect(entry.finished, 'its record is finished');
  await w.server.control({ command: 'advance-clock', ms: kFarMs });
  await w.receiver.expect_quiet();
  const found = await detail(row);
  expect_parts(found, { state: 'dropped', dropReason: 'cancelled', lastStatus: 503 });
  expect(found.attempts.length === 1, 'one attempt');
});

test('one that succeeds although it was cancelled has succeeded', async () => {
  const hook = await bell(w);
  const release = hold(hook);
  await hook.ring();
  await hook.received(1);
  const [row] = await in_states(hook, 'queued');
  await cancel([row]);
  expect_json(await states_of(hook), ['dropped']);
  release();
  const [ended] = await in_states(hook, 'succeeded');
  expect_parts(ended, { dropReason: any.absent, cancelledBy: any.absent });
});

test('what ended is not cancelled', async () => {
  const hook = await bell(w, { retryFailedCalls: false });
  hook.answer({ body: 'ok' }, busy);
  await hook.ring();
  await hook.ring();
  const [failed, succeeded] = await in_states(hook, 'failed', 'succeeded');
  expect_json(await cancel([failed, succeeded]), { cancelled: [], success: true,
    notCancelled: [{ _id: failed._id, reason: 'failed' }, { _id: succeeded._id, reason: 'succeeded' }] });
});

test('what was cancelled stays so after kill -9', async () => {
  const lined = await bell(w), waiting = await bell(w, slow_retry);
  lined.answer({ hang: true }, { body: 'ok' });
  waiting.answer(busy, { body: 'ok' });
  await waiting.ring('wait');
  for (const text of ['one', 'two', 'three']) await lined.ring(text);
  await lined.received(1);
  const [wait] = await in_states(waiting, 'retrying');
  const [, two, one] = await in_states(lined, 'queued', 'queued', 'queued');
  expect((await cancel([one, two, wait])).cancelled.length === 3, 'all three');
  await w.crash_and_restart();
  await in_states(lined, 'succeeded', 'dropped', 'dropped');
  await w.server.control({ command: 'advance-clock', ms: kFarMs });
  await w.receiver.expect_quiet();
  expect_json(texts_of(lined), ['one', 'three']);
  expect(waiting.requests().length === 1, 'it is not tried again');
  expect_json(await states_of(waiting), ['dropped']);
});

test('an integration that is off: its deliveries are dropped for that', async () => {
  const hook = await bell(w);
  await hook.ring();
  const [row] = await in_states(hook, 'succeeded');
  await hook.change({ enabled: false });
  await must_post('redeliver', { deliveryIds: [row._id] });
  const [dropped] = await in_states(hook, 'dropped', 'succeeded');
  expect_parts(dropped, { dropReason: 'integration-off', cancelledBy: any.absent });
});
