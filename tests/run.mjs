// Runs the suite against a finished build: `node tests/run.mjs [kind] [filter]`; `./dev test` builds
// first and then calls this.
//
// A kind is a folder of tests/ with *_test.mjs, *_driver.mjs or run.mjs in it, a gantry_<kind>_tests
// program of the build, or "tools". The last line is "N passed, M failed"; the exit code is 0 only
// when something ran and nothing failed. Results, the contract rows with their tests, and what was
// asked of the API are left under build/<preset>/results.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { discover } from './support/discover.mjs';
import { run_gtest } from './support/gtest.mjs';
import { end_all, failed_result, run_driver, run_test_file } from './support/processes.mjs';
import { judge_rows, rows_to_tests } from './support/rows.mjs';
import { build_folder, root } from './support/test_server.mjs';
import { check_documents } from '../tools/docs.mjs';

const jobs = Number(process.env.GANTRY_TEST_JOBS) || os.cpus().length;
const results_folder = path.join(build_folder, 'results');
const kFailuresShown = 50;

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

function report_file(task, outcome) {
  const failed = outcome.tests.filter((one) => one.state === 'failed').length;
  const passed = outcome.tests.length - failed;
  if (outcome.tests.length === 0) return;
  console.log(`  ${task.label.padEnd(46)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed  ${seconds(outcome.ms)}`);
  if (failed && outcome.output) console.log(outcome.output.trimEnd().split('\n').map((line) => `    ${line}`).join('\n'));
}

function run_task(task, filter) {
  const folder = path.join(results_folder, task.kind);
  fs.mkdirSync(folder, { recursive: true });
  if (task.form === 'gtest') return run_gtest(task, { filter, folder, jobs });
  if (task.form === 'driver') return run_driver(task, { filter, folder });
  return run_test_file(task, { filter, folder });
}

// Side by side as many as there are cores, except tasks that want the machine for themselves.
async function run_kind(kind, tasks, filter) {
  const started = performance.now();
  const tests = [], requests = [];
  const one = async (task) => {
    const begun = performance.now();
    let outcome;
    try {
      outcome = await run_task(task, filter);
    } catch (error) {
      outcome = { tests: [failed_result('runs', error.stack)], requests: [], output: error.stack };
    }
    outcome.ms = performance.now() - begun;
    report_file(task, outcome);
    tests.push(...outcome.tests.map((test) => ({ kind, file: task.label, ...test })));
    requests.push(...(outcome.requests ?? []));
  };
  const queue = tasks.filter((task) => !task.alone);
  const lanes = Array.from({ length: jobs }, async () => {
    while (queue.length) await one(queue.shift());
  });
  await Promise.all(lanes);
  for (const task of tasks.filter((task) => task.alone)) await one(task);
  return { kind, tests, requests, ms: performance.now() - started };
}

async function run_named(kind, check) {
  const started = performance.now();
  const tests = (await check()).map((test) => ({ kind, file: kind, ...test }));
  for (const test of tests.filter((one) => one.state === 'failed')) console.log(`  FAILED ${test.name}\n    ${test.error}`);
  return { kind, tests, requests: [], ms: performance.now() - started };
}

// With a filter, a file's name may match (all its tests run) or the names of tests.
function narrowed(tasks, filter) {
  if (!filter) return tasks.map((task) => ({ task }));
  const by_name = tasks.filter((task) => task.form !== 'gtest' && task.label.includes(filter));
  if (by_name.length) return by_name.map((task) => ({ task }));
  return tasks.map((task) => ({ task, filter }));
}

async function main() {
  const [kind, filter] = process.argv.slice(2);
  const kinds = discover(build_folder).filter(([name]) => (kind ? name === kind : name !== 'torture'));
  if (kinds.length === 0) {
    console.error(`no tests of kind "${kind}"; kinds: ${discover(build_folder).map(([name]) => name).join(', ')}`);
  }
  if (!kind) fs.rmSync(results_folder, { recursive: true, force: true });
  const finished = [];
  for (const [name, tasks] of kinds) {
    console.log(name);
    const chosen = narrowed(tasks, filter);
    finished.push(await run_kind(name, chosen.map(({ task }) => task), chosen[0]?.filter));
  }
  fs.mkdirSync(results_folder, { recursive: true });
  const all = () => finished.flatMap((one) => one.tests);
  const save = (name, value) => fs.writeFileSync(path.join(results_folder, '..', name), `${JSON.stringify(value, null, 1)}\n`);
  if (!kind) {
    save('rows.json', rows_to_tests(all()));
    save('coverage.json', finished.flatMap((one) => one.requests));
    console.log('whole suite');
    finished.push(await run_named('rows', () => judge_rows(all(), path.join(root, 'tests/contract_rows.txt'))));
    finished.push(await run_named('documents', () => check_documents(build_folder)));
  }
  save('results/all.json', all());
  print_end(finished, all());
}

function print_end(finished, tests) {
  const failures = tests.filter((one) => one.state === 'failed');
  console.log('');
  for (const { kind, tests: own, ms } of finished) {
    const failed = own.filter((one) => one.state === 'failed').length;
    console.log(`${kind.padEnd(16)} ${String(own.length - failed).padStart(6)} passed ${String(failed).padStart(5)} failed ${seconds(ms).padStart(10)}`);
  }
  for (const one of failures.slice(0, kFailuresShown)) console.log(`failed: ${one.file}: ${one.name}`);
  if (failures.length > kFailuresShown) console.log(`... and ${failures.length - kFailuresShown} more`);
  if (tests.length === 0) console.log('nothing ran');
  process.exitCode = failures.length || tests.length === 0 ? 1 : 0;
  process.stdout.write(`${tests.length - failures.length} passed, ${failures.length} failed\n`);
}

for (const name of ['SIGINT', 'SIGTERM']) {
  process.on(name, () => {
    end_all();
    process.exit(1);
  });
}
await main();
