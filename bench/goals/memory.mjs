// Goal 1d: memory that one reply with 10,000 integrations takes, each with a script of 64 KB.

import http from 'node:http';

import { Gantry, copy_of } from '../lib/gantry.mjs';
import { forget_peak, memory_of, sleep } from '../lib/processes.mjs';
import { spread } from '../lib/stats.mjs';
import { login_headers, workspace } from '../lib/workspace.mjs';

export const about = { name: 'memory', goals: ['1d'] };

const kMegabyte = 1024 * 1024;
const kReplies = 3;

// Counts the bytes of a reply and keeps its last ones.
function read_all(port, target, headers) {
  return new Promise((resolve, reject) => {
    http.get({ host: '127.0.0.1', port, path: target, headers, agent: false }, (reply) => {
      let bytes = 0, tail = Buffer.alloc(0);
      reply.on('data', (chunk) => { bytes += chunk.length; tail = Buffer.concat([tail, chunk]).subarray(-200); });
      reply.on('end', () => resolve({ status: reply.statusCode, bytes, tail: tail.toString() }));
      reply.on('error', reject);
    }).on('error', reject);
  });
}

export async function measure(bench) {
  const space = await workspace(bench, 'scripts');
  const server = await Gantry.start(bench.binary, copy_of(space.data, bench.scratch, 'memory'));
  try {
    await sleep(2000);
    const idle = memory_of(server.pid).rss;
    const above = [];
    let bytes = 0;
    for (let at = 0; at < kReplies; ++at) {
      forget_peak(server.pid);
      const reply = await read_all(server.port, `/api/v1/groups.getIntegrations?roomId=${space.room(0)}&count=0`, login_headers(space.callers[0]));
      const wanted = `"count":${space.shape.integrations},"offset":0,"total":${space.shape.integrations},"success":true}`;
      if (reply.status !== 200 || !reply.tail.endsWith(wanted)) throw new Error(`status ${reply.status}, the reply ends with ${reply.tail}`);
      bytes = reply.bytes;
      above.push((memory_of(server.pid).peak - idle) / kMegabyte);
    }
    return [{ goal: '1d', what: `count=0 on 10,000 integrations with 64 KB scripts (a reply of ${Math.round(bytes / kMegabyte)} MB): resident memory above idle`,
              value: spread(above), unit: 'MB', pass: 32, stretch: 16, better: 'less', figures: { 'idle MB': idle / kMegabyte } }];
  } finally {
    await server.stop();
  }
}
