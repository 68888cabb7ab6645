// What scripts find in the engine, as it shows through real hooks.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { call_hook, create_scripted, not_run, script_of, telling, told_by } from '../support/hooks.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

// name: [what it proves, JavaScript, what the hook tells]
const expressions = {
  'an async method': ['async', 'await (async () => { await null; return 1; })()', 1],
  'promises': ['promise', 'await Promise.all([1, Promise.resolve(2), new Promise((done) => done(3))])', [1, 2, 3]],
  'all kinds of promises': ['promise', '[typeof Promise.allSettled, typeof Promise.any, typeof Promise.withResolvers, typeof Promise.prototype.finally]',
                            ['function', 'function', 'function', 'function']],
  'no fibers': ['promise', '[typeof Fiber, typeof Future, typeof Promise.await]', ['undefined', 'undefined', 'undefined']],
  'trim': ['s', 's.trim("  a b ") + "|" + s.trim("--a--", "-")', 'a b|a'],
  'capitalize': ['s', '[s.capitalize("hello World"), s.capitalize("hello World", true)]', ['Hello World', 'Hello world']],
  'stripTags': ['s', 's.stripTags("<a href=\'x\'>link</a><br/>")', 'link'],
  'strLeft and kin': ['s', '[s.strLeft("a_b_c", "_"), s.strRight("a_b_c", "_"), s.strRightBack("a_b_c", "_")]', ['a', 'b_c', 'c']],
  'pad': ['s', '[s.pad("1", 3), s.pad("1", 3, "0", "left"), s.lrpad("1", 3, "-")]', ['1  ', '001', '-1-']],
  'truncate': ['s', '[s.truncate("Hello world", 8), s.truncate("Hello", 8)]', ['Hello...', 'Hello']],
  'numberFormat': ['s', '[s.numberFormat(1234.5, 2), s.numberFormat(1234567, 0, ",", ".")]', ['1,234.50', '1.234.567']],
  'pluck and where': ['underscore', '[_.pluck([{ a: 1 }, { a: 2 }], "a"), _.where([{ a: 1 }, { a: 2 }], { a: 2 })]', [[1, 2], [{ a: 2 }]]],
  'map, each, find and isEmpty': ['underscore', '[_.map([1, 2], (x) => x * 2), _.find([1, 2], (x) => x > 1), _.isEmpty({}), _.contains([1], 1)]',
                                  [[2, 4], 2, true, true]],
  'global': ['global', '[global === globalThis, (global.mine = 1, mine), typeof global.Store]', [true, 1, 'object']],
  'console': ['console', '["debug", "log", "info", "warn", "error"].map((name) => typeof console[name])', Array(5).fill('function')],
  'numbers in words': ['intl', '[(1234567.891).toLocaleString(), (0.5).toLocaleString(undefined, { style: "percent" })]', ['1,234,567.891', '50%']],
  'dates in words': ['intl', 'new Date(Date.UTC(2026, 2, 4, 15, 5)).toLocaleString("en-US", { timeZone: "UTC" }).replace(/\\s/g, " ")', '3/4/2026, 3:05:00 PM'],
  'a date in words': ['intl', 'new Date(Date.UTC(2026, 2, 4)).toLocaleDateString("en-US", { timeZone: "UTC", month: "long", day: "numeric", year: "numeric" })',
                      'March 4, 2026'],
  'a time in words': ['intl', 'new Date(Date.UTC(2026, 2, 4, 9, 5)).toLocaleTimeString("en-US", { timeZone: "UTC" }).replace(/\\s/g, " ")', '9:05:00 AM'],
  'money in words': ['intl', 'new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" }).format(1234.5)', '$1,234.50'],
  'nothing of the host': ['absent',
    '["require", "process", "setTimeout", "setInterval", "setImmediate", "module", "exports", "Buffer", "__dirname", "Deno", "Bun", "XMLHttpRequest", ' +
    '"WebSocket", "Worker", "std", "os", "Livechat", "Users", "Rooms", "Meteor", "Npm", "ivm", "$gantry", "__host", "import_script", "load", "print", "quit"]' +
    '.filter((name) => typeof globalThis[name] !== "undefined")', []],
  'no way out by constructors': ['absent', '[typeof (class {}).constructor.constructor("return this")().process, ' +
    '(() => { try { return typeof request.constructor.constructor("return process")(); } catch (e) { return e.name; } })()]', ['undefined', 'ReferenceError']],
  'text helpers': ['global', '[atob("aGk="), btoa("hi"), new URL("https://a.test/b?c=1").searchParams.get("c"), encodeURIComponent("ü")]', ['hi', 'aGk=', '1', '%C3%BC']],
};

