// A backlog of a million due deliveries, as an outage of all targets leaves it, is drained after a
// restart: how fast at the beginning, in the middle and at the end, and what it takes in memory.

import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { kText, make_hooked_group, poster } from '../lib/deliveries.mjs';
import { Gantry, copy_of } from '../lib/gantry.mjs';
import { memory_of, sleep, until } from '../lib/processes.mjs';
import { Receiver } from '../lib/receiver.mjs';
import { spread } from '../lib/stats.mjs';
import { workspace } from '../lib/workspace.mjs';

export const about = { name: 'backlog', goals: ['backlog'] };

const kBacklog = 1_000_000;
const kQuickBacklog = 50_000;
const kHooks = 64;
const kParts = 20;  // the first, one in the middle and the last are compared
const kSampleMs = 200;
const kMegabyte = 1024 * 1024;

// Copies of the rows that one post left, due now. Ids begin with eight symbols of time.
function fill(database, count) {
  execFileSync('sqlite3', ['-bail', database], { input: `
PRAGMA synchronous=OFF;
CREATE TEMP TABLE model AS SELECT row_number() OVER (ORDER BY sequence) - 1 AS number, * FROM deliveries;
DELETE FROM deliveries;
DELETE FROM history;
WITH RECURSIVE numbers(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number < ${count - 1})
INSERT INTO deliveries (id, integration, state, tries, next_at, created_at, extra)
  SELECT substr(model.id, 1, 8) || printf('%09d', numbers.number), integration, 0, 0, next_at, created_at, extra
  FROM numbers JOIN model ON model.number = numbers.number % ${kHooks} ORDER BY numbers.number;
PRAGMA wal_checkpoint(TRUNCATE);
` });
}

async function prepare(bench, receiver, count) {
  const space = await workspace(bench, 'team');
  const data = copy_of(space.data, bench.scratch, 'backlog');
  const server = await Gantry.start(bench.binary, data);
  const admin = await server.login();
  const group = await make_hooked_group(admin, 'backlog', kHooks, receiver.url);
  await poster(admin, group)();
  await until('the first deliveries', () => receiver.received === kHooks);
  await sleep(500);
  admin.close();
  await server.stop();
  fill(path.join(data, 'gantry.db'), count);
  return data;
}

// When each part of the backlog had arrived, and the most memory that the server had.
async function drain(server, receiver, count) {
  const part = count / kParts;
  const first = receiver.received;
  const at = [];
  let most = 0, idle_since = performance.now(), last = 0;
  while (at.length < kParts) {
    await sleep(kSampleMs);
    const done = receiver.received - first;
    while (at.length < kParts && done >= (at.length + 1) * part) at.push({ ms: performance.now(), done, cpu: server.cpu().server });
    most = Math.max(most, memory_of(server.pid).rss);
    if (done > last) [last, idle_since] = [done, performance.now()];
    if (performance.now() - idle_since > 60_000) throw new Error(`nothing arrived for a minute after ${done} of ${count}`);
  }
  return { at, most };
}

export async function measure(bench) {
  const count = bench.quick ? kQuickBacklog : kBacklog;
  const receiver = await Receiver.start((body) => JSON.parse(body).text === kText);
  let server;
  try {
    const data = await prepare(bench, receiver, count);
    const first = receiver.received;
    const started = performance.now();
    server = await Gantry.start(bench.binary, data);
    const ready_ms = performance.now() - started;
    const { at, most } = await drain(server, receiver, count);
    if (receiver.wrong || receiver.received - first !== count) throw new Error(`${receiver.received - first} of ${count} arrived, ${receiver.wrong} were wrong`);
    await until('the end of the last ones', async () => (await server.metric('gantry_delivery_waiting')) + (await server.metric('gantry_delivery_running')) === 0);
    const resting = memory_of(server.pid).rss;
    const rate = (number) => (at[number].done - at[number - 1].done) * 1000 / (at[number].ms - at[number - 1].ms);
    const cpu = (number) => (at[number].cpu - at[number - 1].cpu) * 1e6 / (at[number].done - at[number - 1].done);
    const parts = { beginning: 1, middle: kParts / 2, end: kParts - 1 };
    const figures = Object.fromEntries(Object.entries(parts).map(([name, number]) => [`${name}: deliveries/s`, rate(number)]));
    const ratio = (name) => cpu(parts[name]) / cpu(parts.beginning);
    const what = (name) => `CPU of a delivery in the ${name} of a drained backlog of ${count.toLocaleString('en')}, against its beginning`;
    return [
      { goal: 'backlog', what: what('middle'), value: spread([ratio('middle')]), unit: 'x', better: 'less', figures },
      { goal: 'backlog', what: what('end'), value: spread([ratio('end')]), unit: 'x', better: 'less',
        figures: { 'start until ready ms': ready_ms, 'start until the last arrived s': (at.at(-1).ms - started) / 1000 } },
      { goal: 'backlog', what: `most resident memory while ${count.toLocaleString('en')} deliveries wait`, value: spread([most / kMegabyte]), unit: 'MB',
        better: 'less', figures: { 'afterwards MB': resting / kMegabyte } },
    ];
  } finally {
    await server?.stop();
    await receiver.stop();
  }
}
