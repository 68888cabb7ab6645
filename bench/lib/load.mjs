// The load: wrk on its core with keep-alive connections, requests drawn at random from a list.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { cpu_of_all, kLoadCore, run } from './processes.mjs';

const file_here = (name) => fileURLToPath(new URL(name, import.meta.url));
const kReport = file_here('./report.lua');

export const kConnections = 64;

// Bytes of a request as wrk sends them.
export function request_text({ method = 'GET', target, headers = {}, body }) {
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}

// LuaJIT takes at most 65,536 constants a function.
const kRequestsMax = 60_000;

// One run of wrk with a script of this folder. Any failed request fails it.
async function wrk(script, { port, file, seconds, connections, env }) {
  const said = await run(kLoadCore, 'wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '-s', file_here(script),
    `http://127.0.0.1:${port}/`], { env: { BENCH_REQUESTS: file, BENCH_REPORT: kReport, ...env } });
  const found = /^RESULT (.*)$/m.exec(said);
  if (!found) throw new Error(`wrk said no result:\n${said}`);
  const result = JSON.parse(found[1]);
  for (const kind of ['connect', 'read', 'write', 'status', 'timeout']) {
    if (result[kind]) throw new Error(`${result[kind]} requests of ${result.requests} failed (${kind}) with ${file}`);
  }
  return { ...result, per_second: result.requests * 1e6 / result.duration_us };
}

export class Load {
  constructor(folder, name, requests) {
    if (requests.length > kRequestsMax) throw new Error(`${name}: more than ${kRequestsMax} requests`);
    this.requests = requests;
    this.file = path.join(folder, `${name}.lua`);
    const texts = requests.map((one) => JSON.stringify(typeof one === 'string' ? one : request_text(one)));
    fs.writeFileSync(this.file, `return {\n${texts.join(',\n')}\n}\n`);
  }

  // One round against `port`, as fast as it answers. `pids` are the processes whose CPU time counts:
  // {requests, per_second, cpu_us, bytes_each, p50_us, p99_us, ...}.
  async round({ port, seconds, pids = [], connections = kConnections, seed = 1 }) {
    const before = cpu_of_all(pids);
    const result = await wrk('./requests.lua', { port, file: this.file, seconds, connections, env: { BENCH_SEED: String(seed) } });
    const cpu = cpu_of_all(pids) - before;
    return { ...result, cpu_us: cpu * 1e6 / result.requests, cpu_share: cpu * 1e6 / result.duration_us, bytes_each: result.bytes / result.requests };
  }

  // The requests in their order, `rate` of them a second. As lean as the load, whose core it shares.
  async paced_round({ port, seconds, rate, connections }) {
    return wrk('./paced.lua', { port, file: this.file, seconds, connections, env: { BENCH_RATE: String(rate) } });
  }
}
