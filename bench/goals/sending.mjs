// Goals 4, 5 and 6: durable sends. An answer comes after the sync of the message's commit.

import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { Gantry, copy_of } from '../lib/gantry.mjs';
import { Load } from '../lib/load.mjs';
import { kServerCore, run } from '../lib/processes.mjs';
import { interleaved, ratios, spread } from '../lib/stats.mjs';
import { login_headers, workspace } from '../lib/workspace.mjs';
import { start_node } from '../rivals/node_server.mjs';
import { start_postgres } from '../rivals/postgres.mjs';

export const about = { name: 'sending', goals: ['4', '5', '6'] };

const kPool = 16;
const text_of = (number) => `message ${number} of the bench, about as long as what people write to each other in a chat, or somewhat longer`;
const appender = fileURLToPath(new URL('../rivals/append.mjs', import.meta.url));

export function sends_of(space) {
  return space.callers.map((caller) => ({ method: 'POST', target: '/api/v1/chat.postMessage', headers: login_headers(caller),
    body: JSON.stringify({ roomId: caller.rooms[caller.number % caller.rooms.length], text: text_of(caller.number) }) }));
}

const kCount = "SELECT count(*) FROM messages WHERE extra LIKE '%of the bench%'";
const count_of = (data) => Number(execFileSync('sqlite3', [path.join(data, 'gantry.db'), kCount], { encoding: 'utf8' }));

async function check_send(server, send) {
  const answer = await server.anonymous.send('POST', send.target, JSON.parse(send.body), send.headers);
  const { success, message } = answer.json;
  if (!success || message.msg !== JSON.parse(send.body).text) throw new Error(`a wrong reply to a send: ${answer.bytes}`);
}

export async function measure(bench) {
  const space = await workspace(bench, 'team');
  const server = await Gantry.start(bench.binary, copy_of(space.data, bench.scratch, 'sending'));
  const postgres = await start_postgres(bench);
  const fastify = await start_node(bench, 'fastify_postgres.mjs', { env: { POSTGRES: postgres.url, POOL: String(kPool) } });
  try {
    const sends = sends_of(space);
    await check_send(server, sends[0]);
    const inserts = sends.map(({ body }) => ({ method: 'POST', target: '/message', body }));
    const ours = new Load(bench.scratch, 'sends', sends);
    const theirs = new Load(bench.scratch, 'inserts', inserts);
    let acknowledged = 1, rounds = 0;
    const gantry = (connections) => async (seconds, seed) => {
      const result = await ours.round({ port: server.port, seconds, pids: [server.pid], seed, connections });
      acknowledged += result.requests;
      ++rounds;
      return result;
    };
    const rival = (seconds, seed) => theirs.round({ port: fastify.port, seconds, pids: [...fastify.pids, ...postgres.pids()], seed });
    const append = async () => JSON.parse(await run(kServerCore, bench.node, [appender, bench.scratch, String(bench.quick ? 300 : 2000)]));
    const bare_data = copy_of(space.data, bench.scratch, 'sending-bare');
    const bare = async () => JSON.parse(/^RESULT (.*)$/m.exec(await run(kServerCore, path.join(bench.root, 'build/bench/store_bench'),
      ['inserts', path.join(bare_data, 'gantry.db'), String(bench.seconds)]))[1]);
    await gantry()(bench.warm_seconds, 0);
    await rival(bench.warm_seconds, 0);
    const many = await interleaved(bench.rounds, [
      { name: 'gantry', measure: (at) => gantry()(bench.seconds, at + 1) },
      { name: 'fastify-postgres', measure: (at) => rival(bench.seconds, at + 1) },
      { name: 'bare-sqlite', measure: bare },
    ], bench.progress);
    const one = await interleaved(bench.rounds, [
      { name: 'one-client', measure: (at) => gantry(1)(Math.min(bench.seconds, 3), at + 1) },
      { name: 'append', measure: append },
    ]);
    await server.stop();
    // wrk ends with requests on the wire, which are stored without having been counted.
    const stored = count_of(server.data);
    if (stored < acknowledged || stored > acknowledged + rounds * 64) throw new Error(`${acknowledged} sends were acknowledged, ${stored} are stored`);
    const rows = Number(postgres.psql('SELECT count(*) FROM messages'));
    const speed = (name) => many[name].map((round) => round.per_second);
    const cpu = (name) => spread(many[name].map((round) => round.cpu_us));
    const p50 = one['one-client'].map((round) => round.p50_us);
    const sync = one.append.map((round) => round.p50_us);
    return [
      { goal: '4', what: 'durable sends a second, 64 clients, the whole server on one core, against Fastify with PostgreSQL on that core',
        value: ratios(speed('gantry'), speed('fastify-postgres')), unit: 'x', pass: 3.5, stretch: 5, better: 'more',
        figures: { 'Gantry/s': spread(speed('gantry')), 'Fastify/s': spread(speed('fastify-postgres')), 'Gantry CPU us': cpu('gantry'),
                   'Fastify and PostgreSQL CPU us': cpu('fastify-postgres'), 'Gantry p99 us': spread(many.gantry.map((round) => round.p99_us)),
                   'Gantry stored': String(stored), 'PostgreSQL stored': String(rows) } },
      { goal: '5', what: 'the same against bare SQLite inserts of such messages, synced in groups of 64',
        value: ratios(speed('gantry'), speed('bare-sqlite')), unit: 'x', pass: 0.5, stretch: 0.7, better: 'more',
        figures: { 'Gantry/s': spread(speed('gantry')), 'SQLite/s': spread(speed('bare-sqlite')) } },
      { goal: '6', what: 'durable send of one client: median latency in appended fdatasyncs',
        value: ratios(p50, sync), unit: 'x', pass: 2, stretch: 1.3, better: 'less',
        figures: { 'send us': spread(p50), 'append and fdatasync us': spread(sync) } },
    ];
  } finally {
    await server.stop();
    await fastify.stop();
    await postgres.stop();
  }
}
