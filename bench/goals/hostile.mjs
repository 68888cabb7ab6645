// Goal 14 and what harm costs the neighbours: scripts that never end, and targets that are dead or
// slow, beside those that work.

import net from 'node:net';

import { kText, make_hooked_group, poster } from '../lib/deliveries.mjs';
import { Gantry, copy_of } from '../lib/gantry.mjs';
import { sleep, until } from '../lib/processes.mjs';
import { Receiver } from '../lib/receiver.mjs';
import { build_report, incoming_script } from '../lib/scripts.mjs';
import { median, ratios, spread } from '../lib/stats.mjs';
import { workspace } from '../lib/workspace.mjs';

export const about = { name: 'hostile', goals: ['14'] };

const kCpuLimitMs = 3000;  // of a call
const kNeighbourEachMs = 20;
const kHostileAtOnce = 2;
const kHealthyPostMs = 50;
const kBadTargets = 50;  // dead ones, and as many slow
const kSlowMs = 5000;
const kBadPosts = 20;

const doing = (body) => `class Script { process_incoming_request({ request }) { ${body} } }`;

// Each uses up its time in another part of the engine.
const kEndless = {
  loop: doing('for (;;) {}'),
  'loop that catches': doing('for (;;) { try { for (;;) {} } catch (e) {} finally { continue; } }'),
  'regular expression': doing("return { content: { text: String(/^(a+)+$/.test('a'.repeat(40) + '!')) } };"),
  'big number': doing('return { content: { text: String((7n ** 9999999n) % 13n) } };'),
  promises: doing('const again = () => Promise.resolve().then(again); return again();'),
  'builtin that never asks': doing('const list = []; list.length = 4294967295; return { content: { text: String(list.indexOf(1)) } };'),
  getter: doing('return { get content() { for (;;) {} } };'),
  sort: doing('for (;;) Array.from({ length: 1e5 }, Math.random).sort(() => Math.random() - 0.5);'),
};

const p99 = (taken) => [...taken].sort((a, b) => a - b)[Math.floor(taken.length * 0.99)];

async function hook_of(admin, name, script) {
  const { integration } = await admin.post('/api/v1/integrations.create', { type: 'webhook-incoming', name, enabled: true, username: 'rocket.cat',
    channel: '#general', scriptEnabled: true, script });
  return `/hooks/${integration._id}/${integration.token}`;
}

async function call(server, target, body) {
  const started = performance.now();
  const answer = await server.anonymous.send('POST', target, body, {});
  return { ms: performance.now() - started, status: answer.status };
}

// {ms of each}
async function neighbours(server, target, seconds) {
  const taken = [];
  const started = performance.now();
  for (let at = 0; performance.now() - started < seconds * 1000; ++at) {
    const due = started + at * kNeighbourEachMs;
    if (due > performance.now()) await sleep(due - performance.now());
    const { ms, status } = await call(server, target, build_report({ quiet: true }));
    if (status !== 200) throw new Error(`a good script's hook answered ${status}`);
    taken.push(ms);
  }
  return { p50_ms: median(taken), p99_ms: p99(taken) };
}

async function scripts(bench, server, admin) {
  const good = await hook_of(admin, 'good', incoming_script);
  const hooks = {};
  for (const [name, script] of Object.entries(kEndless)) hooks[name] = await hook_of(admin, name, script);
  await neighbours(server, good, bench.warm_seconds);
  const over = [], by_kind = {};
  let aborts = 0;
  for (let round = 0; round < (bench.quick ? 1 : 3); ++round) {
    for (const [name, target] of Object.entries(hooks)) {
      const { ms, status } = await call(server, target, {});
      if (status !== 400) throw new Error(`the script "${name}" was answered ${status}`);
      over.push(ms - kCpuLimitMs);
      by_kind[name] = Math.max(by_kind[name] ?? -Infinity, ms - kCpuLimitMs);
      if (server.child.end) ++aborts;
    }
  }
  const quiet = [], beside = [];
  for (let round = 0; round < bench.rounds; ++round) {
    quiet.push(await neighbours(server, good, bench.seconds));
    let going = true;
    const hostile = Array.from({ length: kHostileAtOnce }, async () => { while (going) await call(server, hooks.loop, {}); });
    await sleep(500);
    beside.push(await neighbours(server, good, bench.seconds));
    going = false;
    await Promise.all(hostile);
  }
  if (server.child.end) ++aborts;
  const of = (list, key) => list.map((round) => round[key]);
  const most = Object.entries(by_kind).map(([name, ms]) => [`${name} ms`, ms]);
  return [
    { goal: '14', what: `aborts of the server by ${over.length} runs of scripts that never end`, value: spread([aborts]), unit: '', pass: 0, stretch: 0, better: 'less' },
    { goal: '14', what: 'answer after the 3 s of computing that a call has, the latest of each kind of endless script', value: spread(Object.values(by_kind)), unit: 'ms',
      pass: 75, stretch: 25, better: 'less', figures: Object.fromEntries(most) },
    { goal: '14', what: `median latency of a good script's hook beside ${kHostileAtOnce} endless scripts on the same core, against quiet`,
      value: ratios(of(beside, 'p50_ms'), of(quiet, 'p50_ms')), unit: 'x', pass: 2, stretch: 1.3, better: 'less',
      figures: { 'quiet p50 ms': spread(of(quiet, 'p50_ms')), 'beside p50 ms': spread(of(beside, 'p50_ms')),
                 'quiet p99 ms': spread(of(quiet, 'p99_ms')), 'beside p99 ms': spread(of(beside, 'p99_ms')) } },
  ];
}

