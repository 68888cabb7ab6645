// Runs one test program in a process group of its own under a time limit, so that neither a crash
// nor a hang takes the suite down or leaves a server behind.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { patience } from './patience.mjs';
import { root } from './test_server.mjs';

const kOutputCharsMax = 200_000;
const kShownLines = 60;
const run_file = path.join(path.dirname(fileURLToPath(import.meta.url)), 'run_file.mjs');

const groups = new Set();

export function end_all() {
  for (const pid of groups) end_group(pid);
}

function end_group(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

export function failed_result(name, error, covers = []) {
  return { name, covers, state: 'failed', error, ms: 0 };
}

// Returns {code, signal, overdue, output}; output is standard output and error as they came.
export function run_program(program, args, { minutes, env = {} }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, detached: true, env: { ...process.env, ...env },
                                         stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '', overdue = false;
    const take = (chunk) => {
      output += chunk;
      if (output.length > 2 * kOutputCharsMax) output = output.slice(-kOutputCharsMax);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    if (child.pid) groups.add(child.pid);
    const timer = setTimeout(() => {
      overdue = true;
      end_group(child.pid);
    }, minutes * 60_000 * patience);
    child.on('error', reject);
    child.on('exit', () => end_group(child.pid));   // what the program itself left running
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      groups.delete(child.pid);
      resolve({ code, signal, overdue, output });
    });
  });
}

export function last_lines(text, count = kShownLines) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

export function why_no_results(run, minutes) {
  if (run.overdue) return `was ended after ${minutes * patience} minutes`;
  return `ended without results (code ${run.code}, signal ${run.signal})`;
}

function node_for(task) {
  const own = Number(process.versions.node.split('.')[0]);
  if (task.node <= own) return process.execPath;
  if (process.env.GANTRY_NODE20) return process.env.GANTRY_NODE20;
  throw new Error(`${task.label} needs node ${task.node}, this is ${process.versions.node}; ./dev test brings a newer one`);
}

export async function run_test_file(task, { filter, folder }) {
  const result = path.join(folder, `${path.basename(task.file)}.json`);
  fs.rmSync(result, { force: true });
  const args = [run_file, task.file, '--result', result, ...(filter ? ['--filter', filter] : [])];
  const run = await run_program(node_for(task), args, task);
  if (!fs.existsSync(result)) {
    return { tests: [failed_result('runs to its end', why_no_results(run, task.minutes))], output: last_lines(run.output) };
  }
  const { tests, requests } = JSON.parse(fs.readFileSync(result, 'utf8'));
  if (tests.length === 0 && !filter) {
    tests.push(failed_result('has tests', 'the file registers no test'));
  }
  return { tests, requests, output: run.output };
}

// A driver is any program that ends with the line "N passed, M failed"; it may name contract rows
// on lines "covers: integrations 13/errors".
export async function run_driver(task, { filter, folder }) {
  const run = await run_program(node_for(task), [task.file, ...(filter ? [filter] : [])], task);
  fs.writeFileSync(path.join(folder, `${path.basename(task.file)}.log`), run.output);
  const lines = run.output.trimEnd().split('\n');
  const counts = /^(\d+) passed, (\d+) failed$/.exec(lines.at(-1).trim());
  const covers = [...run.output.matchAll(/^covers: (.+)$/gm)].flatMap((match) => match[1].split(',').map((row) => row.trim()));
  if (!counts || run.overdue) {
    return { tests: [failed_result('runs to its end', why_no_results(run, task.minutes))], output: last_lines(run.output) };
  }
  const [passed, failed] = [Number(counts[1]), Number(counts[2])];
  const state = (index) => (index < passed ? 'passed' : 'failed');
  const tests = Array.from({ length: passed + failed }, (_, index) => (
    { name: `case ${index + 1}`, covers: index === 0 && !failed ? covers : [], state: state(index), ms: 0 }));
  if (run.code !== 0 && failed === 0) tests.push(failed_result('ends cleanly', `exit code ${run.code}, signal ${run.signal}`));
  if (tests.length === 0 && !filter) tests.push(failed_result('runs something', 'it counted no case'));
  return { tests, output: last_lines(run.output) };
}
