// Runs the fuzzers: `node tools/fuzz.mjs [--each 30s] [--jobs N] [--seed N] [--report] [--planted] [name...]`.
// A fuzzer is a program build/fuzz/<name>_fuzz that tests/fuzz/fuzzers.json names; its kept corpus
// is tests/fuzz/corpus/<name>_fuzz, what it finds new goes to build/fuzz/corpus, an input that
// breaks it to build/fuzz/findings. --planted runs the ones with a planted bug; --report writes
// docs/proofs/fuzzing.md of the last run of each fuzzer and of the last of each with its bug.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { lines_of_targets } from './fuzz/coverage.mjs';
import { run_planted } from './fuzz/planted.mjs';
import { build, dictionary_of, fuzzers, kept_corpus, root, run_fuzzer } from './fuzz/programs.mjs';
import { keep_results, planted_table, sound_table, write_report } from './fuzz/report.mjs';

const kDefaultEach = '30s';
const kPlantedEach = '60s';

// "30s", "5m", "1h" or plain seconds.
export function seconds_of(text) {
  const match = /^(\d+)(s|m|h)?$/.exec(text);
  if (!match) throw new Error(`--each wants a time like 30s, 5m or 1h, not "${text}"`);
  return Number(match[1]) * { s: 1, m: 60, h: 3600 }[match[2] ?? 's'];
}

// What libFuzzer printed: {executions, edges, features, corpus, per_second, peak_mb}.
export function figures_of(output) {
  const stat = (name) => Number(new RegExp(`^stat::${name}:\\s*(\\d+)`, 'm').exec(output)?.[1] ?? NaN);
  const last = [...output.matchAll(/cov: (\d+) ft: (\d+) corp: (\d+)/g)].at(-1);
  return { executions: stat('number_of_executed_units'), per_second: stat('average_exec_per_sec'),
           peak_mb: stat('peak_rss_mb'), edges: Number(last?.[1] ?? NaN), features: Number(last?.[2] ?? NaN),
           corpus: Number(last?.[3] ?? NaN) };
}

async function run_sound(name, { each, seed }) {
  const grown = path.join(build, 'corpus', name);
  fs.mkdirSync(grown, { recursive: true });
  const started = Date.now();
  const { code, output } = await run_fuzzer(name, [grown, ...kept_corpus(name), `-max_total_time=${each}`,
    '-print_final_stats=1', ...(seed ? [`-seed=${seed}`] : []), ...dictionary_of(name)]);
  const lines = await lines_of_targets(name, [grown, ...kept_corpus(name)]);
  return { name, passed: code === 0, seconds: Math.round((Date.now() - started) / 1000), output,
           seed: Number(/^INFO: Seed: (\d+)/m.exec(output)?.[1] ?? NaN), ...figures_of(output), ...lines };
}

function take_option(words, name, fallback) {
  const at = words.indexOf(name);
  return at < 0 ? fallback : words.splice(at, 2)[1] ?? '';
}

function take_flag(words, name) {
  const at = words.indexOf(name);
  if (at >= 0) words.splice(at, 1);
  return at >= 0;
}

async function main() {
  const words = process.argv.slice(2);
  const planted = take_flag(words, '--planted'), report = take_flag(words, '--report');
  const options = { each: seconds_of(take_option(words, '--each', planted ? kPlantedEach : kDefaultEach)),
                    seed: Number(take_option(words, '--seed', 0)) };
  const jobs = Number(take_option(words, '--jobs', os.cpus().length));
  const names = Object.keys(fuzzers).filter((name) => words.length === 0 || words.includes(name) || words.includes(name.replace(/_fuzz$/, '')));
  if (names.length === 0) throw new Error(`no fuzzer ${words.join(' ')} in tests/fuzz/fuzzers.json`);
  const results = [];
  await Promise.all(Array.from({ length: jobs }, async () => {
    for (let name; (name = names.shift());) {
      const result = await (planted ? run_planted : run_sound)(name, options);
      results.push(result);
      if (!result.passed) console.log(`${name}: ${result.why ?? 'FINDING'}\n${result.output.split('\n').slice(-60).join('\n')}`);
    }
  }));
  results.sort((a, b) => (a.name < b.name ? -1 : 1));
  console.log((planted ? planted_table : sound_table)(results));
  keep_results(planted ? 'planted' : 'sound', results, options);
  if (report) console.log(`wrote ${path.relative(root, write_report())}`);
  const failed = results.filter((one) => !one.passed).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    console.error(`fuzz: ${error.message}`);
    process.exitCode = 1;
  });
}
