// Goal 1b: the list with paging, sorting, `query` and `fields`, and for callers who may see only
// their own among 10,000.

import { Gantry, copy_of } from '../lib/gantry.mjs';
import { Load } from '../lib/load.mjs';
import { interleaved, ratios, spread } from '../lib/stats.mjs';
import { kVisible, login_headers, workspace } from '../lib/workspace.mjs';
import { checked, mixed_requests, shows } from './hot_reads.mjs';

export const about = { name: 'forms', goals: ['1b'] };

const json_part = (name, value) => `&${name}=${encodeURIComponent(JSON.stringify(value))}`;

export async function measure(bench) {
  const mixed = await workspace(bench, 'large');
  const crowd = await workspace(bench, 'crowded');
  const server = await Gantry.start(bench.binary, copy_of(mixed.data, bench.scratch, 'forms'));
  const crowded = await Gantry.start(bench.binary, copy_of(crowd.data, bench.scratch, 'forms-crowded'));
  // Those that made three of the room's 10,000.
  const makers = crowd.callers.filter((caller) => caller.kind.startsWith('own')).slice(0, 100);
  const own = makers.map((caller) => ({ target: `/api/v1/groups.getIntegrations?roomId=${crowd.room(0)}`, headers: login_headers(caller) }));
  const forms = [
    { name: 'plain', port: server.port, pid: server.pid, requests: mixed_requests(mixed), wanted: shows(kVisible) },
    { name: 'page', words: 'count, offset, sort', port: server.port, pid: server.pid, wanted: shows(kVisible - 1, kVisible),
      requests: mixed_requests(mixed, `&count=2&offset=1${json_part('sort', { name: -1 })}`) },
    { name: 'query', words: 'query, fields', port: server.port, pid: server.pid, wanted: shows(kVisible),
      requests: mixed_requests(mixed, json_part('query', { enabled: true }) + json_part('fields', { name: 1, type: 1, channel: 1 })) },
    { name: 'own', words: 'own right, 10,000 in the room', port: crowded.port, pid: crowded.pid, requests: own, wanted: shows(kVisible) },
  ];
  try {
    const sides = [];
    for (const form of forms) {
      await checked(form.port, form.requests, form.wanted);
      const load = new Load(bench.scratch, `form-${form.name}`, form.requests);
      const round = (seconds, seed) => load.round({ port: form.port, seconds, pids: [form.pid], seed });
      await round(bench.warm_seconds, 0);
      sides.push({ name: form.name, measure: (at) => round(bench.seconds, at + 1) });
    }
    const figures = await interleaved(bench.rounds, sides, bench.progress);
    const cpu = (name) => figures[name].map((round) => round.cpu_us);
    return forms.slice(1).map(({ name, words }) => ({
      goal: '1b', what: `1a with ${words}: requests per CPU second against 1a`, value: ratios(cpu('plain'), cpu(name)), unit: 'x',
      pass: 0.6, stretch: 0.8, better: 'more', figures: { 'us': spread(cpu(name)), '1a us': spread(cpu('plain')) } }));
  } finally {
    await server.stop();
    await crowded.stop();
  }
}
