// The harness itself: a test that cannot fail is a defect, so each judge is shown a fault.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { Client, query_string } from './client.mjs';
import { kind_of } from './coverage.mjs';
import { any, containing, differences, expect, expect_json, in_any_order, matching } from './expect.mjs';
import { tests_of_report } from './gtest.mjs';
import { HookReceiver } from './hook_receiver.mjs';
import { eventually, Overdue } from './patience.mjs';
import { run_driver, run_program, run_test_file } from './processes.mjs';
import { judge_rows, read_rows, rows_to_tests } from './rows.mjs';
import { test } from './testing.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gantry-support-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const here = path.dirname(new URL(import.meta.url).pathname);
const written = (name, text) => {
  fs.writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};
const task = (file, more = {}) => ({ file, label: path.basename(file), minutes: 1, node: 18, ...more });
const count = (outcome, state) => outcome.tests.filter((one) => one.state === state).length;

const comparisons = [
  ['equal values', { a: [1, { b: null }] }, { a: [1, { b: null }] }, 0],
  ['another value', { a: 1 }, { a: 2 }, 1],
  ['a number is not its text', { a: 1 }, { a: '1' }, 1],
  ['null is not absent', { a: null }, { a: any.absent }, 1],
  ['a missing key', {}, { a: 1 }, 1],
  ['a key too many', { a: 1, b: 2 }, { a: 1 }, 1],
  ['an element too many', [1, 2], [1], 1],
  ['a list is no object', [], {}, 1],
  ['an id', '23456789ABCDEFGHJ', any.id, 0],
  ['an id with a forbidden letter', '23456789ABCDEFGHI', any.id, 1],
  ['a date', '2026-06-08T12:46:40.123Z', any.date, 0],
  ['a date without milliseconds', '2026-06-08T12:46:40Z', any.date, 1],
  ['a text of a length', 'abc', any.text_of(3), 0],
  ['a text of another length', 'abcd', any.text_of(3), 1],
  ['a pattern', 'abc', matching(/^b/), 1],
  ['a bare pattern', 'abc', /b/, 0],
  ['a list that has it', [{ a: 1, b: 2 }, 3], containing({ a: 1 }), 0],
  ['a list that has it not', [{ a: 2 }], containing({ a: 1 }), 1],
  ['any order', [2, 1], in_any_order(1, 2), 0],
  ['any order, one twice', [1, 1], in_any_order(1, 2), 1],
];

for (const [name, actual, expected, faults] of comparisons) {
  test(`compares ${name}`, () => {
    const found = differences(actual, expected);
    expect(found.length === faults, `expected ${faults} differences: ${found.join('; ')}`);
  });
}

test('parts allow further keys but no further elements', () => {
  expect(differences({ a: 1, b: { c: 2, d: 3 } }, { b: { c: 2 } }, 'parts').length === 0, 'a further key is a fault');
  expect(differences({ a: [1, 2] }, { a: [1] }, 'parts').length === 1, 'a further element is none');
});

test('makes query strings', () => {
  expect_json(query_string({ a: 'x y', sort: { _id: 1 }, l: ['1', '2'], none: undefined }),
              '?a=x%20y&sort=%7B%22_id%22%3A1%7D&l=1&l=2');
});

test('sorts answers into the columns of the coverage page', () => {
  expect_json([kind_of(200, ''), kind_of(401, ''), kind_of(403, ''), kind_of(404, ''), kind_of(400, 'must have x'),
               kind_of(400, '[not_authorized]'), kind_of(400, 'No integration found.'), kind_of(503, '') ?? 'none'],
              ['success', '401', 'right', 'absent', '400', 'right', 'absent', 'none']);
});

test('waiting ends with an error that says for what', async () => {
  let error;
  await eventually('a thing', () => { throw new Error('not yet'); }, 20).catch((caught) => { error = caught; });
  expect(error instanceof Overdue && /a thing: not yet/.test(error.message), String(error));
});

test('the receiver records, answers as scripted and is asked for', async (t) => {
  const receiver = await HookReceiver.start();
  t.after(() => receiver.stop());
  receiver.answer('/hook', { status: 503, body: 'busy' }, { body: { text: 'ok' } });
  const client = new Client(receiver.base_url);
  t.after(() => client.close());
  const send = () => client.post('/hook', { n: 1 }, { kind: false });
  expect((await send()).status === 503, 'the first answer is another');
  expect_json((await send()).json, { text: 'ok' });
  expect_json((await send()).json, { text: 'ok' });
  const [first] = await receiver.wait_for(3, { path: '/hook' });
  expect_json([first.method, first.json, first.headers['content-type']], ['POST', { n: 1 }, 'application/json']);
  let overdue;
  await receiver.wait_for(4, { within_ms: 20 }).catch((error) => { overdue = error; });
  expect(overdue instanceof Overdue, 'a request that never came was seen');
  await receiver.expect_quiet(3, 1);
  let loud;
  await receiver.expect_quiet(2, 1).catch((error) => { loud = error; });
  expect(loud, 'an unexpected request was not told');
});

