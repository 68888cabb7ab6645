// What a script keeps from run to run: Store and globals.

import { expect, expect_json } from '../support/expect.mjs';
import { call_hook, create_scripted, not_run, script_of, telling, told_by, update_incoming } from '../support/hooks.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world();
// Counts its runs twice: in Store and in a global.
const counting = telling('[Store.set("runs", (Store.get("runs") || 0) + 1), globalThis.runs = (globalThis.runs || 0) + 1]');
const fill = (kilobytes) => script_of(`const old = (Store.get('big') || '').length;
  if (request.content.fill) Store.set('big', 'x'.repeat(${kilobytes} * 1024));
  return { content: { text: 'x' }, response: { value: old } };`);

test('Store and globals survive from run to run', { covers: ['integrations 6.2/1', 'integrations 13/store'] }, async () => {
  const hook = await create_scripted(w, counting);
  for (const runs of [1, 2, 3]) expect_json(await told_by(w, hook), [runs, runs]);
});

test('Store.set returns the value and Store.get gives plain data back', { covers: ['integrations 13/store'] }, async () => {
  const hook = await create_scripted(w, telling(`[Store.set('a', { deep: [1, null, 'x'] }), Store.get('a'), typeof Store.get('b'), Store.set('d', 0)]`));
  expect_json(await told_by(w, hook), [{ deep: [1, null, 'x'] }, { deep: [1, null, 'x'] }, 'undefined', 0]);
});

test('Store survives a crash', { covers: ['integrations 6.2/2'] }, async () => {
  const hook = await create_scripted(w, counting);
  await told_by(w, hook);
  expect_json(await told_by(w, hook), [2, 2]);
  await w.crash_and_restart();
  expect_json(await told_by(w, hook), [3, 1]);
});

test('Store survives a crash in runs that post nothing', { covers: ['integrations 6.2/2', 'integrations 6.2/7'] }, async () => {
  const hook = await create_scripted(w, script_of(`Store.set('n', (Store.get('n') || 0) + 1);
    const ways = { falsy: null, error: { error: 'n' + Store.get('n') }, bad: {}, lost: { content: { channel: '#nowhere' } } };
    if (request.content.way === 'throws') throw new Error('no');
    return request.content.way in ways ? ways[request.content.way] : { content: { text: 'x' }, response: { value: Store.get('n') } };`),
    { overrideDestinationChannelEnabled: true });
  for (const way of ['falsy', 'error', 'bad', 'lost', 'throws']) await call_hook(w, hook, { way });
  await w.crash_and_restart();
  expect(await told_by(w, hook) === 6, 'runs were forgotten');
});

test('Store gives back what nests deeply', { covers: ['integrations 6.2/2'] }, async () => {
  const hook = await create_scripted(w, telling(`(() => {
    const had = JSON.stringify(Store.get('deep') ?? null).length;
    let deep = [];
    for (let i = 1; i < 100; ++i) deep = [deep];
    Store.set('deep', deep);
    return had;
  })()`));
  expect_json([await told_by(w, hook), await told_by(w, hook)], [4, 200]);
  await w.crash_and_restart();
  expect(await told_by(w, hook) === 200, 'is lost');
});

test('Store has a quota', { covers: ['integrations 6.2/3'] }, async () => {
  const fits = await create_scripted(w, fill(200)), exceeds = await create_scripted(w, fill(300));
  await told_by(w, fits, { fill: true });
  expect(await told_by(w, fits) === 200 * 1024, 'what fits is not kept');
  expect_json((await call_hook(w, exceeds, { fill: true })).json, not_run);
  expect(await told_by(w, exceeds) === 0, 'what exceeds is kept');
});

test('a changed script loses Store and globals', { covers: ['integrations 6.2/4'] }, async () => {
  const hook = await create_scripted(w, counting);
  await told_by(w, hook);
  expect_json(await told_by(w, hook), [2, 2]);
  await update_incoming(w, hook, { name: 'renamed' });
  expect_json(await told_by(w, hook), [3, 3]);
  await update_incoming(w, hook, { script: counting + '\n// changed' });
  expect_json(await told_by(w, hook), [1, 1]);
});

test('freshState gives a new state a run', { covers: ['integrations 6.2/5'] }, async () => {
  const hook = await create_scripted(w, counting, { freshState: true });
  expect(hook.freshState === true, 'the field is not kept');
  for (let run = 0; run < 3; ++run) expect_json(await told_by(w, hook), [1, 1]);
  const { json } = await update_incoming(w, hook, { freshState: false });
  expect(json.integration.freshState === false, 'the field is not updated');
  expect_json(await told_by(w, hook), [1, 1]);
  expect_json(await told_by(w, hook), [2, 2]);
});

