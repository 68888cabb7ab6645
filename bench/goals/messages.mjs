// Goals 7 and 18: the latest 50 messages of a room against SQLite's own query loop, and what sends
// and histories cost when a workspace has a thousand messages and when it has a million.

import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { Gantry, copy_of } from '../lib/gantry.mjs';
import { Load } from '../lib/load.mjs';
import { kServerCore, run } from '../lib/processes.mjs';
import { interleaved, ratios, spread } from '../lib/stats.mjs';
import { workspace } from '../lib/workspace.mjs';
import { sends_of } from './sending.mjs';
import { checked, mixed_requests } from './hot_reads.mjs';

export const about = { name: 'messages', goals: ['7', '18'] };

const kFew = 1000;
const kMany = 1_000_000;
const kQuickMany = 100_000;
const kLatest = 50;
const kRooms = kFew / kLatest;  // in which these messages are

// Copies of one message, in some rooms in turn: each has a whole reply, however many there are in all.
function fill(database, model, rooms, count) {
  execFileSync('sqlite3', ['-bail', database], { input: `
PRAGMA synchronous=OFF;
CREATE TEMP TABLE model AS SELECT * FROM messages WHERE id = '${model}';
CREATE TEMP TABLE places (number INTEGER PRIMARY KEY, room TEXT);
INSERT INTO places VALUES ${rooms.map((room, number) => `(${number}, '${room}')`).join(', ')};
DELETE FROM messages WHERE id = '${model}';
WITH RECURSIVE numbers(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number < ${count - 1})
INSERT INTO messages (id, room, sent_at, author, type, thread, extra)
  SELECT substr(model.id, 1, 8) || printf('%09d', numbers.number), places.room, model.sent_at - ${count} + numbers.number, model.author, type, thread, extra
  FROM numbers JOIN places ON places.number = numbers.number % ${rooms.length} CROSS JOIN model ORDER BY numbers.number;
PRAGMA wal_checkpoint(TRUNCATE);
` });
}

async function talkative(bench, space, rooms, count) {
  const data = copy_of(space.data, bench.scratch, `messages-${count}`);
  const server = await Gantry.start(bench.binary, data);
  const [send] = sends_of(space);
  const answer = await server.anonymous.send('POST', send.target, JSON.parse(send.body), send.headers);
  await server.stop();
  fill(path.join(data, 'gantry.db'), answer.json.message._id, rooms, count);
  return data;
}

const is_whole = ({ success, messages }) => (success && messages.length === kLatest ? undefined : `${messages?.length} messages`);

export async function measure(bench) {
  const space = await workspace(bench, 'team');
  const servers = {};
  try {
    const sides = [];
    const many = bench.quick ? kQuickMany : kMany;
    const rooms = [...new Set(space.callers.flatMap((caller) => caller.rooms))].slice(0, kRooms);
    const histories = mixed_requests(space, `&count=${kLatest}`, '/api/v1/groups.history')
      .filter(({ target }) => rooms.some((room) => target.includes(room)));
    const sends = sends_of(space);
    for (const [name, count] of [['few', kFew], ['many', many]]) {
      const data = await talkative(bench, space, rooms, count);
      if (name === 'many') copy_of(data, bench.scratch, 'messages-bare');
      const server = servers[name] = await Gantry.start(bench.binary, data);
      await checked(server.port, histories, is_whole);
      for (const [kind, requests] of [['history', histories], ['send', sends]]) {
        const load = new Load(bench.scratch, `messages-${name}-${kind}`, requests);
        const round = (seconds, seed) => load.round({ port: server.port, seconds, pids: [server.pid], seed });
        sides.push({ name: `${kind}-${name}`, warm: () => round(bench.warm_seconds, 0), measure: (at) => round(bench.seconds, at + 1) });
      }
    }
    const bare = async () => JSON.parse(/^RESULT (.*)$/m.exec(await run(kServerCore, path.join(bench.root, 'build/bench/store_bench'),
      ['history', path.join(bench.scratch, 'messages-bare', 'gantry.db'), String(bench.seconds)]))[1]);
    // Histories first: sends make the few more.
    const of_kind = (kind) => sides.filter(({ name }) => name.startsWith(kind));
    for (const side of sides) if (side.name.startsWith('history')) await side.warm();
    const figures = await interleaved(bench.rounds, [...of_kind('history'), { name: 'bare', measure: bare }], bench.progress);
    for (const side of of_kind('send')) await side.warm();
    Object.assign(figures, await interleaved(bench.rounds, of_kind('send'), bench.progress));
    const cpu = (name) => figures[name].map((round) => round.cpu_us);
    const growth = (kind, words) => ({ goal: '18', what: `CPU of ${words} with ${many.toLocaleString('en')} messages against ${kFew.toLocaleString('en')}`,
      value: ratios(cpu(`${kind}-many`), cpu(`${kind}-few`)), unit: 'x', pass: 1.3, stretch: 1.1, better: 'less',
      figures: { 'few us': spread(cpu(`${kind}-few`)), 'many us': spread(cpu(`${kind}-many`)) } });
    return [
      { goal: '7', what: `groups.history, latest ${kLatest} of ${many.toLocaleString('en')} messages: requests per CPU second against SQLite's bare query loop`,
        value: ratios(cpu('bare'), cpu('history-many')), unit: 'x', pass: 0.5, stretch: 0.7, better: 'more',
        figures: { 'Gantry us': spread(cpu('history-many')), 'bare us': spread(cpu('bare')) } },
      growth('send', 'a durable send, 64 clients,'), growth('history', `groups.history, latest ${kLatest},`),
    ];
  } finally {
    for (const server of Object.values(servers)) await server.stop();
  }
}
