// The load: wrk on its core with keep-alive connections, requests drawn at random from a list.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { cpu_of_all, kLoadCore, run } from './processes.mjs';

const script = fileURLToPath(new URL('./requests.lua', import.meta.url));

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

export class Load {
  constructor(folder, name, requests) {
    if (requests.length > kRequestsMax) throw new Error(`${name}: more than ${kRequestsMax} requests`);
    this.requests = requests;
    this.file = path.join(folder, `${name}.lua`);
    const texts = requests.map((one) => JSON.stringify(typeof one === 'string' ? one : request_text(one)));
    fs.writeFileSync(this.file, `return {\n${texts.join(',\n')}\n}\n`);
  }

  // One round against `port`. `pids` are the processes whose CPU time counts. Any failed request
  // fails the round: {requests, per_second, cpu_us, bytes_each, p50_us, p99_us, ...}.
  async round({ port, seconds, pids = [], connections = kConnections, seed = 1 }) {
    const before = cpu_of_all(pids);
    const said = await run(kLoadCore, 'wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s',
      '-s', script, `http://127.0.0.1:${port}/`], { env: { BENCH_REQUESTS: this.file, BENCH_SEED: String(seed) } });
    const cpu = cpu_of_all(pids) - before;
    const found = /^RESULT (.*)$/m.exec(said);
    if (!found) throw new Error(`wrk said no result:\n${said}`);
    const result = JSON.parse(found[1]);
    for (const kind of ['connect', 'read', 'write', 'status', 'timeout']) {
      if (result[kind]) throw new Error(`${result[kind]} requests of ${result.requests} failed (${kind}) with ${this.file}`);
    }
    return { ...result, cpu_us: cpu * 1e6 / result.requests, cpu_share: cpu * 1e6 / result.duration_us,
             per_second: result.requests * 1e6 / result.duration_us, bytes_each: result.bytes / result.requests };
  }
}