// What V8 says; the script tells the message.
const faults = {
  'a property of undefined': ['undefined_value.deep', "Cannot read properties of undefined (reading 'deep')"],
  'a property of null': ['null_value.deep', "Cannot read properties of null (reading 'deep')"],
  'setting on undefined': ['undefined_value.deep = 1', "Cannot set properties of undefined (setting 'deep')"],
  'no function': ['request.missing()', 'request.missing is not a function'],
  'a deep one that is no function': ['request.content.list.push.nope()', 'request.content.list.push.nope is not a function'],
  'not defined': ['nowhere_to_be_seen', 'nowhere_to_be_seen is not defined'],
  'not iterable': ['[...7]', /is not iterable/],
  'a constant': ['const fixed = 1; fixed = 2', 'Assignment to constant variable.'],
  'broken JSON': ['JSON.parse("{oops")', "Expected property name or '}' in JSON at position 1 (line 1 column 2)"],
  'empty JSON': ['JSON.parse("")', 'Unexpected end of JSON input'],
  'JSON of undefined': ['JSON.parse(undefined)', '"undefined" is not valid JSON'],
  'JSON with a tail': ['JSON.parse("{} x")', 'Unexpected non-whitespace character after JSON at position 3 (line 1 column 4)'],
  'HTML as JSON': ['JSON.parse("<html>")', `Unexpected token '<', "<html>" is not valid JSON`],
  'too deep': ['(function deep() { return deep() + 1; })()', 'Maximum call stack size exceeded'],
  'a circle': ['const circle = {}; circle.self = circle; JSON.stringify(circle)', /^Converting circular structure to JSON/],
  'an invalid date': ['new Date("no").toISOString()', 'Invalid time value'],
};

const all_of = (table, make) => `class Script {
  async process_incoming_request({ request }) {
    const tests = { ${Object.entries(table).map(([name, row]) => `${JSON.stringify(name)}: ${make(row)}`).join(',\n')} };
    return { content: { text: 'x' }, response: { value: await tests[request.content.name](request) } };
  }
}`;

const w = scenarios({
  name: 'script',
  setup: async (world) => {
    world.expressions = await create_scripted(world, all_of(expressions, (row) => `async (request) => (${row[1]})`));
    world.faults = await create_scripted(world, all_of(faults, (row) => `(request, undefined_value, null_value = null) => {
      try { ${row[0]}; return 'nothing was thrown'; } catch (e) { return e.message; } }`));
  },
  rows: [
    ...Object.entries(expressions).map(([name, [covers, , value]]) => ({ name, covers: [`integrations 13/${covers}`], method: 'POST',
      caller: 'anonymous', path: (world) => world.hook_path(world.expressions), body: { name }, parts: { value } })),
    ...Object.entries(faults).map(([name, [, value]]) => ({ name: `says what V8 says: ${name}`, covers: ['integrations 13/errors'], method: 'POST',
      caller: 'anonymous', path: (world) => world.hook_path(world.faults), body: { name, list: [] }, parts: { value } })),
  ],
});

test('each method may be async or give a promise', { covers: ['integrations 13/async'] }, async () => {
  expect(await told_by(w, await create_scripted(w, script_of(
    'return Promise.resolve().then(() => ({ content: { text: "x" }, response: { value: "then" } }));'))) === 'then', 'no promise');
  const room = await w.create_channel();
  await w.create_outgoing({ channel: '#' + room.name, urls: [w.receiver.url('/async')], scriptEnabled: true, script: `class Script {
    async prepare_outgoing_request({ request }) { await null; return { ...request, data: { waited: true } }; }
    async process_outgoing_response({ response }) { await null; return { content: { text: 'answered ' + response.status_code } }; }
  }` });
  await w.post(room, 'go');
  expect_parts((await w.receiver.wait_for(1, { path: '/async' }))[0].json, { waited: true });
  await w.wait_for_message(room, 'the answer', (one) => one.msg === 'answered 200');
});

test('arguments and results are copies, with their dates', { covers: ['integrations 13/copies'] }, async () => {
  const hook = await create_scripted(w, script_of(`const had = request.content.list.length;
    request.content.list.push(1); request.headers = null;
    const made = { when: new Date(0), none: undefined, list: [undefined, NaN], big: 1e21, text: '\\u2028' };
    return { content: { text: 'x' }, response: { value: [had, made] } };`));
  for (let run = 0; run < 2; ++run) {
    expect_json(await told_by(w, hook, { list: [] }), [0, { when: '1970-01-01T00:00:00.000Z', list: [null, null], big: 1e21, text: '\u2028' }]);
  }
  const room = await w.create_channel();
  await w.create_outgoing({ channel: '#' + room.name, urls: [w.receiver.url('/dates')], scriptEnabled: true, script: `class Script {
    prepare_outgoing_request({ request }) {
      const { timestamp } = request.data;
      return { ...request, data: { is_date: timestamp instanceof Date, year: timestamp.getUTCFullYear(), timestamp } };
    }
  }` });
  await w.post(room, 'go');
  expect_json((await w.receiver.wait_for(1, { path: '/dates' }))[0].json, { is_date: true, year: any.number, timestamp: any.date });
});

