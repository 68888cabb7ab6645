// Goals 15, 16 and 17: cold start, idle memory, size of the program.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { Gantry, copy_of, server_arguments, server_environment } from '../lib/gantry.mjs';
import { free_port, kServerCore, memory_of, sleep, start, stop, until } from '../lib/processes.mjs';
import { request_text } from '../lib/load.mjs';
import { spread } from '../lib/stats.mjs';
import { login_headers, workspace } from '../lib/workspace.mjs';

export const about = { name: 'starting', goals: ['15', '16', '17'] };

const kMegabyte = 1024 * 1024;
const kStarts = 10;
const kIdleMs = 5000;

// Resolves with the reply's first bytes, or nothing when nobody listens yet.
function try_once(port, request) {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk) => { socket.destroy(); resolve(chunk.toString('latin1')); });
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(undefined));
  });
}

// From the program's exec to the first byte of an authenticated reply.
async function first_reply(bench, data, identity) {
  const port = await free_port();
  const metrics = await free_port();
  const request = request_text({ target: '/api/v1/me', headers: login_headers(identity) });
  const child = start(kServerCore, bench.binary, server_arguments(data, port, metrics), { env: server_environment, log: `${data}.log` });
  const started = performance.now();
  try {
    for (;;) {
      const reply = await try_once(port, request);
      if (reply?.startsWith('HTTP/1.1 200')) return performance.now() - started;
      if (reply && !reply.startsWith('HTTP/1.1 503')) throw new Error(`the first reply was ${reply.slice(0, 200)}`);
      if (child.end) throw new Error('the server ended');
    }
  } finally {
    await stop(child);
  }
}

async function starts_of(bench, name, words, pass, stretch) {
  const space = await workspace(bench, name);
  const data = copy_of(space.data, bench.scratch, `start-${name}`);
  const times = [];
  for (let at = 0; at < (bench.quick ? 3 : kStarts); ++at) times.push(await first_reply(bench, data, space.admin));
  return { goal: '15', what: `start to first authenticated reply, ${words}`, value: spread(times), unit: 'ms', pass, stretch, better: 'less' };
}

async function idle_memory(bench) {
  const space = await workspace(bench, 'team');
  const server = await Gantry.start(bench.binary, copy_of(space.data, bench.scratch, 'idle'));
  try {
    const admin = await server.login();
    // One run of a script, so that a worker is there and has worked.
    const { integration } = await admin.post('/api/v1/integrations.create', { type: 'webhook-incoming', name: 'one run', enabled: true,
      username: 'rocket.cat', channel: '#general', scriptEnabled: true, script: 'class Script { process_incoming_request() { return { content: { text: "run" } }; } }' });
    await server.anonymous.must('POST', `/hooks/${integration._id}/${integration.token}`, {});
    await until('a script worker', () => server.workers().length > 0);
    await sleep(kIdleMs);
    const own = memory_of(server.pid);
    const workers = server.workers().map(memory_of);
    const worker = workers[0];
    const empty = await Gantry.start(bench.binary, copy_of((await workspace(bench, 'empty')).data, bench.scratch, 'idle-empty'));
    await sleep(1000);
    const bare = memory_of(empty.pid);
    await empty.stop();
    return { goal: '16', what: 'resident memory idle, server and one script worker (1,000 users, 100 rooms)', value: spread([(own.rss + worker.rss) / kMegabyte]),
             unit: 'MB', pass: 24, stretch: 14, better: 'less',
             figures: { 'server MB': own.rss / kMegabyte, 'worker MB': worker.rss / kMegabyte, workers: String(workers.length),
                        'proportional MB': (own.pss + worker.pss) / kMegabyte, 'server with an empty store MB': bare.rss / kMegabyte } };
  } finally {
    await server.stop();
  }
}

function size_of(bench) {
  const stripped = path.join(bench.scratch, 'stripped');
  execFileSync('strip', ['-o', stripped, bench.binary]);
  return { goal: '17', what: 'stripped binary', value: spread([fs.statSync(stripped).size / kMegabyte]), unit: 'MB', pass: 12, stretch: 6, better: 'less' };
}

export async function measure(bench) {
  return [await starts_of(bench, 'empty', 'empty store', 25, 12),
          await starts_of(bench, 'large', '10,000 users, 1,000 rooms, 200,000 memberships, 10,200 integrations', 400, 150),
          await idle_memory(bench), size_of(bench)];
}