test('reads contract rows and refuses one that stands twice', () => {
  const rows = read_rows('# words\n\nintegrations 4.2/7  first\n? integrations 4.2/8  second\n');
  expect_json([...rows], [['integrations 4.2/7', { words: 'first', required: true }],
                          ['integrations 4.2/8', { words: 'second', required: false }]]);
  let refused;
  try {
    read_rows('integrations 1/1  a\nintegrations 1/1  b\n');
  } catch (error) {
    refused = error;
  }
  expect(refused, 'a row that stands twice was taken');
});

test('judges rows: one without test and one that is unknown fail', () => {
  const file = written('rows.txt', 'integrations 1/1  a\nintegrations 1/2  b\n? integrations 1/3  c\n');
  const one = (covers) => [{ kind: 'api', file: 'x', name: 'y', state: 'passed', covers }];
  const states = (covers) => judge_rows(one(covers), file).map((result) => result.state);
  expect_json(states(['integrations 1/1', 'integrations 1/2']), ['passed', 'passed']);
  expect_json(states(['integrations 1/1']), ['failed', 'passed']);
  expect_json(states(['integrations 1/1', 'integrations 1/2', 'integrations 9/9']), ['passed', 'failed']);
  expect_json(Object.keys(rows_to_tests(one(['b', 'a']))), ['a', 'b']);
});

test('the list of contract rows can be read', () => {
  expect(read_rows(fs.readFileSync(path.join(here, '../contract_rows.txt'), 'utf8')).size > 100, 'rows are missing');
});

test('reads a GoogleTest report with failures, skips and rows', () => {
  const tests = tests_of_report({ testsuites: [{ name: 'Words', testsuite: [
    { name: 'good', status: 'RUN', result: 'COMPLETED', time: '0.02s', covers: 'integrations 10/4a, integrations 10/4b' },
    { name: 'bad', status: 'RUN', result: 'COMPLETED', time: '0s', failures: [{ failure: 'no' }] },
    { name: 'skipped', status: 'RUN', result: 'SKIPPED', time: '0s' },
    { name: 'off', status: 'NOTRUN', result: 'SUPPRESSED', time: '0s' }] }] });
  expect_json(tests.map((one) => [one.name, one.state]),
              [['Words.good', 'passed'], ['Words.bad', 'failed'], ['Words.skipped', 'failed']]);
  expect_json(tests[0].covers, ['integrations 10/4a', 'integrations 10/4b']);
});

test('a test file that fails, crashes or registers nothing is counted as failed', async () => {
  const testing = `import { test } from '${here}/testing.mjs';\n`;
  const run = (name, text, more) => run_test_file(task(written(name, testing + text), more), { folder });
  const mixed = await run('mixed_test.mjs', "test('a', () => {}); test('b', () => { throw new Error('no'); });");
  expect_json([count(mixed, 'passed'), count(mixed, 'failed')], [1, 1]);
  const crashed = await run('crash_test.mjs', "test('a', () => process.kill(process.pid, 'SIGKILL'));");
  expect_json([count(crashed, 'passed'), count(crashed, 'failed')], [0, 1]);
  const empty = await run('empty_test.mjs', '');
  expect_json([count(empty, 'passed'), count(empty, 'failed')], [0, 1]);
  const hanging = await run('hang_test.mjs', "test('a', () => new Promise(() => setTimeout(() => {}, 1e6)));", { minutes: 0.01 });
  expect(count(hanging, 'failed') === 1 && /was ended/.test(hanging.tests[0].error), JSON.stringify(hanging.tests));
});

test('a driver without closing counts, or with a bad exit code, is counted as failed', async () => {
  const run = (name, text) => run_driver(task(written(name, text)), { folder });
  const good = await run('good_driver.mjs', "console.log('covers: integrations 13/s, integrations 13/intl\\n3 passed, 1 failed'); process.exit(1);");
  expect_json([count(good, 'passed'), count(good, 'failed')], [3, 1]);
  expect_json((await run('rows_driver.mjs', "console.log('covers: integrations 13/s\\n1 passed, 0 failed')")).tests[0].covers, ['integrations 13/s']);
  const silent = await run('silent_driver.mjs', "console.log('all well')");
  expect_json([count(silent, 'passed'), count(silent, 'failed')], [0, 1]);
  const lying = await run('lying_driver.mjs', "console.log('2 passed, 0 failed'); process.exit(3);");
  expect_json([count(lying, 'passed'), count(lying, 'failed')], [2, 1]);
});

test('what a test program leaves running is ended with it', async () => {
  const file = written('orphan.mjs', "import { spawn } from 'node:child_process'; const c = spawn('sleep', ['600'], { stdio: 'ignore' }); c.unref(); console.log(c.pid);");
  const run = await run_program(process.execPath, [file], { minutes: 1 });
  const pid = Number(run.output.trim());
  await eventually('the orphan to be gone', () => {
    const state = fs.existsSync(`/proc/${pid}/stat`) && fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1][0];
    return !state || state === 'Z';
  }, 2000);
});
