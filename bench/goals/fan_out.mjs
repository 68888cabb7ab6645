// What a delivery costs when a post triggers one integration, ten, or a hundred; the post's own cost is in it.

import { deliver, kText, make_hooked_group, poster } from '../lib/deliveries.mjs';
import { Gantry, copy_of } from '../lib/gantry.mjs';
import { Receiver } from '../lib/receiver.mjs';
import { interleaved, ratios, spread } from '../lib/stats.mjs';
import { workspace } from '../lib/workspace.mjs';

export const about = { name: 'fan_out', goals: ['triggers'] };

const kTriggered = [1, 10, 100];

export async function measure(bench) {
  const space = await workspace(bench, 'team');
  const server = await Gantry.start(bench.binary, copy_of(space.data, bench.scratch, 'fan-out'));
  const receiver = await Receiver.start((body) => JSON.parse(body).text === kText);
  try {
    const admin = await server.login();
    const sides = [];
    for (const hooks of kTriggered) {
      const post = poster(admin, await make_hooked_group(admin, `triggers-${hooks}`, hooks, receiver.url));
      await deliver(server, post, receiver, bench.warm_seconds, hooks);
      sides.push({ name: String(hooks), measure: () => deliver(server, post, receiver, bench.seconds, hooks) });
    }
    const figures = await interleaved(bench.rounds, sides, bench.progress);
    admin.close();
    if (receiver.wrong) throw new Error(`${receiver.wrong} of ${receiver.received} deliveries had a wrong body`);
    const of = (hooks, key) => figures[hooks].map((round) => round[key]);
    const cpu = Object.fromEntries(kTriggered.map((hooks) => [`${hooks}: us a delivery`, spread(of(hooks, 'cpu_us'))]));
    const rate = Object.fromEntries(kTriggered.map((hooks) => [`${hooks}: deliveries/s`, spread(of(hooks, 'per_second'))]));
    return [10, 100].map((hooks) => ({
      goal: 'triggers', what: `CPU of a delivery, its part of the post with it, when a post triggers ${hooks} integrations, against one`,
      value: ratios(of(hooks, 'cpu_us'), of(1, 'cpu_us')), unit: 'x', better: 'less', figures: hooks === 10 ? cpu : rate }));
  } finally {
    await server.stop();
    await receiver.stop();
  }
}
