// The real server binary under test, with a data directory of its own on a free port.
//
// The server starts as a user starts it: no test mode, limiter on. Its log is kept in memory and,
// when the test fails, printed by run_file.mjs. `binary: 'testing'` takes the same server with
// test controls (clock, fail points) on DIR/control.sock.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Client } from './client.mjs';
import { eventually, patience, within } from './patience.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const build_folder = path.resolve(root, process.env.GANTRY_BUILD ?? 'build/test');

const kStartMs = 10_000;
const kStopMs = 15_000;
const kControlMs = 5_000;
const kLogLinesMax = 20_000;
// Callers without the bypass right make many calls to one route in a scenario file.
const kRaisedLimit = '1000000';

export const admin_account = { username: 'admin', password: 'An-admin-of-tests-1' };

const running = new Set();
const started = [];

export function binary_path(kind = 'plain') {
  if (kind === 'plain') return path.resolve(root, process.env.GANTRY_BINARY ?? path.join(build_folder, 'gantry'));
  if (kind === 'testing') {
    return path.resolve(root, process.env.GANTRY_TESTING_BINARY ?? path.join(build_folder, 'gantry-testing'));
  }
  return path.resolve(root, kind);
}

export function fresh_directory(label = 'data') {
  return fs.mkdtempSync(path.join(os.tmpdir(), `gantry-${label}-`));
}

// Only what a program needs to run: nothing of the developer's own settings reaches the server.
function clean_environment(env) {
  const kept = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (/^(PATH|HOME|TMPDIR|LANG|LC_.*|(ASAN|UBSAN|TSAN|LSAN)_OPTIONS|LLVM_PROFILE_FILE)$/.test(name)) kept[name] = value;
  }
  return { ...kept, ...env };
}

// Runs `gantry ARGS` to its end: for commands and for starts that must fail.
export async function run_gantry(args, { env = {}, binary = 'plain', within_ms = 20_000 } = {}) {
  const child = spawn(binary_path(binary), args, { env: clean_environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let stdout = '', stderr = '';
  child.stdout.on('data', (chunk) => { stdout += chunk; });
  child.stderr.on('data', (chunk) => { stderr += chunk; });
  try {
    return await within(`gantry ${args.join(' ')} to end`, within_ms, new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    }));
  } finally {
    running.delete(child);
    child.kill('SIGKILL');
  }
}

export class TestServer {
  log = [];
  #child;
  #ended;
  #partial = '';

  // options: binary, env, args, data (a directory to use again), limiter: 'raised' | 'default',
  // listen (default 127.0.0.1:0).
  static async start(options = {}) {
    const server = new TestServer();
    server.options = options;
    server.data = options.data ?? fresh_directory();
    server.owns_data = !options.data;
    started.push(server);
    await server.restart();
    return server;
  }

