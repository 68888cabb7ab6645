// The short form of the crash test: so many kills in one campaign, and nothing may be broken.
// GANTRY_CRASH_SEED repeats the choices of a run, GANTRY_CRASH_KILLS asks for more kills.

import { expect } from '../support/expect.mjs';
import { test } from '../support/testing.mjs';
import { run_campaign } from './campaign.mjs';

const kKills = Number(process.env.GANTRY_CRASH_KILLS) || 50;
const kKillMsMax = 10_000;

export function test_campaign(words, { covers, ...options }) {
  const seed = Number(process.env.GANTRY_CRASH_SEED) || Math.floor(Math.random() * 2 ** 31);
  test(`${words}, ${kKills} times: nothing told is lost, nothing is done twice`,
       { covers, within_ms: kKills * kKillMsMax }, async () => {
    const report = await run_campaign({ seed, kills: kKills, ...options });
    console.log(`seed ${seed}: kills ${JSON.stringify(report.kills)}, load ${JSON.stringify(report.load)}, copies ${report.copies}`);
    expect(Object.values(report.load).every((count) => count > kKills / 10), `the load was little: ${JSON.stringify(report.load)}`);
    expect(report.words.length === 0, `GANTRY_CRASH_SEED=${seed} found ${JSON.stringify(report.broken)}:\n   ${report.words.slice(0, 20).join('\n   ')}`);
  });
}
