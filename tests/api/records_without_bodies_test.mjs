// With Integrations_Outgoing_Keep_Bodies off, records of deliveries tell what happened and not what
// was said: while a delivery is open its payload stays, since it may be sent again.

import { cared } from '../support/care.mjs';
import { files_with, tables_with } from '../support/data_search.mjs';
import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const setting = 'Integrations_Outgoing_Keep_Bodies';
const w = use_world({ server: { binary: 'testing' }, setup: (world) => world.set_setting(setting, false) });
const base = '/api/v1/integrations';
const retrying = { retryFailedCalls: true, retryCount: 3, retryDelay: 'powers-of-two' };
const kRetryMs = 24 * 3_600_000;
let counter = 0;
const canary = () => `canary-${++counter}-words`;

const rows_of = async (hook) => (await w.admin.must_get(`${base}.deliveries`, { integrationId: hook.integration._id })).deliveries;
const row_in_state = (hook, state) => eventually(`a ${state} delivery`, async () => (await rows_of(hook)).find((row) => row.state === state));
const detail = async (row) => (await w.admin.must_get(`${base}.delivery`, { id: row._id })).delivery;
const replay = async (hook, entry) => w.admin.post(`${base}.replayOutgoing`, { integrationId: hook.integration._id, historyId: entry._id });
const redeliver = (body) => w.admin.post(`${base}.redeliver`, body);
const error_of = (answer) => [answer.status, answer.json.errorType];
const stored = (text) => tables_with(w.server, text);

// Puts the text wherever a record may keep it, but for messages.
const telling = script({
  prepare: `console.log('saw', request.data.text);
    return { method: 'POST', url: request.url + '?said=' + request.data.text, data: { said: request.data.text } };`,
  process: `console.log('got', response.content_raw); throw new Error('cannot take ' + response.content_raw);`,
});
const echo = (status) => (request) => ({ status, body: `heard ${request.json.said ?? request.json.text}` });
const no_bodies = { payload: any.absent, triggerWord: any.absent };
// What the integration itself says stays: its URL.
const no_attempt_bodies = { bodiesNotKept: true, request: { data: any.absent }, answer: any.absent, console: any.absent,
                            resultMessage: any.absent, errorStack: any.absent };
const no_entry_bodies = { bodiesNotKept: true, httpCallData: any.absent, httpResult: any.absent,
                          console: any.absent, errorStack: any.absent, triggerWord: any.absent };

for (const [kind, changes] of [['without a script', {}], ['with a script', telling]]) {
  test(`what was said is in no record once a delivery has ended, ${kind}`, async () => {
    const hook = await bell(w, { ...retrying, ...changes, triggerWords: ['canary'] });
    const text = canary();
    hook.answer(echo(503), echo(202));
    const message = await hook.ring(text);
    await hook.step('going-to-retry-1');
    // The retry needs its payload, also after a crash.
    expect_json(await stored(text), ['deliveries', 'messages']);
    await w.crash_and_restart();
    await w.server.control({ command: 'advance-clock', ms: kRetryMs });
    await hook.received(2);
    expect_json(hook.requests().map(({ json }) => json.said ?? json.text), [text, text]);
    const row = await row_in_state(hook, 'succeeded');
    expect_json(await stored(text), ['messages']);

    expect_parts(row, { bodiesNotKept: true, messageId: message._id, lastStatus: 202, forgotten: any.absent });
    const shown = await detail(row);
    expect_parts(shown, no_bodies);
    expect_parts(shown.attempts, [{ ...no_attempt_bodies, number: 1, status: 503 }, { ...no_attempt_bodies, number: 2, status: 202 }]);
    const entries = await hook.entries();
    expect_json(entries.map((entry) => entry.finished), [false, true]);
    for (const entry of entries) {
      expect_parts(entry, { ...no_entry_bodies, event: 'sendMessage', ranPrepareScript: true });
      expect_json(entry.data, {});
    }
    expect(!JSON.stringify([shown, entries]).includes(text), 'it is shown nowhere');

    await w.admin.must_post('/api/v1/chat.delete', { roomId: hook.room._id, msgId: message._id });
    await cared(w.server.data, 'compact');
    expect_json(files_with(w.server, text), []);
  });
}

