// Whether a fuzzer finds the bug that was planted for it; tests/fuzz/README.md says what is wanted.

import fs from 'node:fs';
import path from 'node:path';

import { build, dictionary_of, fuzzers, kept_corpus, run_fuzzer } from './programs.mjs';

// The same run each time, unless another seed is asked for.
const kSeed = 1;

export async function run_planted(name, { each, seed }) {
  const program = `${name}_planted`;
  const result = { name, bug: fuzzers[name].planted.bug, file: fuzzers[name].planted.file, seed: seed || kSeed };
  const failed = (why, output) => ({ ...result, passed: false, why, output });
  const seeds = await run_fuzzer(program, [...kept_corpus(name), '-runs=0']);
  if (seeds.code !== 0) return failed('the kept corpus alone shows the planted bug', seeds.output);

  const grown = path.join(build, 'corpus', program);
  fs.rmSync(grown, { recursive: true, force: true });
  fs.mkdirSync(grown, { recursive: true });
  const started = Date.now();
  const { code, output } = await run_fuzzer(program, [grown, ...kept_corpus(name), `-max_total_time=${each}`,
    '-print_final_stats=1', `-seed=${result.seed}`, ...dictionary_of(name)]);
  result.seconds = (Date.now() - started) / 1000;
  if (code === 0) return failed(`did not find the planted bug in ${each} s`, output);

  const input = /Test unit written to (\S+)/.exec(output)?.[1];
  if (!input) return failed('ended without an input', output);
  result.executions = Number(/^stat::number_of_executed_units:\s*(\d+)/m.exec(output)?.[1] ?? NaN);
  const sound = await run_fuzzer(name, [input]);
  if (sound.code !== 0) return failed('found something that breaks the sound program, too', sound.output);
  fs.rmSync(input);
  return { ...result, passed: true, output: '' };
}