// Takes connections, and answers late or never.
async function bad_target(answer_ms) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {
      if (answer_ms) setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'), answer_ms);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/hook`, close: () => server.close() };
}

// From a post to the arrival of its delivery at the healthy target.
async function healthy(receiver, post, seconds) {
  const taken = [];
  const started = performance.now();
  for (let at = 0; performance.now() - started < seconds * 1000; ++at) {
    const due = started + at * kHealthyPostMs;
    if (due > performance.now()) await sleep(due - performance.now());
    const sent = performance.now(), before = receiver.received;
    const arrival = receiver.next();
    await post();
    await arrival;
    if (receiver.received === before) throw new Error('nothing arrived');
    taken.push(performance.now() - sent);
  }
  return { p50_ms: median(taken), p99_ms: p99(taken) };
}

async function targets(bench, server, admin, receiver) {
  const good = poster(admin, await make_hooked_group(admin, 'healthy', 1, receiver.url));
  const bad = await Promise.all(Array.from({ length: 2 * kBadTargets }, (_, at) => bad_target(at % 2 ? kSlowMs : 0)));
  const { group } = await admin.post('/api/v1/groups.create', { name: 'troubled', members: [] });
  for (const [at, { url }] of bad.entries()) {
    await admin.post('/api/v1/integrations.create', { type: 'webhook-outgoing', name: `bad ${at}`, enabled: true, username: 'rocket.cat',
      channel: '#troubled', event: 'sendMessage', urls: [url], scriptEnabled: false });
  }
  try {
    await healthy(receiver, good, bench.warm_seconds);
    const quiet = [], beside = [];
    for (let round = 0; round < bench.rounds; ++round) quiet.push(await healthy(receiver, good, bench.seconds));
    for (let at = 0; at < kBadPosts; ++at) await poster(admin, group)();
    await until('the bad targets to be busy', async () => (await server.metric('gantry_delivery_running')) >= kBadTargets);
    for (let round = 0; round < bench.rounds; ++round) beside.push(await healthy(receiver, good, bench.seconds));
    const waiting = await server.metric('gantry_delivery_waiting'), running = await server.metric('gantry_delivery_running');
    const of = (list, key) => list.map((round) => round[key]);
    return { goal: '14', what: `p99 from post to arrival at a healthy target beside ${kBadTargets} dead and ${kBadTargets} slow ones, against quiet`,
             value: ratios(of(beside, 'p99_ms'), of(quiet, 'p99_ms')), unit: 'x', pass: 1.5, stretch: 1.2, better: 'less',
             figures: { 'quiet p99 ms': spread(of(quiet, 'p99_ms')), 'beside p99 ms': spread(of(beside, 'p99_ms')), 'quiet p50 ms': spread(of(quiet, 'p50_ms')),
                        'beside p50 ms': spread(of(beside, 'p50_ms')), 'waiting then': waiting, 'under way then': running } };
  } finally {
    for (const target of bad) target.close();
  }
}

export async function measure(bench) {
  const space = await workspace(bench, 'team');
  const server = await Gantry.start(bench.binary, copy_of(space.data, bench.scratch, 'hostile'));
  const receiver = await Receiver.start((body) => JSON.parse(body).text === kText);
  try {
    const admin = await server.login();
    const rows = [...await scripts(bench, server, admin), await targets(bench, server, admin, receiver)];
    admin.close();
    return rows;
  } finally {
    await server.stop();
    await receiver.stop();
  }
}
