// Each bug of tests/server/seeded_bugs.h is found: a checker that never saw a bug proves nothing.
// runner: minutes 20

import { expect } from '../support/expect.mjs';
import { before, test } from '../support/testing.mjs';
import { find_seeded_bugs, seeded_bugs } from './seeded_bugs.mjs';

const kBugsMs = 600_000;

const seed = Number(process.env.GANTRY_CRASH_SEED) || Math.floor(Math.random() * 2 ** 31);
let searches;

// They mostly wait, so some run beside each other.
before(() => { searches = find_seeded_bugs(seed); });

for (const { bug, shows_as } of seeded_bugs) {
  test(`${bug} is found`, { within_ms: kBugsMs }, async () => {
    const report = await searches.get(bug);
    expect(shows_as.some((kind) => report.broken[kind] > 0), `GANTRY_CRASH_SEED=${seed} found ${JSON.stringify(report.broken)}, not "${shows_as}"`);
  });
}
