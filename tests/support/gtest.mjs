// Runs a GoogleTest program, one shard a core, and reads its JSON report. A test names the contract
// rows that it proves by RecordProperty("covers", "integrations 10/4a, integrations 10/4b").

import fs from 'node:fs';
import path from 'node:path';

import { failed_result, last_lines, run_program, why_no_results } from './processes.mjs';

export function tests_of_report(report) {
  const tests = [];
  for (const suite of report.testsuites ?? []) {
    for (const one of suite.testsuite ?? []) {
      if (one.status === 'NOTRUN') continue;
      const failures = (one.failures ?? []).map((failure) => failure.failure);
      if (one.result === 'SKIPPED') failures.push('it was skipped: a test that does not run proves nothing');
      const covers = (one.covers ?? '').split(',').map((row) => row.trim()).filter(Boolean);
      tests.push({ name: `${suite.name}.${one.name}`, covers, state: failures.length ? 'failed' : 'passed',
                   error: failures.join('\n') || undefined, ms: Math.round(parseFloat(one.time ?? '0') * 1000) });
    }
  }
  return tests;
}

async function run_shard(task, { filter, folder }, index, total) {
  const report = path.join(folder, `${task.label}.${index}.json`);
  fs.rmSync(report, { force: true });
  const args = [`--gtest_output=json:${report}`, '--gtest_brief=1', ...(filter ? [`--gtest_filter=*${filter}*`] : [])];
  const env = { GTEST_TOTAL_SHARDS: String(total), GTEST_SHARD_INDEX: String(index) };
  const run = await run_program(task.file, args, { minutes: task.minutes, env });
  if (!fs.existsSync(report)) {
    return { tests: [failed_result('runs to its end', why_no_results(run, task.minutes))], output: last_lines(run.output) };
  }
  const tests = tests_of_report(JSON.parse(fs.readFileSync(report, 'utf8')));
  if (run.code !== 0 && tests.every((one) => one.state === 'passed')) {
    tests.push(failed_result('ends cleanly', `exit code ${run.code}, signal ${run.signal}`));
  }
  return { tests, output: run.code === 0 ? '' : last_lines(run.output) };
}

export async function run_gtest(task, options) {
  const shards = await Promise.all(Array.from({ length: options.jobs }, (_, index) => run_shard(task, options, index, options.jobs)));
  const tests = shards.flatMap((shard) => shard.tests);
  if (tests.length === 0 && !options.filter) tests.push(failed_result('has tests', 'the program has no test'));
  return { tests, output: shards.map((shard) => shard.output).filter(Boolean).join('\n') };
}