test('the record of an attempt under way has no bodies', async () => {
  const hook = await bell(w);
  const text = canary();
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  hook.answer(async () => { await released; return { body: `heard ${text}` }; });
  await hook.ring(text);
  await hook.step('pre-http-call');
  expect_json(await stored(text), ['deliveries', 'messages']);
  release();
  await row_in_state(hook, 'succeeded');
  expect_json(await stored(text), ['messages']);
});

test('it holds for deliveries that fail, are cancelled, or are dropped with their integration', async () => {
  const failing = await bell(w, { retryFailedCalls: false });
  const cancelled = await bell(w, retrying);
  const dropped = await bell(w, retrying);
  const text = canary();
  for (const hook of [failing, cancelled, dropped]) {
    hook.answer({ status: 503, body: `no ${text}` });
    await hook.ring(text);
  }
  await row_in_state(failing, 'failed');
  const row = await row_in_state(cancelled, 'retrying');
  await w.admin.must_post(`${base}.cancelDelivery`, { deliveryIds: [row._id] });
  await row_in_state(dropped, 'retrying');
  await dropped.change({ enabled: false });
  await w.server.control({ command: 'advance-clock', ms: kRetryMs });
  await row_in_state(dropped, 'dropped');
  expect_json(await stored(text), ['messages']);
  expect_parts(await row_in_state(cancelled, 'dropped'), { dropReason: 'cancelled', bodiesNotKept: true });
  expect_parts(await row_in_state(dropped, 'dropped'), { dropReason: 'integration-off', bodiesNotKept: true });
});

test('the log names the delivery that failed, and says nothing of its message', async () => {
  const hook = await bell(w, { retryFailedCalls: false });
  const text = canary();
  hook.answer({ status: 503, body: `no ${text}` });
  await hook.ring(text);
  const row = await row_in_state(hook, 'failed');
  const line = await w.server.wait_for_log(/delivery failed/);
  expect(w.server.log.some((one) => one.includes('delivery failed') && one.includes(`delivery=${row._id}`) &&
    one.includes(`integration=${hook.integration._id}`)), `no line of ${row._id}, but ${line}`);
  expect(!w.server.log.some((one) => one.includes(text)), 'the text is in no line');
});

test('what was not kept is not sent again, and the error says why', async () => {
  const hook = await bell(w);
  await hook.ring(canary());
  const row = await row_in_state(hook, 'succeeded');
  const [entry] = await hook.entries();
  expect_json(error_of(await replay(hook, entry)), [400, 'error-delivery-not-kept']);
  const refused = await redeliver({ deliveryIds: [row._id] });
  expect_json(error_of(refused), [400, 'error-delivery-not-kept']);
  expect(refused.json.error.includes(setting) && refused.json.error.includes(row._id), refused.text);
  expect_parts((await redeliver({ filter: { integrationId: hook.integration._id }, expectedCount: 1 })).json, { count: 0 });
  const trial = await w.admin.post(`${base}.try`, { integrationId: hook.integration._id, deliveryId: row._id });
  expect(trial.status === 400, trial.text);
  expect(hook.requests().length === 1, 'nothing more was sent');
});

test('the setting acts at once, and on what ends from then on', async (t) => {
  const hook = await bell(w, retrying);
  const [open, kept, dropped] = [canary(), canary(), canary()];
  await w.set_setting(setting, true);
  t.after(() => w.set_setting(setting, false));
  await hook.ring(kept);
  await row_in_state(hook, 'succeeded');
  expect_json(await stored(kept), ['deliveries', 'history', 'messages']);
  hook.answer({ status: 503, body: 'busy' }, {});
  await hook.ring(open);
  await row_in_state(hook, 'retrying');
  await w.set_setting(setting, false);
  await hook.ring(dropped);
  await hook.received(3);
  await w.server.control({ command: 'advance-clock', ms: kRetryMs });
  await hook.received(4);
  await eventually('their ends', async () => (await rows_of(hook)).every((row) => row.state === 'succeeded'));
  expect_json(await stored(dropped), ['messages']);
  // Its first attempt was recorded while bodies were kept.
  expect_json(await stored(open), ['messages']);
  expect_json((await replay(hook, (await hook.entries()).find((entry) => entry.data?.text === kept))).json, { success: true });
});
