// Goal 18, for integrations: the cost of the list when the workspace has 10 and when it has 10,000.
// Ten, filed under all private groups, are seen in each of 1,000 rooms; 10,000 are ten a room. Both
// times everybody asks for three of ten, anywhere.

import { Gantry, copy_of } from '../lib/gantry.mjs';
import { Load } from '../lib/load.mjs';
import { interleaved, ratios, spread } from '../lib/stats.mjs';
import { workspace } from '../lib/workspace.mjs';
import { checked, mixed_requests, shows } from './hot_reads.mjs';

export const about = { name: 'growth', goals: ['18'] };

export async function measure(bench) {
  const servers = [];
  try {
    const sides = [];
    for (const name of ['ten', 'ten_thousand']) {
      const space = await workspace(bench, name);
      const server = await Gantry.start(bench.binary, copy_of(space.data, bench.scratch, `growth-${name}`));
      servers.push(server);
      const requests = mixed_requests(space, '&count=3');
      await checked(server.port, requests, shows(3, 10));
      const load = new Load(bench.scratch, `growth-${name}`, requests);
      const round = (seconds, seed) => load.round({ port: server.port, seconds, pids: [server.pid], seed });
      await round(bench.warm_seconds, 0);
      sides.push({ name, measure: (at) => round(bench.seconds, at + 1) });
    }
    const figures = await interleaved(bench.rounds, sides, bench.progress);
    const cpu = (name) => figures[name].map((round) => round.cpu_us);
    return [{ goal: '18', what: 'CPU of 1a with 10,000 integrations against 10 (count=3 of 10 visible, 10,000 tokens, 1,000 rooms)',
              value: ratios(cpu('ten_thousand'), cpu('ten')), unit: 'x', pass: 1.3, stretch: 1.1, better: 'less',
              figures: { '10 us': spread(cpu('ten')), '10,000 us': spread(cpu('ten_thousand')) } }];
  } finally {
    for (const server of servers) await server.stop();
  }
}
