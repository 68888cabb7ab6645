// How many records of deliveries and calls are kept, and how large they may be; the age is in
// incoming_calls_test.mjs and here.

import { unrecorded } from '../support/coverage.mjs';
import { tables_with } from '../support/data_search.mjs';
import { expect, expect_json } from '../support/expect.mjs';
import { call_hook } from '../support/hooks.mjs';
import { bell } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kDay = 24 * 3_600_000;
const w = use_world({ server: { binary: 'testing' } });
const base = '/api/v1/integrations';
const retrying = { retryFailedCalls: true, retryCount: 6, retryDelay: 'powers-of-ten' };

const advance = (ms) => w.server.control({ command: 'advance-clock', ms });
const rows_of = async (hook) => (await w.admin.must_get(`${base}.deliveries`, { integrationId: hook.integration._id })).deliveries;
const ids = (rows) => rows.map((row) => row._id);
const pruned_to = (hook, count) => eventually(`${count} to be left`, () => unrecorded(async () => {
  await advance(1);
  return (await rows_of(hook)).length === count && (await hook.entries()).length >= count;
}));
async function set_for_now(t, id, value, usual) {
  await w.set_setting(id, value);
  t.after(() => w.set_setting(id, usual));
}

// Each of a millisecond of its own, and at its end.
async function ring_often(hook, texts) {
  for (const [index, text] of texts.entries()) {
    await hook.ring(text);
    await eventually('its end', async () => {
      const rows = await rows_of(hook);
      return rows.length === index + 1 && rows.every((row) => row.state === 'succeeded');
    });
    await advance(10);
  }
}

test('of each integration so many deliveries and attempts are kept, the newest', async (t) => {
  const busy_one = await bell(w), calm = await bell(w);
  await ring_often(busy_one, ['1', '2', '3', '4']);
  await ring_often(calm, ['1', '2']);
  const before = await rows_of(busy_one);
  await set_for_now(t, 'Integrations_History_Max', 2, 100_000);
  await pruned_to(busy_one, 2);
  expect_json(ids(await rows_of(busy_one)), ids(before).slice(0, 2));
  const texts = await eventually('the history', async () => {
    const entries = await busy_one.entries();
    return entries.length === 2 && entries.map((entry) => entry.data.text);
  });
  expect_json(texts, ['3', '4']);
  expect((await rows_of(calm)).length === 2, 'the other has no more than it may');
});

test('an unfinished delivery is kept with its attempts, however many there are', async (t) => {
  const hook = await bell(w, retrying);
  hook.answer({ status: 503, body: 'busy' }, { status: 503, body: 'busy' }, { status: 503, body: 'busy' }, {});
  await hook.ring('waits');
  for (const [index, ms] of [0, 100, 1_000].entries()) {
    await advance(ms);
    await hook.step(`going-to-retry-${index + 1}`);
  }
  for (const text of ['1', '2']) {
    await hook.ring(text);
    await advance(10);
  }
  await eventually('both ends', async () => (await rows_of(hook)).filter((row) => row.state === 'succeeded').length === 2);
  await set_for_now(t, 'Integrations_History_Max', 1, 100_000);
  await pruned_to(hook, 2);
  expect_json((await rows_of(hook)).map((row) => row.state), ['succeeded', 'retrying']);
  expect_json((await hook.entries()).filter((entry) => !entry.finished).map((entry) => entry.step),
    ['going-to-retry-1', 'going-to-retry-2', 'going-to-retry-3']);
});

test('records that are larger together than they may be are pruned, oldest first', async (t) => {
  const hook = await bell(w);
  const room = await w.create_channel();
  const incoming = await w.create_incoming({ channel: `#${room.name}` });
  const calls_of = async () => (await w.admin.must_get(`${base}.incomingCalls`, { integrationId: incoming._id })).calls;
  hook.answer({ body: 'x'.repeat(50_000) });
  await call_hook(w, incoming, { text: 'old' });
  await ring_often(hook, ['1', '2', '3']);
  await advance(3_600_000);
  await hook.ring('new');
  await call_hook(w, incoming, { text: 'new' });
  await eventually('its end', async () => (await rows_of(hook)).every((row) => row.state === 'succeeded'));
  const [newest] = await rows_of(hook);
  await set_for_now(t, 'Integrations_History_Max_Bytes', 100_000, 1_073_741_824);
  await pruned_to(hook, 1);
  expect_json(ids(await rows_of(hook)), [newest._id]);
  expect_json(await eventually('the rest', async () => {
    const [entries, calls] = [await hook.entries(), await calls_of()];
    return entries.length === 1 && calls.length === 1 && [entries[0].data.text, calls[0].status];
  }), ['new', 'ok']);
});

test('attempts of a delivery that has ended are pruned by age, those that led to a retry as well', async () => {
  const hook = await bell(w, retrying);
  hook.answer({ status: 503, body: 'busy' }, {});
  await hook.ring('old');
  await hook.step('going-to-retry-1');
  await advance(100);
  await hook.finished();
  await advance(31 * kDay);
  await eventually('the pruning', () => unrecorded(async () => {
    await advance(1);
    return (await hook.entries()).length === 0 && (await rows_of(hook)).length === 0;
  }));
});

test('old deliveries that are still open keep none from being pruned', async () => {
  const stuck = await bell(w, { retryFailedCalls: true, retryCount: 12, retryDelay: 'powers-of-ten' });
  stuck.answer({ status: 503, body: 'busy' });
  const open = async () => (await w.admin.must_get(`${base}.deliveries.count`, { integrationId: stuck.integration._id, state: 'retrying' })).count;
  for (let round = 0; round < 6; ++round) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => stuck.ring(`${round} ${index}`)));
  }
  await eventually('all to wait', () => unrecorded(async () => await open() === 120));
  const hook = await bell(w);
  await hook.ring('behind them');
  await hook.finished();
  await advance(31 * kDay);
  await eventually('the pruning', () => unrecorded(async () => {
    await advance(1);
    return (await rows_of(hook)).length === 0;
  }));
  expect_json((await w.admin.must_get(`${base}.deliveries.count`, { integrationId: stuck.integration._id })).count, 120);
});

test('clearing and removing take all there is, in however many steps', async () => {
  const hook = await bell(w);
  const path = '/api/v1/integrations.history', query = { id: hook.integration._id };
  for (let round = 0; round < 6; ++round) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => hook.ring(`${round} ${index}`)));
  }
  const total = async () => (await w.admin.must_get(path, query)).total;
  await eventually('all attempts', () => unrecorded(async () => await total() === 120));
  await w.admin.must_post(`${base}.clearHistory`, { integrationId: hook.integration._id });
  expect_json([await total(), (await w.admin.must_get(`${base}.deliveries.count`, { integrationId: hook.integration._id })).count], [0, 120]);
  await w.admin.must_post(`${base}.remove`, { type: 'webhook-outgoing', integrationId: hook.integration._id });
  expect_json(await tables_with(w.server, hook.integration._id), []);
});
