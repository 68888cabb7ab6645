// What the differential drivers share: arguments, the C++ side, counting, the last line.
//
//   node <name>_driver.mjs [filter] [--seed N] [--cases N]
//
// A suite is {name, cases, make(random) -> case, judge(case, answer) -> {state, why?, known?}}. The
// case goes to list_language_runner as JSON; its answer comes back to judge(). "known" is a named
// difference: it counts as passed and is listed with its count. One case is found again by running
// with the seed that is printed beside it and --cases 1.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { Random } from './random.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const kFailuresShown = 10;
const kCasesAhead = 2000;

export function arguments_of(argv) {
  const out = { filter: '', seed: (Date.now() & 0x7fffffff) >>> 0, cases: undefined };
  for (let i = 0; i < argv.length; ++i) {
    if (argv[i] === '--seed') out.seed = Number(argv[++i]) >>> 0;
    else if (argv[i] === '--cases') out.cases = Number(argv[++i]);
    else out.filter = argv[i];
  }
  return out;
}

function runner_file() {
  const file = path.resolve(root, process.env.GANTRY_BUILD ?? 'build/test', 'list_language_runner');
  if (!fs.existsSync(file)) throw new Error(`${file} is not built`);
  return file;
}

// Each case has a seed of its own, so that it can be made again alone.
function seed_of(first, index) {
  return (first + Math.imul(index, 0x2545f491)) >>> 0;
}

async function run_suite(suite, count, first_seed) {
  const child = spawn(runner_file(), [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  child.stdin.on('error', () => {});
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const totals = { passed: 0, failed: 0, known: new Map() };
  const waiting = [];
  const report = (one, seed, why) => {
    ++totals.failed;
    if (totals.failed > kFailuresShown) return;
    console.log(`FAILED ${suite.name}, seed ${seed}: ${why}\n  ${JSON.stringify(one.request)}`);
  };
  const settle = async () => {
    const { one, seed } = waiting.shift();
    const { value: line, done } = await answers.next();
    if (done) return report(one, seed, 'the runner ended');
    const verdict = suite.judge(one, JSON.parse(line));
    if (verdict.state === 'failed') return report(one, seed, verdict.why);
    ++totals.passed;
    if (verdict.known) totals.known.set(verdict.known, (totals.known.get(verdict.known) ?? 0) + 1);
  };
  for (let i = 0; i < count; ++i) {
    const seed = seed_of(first_seed, i);
    const one = suite.make(new Random(seed));
    waiting.push({ one, seed });
    if (!child.stdin.write(`${JSON.stringify(one.request)}\n`) && waiting.length >= kCasesAhead) {
      while (waiting.length > kCasesAhead / 2) await settle();
    }
  }
  child.stdin.end();
  while (waiting.length) await settle();
  const { code, signal } = await ended;
  if (code !== 0) {
    ++totals.failed;
    console.log(`FAILED ${suite.name}: the runner ended with code ${code}, signal ${signal}`);
  }
  return totals;
}

export async function run_suites(suites) {
  const { filter, seed, cases } = arguments_of(process.argv.slice(2));
  console.log(`seed ${seed}`);
  let passed = 0, failed = 0;
  for (const suite of suites.filter(({ name }) => name.includes(filter))) {
    const started = performance.now();
    const totals = await run_suite(suite, cases ?? suite.cases, seed);
    passed += totals.passed;
    failed += totals.failed;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${suite.name}: ${totals.passed} passed, ${totals.failed} failed, ${seconds} s`);
    for (const [name, count] of [...totals.known].sort()) console.log(`  known: ${name}: ${count}`);
  }
  process.exitCode = failed || passed === 0 ? 1 : 0;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
}

export const passed = { state: 'passed' };
export const known = (name) => ({ state: 'passed', known: name });
export const failed = (why) => ({ state: 'failed', why });

// Deep equality of JSON values; the order of keys is free.
export function same(a, b) {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}
