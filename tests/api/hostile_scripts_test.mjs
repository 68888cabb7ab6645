// Scripts that mean harm, through real hooks: each ends as a clean error in bounded time while
// other hooks and calls go on.

import os from 'node:os';

import { expect, expect_json } from '../support/expect.mjs';
import { call_hook, create_scripted, not_loaded, not_run, refusal, script_of, success, telling, told_by } from '../support/hooks.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({ setup: async (world) => {
  world.room = await world.create_channel();
  world.good = await create_scripted(world, telling('request.content.n + 1'), { channel: '#' + world.room.name });
} });

const kWallMs = 10_000;
const kWorkerStartMs = 6_000;
const kOtherTrafficMs = 4_000;

// name: [what it proves, script, the answer, most milliseconds]
const scripts = {
  'an endless loop': ['limit-cpu', script_of('for (;;) {}'), not_run, 5000],
  'an endless loop that catches everything': ['limit-cpu', script_of('for (;;) { try { for (;;) {} } catch (e) {} finally { continue; } }'), not_run, 5000],
  'an endless loop while loading': ['limit-cpu', 'for (;;) {} class Script { process_incoming_request() {} }', not_run, 5000],
  'an endless loop in the constructor': ['limit-cpu', 'class Script { constructor() { for (;;) {} } process_incoming_request() {} }', not_run, 5000],
  'an endless loop in a getter of the result': ['limit-cpu', script_of('return { get content() { for (;;) {} } };'), not_run, 5000],
  'an endless loop in toJSON': ['limit-cpu', script_of('return { content: { text: "x", toJSON() { for (;;) {} } } };'), not_run, 5000],
  'endless promises': ['limit-cpu', script_of('const again = () => Promise.resolve().then(again); return again();'), not_run, 5000],
  'an endless generator': ['limit-cpu', script_of('return { content: { text: [...(function* () { for (;;) yield 1; })()].length } };'), not_run, 5000],
  'endless recursion': [undefined, script_of('const deep = () => deep() + 1; return deep();'), not_run, 5000],
  'recursion through natives': [undefined, script_of('const deep = () => [1].map(deep); return deep();'), not_run, 5000],
  'recursion through JSON': [undefined, script_of('const a = { toJSON() { return JSON.stringify(a); } }; return JSON.stringify(a);'), not_run, 5000],
  'deep nesting of the result': [undefined, script_of('let deep = {}; for (let i = 0; i < 1e5; i++) deep = { deep }; return { content: deep };'), not_run, 5000],
  'a huge array': ['limit-memory', script_of('return { content: { text: new Array(1e9).fill(7).length } };'), not_run, 5000],
  'a huge buffer': ['limit-memory', script_of('return { content: { text: new Uint8Array(1e9).fill(1).length } };'), not_run, 5000],
  'a huge text': ['limit-memory', script_of('return { content: { text: "x".repeat(2 ** 29) } };'), not_run, 5000],
  'growing without end': ['limit-memory', script_of('const kept = []; for (;;) kept.push(new Array(1000).fill({ a: 1 }));'), not_run, 5000],
  'growing text': ['limit-memory', script_of('let text = "x"; for (;;) text += text + Math.random();'), not_run, 5000],
  'a regular expression that explodes': ['limit-cpu', script_of('return { content: { text: String(/^(a+)+$/.test("a".repeat(40) + "!")) } };'), not_run, 5000],
  'a big number that explodes': ['limit-cpu', script_of('return { content: { text: String((7n ** 9999999n) % 13n) } };'), not_run, 5000],
  'sorting that lies': [undefined, script_of('return { content: { text: String(Array.from({ length: 1e6 }, Math.random).sort(() => Math.random() - 0.5).length) } };'), undefined, 5000],
  'a giant result': [undefined, script_of('return { content: { text: "x", list: Array(40).fill("y".repeat(1e5)) } };'), not_run, 5000],
  'a giant error': [undefined, script_of('throw new Error("e".repeat(3e6));'), not_run, 5000],
  'a giant console': [undefined, script_of('for (let i = 0; i < 1e5; i++) console.log("c".repeat(100)); return { error: "calm" };'), refusal('calm'), 5000],
  'a giant Store': [undefined, script_of('for (let i = 0; i < 1e4; i++) Store.set("k" + i, "v".repeat(100)); return { content: { text: "x" } };'), not_run, 5000],
  'a promise that never ends': [undefined, script_of('return new Promise(() => {});'), not_run, 5000],
  'an awaited promise that never ends': [undefined, 'class Script { async process_incoming_request() { await new Promise(() => {}); } }', not_run, 5000],
  'a thenable that never ends': [undefined, script_of('return { then() {} };'), not_run, 5000],
  'a thenable that throws': [undefined, script_of('return { then() { throw 1; } };'), not_run, 5000],
  'throwing null': [undefined, script_of('throw null;'), not_run, 5000],
  'throwing a proxy': [undefined, script_of('throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } });'), not_run, 5000],
  'a result that is a proxy': [undefined, script_of('return new Proxy({}, { get() { throw 1; }, ownKeys() { throw 2; } });'), not_run, 5000],
  'a circular result': [undefined, script_of('const content = { text: "x" }; content.self = content; return { content };'), not_run, 5000],
  'a big integer as result': [undefined, script_of('return { content: { text: 1n } };'), not_run, 5000],
  'broken basics': [undefined, script_of('JSON.stringify = Object.keys = Array.prototype.push = String.prototype.replace = null; Promise.prototype.then = () => { for (;;) {} }; throw new Error("x");'), not_run, 5000],
  'too many requests': [undefined, `class Script { async process_incoming_request() {
    const ends = await Promise.allSettled(Array.from({ length: 1000 }, () => fetch('http://127.0.0.1:1/')));
    return { error: [...new Set(ends.map((one) => one.status))].join() }; } }`, refusal('rejected'), kWallMs],
  'a builtin that never asks': ['limit-cpu', script_of('const list = []; list.length = 4294967295; return { content: { text: String(list.indexOf(1)) } };'), not_run, 5000],
  'text that multiplies by its pattern': ['limit-memory', script_of('let text = "x".repeat(1e4); for (;;) text = text.replace(/x/g, "$&$&");'), not_run, 5000],
  'a pattern nested without end': [undefined, script_of('return { content: { text: String(new RegExp("(".repeat(1e5) + ")".repeat(1e5)).test("")) } };'), not_run, 5000],
  'source that is made and nested without end': [undefined, script_of('return { content: { text: String((0, eval)("[".repeat(1e5) + "]".repeat(1e5)).length) } };'), not_run, 5000],
  'JSON nested without end': [undefined, script_of('return { content: { text: String(JSON.parse("[".repeat(1e6)).length) } };'), not_run, 5000],
  'a chain of proxies': [undefined, script_of('let at = {}; for (let i = 0; i < 1e5; i++) at = new Proxy(at, {}); return { content: { text: String(at.x) } };'), not_run, 5000],
  'a comparison that changes what is sorted': [undefined, script_of('const list = Array.from({ length: 1000 }, (_, i) => i); list.sort(() => { list.length = 0; list.push({}, {}); return 1; }); return { error: "calm" };'), refusal('calm'), 5000],
  'memory that is taken while it is read': [undefined, script_of('const buffer = new ArrayBuffer(1e6); const view = new Uint8Array(buffer); view.fill({ valueOf() { try { structuredClone(buffer, { transfer: [buffer] }); } catch {} return 1; } }); return { error: "calm " + (view.length <= 1e6) };'), refusal('calm true'), 5000],
  'a lock that is never given': [undefined, script_of('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); return null;'), not_run, 5000],
  'a way out through constructors': [undefined, script_of('const outer = ({}).constructor.constructor("return this")(); return { error: ["process", "require", "module", "std", "os", "bjson", "WebAssembly", "Deno", "mainModule"].filter((name) => name in outer).join() || "nothing" };'), refusal('nothing'), 5000],
  'a way out through the argument': [undefined, script_of('const made = request.constructor.constructor("return typeof process + typeof require")(); return { error: made };'), refusal('undefinedundefined'), 5000],
  'a way out through the calls of a stack': [undefined, script_of('let seen; Error.prepareStackTrace = (_, calls) => { try { seen = calls[0].getThis().process || calls[0].getFunction(); } catch {} return ""; }; void new Error().stack; return { error: typeof seen };'), refusal('undefined'), 5000],
  'modules of the host': [undefined, 'class Script { async process_incoming_request() { await import("node:fs"); } }', not_run, 5000],
  'prototypes in the result': [undefined, script_of('return { content: JSON.parse(`{"text":"x","__proto__":{"channel":"@admin"},"constructor":{"prototype":{"text":"y"}}}`) };'), undefined, 5000],
  'a rejection that nobody awaits': [undefined, script_of('for (let i = 0; i < 1e4; i++) Promise.reject(new Error("e".repeat(100))); return { error: "calm" };'), refusal('calm'), 5000],
  'a class that is no constructor': [undefined, 'const Script = { process_incoming_request() {} };', not_loaded, 5000],
};

