// Goal 1c: the p99 of 1a while integrations change, messages are posted and scripts run.

import { Gantry, copy_of } from '../lib/gantry.mjs';
import { Load } from '../lib/load.mjs';
import { sleep } from '../lib/processes.mjs';
import { build_report, incoming_script } from '../lib/scripts.mjs';
import { interleaved, ratios, spread } from '../lib/stats.mjs';
import { kVisible, login_headers, workspace } from '../lib/workspace.mjs';
import { checked, mixed_requests, shows } from './hot_reads.mjs';

export const about = { name: 'busy', goals: ['1c'] };

const kChanging = 50;
const kRounds = 40;
// The work of a hundredth of a second: a change, five messages, two scripts, in this order over and over.
const kOrder = ['message', 'script', 'message', 'change', 'message', 'script', 'message', 'message'];
const kPerSecond = 800;
const kBusyConnections = 16;

const json_request = (method, target, headers, value) => ({ method, target, headers, body: JSON.stringify(value) });

export async function measure(bench) {
  const space = await workspace(bench, 'large');
  const server = await Gantry.start(bench.binary, copy_of(space.data, bench.scratch, 'busy'));
  try {
    const admin = await server.login('admin', 64);
    const { integration: hook } = await admin.post('/api/v1/integrations.create', { type: 'webhook-incoming', name: 'reports',
      enabled: true, username: 'rocket.cat', channel: '#general', scriptEnabled: true, script: incoming_script });
    const changing = [];
    for (let at = 0; at < kChanging; ++at) {
      const { integration } = await admin.post('/api/v1/integrations.create', { type: 'webhook-incoming', name: `changing ${at}`,
        enabled: true, username: 'rocket.cat', channel: '#general', scriptEnabled: false });
      changing.push(integration._id);
    }
    const report = build_report({ quiet: true });
    // A change changes: the name that an integration gets is never the one that it has.
    const works = {
      change: (number) => json_request('PUT', '/api/v1/integrations.update', admin.headers(), { type: 'webhook-incoming',
        name: `changed ${number}`, integrationId: changing[number % kChanging], enabled: true, username: 'rocket.cat', channel: '#general',
        scriptEnabled: false }),
      message: (number) => {
        const caller = space.callers[number % space.callers.length];
        return json_request('POST', '/api/v1/chat.postMessage', login_headers(caller), { roomId: caller.rooms[0], text: `message ${number}` });
      },
      script: () => json_request('POST', `/hooks/${hook._id}/${hook.token}`, {}, report),
    };
    const made = { change: 0, message: 0, script: 0 };
    const bustle = new Load(bench.scratch, 'bustle', Array.from({ length: kRounds * kChanging }, () => kOrder).flat()
      .map((kind) => works[kind](made[kind]++)));
    const requests = mixed_requests(space);
    await checked(server.port, requests, shows(kVisible));
    const load = new Load(bench.scratch, 'busy', requests);
    const round = (seconds, seed) => load.round({ port: server.port, seconds, pids: [server.pid], seed });
    const rates = [];
    const busy_round = async (seconds, seed) => {
      const around = bustle.paced_round({ port: server.port, seconds: seconds + 1, rate: kPerSecond, connections: kBusyConnections });
      await sleep(500);
      const [result, rate] = await Promise.all([round(seconds, seed), around]);
      rates.push(rate.per_second);
      return result;
    };
    await round(bench.warm_seconds, 0);
    await busy_round(bench.warm_seconds, 0);
    rates.length = 0;
    const figures = await interleaved(bench.rounds, [
      { name: 'quiet', measure: (at) => round(bench.seconds, at + 1) },
      { name: 'busy', measure: (at) => busy_round(bench.seconds, at + 1) },
    ], bench.progress);
    const p99 = (name) => figures[name].map((each) => each.p99_us);
    const speed = (name) => spread(figures[name].map((each) => each.per_second));
    return [{ goal: '1c', what: 'p99 of 1a while 100 integrations change, 500 messages are posted and 200 scripts run a second, against quiet',
              value: ratios(p99('busy'), p99('quiet')), unit: 'x', pass: 2, stretch: 1.3, better: 'less',
              figures: { 'quiet us': spread(p99('quiet')), 'busy us': spread(p99('busy')), 'changes, messages, scripts/s': spread(rates),
                         'quiet lists/s': speed('quiet'), 'busy lists/s': speed('busy') } }];
  } finally {
    await server.stop();
  }
}
