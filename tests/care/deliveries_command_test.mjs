// gantry deliveries: the log of deliveries for the machine's own shell, also live, and a time range
// made again with one command.

import { spawn } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';

import { care, cared, check_refusal } from '../support/care.mjs';
import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { binary_path } from '../support/test_server.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world();
const kFlood = { urls: 50, posts: 60 };     // two states each: far more than a listener's queue holds

const rows_of = (stdout) => stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));

async function listed(...args) {
  const end = await care(w.server.data, 'deliveries', '--json', ...args);
  expect(end.code === 0, `ended with ${end.code}: ${end.stderr}`);
  return rows_of(end.stdout);
}

// A `gantry deliveries --follow` that runs until it is ended.
function follow(t, ...args) {
  const child = spawn(binary_path(), ['deliveries', '--follow', '--data', w.server.data, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const follower = { child, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => { follower.stdout += chunk; });
  child.stderr.on('data', (chunk) => { follower.stderr += chunk; });
  follower.ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  t.after(() => child.kill('SIGKILL'));
  return follower;
}

// Follows as the command does, and gives all lines of the server's answer.
function connect(request) {
  const socket = net.createConnection(path.join(w.server.data, 'control.sock'));
  const connection = { socket, text: '', lines: () => rows_of(connection.text.slice(0, connection.text.lastIndexOf('\n') + 1)) };
  socket.on('data', (chunk) => { connection.text += chunk; });
  socket.on('error', () => {});
  connection.closed = new Promise((resolve) => socket.on('close', resolve));
  if (request) socket.write(`${JSON.stringify(request)}\n`);
  return connection;
}

const is_state = (hook, state) => (row) => row.integrationId === hook.integration._id && row.state === state;

test('a list has each delivery with its end, the newest last', async () => {
  const fine = await bell(w);
  const failing = await bell(w, { retryFailedCalls: false });
  failing.answer({ status: 418 });
  await fine.ring('first');
  await fine.finished();
  await failing.ring('second');
  await failing.finished();
  const rows = await listed('--count', '2');
  expect_parts(rows, [
    { integrationId: fine.integration._id, integration: fine.integration.name, state: 'succeeded', url: w.receiver.url(fine.path), lastStatus: 200 },
    { integrationId: failing.integration._id, state: 'failed', tries: 0, lastStatus: 418, createdAt: any.date }]);
  expect(!('payload' in rows[0]), 'it shows what was written');
  expect_json(await listed('--integration', fine.integration._id), [rows[0]]);
  expect_json(await listed('--integration', failing.integration.name), [rows[1]]);
  expect_json(await listed('--state', 'failed', '--count', '1'), [rows[1]]);
  expect_json(await listed('--count', '0'), []);
  const lines = (await care(w.server.data, 'deliveries', '--count', '2')).stdout.trimEnd().split('\n');
  expect(lines.length === 2 && lines[0].includes('succeeded') && lines[1].includes('failed') && lines[1].includes('418') && lines[1].includes(rows[1]._id), lines.join('\n'));
});

test('without a server the list is the same', async () => {
  const hook = await bell(w);
  await hook.ring();
  await hook.finished();
  const before = await listed();
  await w.server.stop();
  expect_json(await listed(), before);
  check_refusal(await care(w.server.data, 'deliveries', '--follow'), 2, w.server.data, 'gantry serve');
  await w.server.restart();
  await w.connect();
});

test('what cannot be asked is refused with what can', async () => {
  check_refusal(await care(w.server.data, 'deliveries', '--state', 'lost'), 2, 'queued', 'dropped');
  check_refusal(await care(w.server.data, 'deliveries', '--integration', 'nobody'), 2, 'nobody');
  check_refusal(await care(w.server.data, 'deliveries', '--follow', '--state', 'lost'), 2, 'queued');
  check_refusal(await care(w.server.data, 'deliveries', '--count', '1001'), 2, '--count');
  check_refusal(await care(w.server.data, 'deliveries', 'redeliver', '--from', '2026-01-01'), 2, '--to');
  check_refusal(await care(w.server.data, 'deliveries', 'redeliver', '--from', 'today', '--to', '2026-01-01'), 2, '"from" query parameter must be a valid date');
  const twice = await bell(w, { name: 'same name' });
  await bell(w, { name: 'same name' });
  check_refusal(await care(w.server.data, 'deliveries', '--integration', 'same name'), 2, 'several');
  expect_json(await listed('--integration', twice.integration._id), []);
});

test('a follower sees each state when it is reached', async (t) => {
  const before = await bell(w);
  await before.ring();
  await before.finished();
  const hook = await bell(w, { retryFailedCalls: true, retryCount: 3 });
  const failures = follow(t, '--json', '--state', 'failed,retrying');
  const all = follow(t, '--json', '--count', '1');
  await eventually('what was before', () => rows_of(all.stdout).some(is_state(before, 'succeeded')));
  await eventually('the other follower', () => failures.stdout.length > 0 || failures.child.pid);
  hook.answer({ body: { text: 'reply' } }, { status: 500 });
  await hook.ring('one');
  await eventually('its end', () => rows_of(all.stdout).some(is_state(hook, 'succeeded')));
  await hook.ring('two');
  await eventually('its retry', () => rows_of(all.stdout).some(is_state(hook, 'retrying')));
  const retrying = await eventually('the retry', () => rows_of(failures.stdout).find(is_state(hook, 'retrying')));
  expect_parts(retrying, { lastStatus: 500, tries: 1, nextAt: any.date, at: any.date, integration: hook.integration.name });
  await w.admin.must_post('/api/v1/integrations.cancelDelivery', { deliveryIds: [retrying._id] });
  await eventually('it dropped', () => rows_of(all.stdout).some(is_state(hook, 'dropped')));
  const states = rows_of(all.stdout).filter((row) => row.integrationId === hook.integration._id).map((row) => row.state);
  expect_json(states, ['queued', 'succeeded', 'queued', 'retrying', 'dropped']);
  expect(rows_of(failures.stdout).filter((row) => row.integrationId === hook.integration._id).length === 1, failures.stdout);
});

test('followers that go and followers that stay do not keep the server from stopping', async (t) => {
  const gone = follow(t);
  const staying = follow(t);
  const silent = connect();     // it asks for nothing
  const hook = await bell(w);
  await hook.ring();
  await eventually('both', () => [gone, staying].every((one) => one.stdout.includes(hook.integration.name)));
  gone.child.kill('SIGKILL');
  await gone.ended;
  await hook.ring('again');
  await hook.received(2);
  const from = performance.now();
  await w.server.stop();
  expect(performance.now() - from < 8_000, 'it waited for them');
  expect_json(await staying.ended, { code: 0, signal: null });
  await silent.closed;
  await w.server.restart();
  await w.connect();
});

test('who reads too slowly misses states and is told how many; nothing else waits', async () => {
  const urls = Array.from({ length: kFlood.urls }, (_, number) => w.receiver.url(`/flood-${number}`));
  const hook = await bell(w, { urls });
  const slow = connect({ command: 'deliveries.follow', count: 0 });
  await eventually('its beginning', () => slow.lines().length > 0);
  slow.socket.pause();
  for (let number = 0; number < kFlood.posts; ++number) await hook.ring(`flood ${number}`);
  const made = kFlood.urls * kFlood.posts;
  await eventually('all deliveries', async () => (await w.admin.must_get('/api/v1/integrations.deliveries.count',
    { integrationId: hook.integration._id })).states.succeeded === made, 60_000);
  slow.socket.resume();
  await hook.ring('after the flood');
  const missed = await eventually('the count', () => slow.lines().find((line) => line.missed));
  expect(missed.missed > 0 && missed.missed < 2 * made, JSON.stringify(missed));
  slow.socket.destroy();
});

test('a time range is made again with one command, counted first', async () => {
  const hook = await bell(w);
  const other = await bell(w);
  const waiting = await bell(w);
  waiting.answer({ status: 500 });
  await hook.ring('early');
  await hook.finished();
  const rows = await listed('--integration', hook.integration._id);
  const from = new Date(Date.parse(rows[0].createdAt) + 1).toISOString();
  await eventually('the next millisecond', () => Date.now() > Date.parse(from));
  for (const text of ['one', 'two', 'three']) await hook.ring(text);
  await other.ring('other');
  await waiting.ring('waits for its retry');
  await waiting.step('going-to-retry-1');
  await eventually('all ended', async () => (await listed('--integration', hook.integration._id, '--state', 'succeeded')).length === 4);
  await other.finished();
  const to = new Date().toISOString();
  await eventually('a later millisecond', () => Date.now() > Date.parse(to));
  const range = ['deliveries', 'redeliver', '--from', from, '--to', to];

  expect_parts(await cared(w.server.data, ...range, '--dry-run'), { count: 4, redelivered: any.absent });
  expect_parts(await cared(w.server.data, ...range, '--dry-run', '--integration', hook.integration.name), { count: 3, states: { succeeded: 3, retrying: 0 } });
  expect_parts(await cared(w.server.data, ...range, '--integration', hook.integration._id), { count: 3, redelivered: 3 });
  await hook.received(7);
  expect_json(hook.requests().slice(4).map((one) => one.json.text).sort(), ['one', 'three', 'two']);
  expect_parts(await cared(w.server.data, ...range), { count: 4, redelivered: 4 });
  await other.received(2);
  await hook.received(10);
  expect(other.requests().length === 2 && hook.requests().length === 10, 'too many were made again');
});
