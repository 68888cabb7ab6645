// gantry.status and `gantry status`: how the server is, for who operates it.

import net from 'node:net';

import { care, cared, check_refusal, temporary } from '../support/care.mjs';
import { any, expect, expect_json, expect_parts, matching } from '../support/expect.mjs';
import { call_hook, create_scripted, script_of } from '../support/hooks.mjs';
import { bell } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({ server: { binary: 'testing' } });
const path = '/api/v1/gantry.status';
const retrying = { retryFailedCalls: true, retryCount: 6, retryDelay: 'powers-of-ten' };
const status = () => w.admin.must_get(path);
const advance = (ms) => w.server.control({ command: 'advance-clock', ms });
const until = (what, wanted) => eventually(what, async () => {
  const now = await status();
  return wanted(now) && now;
});

// A port on which nobody listens.
const closed_port = () => new Promise((resolve) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

test('tells of a server that has nothing to do', async () => {
  const now = await status();
  expect_parts(now, {
    success: true, version: matching(/^\d+\.\d+\.\d+$/), startedAt: any.date, uptimeSeconds: any.number,
    store: { bytes: any.number, logBytes: any.number, writeQueue: any.number, failedCommits: 0 },
    deliveries: { open: 0, due: 0, running: 0, retrying: 0, paused: false, oldestOpenAt: any.absent,
                  openCircuits: { count: 0, targets: [] } },
    scripts: { workers: any.number, started: any.number, killed: 0, failed: 0, queued: 0 },
    incoming: { overHookAndClientLimit: 0, overHookLimit: 0, overClientLimit: 0 },
    http: { connections: any.number, timedOut: 0, bodiesTooLarge: 0 },
    pruning: { removed: 0, caughtUp: true }, lastBackup: any.absent });
  expect(now.store.bytes > 0 && now.http.connections > 0, JSON.stringify(now));
});

test('only who may see the statistics may read it', async () => {
  const plain = await w.create_caller('plain');
  const operator = await w.create_caller('operator', { rights: ['view-statistics'] });
  expect_json([(await w.anonymous.get(path)).status, (await plain.get(path)).status, (await operator.get(path)).status], [401, 403, 200]);
});

test('counts what waits, what runs, and what cannot be reached, and says since when', async () => {
  const port = await closed_port();
  const dead = await bell(w, { ...retrying, urls: [`http://127.0.0.1:${port}/secret-path?token=secret`] });
  const slow = await bell(w);
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  slow.answer(async () => { await released; return {}; });
  const before = Date.parse((await w.post(dead.room, 'first')).ts);
  for (let number = 0; number < 6; ++number) await dead.ring(`${number}`);
  await slow.ring('runs');
  await slow.ring('waits in line');
  await slow.received(1);
  const now = await until('the circuit to open', ({ deliveries }) => deliveries.openCircuits.count === 1 && deliveries.running === 1);
  expect_parts(now.deliveries, { open: 9, oldestOpenAt: any.date, oldestOpenSeconds: any.number,
                                 openCircuits: { count: 1, targets: [`http://127.0.0.1:${port}`] } });
  expect(Date.parse(now.deliveries.oldestOpenAt) >= before && now.deliveries.due + now.deliveries.retrying === 8, JSON.stringify(now));
  await advance(5_000);
  expect((await status()).deliveries.oldestOpenSeconds >= 5, 'its age grows with the clock');
  expect(!JSON.stringify(now).includes('secret'), 'no path of a target is told');
  release();
  const open = async (state) => (await w.admin.must_get('/api/v1/integrations.deliveries', { integrationId: dead.integration._id, state })).deliveries;
  const ids = [...await open('queued'), ...await open('retrying')].map((row) => row._id);
  await w.admin.must_post('/api/v1/integrations.cancelDelivery', { deliveryIds: ids });
  await until('an end of all', ({ deliveries }) => deliveries.open === 0 && deliveries.running === 0 && deliveries.due === 0);
});

test('tells of script workers and what holds them', async () => {
  const hook = await create_scripted(w, script_of('while (true) {}'));
  await call_hook(w, hook, {});
  const { scripts } = await until('a worker to greet', (now) => now.scripts.isolated !== undefined);
  expect(scripts.started >= 1, JSON.stringify(scripts));
  const told = w.server.log.filter((line) => line.includes('script workers have no namespaces'));
  expect_json([told.length, typeof scripts.notIsolatedBecause], scripts.isolated ? [0, 'undefined'] : [1, 'string']);
});

test('counts what was pruned', async () => {
  const hook = await bell(w);
  await hook.ring('old');
  await hook.finished();
  const before = (await status()).pruning.removed;
  await advance(31 * 24 * 3_600_000);
  const { pruning } = await until('the pruning', (now) => now.pruning.removed >= before + 2);
  expect_parts(pruning, { lastRunAt: any.date, caughtUp: true });
});

test('the command tells the same, with the time of the last backup', async (t) => {
  const made = await cared(w.server.data, 'backup', `${temporary(t, 'status')}/team.tar`);
  const now = await cared(w.server.data, 'status');
  expect_parts(now, { lastBackup: { at: any.date, bytes: made.bytes }, version: any.string });
  expect_json(Object.keys(now).sort(), Object.keys(await status()).filter((key) => key !== 'success').sort());
  await w.crash_and_restart();
  expect_json((await status()).lastBackup, now.lastBackup);
});

test('without a server the command says so', async (t) => {
  check_refusal(await care(temporary(t, 'nothing'), 'status'), 2, 'no server runs', 'gantry serve');
});
