// Ten million recorded attempts, a month of a busy workspace: what reading and filtering them costs
// against ten thousand, and what posts cost while most of them are pruned.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';

import { kText, make_hooked_group, poster } from '../lib/deliveries.mjs';
import { Gantry, copy_of, kAdminPassword } from '../lib/gantry.mjs';
import { sleep, until } from '../lib/processes.mjs';
import { Receiver } from '../lib/receiver.mjs';
import { interleaved, median, ratios, spread } from '../lib/stats.mjs';
import { workspace } from '../lib/workspace.mjs';

export const about = { name: 'records', goals: ['records'] };

const kFew = 10_000;
const kMany = 10_000_000;
const kQuickMany = 200_000;
const kHooks = 64;
const kDayMs = 86_400_000;
const kMonthMs = 29 * kDayMs;  // within what is kept by default
const kReads = 200;
const kFailedEach = 100;  // every hundredth failed
const kPostEachMs = 5;
const kPruneStartMs = 90_000;

// No limit but the age, until pruning is measured.
const kKeepAll = { OVERWRITE_SETTING_Integrations_History_Max: '0', OVERWRITE_SETTING_Integrations_History_Max_Bytes: '0' };

// Copies of what one post left, spread over the last month.
function fill(database, count, now) {
  execFileSync('sqlite3', ['-bail', database], { input: `
PRAGMA synchronous=OFF;
PRAGMA cache_size=-400000;
CREATE TEMP TABLE model AS SELECT row_number() OVER (ORDER BY deliveries.sequence) - 1 AS number, deliveries.integration, deliveries.extra AS sent, maker, history.extra AS told
  FROM deliveries JOIN history ON history.delivery = deliveries.id;
CREATE UNIQUE INDEX temp.by_number ON model (number);
DELETE FROM deliveries;
DELETE FROM history;
CREATE TEMP TABLE numbers (number INTEGER PRIMARY KEY);
WITH RECURSIVE up(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM up WHERE number < ${count - 1}) INSERT INTO numbers SELECT number FROM up;
INSERT INTO deliveries (id, integration, state, tries, next_at, created_at, extra)
  SELECT printf('A%015dd', numbers.number), integration, iif(numbers.number % ${kFailedEach}, 2, 3), 0, at, at, sent
  FROM (SELECT number, ${now - kMonthMs} + CAST(number * ${kMonthMs / count} AS INTEGER) AS at FROM numbers) AS numbers JOIN model ON model.number = numbers.number % ${kHooks} ORDER BY numbers.number;
INSERT INTO history (id, delivery, integration, maker, finished, updated_at, extra)
  SELECT printf('A%015dh', numbers.number), printf('A%015dd', numbers.number), integration, maker, 1, at, told
  FROM (SELECT number, ${now - kMonthMs} + CAST(number * ${kMonthMs / count} AS INTEGER) AS at FROM numbers) AS numbers JOIN model ON model.number = numbers.number % ${kHooks} ORDER BY numbers.number;
PRAGMA wal_checkpoint(TRUNCATE);
` });
}

async function prepare(bench, receiver, name, count) {
  const space = await workspace(bench, 'team');
  const data = copy_of(space.data, bench.scratch, name);
  const server = await Gantry.start(bench.binary, data);
  const admin = await server.login();
  const group = await make_hooked_group(admin, 'records', kHooks, receiver.url);
  const { integrations } = await admin.get(`/api/v1/groups.getIntegrations?roomId=${group._id}&count=1`);
  const first = receiver.received;
  await poster(admin, group)();
  await until('the first deliveries', () => receiver.received - first === kHooks);
  await sleep(500);
  // A room without webhooks, for the posts beside the pruning.
  const { group: quiet } = await admin.post('/api/v1/groups.create', { name: 'quiet', members: [] });
  admin.close();
  await server.stop();
  const now = Date.now();
  fill(path.join(data, 'gantry.db'), count, now);
  return { data, quiet, now, integration: integrations[0]._id };
}

async function median_us(admin, target, is_right) {
  const taken = [];
  for (let at = 0; at < kReads; ++at) {
    const started = performance.now();
    const answer = await admin.get(target);
    taken.push((performance.now() - started) * 1000);
    if (!is_right(answer)) throw new Error(`a wrong answer to ${target}: ${JSON.stringify(answer).slice(0, 300)}`);
  }
  return { p50_us: median(taken) };
}

