// runner: minutes 6
// A server that is killed in the middle of ten thousand deliveries: all are made, the records say
// what became of each, and the whole range is made again with one command.

import { care, cared } from '../support/care.mjs';
import { expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kUrls = 50;
const kPosts = 200;
const kDeliveries = kUrls * kPosts;
const kPage = 100;

const w = use_world();

const counted = async (hook) => (await w.admin.must_get('/api/v1/integrations.deliveries.count', { integrationId: hook.integration._id })).states;

async function all_rows(hook) {
  const rows = [];
  for (let offset = 0; offset < kDeliveries; offset += kPage) {
    const page = await w.admin.must_get('/api/v1/integrations.deliveries', { integrationId: hook.integration._id, count: kPage, offset });
    rows.push(...page.deliveries);
  }
  return rows;
}

// How often each pair of address and text arrived.
function arrivals(from = 0) {
  const found = new Map();
  for (const { path, json } of w.receiver.requests.slice(from)) {
    const key = `${path} ${json.text}`;
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  return found;
}

test('killed in the middle of 10,000 deliveries: all arrive, all have records, all are made again by one command', { within_ms: 300_000 }, async () => {
  const paths = Array.from({ length: kUrls }, (_, number) => `/target-${number}`);
  const hook = await bell(w, { urls: paths.map((path) => w.receiver.url(path)) });
  const from = new Date().toISOString();
  for (let number = 0; number < kPosts; ++number) await hook.ring(`post ${number}`);
  const to = new Date().toISOString();
  await eventually('the middle', () => w.receiver.requests.length > kDeliveries / 4, 60_000);
  await w.server.kill();
  const at_kill = w.receiver.requests.length;
  expect(at_kill < kDeliveries, `all ${at_kill} were made before the server was killed`);
  expect_json((await cared(w.server.data, 'check')).findings, []);
  await w.server.restart();
  await w.connect();
  await eventually('all ended', async () => (await counted(hook)).succeeded === kDeliveries, 120_000);

  const wanted = paths.flatMap((path) => Array.from({ length: kPosts }, (_, number) => `${path} post ${number}`));
  const arrived = arrivals();
  expect_json(wanted.filter((key) => !arrived.has(key)), []);
  expect(arrived.size === kDeliveries, 'something else arrived');
  const rows = await all_rows(hook);
  expect(new Set(rows.map((row) => row._id)).size === kDeliveries, `${rows.length} rows`);
  expect_json(rows.filter((row) => row.state !== 'succeeded' || row.lastStatus !== 200), []);
  const shown = await care(w.server.data, 'deliveries', '--json', '--count', '1000', '--state', 'succeeded', '--integration', hook.integration._id);
  expect_json(shown.stdout.trimEnd().split('\n').map((line) => JSON.parse(line)._id).reverse(), rows.slice(0, 1000).map((row) => row._id));

  const seen = w.receiver.requests.length;
  const again = ['deliveries', 'redeliver', '--from', from, '--to', to];
  expect_parts(await cared(w.server.data, ...again, '--dry-run'), { count: kDeliveries });
  expect_parts(await cared(w.server.data, ...again), { count: kDeliveries, redelivered: kDeliveries });
  await eventually('all again', async () => (await counted(hook)).succeeded === 2 * kDeliveries, 120_000);
  const second = arrivals(seen);
  expect_json(wanted.filter((key) => second.get(key) !== 1), []);
  expect_json((await cared(w.server.data, 'check')).findings, []);
});