test('console is kept for each run and shown in history', { covers: ['integrations 13/console'] }, async () => {
  const room = await w.create_channel();
  const bell = await w.create_outgoing({ channel: '#' + room.name, urls: [w.receiver.url('/console')], scriptEnabled: true, script: `class Script {
    prepare_outgoing_request({ request }) { console.log('said', { a: [1] }, 7); console.error('bad'); return request; }
    process_outgoing_response() { console.warn('later'); return false; }
  }` });
  await w.post(room, 'one');
  const entry = await w.wait_for_history(bell, 'finished', (one) => one.finished);
  expect_json(entry.console, [{ level: 'log', text: 'said {"a":[1]} 7' }, { level: 'error', text: 'bad' }, { level: 'warn', text: 'later' }]);
});

test('fetch and serverFetch reach a target and refuse to clone', { covers: ['integrations 13/fetch-1', 'integrations 13/fetch-2'] }, async () => {
  w.receiver.answer('/data', { status: 201, body: { n: 1 }, headers: { 'X-Own': 'yes' } });
  const hook = await create_scripted(w, `class Script {
    async process_incoming_request({ request }) {
      const url = ${JSON.stringify(w.receiver.url('/data'))};
      const one = await fetch(url, { method: 'POST', headers: { 'X-Sent': 'this' }, body: JSON.stringify({ sent: true }) });
      const two = await serverFetch(url);
      let clone; try { one.clone(); clone = 'cloned'; } catch (e) { clone = 'refused'; }
      return { content: { text: 'x' }, response: { value: [one.status, one.ok, one.headers.get('x-own'), await one.json(), await two.text(), clone] } };
    }
  }`);
  const before = w.receiver.of('/data').length;
  expect_json(await told_by(w, hook), [201, true, 'yes', { n: 1 }, '{"n":1}', 'refused']);
  const [first, second] = w.receiver.of('/data').slice(before);
  expect_parts(first, { method: 'POST', json: { sent: true }, headers: { 'x-sent': 'this' } });
  expect(second.method === 'GET', second.method);
});

test('HTTP is synchronous and gives result or error', { covers: ['integrations 13/http'] }, async () => {
  w.receiver.answer('/sync', { body: { n: 2 } }).answer('/gone', { status: 404, body: 'not here' });
  const hook = await create_scripted(w, script_of(`const ok = HTTP('POST', ${JSON.stringify(w.receiver.url('/sync'))}, { data: { a: 1 } });
    const bad = HTTP('GET', ${JSON.stringify(w.receiver.url('/gone'))}), none = HTTP('GET', 'http://127.0.0.1:1/');
    return { content: { text: 'x' }, response: { value: [ok.result.statusCode, ok.result.data, ok.result.content, ok.error === undefined,
      bad.error.response.statusCode, bad.error.message, none.result === undefined, typeof none.error.message] } };`));
  expect_json(await told_by(w, hook), [200, { n: 2 }, '{"n":2}', true, 404, 'failed [404] not here', true, 'string']);
  expect_parts(w.receiver.of('/sync')[0], { method: 'POST', json: { a: 1 } });
});

test('scripts of makers with the own-right alone do not reach loopback', { covers: ['integrations 13/fetch-1'] }, async () => {
  await w.create_caller('small', { rights: ['manage-own-incoming-integrations'] });
  const hook = await create_scripted(w, script_of(`const { error } = HTTP('GET', ${JSON.stringify(w.receiver.url('/private'))});
    return fetch(${JSON.stringify(w.receiver.url('/private'))}).then(() => 'reached', (e) => e.message)
      .then((second) => ({ content: { text: 'x' }, response: { value: [Boolean(error), second] } }));`), {}, w.callers.small);
  const [refused, second] = await told_by(w, hook);
  expect(refused && second !== 'reached' && w.receiver.of('/private').length === 0, `reached: ${second}`);
});

test('no class, or one of another name, is a load error', { covers: ['integrations 13/class'] }, async () => {
  for (const script of ['class Other { process_incoming_request() { return null; } }', 'const Script = 7;']) {
    expect_json((await call_hook(w, await create_scripted(w, script), { text: 'x' })).json, { success: false, error: 'error-evaluating-script' });
  }
  for (const script of ['const Script = class { process_incoming_request() { return { error: "found" }; } };',
                        'function Script() {} Script.prototype.process_incoming_request = () => ({ error: "found" });',
                        'var Script = class { process_incoming_request() { return { error: "found" }; } };',
                        'globalThis.Script = class { process_incoming_request() { return { error: "found" }; } };']) {
    expect_json((await call_hook(w, await create_scripted(w, script), { text: 'x' })).json, { success: false, error: 'found' });
  }
  expect_json((await call_hook(w, await create_scripted(w, telling('(() => { throw undefined; })()')))).json, not_run);
});