// Evenly spaced posts, one at a time: {p50_us, p99_us}.
async function posts(admin, group, seconds) {
  const taken = [];
  const started = performance.now();
  for (let at = 0; performance.now() - started < seconds * 1000; ++at) {
    const due = started + at * kPostEachMs;
    if (due > performance.now()) await sleep(due - performance.now());
    const sent = performance.now();
    await poster(admin, group)();
    taken.push((performance.now() - sent) * 1000);
  }
  taken.sort((a, b) => a - b);
  return { p50_us: taken[taken.length >> 1], p99_us: taken[Math.floor(taken.length * 0.99)] };
}

const rows_of = (data) => Number(execFileSync('sqlite3', ['-readonly', path.join(data, 'gantry.db'), 'SELECT count(*) FROM history'],
                                              { encoding: 'utf8' }));

export async function measure(bench) {
  const many = bench.quick ? kQuickMany : kMany;
  const receiver = await Receiver.start((body) => JSON.parse(body).text === kText);
  const servers = [];
  try {
    const sides = {};
    for (const [name, count] of [['few', kFew], ['many', many]]) {
      const started = performance.now();
      const made = await prepare(bench, receiver, `records-${name}`, count);
      bench.say(`  ${count} records made in ${Math.round((performance.now() - started) / 1000)} s`);
      const server = await Gantry.start(bench.binary, made.data, { env: kKeepAll });
      servers.push(server);
      sides[name] = { ...made, server, admin: await server.login(), each: count / kHooks };
    }
    // The same part of the time for both, of which the fewer have fewer.
    const since = (side, days) => new Date(side.now - days * kDayMs).toISOString();
    const kinds = {
      'the newest 50 deliveries of an integration': (side) => [`integrations.deliveries?integrationId=${side.integration}&count=50`,
                                                               ({ deliveries }) => deliveries.length === 50],
      '50 failed ones': (side) => [`integrations.deliveries?integrationId=${side.integration}&state=failed&count=50`,
                                   ({ deliveries }) => deliveries.every(({ state }) => state === 'failed')],
      '50 of one day in the middle': (side) => [`integrations.deliveries?integrationId=${side.integration}&from=${since(side, 15)}&to=${since(side, 14)}&count=50`,
                                                ({ deliveries }) => deliveries.length > 0],
      'the latest 50 history entries': (side) => [`integrations.history?id=${side.integration}&count=50`, ({ history }) => history.length === 50],
    };
    const rows = [];
    for (const [words, asked] of Object.entries(kinds)) {
      const figures = await interleaved(bench.rounds, Object.entries(sides).map(([name, side]) => ({ name, measure: () => {
        const [target, is_right] = asked(side);
        return median_us(side.admin, `/api/v1/${target}`, is_right);
      } })), bench.progress);
      const p50 = (name) => figures[name].map((round) => round.p50_us);
      rows.push({ goal: 'records', what: `${words}, of ${many.toLocaleString('en')} attempts against ${kFew.toLocaleString('en')}: median latency`,
                  value: ratios(p50('many'), p50('few')), unit: 'x', better: 'less', figures: { 'few us': spread(p50('few')), 'many us': spread(p50('many')) } });
    }
    rows.push(await pruning(bench, sides.many, many));
    return rows;
  } finally {
    for (const server of servers) await server.stop();
    await receiver.stop();
  }
}

async function pruning(bench, side, many) {
  const { admin, quiet, data } = side;
  const rounds = async () => {
    const out = [];
    for (let at = 0; at < bench.rounds; ++at) out.push(await posts(admin, quiet, bench.seconds));
    return out;
  };
  const before = await rounds();
  // Settings ask for the password once more.
  const code = createHash('sha256').update(kAdminPassword).digest('hex');
  const answer = await admin.send('POST', '/api/v1/settings/Integrations_History_Max', { value: many / kHooks / 10 },
                                  { ...admin.headers(), 'X-2fa-Code': code, 'X-2fa-Method': 'password' });
  if (answer.status !== 200) throw new Error(`the setting was refused: ${answer.bytes}`);
  const full = rows_of(data);
  await until('pruning', () => rows_of(data) < full, kPruneStartMs);
  const [started, left] = [performance.now(), rows_of(data)];
  const during = await rounds();
  const pruned = (left - rows_of(data)) * 1000 / (performance.now() - started);
  const of = (list, key) => list.map((round) => round[key]);
  return { goal: 'records', what: 'p99 of a post while nine tenths of them are pruned, against before',
           value: ratios(of(during, 'p99_us'), of(before, 'p99_us')), unit: 'x', better: 'less',
           figures: { 'before p50 us': spread(of(before, 'p50_us')), 'during p50 us': spread(of(during, 'p50_us')), 'before p99 us': spread(of(before, 'p99_us')),
                      'during p99 us': spread(of(during, 'p99_us')), 'attempts pruned/s': pruned } };
}