  // Starts the program (again) on the same data and waits until it is ready.
  async restart(changes = {}) {
    if (this.#child) throw new Error('the server still runs: stop() or kill() it first');
    Object.assign(this.options, changes);
    const { args = [], env = {}, limiter = 'raised', listen = '127.0.0.1:0', binary = 'plain' } = this.options;
    const raised = limiter === 'raised'
      ? { OVERWRITE_SETTING_API_Enable_Rate_Limiter_Limit_Calls_Default: kRaisedLimit } : {};
    const account = { ADMIN_USERNAME: admin_account.username, ADMIN_PASS: admin_account.password,
                      ADMIN_EMAIL: 'admin@gantry.test' };
    this.address = undefined;
    this.#child = spawn(binary_path(binary), ['serve', '--listen', listen, '--data', this.data, ...args],
                        { env: clean_environment({ ...raised, ...account, ...env }), stdio: ['ignore', 'pipe', 'pipe'] });
    const child = this.#child;
    running.add(child);
    this.pid = child.pid;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => this.#take_log(chunk));
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => resolve({ code: null, signal: null, error }));
      child.on('close', (code, signal) => resolve({ code, signal }));
    }).then((end) => {
      running.delete(child);
      this.end = end;
      return end;
    });
    this.end = undefined;
    await this.#wait_ready();
    this.url = `http${args.includes('--tls-cert') ? 's' : ''}://${this.address}`;
    return this;
  }

  async #wait_ready() {
    const alive = (what) => {
      if (!this.end) return;
      const why = this.end.error?.message ?? `code ${this.end.code} signal ${this.end.signal}`;
      throw new Error(`the server ended before ${what} (${why}):\n${this.log.slice(-20).join('\n')}`);
    };
    const gave_up = { stop: false };
    const ready = (async () => {
      while (!this.address && !gave_up.stop) {
        alive('it listened');
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      const scheme = (this.options.args ?? []).includes('--tls-cert') ? 'https' : 'http';
      const probe = new Client(`${scheme}://${this.address}`);
      try {
        while (!gave_up.stop) {
          alive('it was ready');
          const answer = await probe.request({ path: '/readyz', kind: false }).catch(() => undefined);
          if (answer?.status === 200) return;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      } finally {
        probe.close();
      }
    })();
    try {
      await within(`the server to be ready:\n${this.log.slice(-20).join('\n')}`, kStartMs, ready);
    } catch (error) {
      gave_up.stop = true;
      await this.kill();
      throw error;
    }
  }

  #take_log(chunk) {
    const lines = (this.#partial + chunk).split('\n');
    this.#partial = lines.pop();
    for (const line of lines) {
      if (this.log.length < kLogLinesMax) this.log.push(line);
      if (!this.address && /listening/i.test(line)) {
        this.address = /((?:\d{1,3}(?:\.\d{1,3}){3}|localhost|\[[0-9a-f:]+\]):\d+)/.exec(line)?.[1];
      }
    }
  }

  // Awaits a line of the log, also one that was written before.
  wait_for_log(pattern, within_ms = 5000) {
    return eventually(`a log line like ${pattern}`, () => this.log.find((line) => pattern.test(line)), within_ms);
  }

  client(identity) {
    return new Client(this.url, identity);
  }

  admin() {
    return this.client().login(admin_account.username, admin_account.password);
  }

  // Ends it as Ctrl-C does; a server that does not end cleanly fails the test.
  async stop() {
    if (!this.#child) return;
    this.#child.kill('SIGTERM');
    try {
      const end = await within('the server to stop', kStopMs, this.#ended);
      if (end.code !== 0) throw new Error(`the server ended with code ${end.code} signal ${end.signal}:\n${this.log.slice(-20).join('\n')}`);
    } finally {
      await this.kill();
    }
  }

  // Awaits the end of the program, which has its own reasons.
  ended() {
    return this.#ended;
  }

  async kill() {
    if (!this.#child) return;
    this.#child.kill('SIGKILL');
    await this.#ended;
    this.#child = undefined;
  }

  // Sends one command or test control, e.g. {command: 'advance-clock', ms: 1000}; returns its answer.
  control(request) {
    return within(`an answer to ${JSON.stringify(request)}`, kControlMs, new Promise((resolve, reject) => {
      const socket = net.createConnection(path.join(this.data, 'control.sock'));
      let text = '';
      socket.on('error', reject);
      socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
      socket.on('data', (chunk) => {
        text += chunk;
        if (!text.includes('\n')) return;
        socket.end();
        const answer = JSON.parse(text.slice(0, text.indexOf('\n')));
        if (answer.ok === false) reject(new Error(`${request.command}: ${answer.error}`));
        else resolve(answer);
      });
      socket.on('close', () => reject(new Error(`no answer to ${request.command}`)));
    }));
  }

  remove_data() {
    if (this.owns_data) fs.rmSync(this.data, { recursive: true, force: true });
  }
}

// Logs of the file's servers, newest last; run_file.mjs prints them when a test failed.
export function server_logs() {
  return started.map((server) => ({ data: server.data, lines: server.log }));
}

// Ends whatever a file left running and removes what it left on disk.
export async function stop_all() {
  for (const server of started) await server.kill();
  for (const child of running) child.kill('SIGKILL');
  for (const server of started) server.remove_data();
}

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export { patience };
