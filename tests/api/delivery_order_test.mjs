// First attempts of one line - integration, URL and room - go in the order of their events; lines
// do not hold each other up.

import { expect, expect_json } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kMessages = 40;

const w = use_world({ server: { binary: 'testing' } });
const covers = (...rows) => ({ covers: rows.map((row) => `integrations ${row}`) });
const texts_of = (requests) => requests.map((one) => one.json.text);

test('a line goes in the order of its events, one after the other', covers('16/order'), async () => {
  const hook = await bell(w);
  let open = 0, most = 0;
  hook.answer(async () => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
    --open;
    return { body: 'ok' };
  });
  const wanted = Array.from({ length: kMessages }, (_, index) => `message ${index}`);
  for (const text of wanted) await hook.ring(text);
  expect_json(texts_of(await hook.received(kMessages, 15_000)), wanted);
  expect(most === 1, `one at a time, saw ${most}`);
});

test('other rooms, urls and integrations are not held up', covers('16/others'), async () => {
  const room = await w.create_channel(), elsewhere = await w.create_channel();
  const stuck = w.receiver.url('/stuck'), free = w.receiver.url('/free');
  const hook = await bell(w, { urls: [stuck, free], channel: `#${room.name},#${elsewhere.name}` }, { room });
  const other = await bell(w, {}, { room });
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  w.receiver.answer('/stuck', async (request) => {
    if (request.json.text === 'first') await released;
    return { body: 'ok' };
  });
  await hook.ring('first');
  await w.receiver.wait_for(1, { path: '/stuck' });
  await hook.ring('second');
  await w.post(elsewhere, 'elsewhere');
  await other.received(2);
  await w.receiver.wait_for(3, { path: '/free' });
  await w.receiver.wait_for(2, { path: '/stuck' });
  expect_json(texts_of(w.receiver.of('/stuck')), ['first', 'elsewhere']);
  await w.receiver.expect_quiet();
  release();
  await w.receiver.wait_for(3, { path: '/stuck' });
  expect_json(texts_of(w.receiver.of('/stuck')), ['first', 'elsewhere', 'second']);
});

test('a delivery that waits for a retry leaves the line', covers('16/retry'), async () => {
  const hook = await bell(w, { retryFailedCalls: true, retryCount: 2, retryDelay: 'powers-of-two' });
  hook.answer({ status: 503, body: 'busy' }, { body: 'ok' });
  for (const text of ['first', 'second', 'third']) await hook.ring(text);
  await hook.received(3);
  expect_json(texts_of(hook.requests()), ['first', 'second', 'third']);
  await hook.step('going-to-retry-1');
  await w.server.control({ command: 'advance-clock', ms: 2000 });
  await hook.received(4);
  expect_json(texts_of(hook.requests()), ['first', 'second', 'third', 'first']);
});

test('what waits in line survives kill -9, in its order', covers('16/order', '12/durable-1'), async () => {
  const hook = await bell(w);
  hook.answer({ hang: true }, { body: 'ok' });
  const wanted = ['one', 'two', 'three', 'four'];
  for (const text of wanted) await hook.ring(text);
  await hook.received(1);
  await w.crash_and_restart();
  expect_json(texts_of(await hook.received(5)), ['one', ...wanted]);
  const entries = await w.wait_for_history(hook.integration, 'the last', (entry) => entry.data.text === 'four' && entry.finished);
  expect(entries.step === 'after-http-call', 'it ended well');
  expect((await hook.entries()).length === 4, 'the attempt that was cut short has the same entry');
});

test('what is on its way when the server stops is not lost', covers('12/durable-1'), async () => {
  const calling = await bell(w, { retryFailedCalls: false });
  const preparing = await bell(w, { retryFailedCalls: false, ...script({ prepare: `
    try { await fetch('${w.receiver.url('/ask-first')}'); } catch (error) { return null; }
    return request;` }) });
  calling.answer({ hang: true }, { body: 'ok' });
  w.receiver.answer('/ask-first', { hang: true }, { body: 'ok' });
  await calling.ring('one');
  await calling.ring('two');
  await preparing.ring('three');
  await calling.received(1);
  await w.receiver.wait_for(1, { path: '/ask-first' });
  await w.server.stop();
  await w.server.restart();
  await w.connect();
  expect_json(texts_of(await calling.received(3)), ['one', 'one', 'two']);
  expect_json(texts_of(await preparing.received(1)), ['three']);
  await preparing.step('after-http-call');
  const entries = await eventually('both to end', async () => {
    const all = await calling.entries();
    return all.every((entry) => entry.finished) && all;
  });
  expect_json(entries.map((entry) => entry.step), ['after-http-call', 'after-http-call']);
});
