// Which lines of a fuzzer's targets its corpus reaches, by the profile that the fuzz build writes.

import fs from 'node:fs';
import path from 'node:path';

import { build, fuzzers, root, run_fuzzer, run_program } from './programs.mjs';

async function must_run(program, args) {
  const { code, output, printed } = await run_program(program, args, { stdout: 'pipe' });
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${output}`);
  return printed;
}

// {lines: {count, covered}, files: {path: {count, covered}}} of what `llvm-cov export -summary-only` says.
export function summary_of(exported, folder) {
  const files = {}, lines = { count: 0, covered: 0 };
  for (const { filename, summary } of JSON.parse(exported).data[0].files) {
    const { count, covered } = summary.lines;
    files[path.relative(folder, filename)] = { count, covered };
    lines.count += count;
    lines.covered += covered;
  }
  return { lines, files };
}

// Runs each input of the folders once.
export async function lines_of_targets(name, folders) {
  const profiles = path.join(build, 'profiles');
  fs.mkdirSync(profiles, { recursive: true });
  const raw = path.join(profiles, `${name}.profraw`), merged = path.join(profiles, `${name}.profdata`);
  await run_fuzzer(name, [...folders, '-runs=0'], raw);
  await must_run('llvm-profdata', ['merge', '-sparse', raw, '-o', merged]);
  const targets = fuzzers[name].targets.map((file) => path.join(root, file));
  return summary_of(await must_run('llvm-cov', ['export', '-summary-only', `-instr-profile=${merged}`, path.join(build, name), ...targets]), root);
}
