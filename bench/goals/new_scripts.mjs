// Goal 13: from a new script's text to its first result, and the memory that each further script
// takes, against isolates in one process.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

import { descendants_of, kServerCore, memory_of, run } from '../lib/processes.mjs';
import { build_report, incoming_script } from '../lib/scripts.mjs';
import { interleaved, median, ratios, spread } from '../lib/stats.mjs';

export const about = { name: 'new_scripts', goals: ['13'] };

const kScripts = 300;       // fewer than one worker keeps
const kUncountedFirst = 50;  // which pay for what is made once
const kMegabyte = 1024 * 1024;
const rival = fileURLToPath(new URL('../rivals/isolates.mjs', import.meta.url));

// No two are the same text.
const script_of = (number) => `${incoming_script}// edition ${number}\n`;
const argument = { request: { content: build_report(), headers: {}, url: {} } };

// The pool's own program, one case after another.
async function ours(bench) {
  const child = spawn('taskset', ['-c', String(kServerCore), bench.script_runner], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // Pages of the engine's image that all scripts share count once.
  const workers = () => descendants_of(child.pid).reduce((sum, pid) => sum + memory_of(pid).pss, 0);
  const taken = [];
  let before;
  for (let number = 0; number < kScripts; ++number) {
    if (number === kUncountedFirst) before = workers();
    const started = performance.now();
    child.stdin.write(`${JSON.stringify({ source: script_of(number), mode: 'sloppy', runs: [{ method: 'process_incoming_request', argument }] })}\n`);
    const { value } = await answers.next();
    taken.push((performance.now() - started) * 1000);
    const text = JSON.parse(value).runs[0].result?.content?.text;
    if (text !== 'gantry #17 failed: unit tests') throw new Error(`script_runner said ${value.slice(0, 300)}`);
  }
  const bytes = (workers() - before) / (kScripts - kUncountedFirst);
  child.stdin.end();
  await new Promise((resolve) => child.on('close', resolve));
  return { p50_us: median(taken.slice(kUncountedFirst)), bytes };
}

async function theirs(bench) {
  const said = await run(kServerCore, bench.node, ['--no-node-snapshot', rival, 'first', String(kScripts), String(kUncountedFirst)]);
  return JSON.parse(/^RESULT (.*)$/m.exec(said)[1]);
}

export async function measure(bench) {
  if (!fs.existsSync(bench.script_runner)) throw new Error(`${bench.script_runner} is not there: ./dev build bench, or --script-runner FILE`);
  const figures = await interleaved(bench.rounds, [{ name: 'worker', measure: () => ours(bench) }, { name: 'isolated-vm', measure: () => theirs(bench) }],
                                    bench.progress);
  const of = (name, key) => figures[name].map((round) => round[key]);
  const megabytes = (name) => spread(of(name, 'bytes').map((bytes) => bytes / kMegabyte));
  return [
    { goal: '13', what: 'new script to its first result, compiled and run in a worker, against isolated-vm: median latency',
      value: ratios(of('worker', 'p50_us'), of('isolated-vm', 'p50_us')), unit: 'x', pass: 0.4, stretch: 0.1, better: 'less',
      figures: { 'worker us': spread(of('worker', 'p50_us')), 'isolated-vm us': spread(of('isolated-vm', 'p50_us')) } },
    { goal: '13', what: 'memory of each further script that is kept ready, against an isolate',
      value: ratios(of('worker', 'bytes'), of('isolated-vm', 'bytes')), unit: 'x', pass: 0.3, stretch: 0.25, better: 'less',
      figures: { 'worker MB': megabytes('worker'), 'isolated-vm MB': megabytes('isolated-vm') } },
  ];
}
