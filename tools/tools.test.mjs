// The generators and reports of tools/.

import fs from 'node:fs';

import { expect, expect_json } from '../tests/support/expect.mjs';
import { test } from '../tests/support/testing.mjs';
import { cat_gif } from './demo/gif.mjs';
import { start_gif_service } from './demo/gif_service.mjs';
import { request } from './demo/rest.mjs';
import { coverage_page, operations_of } from './docs.mjs';
import { figures_of, seconds_of } from './fuzz.mjs';
import { summary_of } from './fuzz/coverage.mjs';
import { fuzzers } from './fuzz/programs.mjs';
import { report_text } from './fuzz/report.mjs';
import { Refused, scaffold } from './new.mjs';
import { slowest } from './slowest.mjs';

const openapi = { paths: {
  '/api/v1/rooms.media/{rid}': { post: { tags: ['rooms'] } },
  '/api/v1/rooms.get': { get: { tags: ['rooms'] } },
  '/api/info': { get: { tags: ['info'] }, parameters: [] } } };

test('docs: finds every declared operation', () => {
  expect_json(operations_of(openapi).map((one) => `${one.method} ${one.path}`),
              ['POST /api/v1/rooms.media/{rid}', 'GET /api/v1/rooms.get', 'GET /api/info']);
});

test('docs: marks what tests asked, by path pattern, and counts what is served', () => {
  const page = coverage_page(openapi, [
    { method: 'POST', path: '/api/v1/rooms.media/abc', kind: 'success' },
    { method: 'GET', path: '/api/v1/rooms.get', kind: '401' },
    { method: 'GET', path: '/api/v1/rooms.media/abc', kind: 'success' },
    { method: 'GET', path: '/api/v1/roomsXget', kind: 'success' }]);
  expect(page.includes('Served: 1 of 3'), page);
  expect(page.includes('| POST `/api/v1/rooms.media/{rid}` | yes |  |  |  |  |'), page);
  expect(page.includes('| GET `/api/v1/rooms.get` |  | yes |  |  |  |'), page);
});

test('fuzz: reads times and figures', () => {
  expect_json([seconds_of('45'), seconds_of('30s'), seconds_of('5m')], [45, 30, 300]);
  let refused = false;
  try {
    seconds_of('soon');
  } catch {
    refused = true;
  }
  expect(refused, 'a time that is none was taken');
  const figures = figures_of('#9 NEW cov: 12 ft: 30 corp: 4/9b\n#99 DONE cov: 20 ft: 41 corp: 7/70b\nstat::number_of_executed_units: 99\nstat::average_exec_per_sec: 9\nstat::peak_rss_mb: 33\n');
  expect_json(figures, { executions: 99, per_second: 9, peak_mb: 33, edges: 20, features: 41, corpus: 7 });
});

test('fuzz: sums up the lines of the targets and reports them beside the planted bugs', () => {
  const lines = (count, covered) => ({ summary: { lines: { count, covered, percent: 0 } } });
  const summary = summary_of(JSON.stringify({ data: [{ files: [
    { filename: '/r/src/base/json.cc', ...lines(8, 6) }, { filename: '/r/src/wire/value_order.cc', ...lines(2, 2) }] }] }), '/r');
  expect_json(summary.lines, { count: 10, covered: 8 });
  expect_json(summary.files['src/base/json.cc'], { count: 8, covered: 6 });
  const run = { name: 'json_fuzz', commit: 'abc', at: '2026-06-08T12:46:40.123Z' };
  const page = report_text([{ ...run, each: 1200, passed: true, seconds: 1201, executions: 99, per_second: 9, corpus: 7, edges: 20, features: 41, peak_mb: 33, ...summary }],
                           [{ ...run, each: 60, passed: true, seconds: 1.25, executions: 5, bug: 'a bug', file: 'src/a.cc' }, { ...run, each: 60, passed: false, bug: 'another', file: 'src/b.cc' }]);
  expect(page.includes('| json_fuzz | 1201 | 99 | 9 | 7 | 20 | 41 | 80.0% of 10 | 33 | 0 |'), page);
  expect(page.includes('| `src/base/json.cc` | 8 | 75.0% | json_fuzz |'), page);
  expect(page.includes('| json_fuzz | a bug | `src/a.cc` | 1.3 s | 5 |'), page);
  expect(page.includes('| json_fuzz | another | `src/b.cc` | not found | - |'), page);
});

