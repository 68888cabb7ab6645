// node scripts_driver.mjs [PATTERN]: runs each script of corpus/ in Gantry's engine (script_runner of a
// build, GANTRY_SCRIPT_RUNNER or build/test) and in V8 as Rocket.Chat uses it, and compares what
// each returns, throws and logs. A case may name a difference that is meant, with its reason;
// then exactly that must show.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { engine_cases } from './builtins.mjs';
import { run_reference } from './reference.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const runner_path = process.env.GANTRY_SCRIPT_RUNNER ?? join(here, '../../build/test/script_runner');
const pattern = new RegExp(process.argv[2] ?? '');

class Runner {
  constructor() {
    this.process = spawn(runner_path, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }
  async run(one) {
    this.process.stdin.write(`${JSON.stringify(one)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error('script_runner ended');
    return JSON.parse(value);
  }
  end() {
    this.process.stdin.end();
  }
}

// What is compared: not stacks, not times. V8 12 adds the line and column to some JSON errors;
// the V8 of isolated-vm 5 does not yet.
const without_place = (text) => text.replace(/(at position \d+) \(line \d+ column \d+\)/g, '$1');
const deep_text = (value) => JSON.parse(without_place(JSON.stringify(value ?? null)));

function essence(answer) {
  if (answer.compile_error) return { compile_error: true };
  return {
    runs: answer.runs.map((run) => ({
      status: run.status,
      ...('result' in run && { result: deep_text(run.result) }),
      ...(run.error && { error: { name: run.error.name, message: without_place(run.error.message) } }),
      console: deep_text(run.console.map(([level, text]) => [level, text.split('\n')[0]])),
    })),
  };
}

function load_corpus() {
  const folder = join(here, 'corpus');
  return readdirSync(folder).filter((name) => name.endsWith('.js')).sort().map((file) => {
    const name = file.slice(0, -3);
    const about = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    return { name, source: readFileSync(join(folder, file), 'utf8'), ...about };
  });
}

// Nothing when all is as it should be, else what is wrong and what should have been.
function check(one, gantry, reference) {
  if (!one.difference) {
    return isDeepStrictEqual(gantry, reference) ? null : { words: 'different', wanted: reference };
  }
  if (isDeepStrictEqual(gantry, reference)) return { words: 'the named difference is gone', wanted: reference };
  const wanted = one.difference.gantry;
  return isDeepStrictEqual(gantry, wanted) ? null : { words: 'not the named difference', wanted };
}

// The smallest parts that differ, with their paths.
function print_difference(gantry, wanted, path = '') {
  const is_object = (value) => typeof value === 'object' && value !== null;
  if (is_object(gantry) && is_object(wanted)) {
    for (const key of new Set([...Object.keys(gantry), ...Object.keys(wanted)])) {
      print_difference(gantry[key], wanted[key], `${path}/${key}`);
    }
  } else if (!isDeepStrictEqual(gantry, wanted)) {
    console.log(`  ${path}\n    gantry    ${JSON.stringify(gantry)}\n    wanted    ${JSON.stringify(wanted)}`);
  }
}

async function main() {
  if (!existsSync(runner_path)) {
    console.error(`no script_runner at ${runner_path}: build the target script_runner, or set GANTRY_SCRIPT_RUNNER`);
    return 2;
  }
  const runner = new Runner();
  let passed = 0;
  let failed = 0;
  for (const one of [...load_corpus(), ...engine_cases()].filter((each) => pattern.test(each.name))) {
    const gantry = essence(await runner.run(one));
    const reference = essence(await run_reference(one));
    const problem = check(one, gantry, reference);
    if (!problem) {
      passed++;
      continue;
    }
    failed++;
    console.log(`FAILED ${one.name}: ${problem.words}`);
    print_difference(gantry, problem.wanted);
  }
  runner.end();
  console.log(`${passed} passed, ${failed} failed`);
  return failed ? 1 : 0;
}

process.exitCode = await main();
