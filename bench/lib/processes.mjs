// Programs on a chosen core, their CPU time and their memory, as /proc tells them.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';

export const kServerCore = 0;
export const kLoadCore = 1;

// The runner sets things up, checks replies and receives webhooks: on the load's core, too.
export function pin_this_process() {
  execFileSync('taskset', ['-acp', String(kLoadCore), String(process.pid)], { stdio: 'ignore' });
}

const kStopMs = 15_000;
const kTicksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const running = new Set();

// Starts a program pinned to a core. Its output goes to `log`, or is kept in `child.said`.
export function start(core, command, args, { env = {}, log, cwd, clean = true } = {}) {
  const file = log ? fs.openSync(log, 'a') : undefined;
  const base = clean ? { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8' } : process.env;
  const child = spawn('taskset', ['-c', String(core), command, ...args],
                      { env: { ...base, ...env }, cwd, stdio: ['ignore', file ?? 'pipe', file ?? 'pipe'] });
  if (file) fs.closeSync(file);
  child.said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => { child.said += chunk; });
  child.ended = new Promise((resolve) => {
    child.on('error', (error) => resolve({ error }));
    child.on('close', (code, signal) => resolve({ code, signal }));
  }).then((end) => {
    running.delete(child);
    child.end = end;
    return end;
  });
  running.add(child);
  return child;
}

// Runs a pinned program to its end and returns what it printed.
export async function run(core, command, args, options = {}) {
  const child = start(core, command, args, options);
  const { code, signal, error } = await child.ended;
  if (code !== 0) throw new Error(`${command} ended with ${error?.message ?? code ?? signal}:\n${child.said.slice(-2000)}`);
  return child.said;
}

export async function stop(child, signal = 'SIGTERM') {
  if (!child || child.end) return;
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), kStopMs);
  await child.ended;
  clearTimeout(timer);
}

export async function stop_everything() {
  for (const child of [...running]) await stop(child);
}

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function free_port() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(what, condition, within_ms = 30_000) {
  const deadline = Date.now() + within_ms;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited too long for ${what}`);
    await sleep(20);
  }
}

// The fields of /proc/PID/stat that follow the name, which may hold blanks.
function stat_of(pid) {
  const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

// User and system time in seconds: all threads of the process and children that it waited for.
export function cpu_seconds(pid) {
  const fields = stat_of(pid);
  const ticks = Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
  return ticks / kTicksPerSecond;
}

export function children_of(pid) {
  const found = [];
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (Number(stat_of(name)[1]) === pid) found.push(Number(name));
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

export function descendants_of(pid) {
  return children_of(pid).flatMap((child) => [child, ...descendants_of(child)]);
}

// One that ended meanwhile counts with its parent, which waited for it.
function cpu_seconds_or_none(pid) {
  try {
    return cpu_seconds(pid);
  } catch {
    return 0;
  }
}

export const cpu_of_all = (pids) => pids.reduce((sum, pid) => sum + cpu_seconds_or_none(pid), 0);

// {rss, peak, pss} in bytes.
export function memory_of(pid) {
  const read = (file, key) => {
    const found = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(fs.readFileSync(`/proc/${pid}/${file}`, 'utf8'));
    return found ? Number(found[1]) * 1024 : NaN;
  };
  return { rss: read('status', 'VmRSS'), peak: read('status', 'VmHWM'), pss: read('smaps_rollup', 'Pss') };
}

// From now on VmHWM counts anew.
export function forget_peak(pid) {
  fs.writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
