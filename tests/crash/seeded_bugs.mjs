// The bugs that the server of the tests can be given, and the broken promises as which each shows.

import { run_campaign } from './campaign.mjs';

const kKillsMax = 60;     // by then it must be found
const kLanes = 3;

const bug = (name, shows_as, memory = 'kept') => ({ bug: name, shows_as: [shows_as].flat(), memory });

export const seeded_bugs = [
  bug('outbox-apart', 'due and never made'),
  bug('reply-apart', 'replies doubled'),
  bug('reply-late', 'due and never made'),
  bug('store-apart', 'effects of scripts lost'),
  bug('key-apart', 'posted twice'),
  bug('retry-counted-twice', 'attempts miscounted'),
  bug('attempt-reused', 'attempts miscounted'),
  bug('retry-forgotten', 'due and never made'),
  bug('wait-forgotten', 'retried too early'),
  bug('lost-wake-up', 'due and never made'),
  bug('double-claim', 'attempts miscounted'),
  bug('order-dropped', 'order broken'),
  bug('ack-before-sync', ['acknowledged and missing', 'database damaged'], 'lost'),
];

// Promises of reports by the names of bugs, some at work at a time.
export function find_seeded_bugs(seed) {
  let next = 0;
  const waiting = new Map(), found = new Map();
  for (const { bug: name } of seeded_bugs) {
    found.set(name, new Promise((resolve, reject) => waiting.set(name, { resolve, reject })));
    found.get(name).catch(() => {});   // told to whoever awaits it
  }
  const lane = async (_, index) => {
    while (next < seeded_bugs.length) {
      const { bug: name, memory, shows_as } = seeded_bugs[next++];
      const { resolve, reject } = waiting.get(name);
      await run_campaign({ seed, kills: kKillsMax, memory, bug: name, until_broken: shows_as, address: `127.0.0.${10 + index}` })
        .then(resolve, reject);
    }
  };
  Array.from({ length: kLanes }, lane);
  return found;
}