test('fuzz: each fuzzer has targets and a planted bug in one of them, at one place', () => {
  for (const [name, { targets, planted }] of Object.entries(fuzzers)) {
    expect(fs.existsSync(`tests/fuzz/${name}.cc`), `${name}.cc is missing`);
    for (const file of targets) expect(fs.existsSync(file), `${file} of ${name} is missing`);
    expect(targets.includes(planted.file), `the planted bug of ${name} is in none of its targets`);
    expect(fs.readFileSync(planted.file, 'utf8').split(planted.is).length === 2, `${planted.file} has not once: ${planted.is}`);
  }
  const programs = fs.readdirSync('tests/fuzz').filter((file) => file.endsWith('_fuzz.cc')).map((file) => file.slice(0, -3));
  expect_json(programs, Object.keys(fuzzers));
});

test('slowest: the last build of each object counts, slowest first', () => {
  const log = '# ninja log v5\n0\t9000\t1\ta.cc.o\th\n0\t100\t1\tb.cc.o\th\n0\t50\t1\ta.cc.o\th\n0\t70000\t1\tgantry\th\n';
  expect_json(slowest(log), [{ output: 'b.cc.o', ms: 100 }, { output: 'a.cc.o', ms: 50 }]);
});

test('demo: the picture is a GIF with two frames that loops', () => {
  const bytes = cat_gif();
  expect(bytes.subarray(0, 6).toString() === 'GIF89a' && bytes.at(-1) === 0x3b, 'no whole GIF');
  expect(bytes.toString('latin1').split('NETSCAPE2.0').length === 2, 'it does not loop');
});

test('demo: the picture service answers as the script expects', async (t) => {
  const service = await start_gif_service();
  t.after(() => service.stop());
  const address = `http://127.0.0.1:${service.port}`;
  const ask = async (sentence, headers) => {
    const answer = await request(`${address}/guggify`, { method: 'POST', headers: { connection: 'close', ...headers },
      body: JSON.stringify({ format: 'gif', sentence }) });
    return { status: answer.status, json: JSON.parse(answer.text) };
  };
  expect_json(await ask('cats', { apiKey: 'k' }), { status: 200, json: { gif: `${address}/cats.gif` } });
  expect_json(await ask('Nothing at all', { apiKey: 'k' }), { status: 200, json: {} });
  expect((await ask('cats', {})).status === 401, 'it answered without a key');
});

const refusal = (kind, name, tree = new Map()) => {
  try {
    scaffold(kind, name, tree);
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
  return undefined;
};

test('new: a second endpoint goes into the family that the first one made', () => {
  const tree = new Map(scaffold('endpoint', 'rooms.favorite', new Map()).files);
  const made = scaffold('endpoint', 'rooms.leaveAll', tree);
  const source = made.files.get('src/api/rooms_api.cc');
  expect(source.includes('&RoomsApi::favorite') && source.includes('&RoomsApi::leave_all'), source);
  expect(source.indexOf('&RoomsApi::leave_all') < source.indexOf('RoomsApi::leave_all(domain'), 'the route is outside of add_routes');
  expect(made.files.get('src/api/rooms_api.h').includes(' leave_all(domain::Caller'), 'the header lacks it');
  expect(made.files.has('tests/api/rooms_leave_all_test.mjs'), 'it has no test');
});

test('new: migrations and decisions take the next number', () => {
  const tree = new Map([['src/store/sqlite/migrations/0004_x.sql', ''], ['docs/decisions/0011-y.md', '']]);
  expect(scaffold('migration', 'attemptIndex', tree).files.has('src/store/sqlite/migrations/0005_attempt_index.sql'), 'migration');
  expect(scaffold('decision', 'time-format', tree).files.has('docs/decisions/0012-time-format.md'), 'decision');
});

test('new: a setting becomes a row of the table', () => {
  const table = '#define T(X) \\\n  X(A, "A", Boolean, false, "G", Private, "a") \\\n  X(B, "B", Boolean, false, "G", Private, "b")\n// clang-format on\n';
  const text = scaffold('setting', 'Message_Colour', new Map([['src/domain/settings.h', table]])).files.get('src/domain/settings.h');
  expect(/"a"\) \\\n  X\(MessageColour, "Message_Colour", .*\\\n  X\(B/.test(text), text);
});

test('new: refuses what it cannot place', () => {
  expect(/family\.action/.test(refusal('endpoint', 'rooms')), 'a family alone');
  expect(/is no name/.test(refusal('decision', '../x')), 'a path');
  expect(/no src\/realtime/.test(refusal('method', 'sendMessage')), 'a method');
  expect(/by hand/.test(refusal('setting', 'X_Y')), 'a setting without a table');
  expect(/endpoint\|method/.test(refusal('thing', 'x')), 'an unknown kind');
});
