// Each bug of tests/server/seeded_bugs.h is found: a checker that never saw a bug proves nothing.
// runner: minutes 20

import { expect } from '../support/expect.mjs';
import { test } from '../support/testing.mjs';
import { run_campaign } from './campaign.mjs';
import { seeded_bugs } from './seeded_bugs.mjs';

const kKillsMax = 60;     // by then it must be found
const kBugMs = 240_000;

for (const { bug, memory, shows_as } of seeded_bugs) {
  test(`${bug} is found`, { within_ms: kBugMs }, async () => {
    const seed = Number(process.env.GANTRY_CRASH_SEED) || Math.floor(Math.random() * 2 ** 31);
    const report = await run_campaign({ seed, kills: kKillsMax, memory, bug, until_broken: true, address: '127.0.0.4' });
    console.log(`${bug}, seed ${seed}: ${JSON.stringify(report.broken)}`);
    expect(report.broken[shows_as] > 0, `GANTRY_CRASH_SEED=${seed} found ${JSON.stringify(report.broken)}, not "${shows_as}"`);
  });
}
