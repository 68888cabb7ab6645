// Goals 10, 11 and 12: deliveries, scripts with a delivery, and scripts alone, against node-fetch and
// isolated-vm.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { deliver, kText, make_hooked_group, poster } from '../lib/deliveries.mjs';
import { Gantry, copy_of } from '../lib/gantry.mjs';
import { kServerCore, run } from '../lib/processes.mjs';
import { Receiver } from '../lib/receiver.mjs';
import { build_report, incoming_script, outgoing_script } from '../lib/scripts.mjs';
import { interleaved, ratios, spread } from '../lib/stats.mjs';
import { workspace } from '../lib/workspace.mjs';

export const about = { name: 'scripts', goals: ['10', '11', '12'] };

// Many webhooks of one room, so that the message itself is a small part of what is measured.
const kHooks = 64;
const kBareRequests = 4000;   // a second of measuring
const kQuestion = 'what+the+cats+the+harbour';
const rival = fileURLToPath(new URL('../rivals/isolates.mjs', import.meta.url));

async function isolates(bench, ...words) {
  const said = await run(kServerCore, bench.node, ['--no-node-snapshot', rival, ...words.map(String)]);
  return JSON.parse(/^RESULT (.*)$/m.exec(said)[1]);
}

// Deliveries of Gantry, records and all, against node-fetch's; `mode` is the rival's. `others` are measured
// in the same turns.
async function deliveries(bench, mode, script, is_right, others = []) {
  const space = await workspace(bench, 'team');
  const server = await Gantry.start(bench.binary, copy_of(space.data, bench.scratch, mode));
  const receiver = await Receiver.start(is_right);
  try {
    const admin = await server.login();
    const group = await make_hooked_group(admin, 'pipeline', kHooks, receiver.url, { scriptEnabled: Boolean(script), script });
    const post = poster(admin, group);
    await deliver(server, post, receiver, bench.warm_seconds, kHooks);
    const figures = await interleaved(bench.rounds, [
      { name: 'gantry', measure: () => deliver(server, post, receiver, bench.seconds, kHooks) },
      { name: 'rival', measure: () => isolates(bench, mode, bench.seconds, receiver.url, kHooks) },
      ...others,
    ], bench.progress);
    admin.close();
    if (receiver.wrong) throw new Error(`${receiver.wrong} of ${receiver.received} deliveries had a wrong body`);
    const of = (name, key) => figures[name].map((round) => round[key]);
    const against = (name) => ({
      value: ratios(of(name, 'cpu_us'), of('gantry', 'cpu_us')), unit: 'x', better: 'more',
      figures: { 'Gantry us': spread(of('gantry', 'cpu_us')), 'of that server us': spread(of('gantry', 'server_us')),
                 'workers us': spread(of('gantry', 'worker_us')), [`${name} us`]: spread(of(name, 'cpu_us')),
                 'Gantry deliveries/s': spread(of('gantry', 'per_second')) } });
    return { ...Object.fromEntries(['rival', ...others.map((one) => one.name)].map((name) => [name, against(name)])),
             cpu: Object.fromEntries(Object.keys(figures).map((name) => [name, of(name, 'cpu_us')])), workers: of('gantry', 'worker_us') };
  } finally {
    await server.stop();
    await receiver.stop();
  }
}

// A loop of libcurl that checks nothing and keeps nothing, with a receiver of its own.
async function bare_loop(bench) {
  const said = await run(kServerCore, path.join(bench.root, 'build/bench/egress_bench'),
                         [String(kBareRequests * bench.seconds), String(kHooks), '1']);
  return { cpu_us: Number(/bare ([\d.]+) us/.exec(said)[1]) };
}

// Records of deliveries by SQLite alone, in tables without an index.
async function bare_records(bench) {
  const space = await workspace(bench, 'team');
  const data = copy_of(space.data, bench.scratch, 'bare-records');
  const said = await run(kServerCore, path.join(bench.root, 'build/bench/store_bench'),
                         ['records', path.join(data, 'gantry.db'), String(bench.seconds)]);
  return { cpu_us: JSON.parse(/^RESULT (.*)$/m.exec(said)[1]).cpu_us };
}

