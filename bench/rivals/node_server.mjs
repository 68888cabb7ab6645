// Starts one of the rivals that are node programs; each prints its port when it listens.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { kServerCore, start, stop, until } from '../lib/processes.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));

export async function start_node(bench, program, { env = {}, core = kServerCore } = {}) {
  const child = start(core, bench.node, ['--no-warnings', path.join(folder, program)], { env: { NODE_ENV: 'production', ...env } });
  const port = await until(`${program} to listen`, () => {
    if (child.end) throw new Error(`${program} ended:\n${child.said}`);
    return Number(/^port (\d+)$/m.exec(child.said)?.[1]);
  });
  return { child, port, pids: [child.pid], stop: () => stop(child) };
}
