// Runs the fuzzers: `node tools/fuzz.mjs [--each 30s] [name]`. A fuzzer is a program
// build/fuzz/<name>_fuzz; its kept corpus is tests/fuzz/corpus/<name>_fuzz, what it finds new
// goes to build/fuzz/corpus, an input that breaks it to build/fuzz/findings.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const build = path.join(root, 'build/fuzz');
const kDefaultEach = '30s';
const kInputBytesMax = 65536;
const kRssMbMax = 3072;

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

function run_one(name, each) {
  const kept = path.join(root, 'tests/fuzz/corpus', name);
  const grown = path.join(build, 'corpus', name);
  const findings = path.join(build, 'findings');
  for (const folder of [grown, findings]) fs.mkdirSync(folder, { recursive: true });
  const dictionary = path.join(root, 'tests/fuzz', `${name}.dict`);
  const args = [grown, ...(fs.existsSync(kept) ? [kept] : []), `-max_total_time=${each}`, '-print_final_stats=1',
    `-max_len=${kInputBytesMax}`, `-rss_limit_mb=${kRssMbMax}`, '-timeout=10', `-artifact_prefix=${findings}/${name}-`,
    ...(fs.existsSync(dictionary) ? [`-dict=${dictionary}`] : [])];
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(build, name), args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.on('data', (chunk) => { output += chunk; });
    child.on('error', reject);
    child.on('close', (code) => resolve({ name, code, output, ...figures_of(output) }));
  });
}

async function main() {
  const words = process.argv.slice(2);
  const at = words.indexOf('--each');
  const each = seconds_of(at < 0 ? kDefaultEach : words.splice(at, 2)[1] ?? '');
  const names = fs.readdirSync(build).filter((file) => /^\w+_fuzz$/.test(file))
    .filter((name) => words.length === 0 || words.some((word) => name === word || name === `${word}_fuzz`));
  if (names.length === 0) throw new Error(`no fuzzer ${words.join(' ')} in build/fuzz`);
  const results = [];
  await Promise.all(Array.from({ length: os.cpus().length }, async () => {
    for (let name; (name = names.shift());) {
      const result = await run_one(name, each);
      results.push(result);
      if (result.code !== 0) console.log(`${result.name}: FINDING\n${result.output.split('\n').slice(-60).join('\n')}`);
    }
  }));
  console.log('fuzzer               executions   per s   corpus   edges  features  peak MB');
  for (const one of results.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const column = (value, width) => String(Number.isNaN(value) ? '-' : value).padStart(width);
    console.log(`${one.name.padEnd(18)} ${column(one.executions, 12)} ${column(one.per_second, 7)} ${column(one.corpus, 8)} ${column(one.edges, 7)} ${column(one.features, 9)} ${column(one.peak_mb, 8)}`);
  }
  const failed = results.filter((one) => one.code !== 0).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    console.error(`fuzz: ${error.message}`);
    process.exitCode = 1;
  });
}
