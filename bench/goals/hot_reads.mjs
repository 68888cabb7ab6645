// Goals 1a, 2 and 3: the authenticated list of a group's integrations, against a static file and
// against a route with a constant reply.

import { Gantry, copy_of } from '../lib/gantry.mjs';
import { Load } from '../lib/load.mjs';
import { Rest } from '../lib/rest.mjs';
import { interleaved, ratios, spread } from '../lib/stats.mjs';
import { kVisible, login_headers, workspace } from '../lib/workspace.mjs';
import { start_nginx } from '../rivals/nginx.mjs';
import { start_node } from '../rivals/node_server.mjs';

export const about = { name: 'hot', goals: ['1a', '2', '3'] };

const kPath = '/api/v1/groups.getIntegrations';
const kRoomsEach = 2;
const kChecked = 500;

// Each caller asks for rooms of its kind, where it sees just as much as everybody else.
export function mixed_requests(space, more = '', path = kPath) {
  return space.callers.flatMap((caller) => {
    const rooms = caller.kind.startsWith('own') ? [caller.home] : caller.rooms.slice(0, kRoomsEach);
    return rooms.map((room) => ({ target: `${path}?roomId=${room}${more}`, headers: login_headers(caller) }));
  });
}

// Whole replies to requests drawn at random: what they show, and how long they are.
export async function checked(port, requests, wanted, number = kChecked) {
  const client = new Rest(port);
  let bytes = 0;
  for (let at = 0; at < number; ++at) {
    const request = requests[Math.floor(at * requests.length / number)];
    const answer = await client.send(request.method ?? 'GET', request.target, undefined, request.headers);
    const problem = answer.status === 200 ? wanted(answer.json) : `status ${answer.status}`;
    if (problem) throw new Error(`a wrong reply to ${request.target}: ${problem}: ${answer.bytes.toString().slice(0, 400)}`);
    bytes += answer.bytes.length;
  }
  client.close();
  return bytes / number;
}

export const shows = (count, total = count) => (json) =>
  json.success && json.count === count && json.total === total && json.integrations.length === count ? undefined : `${json.count} of ${json.total}`;

export async function measure(bench) {
  const space = await workspace(bench, 'large');
  const server = await Gantry.start(bench.binary, copy_of(space.data, bench.scratch, 'hot'));
  const requests = mixed_requests(space);
  const one = requests.find((_, at) => at > requests.length / 2);
  const body_bytes = Math.round(await checked(server.port, requests, shows(kVisible)));
  const { bytes: body } = await server.anonymous.send('GET', one.target, undefined, one.headers);
  const nginx = await start_nginx(bench, body);
  const fastify = await start_node(bench, 'fastify_constant.mjs', { env: { REPLY_BODY: body.toString() } });
  const side = (name, rival, list) => {
    const load = new Load(bench.scratch, name, list);
    const round = (seconds, seed) => load.round({ port: rival.port, seconds, pids: rival.pids, seed });
    return { name, warm: () => round(bench.warm_seconds, 0), measure: (at) => round(bench.seconds, at + 1) };
  };
  const gantry = { port: server.port, pids: [server.pid] };
  const sides = [side('nginx', nginx, [{ target: nginx.target }]), side('mixed', gantry, requests),
                 side('one-token', gantry, [one]), side('fastify', fastify, [{ target: '/reply' }])];
  try {
    for (const each of sides) await each.warm();
    const figures = await interleaved(bench.rounds, sides, bench.progress);
    const cpu = (name) => figures[name].map((round) => round.cpu_us);
    const p99 = (name) => figures[name].map((round) => round.p99_us);
    // The heads differ by little; a body of another length or a short read would show here.
    for (const [name, rounds] of Object.entries(figures)) {
      for (const round of rounds) {
        const head_bytes = round.bytes_each - body_bytes;
        if (head_bytes < 0 || head_bytes > 1000) throw new Error(`${name}: replies of ${round.bytes_each} bytes`);
      }
    }
    const notes = Object.fromEntries(Object.entries(figures).map(([name, rounds]) => [name,
      { cpu_us: spread(rounds.map((r) => r.cpu_us)), per_second: spread(rounds.map((r) => r.per_second)),
        p99_us: spread(rounds.map((r) => r.p99_us)), cpu_share: spread(rounds.map((r) => r.cpu_share)) }]));
    return [
      { goal: '1a', what: `groups.getIntegrations, ${body_bytes} bytes, 10,000 tokens, 1,000 rooms, ` +
          `${space.integrations.toLocaleString('en')} integrations: requests per CPU second against nginx's static file`,
        value: ratios(cpu('nginx'), cpu('mixed')), unit: 'x', pass: 1.0, stretch: 1.25, better: 'more',
        figures: { 'Gantry us': notes.mixed.cpu_us, 'nginx us': notes.nginx.cpu_us }, notes },
      { goal: '2', what: 'the same with one token against a bare Fastify route, per CPU second',
        value: ratios(cpu('fastify'), cpu('one-token')), unit: 'x', pass: 1.6, stretch: 2.5, better: 'more',
        figures: { 'Gantry us': notes['one-token'].cpu_us, 'Fastify us': notes.fastify.cpu_us } },
      { goal: '3', what: 'its p99 at 64 connections against nginx',
        value: ratios(p99('one-token'), p99('nginx')), unit: 'x', pass: 1.0, stretch: 0.75, better: 'less',
        figures: { 'Gantry us': notes['one-token'].p99_us, 'nginx us': notes.nginx.p99_us, '10,000 tokens us': notes.mixed.p99_us } },
    ];
  } finally {
    await server.stop();
    await nginx.stop();
    await fastify.stop();
  }
}