async function is_alive() {
  const started = performance.now();
  expect(await told_by(w, w.good, { n: 1 }) === 2, 'the good hook fails');
  expect((await w.admin.get('/api/v1/me')).status === 200, 'the API fails');
  const ms = performance.now() - started;
  expect(ms < kOtherTrafficMs, `other traffic waited ${Math.round(ms)} ms`);
}

for (const [name, [covers, script, answer, most_ms]] of Object.entries(scripts)) {
  test(`${name} ends cleanly`, { covers: covers ? [`integrations 13/${covers}`] : [] }, async () => {
    const hook = await create_scripted(w, script);
    const started = performance.now();
    const pending = call_hook(w, hook, { text: 'x' });
    await is_alive();
    const { status, json, text } = await pending;
    const ms = performance.now() - started;
    expect(text.length < 10_000, `an answer of ${text.length} characters`);
    if (answer) {
      expect(status === 400, `status ${status}: ${text}`);
      // A script that loops while loading has not run; either word tells that.
      if (/constructor$|while loading$/.test(name)) expect([not_run.error, not_loaded.error].includes(json.error), text);
      else expect_json(json, answer);
    } else {
      expect(status === 200 || json.error === not_run.error, text);
    }
    expect(ms < most_ms + kWorkerStartMs, `took ${Math.round(ms)} ms`);
    await is_alive();
  });
}

