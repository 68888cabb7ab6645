// The long form of the crash test: `./dev torture [--minutes 60 | --kills 10000] [--seed N] [--lanes 2]`.
// First the seeded bugs, then campaigns beside each other, half of them with the power failing. The
// report goes to build/torture/report.md; the last line is "N passed, M failed".

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { run_campaign } from '../crash/campaign.mjs';
import { kinds } from '../crash/checker.mjs';
import { find_seeded_bugs, seeded_bugs } from '../crash/seeded_bugs.mjs';
import { root, stop_all } from '../support/test_server.mjs';
import { crash_report } from './report.mjs';

const kDefaultMinutes = 60;
const kKillsOfCampaign = 100;
const kProgressMs = 30_000;
const report_file = path.join(root, 'build/torture/report.md');

function options_of(args) {
  const out = { minutes: undefined, kills: undefined, seed: Math.floor(Math.random() * 2 ** 31), lanes: os.cpus().length };
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i].replace(/^--/, ''), value = Number(args[i + 1]);
    if (!(name in out) || !(value > 0)) throw new Error(`unknown: ${args[i]} ${args[i + 1] ?? ''}; there are --minutes, --kills, --seed, --lanes`);
    out[name] = value;
  }
  out.until = out.minutes || !out.kills ? Date.now() + (out.minutes ?? kDefaultMinutes) * 60_000 : Infinity;
  return out;
}

const killed = (campaigns) => campaigns.flatMap((one) => Object.values(one.kills)).reduce((sum, one) => sum + one, 0);

async function campaign(options) {
  try {
    return await run_campaign(options);
  } catch (error) {
    return { ...options, kills: {}, load: {}, broken: { 'ended in trouble': 1 }, words: [`ended in trouble: ${error.message}`] };
  }
}

async function run_campaigns(options, campaigns) {
  let begun = 0, ordered = 0;
  const lane = async (_, index) => {
    while (Date.now() < options.until && ordered < (options.kills ?? Infinity)) {
      const kills = Math.min(kKillsOfCampaign, (options.kills ?? Infinity) - ordered);
      ordered += kills;
      const number = begun++;
      campaigns.push(await campaign({ seed: options.seed + number, kills, memory: number % 2 ? 'kept' : 'lost', until: options.until,
                                      address: `127.0.1.${1 + index}` }));
    }
  };
  await Promise.all(Array.from({ length: options.lanes }, lane));
}

async function main() {
  const options = options_of(process.argv.slice(2));
  const started = new Date();
  console.log(`seed ${options.seed}`);
  const searches = find_seeded_bugs(options.seed);
  const bugs = [];
  for (const wanted of seeded_bugs) {
    const report = await searches.get(wanted.bug);
    bugs.push({ ...wanted, kills: killed([report]), broken: report.broken, found: wanted.shows_as.some((kind) => report.broken[kind] > 0) });
    console.log(`${wanted.bug}: ${bugs.at(-1).found ? 'found' : 'NOT FOUND'} after ${bugs.at(-1).kills} kills`);
  }
  const campaigns = [];
  const progress = setInterval(() => console.log(`${killed(campaigns)} kills in ${campaigns.length} campaigns`), kProgressMs);
  await run_campaigns(options, campaigns);
  clearInterval(progress);

  const all_kinds = [...kinds, 'ended in trouble'];
  const broken = Object.fromEntries(all_kinds.map((kind) => [kind, campaigns.reduce((sum, one) => sum + (one.broken[kind] ?? 0), 0)]));
  fs.mkdirSync(path.dirname(report_file), { recursive: true });
  fs.writeFileSync(report_file, crash_report({ options, started, ended: new Date(), bugs, campaigns, broken }));
  console.log(`${killed(campaigns)} kills; the report is ${path.relative(process.cwd(), report_file)}`);
  for (const one of campaigns) for (const words of one.words) console.log(`seed ${one.seed}, ${one.memory}: ${words}`);
  await stop_all();
  const failed = Object.values(broken).filter((count) => count > 0).length + bugs.filter((one) => !one.found).length;
  const passed = Object.keys(broken).length + bugs.length - failed;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exit(failed ? 1 : 0);
}

await main();
