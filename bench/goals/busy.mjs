// Goal 1c: the p99 of 1a while integrations change, messages are posted and scripts run.

import { Gantry, copy_of } from '../lib/gantry.mjs';
import { Load } from '../lib/load.mjs';
import { Rest } from '../lib/rest.mjs';
import { build_report, incoming_script } from '../lib/scripts.mjs';
import { interleaved, ratios, spread } from '../lib/stats.mjs';
import { kVisible, login_headers, workspace } from '../lib/workspace.mjs';
import { checked, mixed_requests, shows } from './hot_reads.mjs';

export const about = { name: 'busy', goals: ['1c'] };

// A hundredth of a second's work; hundred of these a second.
const kTickMs = 10;
const kChanging = 50;
const kPerTick = { change: 1, message: 5, script: 2 };

class Bustle {
  done = { change: 0, message: 0, script: 0 };
  failures = [];

  constructor(works) {
    this.works = works;
  }

  start() {
    this.started = performance.now();
    let ticks = 0;
    this.timer = setInterval(() => {
      // Late ticks are made up for: the rate holds when the timer does not.
      for (; ticks < (performance.now() - this.started) / kTickMs; ++ticks) {
        for (const [kind, count] of Object.entries(kPerTick)) {
          for (let at = 0; at < count; ++at) {
            this.works[kind](ticks * count + at).then(() => ++this.done[kind], (error) => this.failures.push(error));
          }
        }
      }
    }, kTickMs);
  }

  // Completed a second, of each kind.
  stop() {
    clearInterval(this.timer);
    if (this.failures.length) throw new Error(`${this.failures.length} background calls failed: ${this.failures[0].message}`);
    const seconds = (performance.now() - this.started) / 1000;
    return Object.fromEntries(Object.entries(this.done).map(([kind, count]) => [`${kind}s`, count / seconds]));
  }
}

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
    const clients = space.callers.slice(0, 100).map((caller) => ({ ...caller, rest: new Rest(server.port, caller, 4) }));
    const report = build_report({ quiet: true });
    const works = {
      change: (number) => admin.must('PUT', '/api/v1/integrations.update', { type: 'webhook-incoming', name: `changed ${number}`,
        integrationId: changing[number % kChanging], enabled: true, username: 'rocket.cat', channel: '#general', scriptEnabled: false }),
      message: (number) => {
        const { rest, rooms } = clients[number % clients.length];
        return rest.post('/api/v1/chat.postMessage', { roomId: rooms[0], text: `message ${number}` });
      },
      script: () => admin.post(`/hooks/${hook._id}/${hook.token}`, report),
    };
    const requests = mixed_requests(space);
    await checked(server.port, requests, shows(kVisible));
    const load = new Load(bench.scratch, 'busy', requests);
    const round = (seconds, seed) => load.round({ port: server.port, seconds, pids: [server.pid], seed });
    const rates = [];
    const busy_round = async (seconds, seed) => {
      const bustle = new Bustle(works);
      bustle.start();
      const result = await round(seconds, seed).finally(() => rates.push(bustle.stop()));
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
    const rate = (kind) => spread(rates.map((each) => each[kind]));
    const speed = (name) => spread(figures[name].map((each) => each.per_second));
    return [{ goal: '1c', what: 'p99 of 1a while 100 integrations change, 500 messages are posted and 200 scripts run a second, against quiet',
              value: ratios(p99('busy'), p99('quiet')), unit: 'x', pass: 2, stretch: 1.3, better: 'less',
              figures: { 'quiet us': spread(p99('quiet')), 'busy us': spread(p99('busy')), 'changes/s': rate('changes'),
                         'messages/s': rate('messages'), 'scripts/s': rate('scripts'), 'quiet lists/s': speed('quiet'), 'busy lists/s': speed('busy') } }];
  } finally {
    await server.stop();
  }
}