test('a header that holds a request writes none', {}, async () => {
  const hook = await create_scripted(w, `class Script { async process_incoming_request() {
    const ends = await Promise.allSettled([{ 'x-good': 'one' }, { 'x-a': 'b\\r\\n\\r\\nGET /smuggled HTTP/1.1' }, { 'x-a\\r\\nx-b': 'c' }]
      .map((headers) => fetch(${JSON.stringify(w.receiver.url('/headers'))}, { headers })));
    return { error: ends.map((one) => one.status).join() }; } }`);
  expect_json((await call_hook(w, hook)).json, refusal('fulfilled,rejected,rejected'));
  expect(w.receiver.of('/headers').length === 1 && w.receiver.of('/smuggled').length === 0, 'only the good one arrived');
  await is_alive();
});

test('waiting for a target that never answers ends by the clock', { covers: ['integrations 13/limit-wall'] }, async () => {
  w.receiver.answer('/never', { hang: true });
  const url = JSON.stringify(w.receiver.url('/never'));
  const waiting = await create_scripted(w, `class Script { async process_incoming_request() { await fetch(${url}); return { error: 'came back' }; } }`);
  const blocked = await create_scripted(w, script_of(`const { error } = HTTP('GET', ${url}); return { error: 'came back ' + Boolean(error) };`));
  const started = performance.now();
  const pending = [call_hook(w, waiting, {}), call_hook(w, blocked, {})];
  await is_alive();
  for (const { status, json } of await Promise.all(pending)) {
    // The request of the script may end a little before the script does.
    expect(status === 400 && /^error-running-script$|^came back true$/.test(json.error), JSON.stringify(json));
  }
  const ms = performance.now() - started;
  expect(ms > 5000 && ms < kWallMs + kWorkerStartMs, `took ${Math.round(ms)} ms`);
});

test('runs that wait for a turn at Store behind a slow one give up', {}, async () => {
  w.receiver.answer('/never', { hang: true });
  const slow = await create_scripted(w, `class Script { async process_incoming_request() {
    Store.set('begun', true);
    await fetch(${JSON.stringify(w.receiver.url('/never'))});
    return null;
  } }`);
  const started = performance.now();
  const pending = Array.from({ length: 5 }, () => call_hook(w, slow, {}, { within_ms: 60_000 }));
  await is_alive();
  for (const { json } of await Promise.all(pending)) expect(json.success || json.error === not_run.error, JSON.stringify(json));
  const ms = performance.now() - started;
  expect(ms < 2 * kWallMs + kWorkerStartMs, `took ${Math.round(ms)} ms`);
});

test('twenty endless loops at once leave room for others', { covers: ['integrations 13/limit-cpu'] }, async () => {
  const hook = await create_scripted(w, script_of('for (;;) {}'));
  const pending = Array.from({ length: 20 }, () => call_hook(w, hook, {}, { within_ms: 60_000 }));
  for (let i = 0; i < 10; ++i) expect((await w.admin.get('/api/v1/me')).status === 200, 'the API fails');
  const plain = await w.create_incoming({ channel: '#' + w.room.name });
  expect_json((await call_hook(w, plain, { text: 'meanwhile' })).json, success);
  for (const { json } of await Promise.all(pending)) expect_json(json, not_run);
  await is_alive();
});

test('more endless scripts than there are cores hold up no other script', { covers: ['integrations 13/limit-cpu'] }, async () => {
  const hooks = await Promise.all(Array.from({ length: os.cpus().length + 2 }, () => create_scripted(w, script_of('for (;;) {}'))));
  let ended = 0;
  const pending = hooks.map(async (hook) => {
    const answer = await call_hook(w, hook, {}, { within_ms: 60_000 });
    ++ended;
    return answer;
  });
  for (let n = 0; n < 5; ++n) expect(await told_by(w, w.good, { n }) === n + 1, 'the good hook fails');
  expect(ended === 0, `${ended} endless scripts had to end first`);
  for (const { json } of await Promise.all(pending)) expect_json(json, not_run);
});

test('a script that crashed its worker does not touch the others', { covers: ['integrations 6.2/6'] }, async () => {
  const hook = await create_scripted(w, telling('Store.set("n", (Store.get("n") || 0) + 1)'));
  const bomb = await create_scripted(w, script_of('const kept = []; for (;;) kept.push("x".repeat(1e6) + kept.length);'));
  for (let n = 1; n <= 3; ++n) {
    const [value, answer] = await Promise.all([told_by(w, hook), call_hook(w, bomb)]);
    expect(value === n, `Store says ${value} in run ${n}`);
    expect_json(answer.json, not_run);
  }
});