// What the parts alone cost that no program around them can do without, against the whole of the rival:
// where this misses a goal, so does everything built on them.
function bound(goal, parts, more, { rival }) {
  const least = rival.map((_, at) => Object.values(more).reduce((sum, list) => sum + list[at], 0));
  return { goal, what: `what ${parts} would give against it`, value: ratios(rival, least), unit: 'x', better: 'more',
           figures: Object.fromEntries(Object.entries(more).map(([name, list]) => [`${name} us`, spread(list)])) };
}

// The pool and its workers on the server's core; some integrations at once, as in a server.
async function worker_runs(bench, times) {
  const one = { source: incoming_script, mode: 'plain', repeat: times, parallel: 8,
                runs: [{ method: 'process_incoming_request', argument: { request: { content: build_report(), headers: {}, url: {} } } }] };
  const child = spawn('taskset', ['-c', String(kServerCore), bench.script_runner], { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => { said += chunk; });
  child.stdin.end(`${JSON.stringify(one)}\n`);
  const code = await new Promise((resolve) => child.on('close', resolve));
  const answer = code === 0 ? JSON.parse(said) : undefined;
  const text = answer?.runs?.[0]?.result?.content?.text;
  if (text !== 'gantry #17 failed: unit tests') throw new Error(`script_runner said ${said.slice(0, 300)}`);
  return { per_second: answer.per_second };
}

async function warm_runs(bench) {
  if (!fs.existsSync(bench.script_runner)) throw new Error(`${bench.script_runner} is not there: ./dev build bench, or --script-runner FILE`);
  const trial = await worker_runs(bench, 500);
  const times = Math.ceil(trial.per_second * bench.seconds / 8);
  const figures = await interleaved(bench.rounds, [
    { name: 'worker', measure: () => worker_runs(bench, times) },
    { name: 'isolated-vm', measure: () => isolates(bench, 'runs', bench.seconds) },
  ], bench.progress);
  const speed = (name) => figures[name].map((round) => round.per_second);
  return { goal: '12', what: 'warm script runs a second through the worker, one core, against isolated-vm in process',
           value: ratios(speed('worker'), speed('isolated-vm')), unit: 'x', pass: 0.33, stretch: 0.5, better: 'more',
           figures: { 'worker/s': spread(speed('worker')), 'isolated-vm/s': spread(speed('isolated-vm')) } };
}

export async function measure(bench) {
  const plain = await deliveries(bench, 'fetch', undefined, (body) => JSON.parse(body).text === kText,
                                 [{ name: 'bare libcurl', measure: () => bare_loop(bench) },
                                  { name: 'bare SQLite', measure: () => bare_records(bench) }]);
  const scripted = await deliveries(bench, 'pipeline', outgoing_script, (body) => JSON.parse(body).question === kQuestion);
  const bare = { 'bare libcurl': plain.cpu['bare libcurl'], 'bare SQLite': plain.cpu['bare SQLite'] };
  return [
    { goal: '10', what: 'webhook deliveries per CPU second, durable records included, against node-fetch without records',
      pass: 3.5, stretch: 5, ...plain.rival },
    { goal: '10', what: 'the same against a bare libcurl multi loop', pass: 0.5, stretch: 0.8, ...plain['bare libcurl'] },
    bound('10', 'libcurl and SQLite alone, without a server around them,', bare, plain.cpu),
    { goal: '11', what: 'script runs with delivery per CPU second, durable records included, against isolated-vm and node-fetch without',
      pass: 1.4, stretch: 2, ...scripted.rival },
    bound('11', 'libcurl, SQLite and the script workers alone, without a server around them,', { ...bare, workers: scripted.workers }, scripted.cpu),
    await warm_runs(bench),
  ];
}