test('state is not shared between integrations', { covers: ['integrations 6.2/6'] }, async () => {
  const one = await create_scripted(w, counting), two = await create_scripted(w, counting);
  await told_by(w, one);
  expect_json(await told_by(w, one), [2, 2]);
  expect_json(await told_by(w, two), [1, 1]);
  const hiding = await create_scripted(w, telling('(Object.prototype.leaked = 1, Array.prototype.map = null, 1)'));
  await told_by(w, hiding);
  expect_json(await told_by(w, await create_scripted(w, telling('[typeof ({}).leaked, [1].map((x) => x + 1)]'))), ['undefined', [2]]);
});

test('calls at the same time lose nothing of Store', { covers: ['integrations 6.2/1'] }, async () => {
  const hook = await create_scripted(w, telling('Store.set("n", (Store.get("n") || 0) + 1)'));
  const numbers = await Promise.all(Array.from({ length: 40 }, () => told_by(w, hook)));
  expect_json(numbers.sort((a, b) => a - b), Array.from({ length: 40 }, (_, i) => i + 1));
  await w.crash_and_restart();
  expect(await told_by(w, hook) === 41, 'forgot one');
});

test('runs that wait for HTTP at the same time lose nothing of Store', { covers: ['integrations 6.2/1'] }, async () => {
  w.receiver.answer('/slow', { body: { ok: true }, delay_ms: 30 });
  const hook = await create_scripted(w, `class Script {
    async process_incoming_request({ request }) {
      const before = Store.get('n') || 0;
      await fetch(${JSON.stringify(w.receiver.url('/slow'))});
      Store.set('n', before + 1);
      return { content: { text: 'x' }, response: { value: Store.get('n') } };
    }
  }`);
  const numbers = await Promise.all(Array.from({ length: 10 }, () => told_by(w, hook)));
  expect_json(numbers.sort((a, b) => a - b), Array.from({ length: 10 }, (_, i) => i + 1));
});

test('an outgoing script keeps its Store with the end of the delivery', { covers: ['integrations 6.2/7', 'integrations 6.2/2'] }, async () => {
  const room = await w.create_channel();
  await w.create_outgoing({ channel: '#' + room.name, scriptEnabled: true, urls: [w.receiver.url('/counted')], script: `class Script {
    prepare_outgoing_request({ request }) {
      return { ...request, data: { n: Store.set('n', (Store.get('n') || 0) + 1), seen: Store.get('seen') || [] } };
    }
    process_outgoing_response({ request, response }) {
      Store.set('seen', [...(Store.get('seen') || []), request.data.n]);
      return false;
    }
  }` });
  const of_run = (n) => eventually(`run ${n}`, () => w.receiver.of('/counted').find((one) => one.json.n === n));
  await w.post(room, 'one');
  await of_run(1);
  await w.post(room, 'two');
  expect_json((await of_run(2)).json, { n: 2, seen: [1] });
  await eventually('both to end', async () => (await w.admin.must_get('/api/v1/integrations.list', { count: 0 })).integrations.length > 0);
  await w.crash_and_restart();
  await w.post(room, 'three');
  const numbers = (await eventually('the third', () => w.receiver.of('/counted').find((one) => one.json.seen.length >= 2))).json;
  expect_json(numbers.seen.slice(0, 2), [1, 2]);
});

test('an outgoing script at work in many rooms loses nothing of Store', { covers: ['integrations 6.2/1'] }, async () => {
  const rooms = [];
  for (let i = 0; i < 6; ++i) rooms.push(await w.create_channel());
  await w.create_outgoing({ channel: rooms.map((room) => '#' + room.name).join(','), scriptEnabled: true,
    urls: [w.receiver.url('/many')], script: `class Script {
    prepare_outgoing_request({ request }) {
      return { ...request, data: { n: Store.set('n', (Store.get('n') || 0) + 1) } };
    }
  }` });
  w.receiver.answer('/many', { delay_ms: 20 });
  await Promise.all(rooms.map((room) => w.post(room, 'go')));
  const numbers = (await w.receiver.wait_for(6, { path: '/many' })).map((one) => one.json.n).sort();
  expect_json(numbers, [1, 2, 3, 4, 5, 6]);
});

test('deliveries that wait long for their turn are not lost', { within_ms: 60_000 }, async () => {
  w.receiver.answer('/pause', { delay_ms: 2800 });
  const rooms = [];
  for (let i = 0; i < 5; ++i) rooms.push(await w.create_channel());
  const bell = await w.create_outgoing({ channel: rooms.map((room) => '#' + room.name).join(','), scriptEnabled: true,
    retryFailedCalls: false, urls: [w.receiver.url('/patient')], script: `class Script {
    async prepare_outgoing_request({ request }) {
      await fetch(${JSON.stringify(w.receiver.url('/pause'))});
      return { ...request, data: { n: Store.set('n', (Store.get('n') || 0) + 1) } };
    }
  }` });
  await Promise.all(rooms.map((room) => w.post(room, 'go')));
  const requests = await w.receiver.wait_for(5, { path: '/patient', within_ms: 50_000 });
  expect_json(requests.map((one) => one.json.n).sort(), [1, 2, 3, 4, 5]);
  await eventually('every delivery to end', async () => (await w.history(bell)).filter((one) => one.finished && !one.error).length === 5);
});
