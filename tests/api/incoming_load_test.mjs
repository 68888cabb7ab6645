// What keeps calls of hooks from being too many, too large or too slow.

import net from 'node:net';

import { expect, expect_json, expect_parts, matching } from '../support/expect.mjs';
import { call_hook, newest, refusal, success } from '../support/hooks.mjs';
import { eventually } from '../support/patience.mjs';
import { RawSocket } from '../support/raw_socket.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const free_port = () => new Promise((resolve) => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

const metrics_port = await free_port();
const w = use_world({ receiver: false,
  server: { limiter: 'default', args: ['--metrics-listen', `127.0.0.1:${metrics_port}`],
            env: { GANTRY_HEADER_SECONDS: '1', GANTRY_BODY_SECONDS: '1' } } });

const settings = { one: 'Integrations_Incoming_Limit_Calls', hook: 'Integrations_Incoming_Limit_Hook',
                   client: 'Integrations_Incoming_Limit_Address', body: 'Integrations_Incoming_Body_Max' };
const kTrickleMs = 20;
let clients = 0;

// An address that nobody else calls from.
const some_client = () => `198.51.100.${++clients}`;
const from = (client) => ({ headers: { 'X-Real-IP': client } });
const status_of = (answer) => answer.status;

async function set_for_now(t, id, value, usual) {
  await w.set_setting(id, value);
  t.after(() => w.set_setting(id, usual));
}

async function metric(name) {
  const page = await (await fetch(`http://127.0.0.1:${metrics_port}/metrics`)).text();
  const line = page.split('\n').find((one) => one.startsWith(`${name} `));
  expect(line !== undefined, `no ${name} in ${page}`);
  return Number(line.split(' ').at(-1));
}

const refused_by = (limit) => metric(`gantry_calls_over_limit_total{limit="${limit}"}`);

async function statuses(count, call) {
  const out = [];
  for (let i = 0; i < count; ++i) out.push((await call(i)).status);
  return out;
}

function expect_refused(answer, limit) {
  expect_json(answer.json, { success: false, error: /^Error, too many requests\. .* \[error-too-many-requests\]$/ });
  expect_parts(answer.headers, { 'x-ratelimit-limit': String(limit), 'x-ratelimit-remaining': '0',
                                 'x-ratelimit-reset': matching(/^\d{13}$/), 'retry-after': matching(/^[1-9]\d*$/) });
  expect(answer.json.error.includes(` ${answer.headers['retry-after']} seconds`), 'the same wait in words and in the header');
}

test('the limit of a hook for one client is a setting that acts at once', async (t) => {
  const hook = await w.create_incoming(), client = some_client();
  const call = () => call_hook(w, hook, { text: 'x' }, from(client));
  const before = await refused_by('hook-and-client');
  await set_for_now(t, settings.one, 3, 0);
  expect_json(await statuses(4, call), [200, 200, 200, 429]);
  expect_refused(await call(), 3);
  expect_json(status_of(await call_hook(w, hook, { text: 'x' }, from(some_client()))), 200);
  await w.set_setting(settings.one, 6);
  const { status, headers } = await call();
  expect_json([status, headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']], [200, '6', '0']);
  await w.set_setting(settings.one, 0);
  expect_json((await call()).headers['x-ratelimit-limit'], '10');
  expect_json(await refused_by('hook-and-client') - before, 2);
});

test('the limit of a hook for all clients is used up by those who know its token', async (t) => {
  const hook = await w.create_incoming(), other = await w.create_incoming();
  const before = await refused_by('hook');
  await set_for_now(t, settings.hook, 4, 0);
  const guess = { ...hook, token: 'x'.repeat(hook.token.length) };
  expect_json(await statuses(8, () => call_hook(w, guess, { text: 'x' }, from(some_client()))), Array(8).fill(404));
  expect_json(await statuses(5, () => call_hook(w, hook, { text: 'x' }, from(some_client()))), [200, 200, 200, 200, 429]);
  expect_refused(await call_hook(w, hook, { text: 'x' }, from(some_client())), 4);
  expect_json(status_of(await call_hook(w, other, { text: 'x' }, from(some_client()))), 200);
  expect_json(await refused_by('hook') - before, 2);
  await w.set_setting(settings.hook, -1);
  expect_json(status_of(await call_hook(w, hook, { text: 'x' }, from(some_client()))), 200);
});

test('the limit of a client counts whatever hooks he calls, also those that are not there', async (t) => {
  const hook = await w.create_incoming(), client = some_client();
  const guess = (number) => w.anonymous.post(`/hooks/guess-${number}/token`, {}, from(client));
  const before = await refused_by('client');
  await set_for_now(t, settings.client, 5, 0);
  expect_json(await statuses(6, guess), [404, 404, 404, 404, 404, 429]);
  expect_refused(await call_hook(w, hook, { text: 'x' }, from(client)), 5);
  expect_json(status_of(await call_hook(w, hook, { text: 'x' }, from(some_client()))), 200);
  expect_json(await refused_by('client') - before, 2);
  await w.set_setting(settings.client, -1);
  expect_json(status_of(await call_hook(w, hook, { text: 'x' }, from(client))), 200);
});

test('without a number of their own, sixty clients or hooks may do what one may', async (t) => {
  await set_for_now(t, settings.one, 1, 0);
  const hook = await w.create_incoming(), client = some_client();
  const by_many = await statuses(61, () => call_hook(w, hook, { text: 'x' }, from(some_client())));
  expect_json(by_many, [...Array(60).fill(200), 429]);
  const of_one = await statuses(61, (number) => w.anonymous.post(`/hooks/other-${number}/token`, {}, from(client)));
  expect_json(of_one, [...Array(60).fill(404), 429]);
});

test('with the limiter off nothing is counted', async (t) => {
  await set_for_now(t, settings.one, 1, 0);
  await set_for_now(t, 'API_Enable_Rate_Limiter', false, true);
  const hook = await w.create_incoming(), client = some_client();
  const answers = [await call_hook(w, hook, { text: 'x' }, from(client)), await call_hook(w, hook, { text: 'x' }, from(client))];
  expect_json(answers.map(status_of), [200, 200]);
  expect(answers.every(({ headers }) => headers['x-ratelimit-limit'] === undefined), 'no headers either');
});

const head_of = (hook, lines) => [`POST ${w.hook_path(hook)} HTTP/1.1`, 'Host: gantry', 'Content-Type: application/json',
                                  ...lines, '', ''].join('\r\n');
const chunk = (text) => `${text.length.toString(16)}\r\n${text}\r\n`;

async function answered(raw) {
  await raw.ended;
  return raw.status;
}

test('a body that says it is too large is refused before it is read', async (t) => {
  const room = await w.create_channel();
  const hook = await w.create_incoming({ channel: `#${room.name}` });
  const before = await metric('gantry_http_bodies_too_large_total');
  await set_for_now(t, settings.body, 1000, 10 * 1024 * 1024);
  const seen = (await newest(w, room))?._id;
  // Not a byte of the body is sent.
  expect_json(await answered(RawSocket.open(w.server.url).write(head_of(hook, ['Content-Length: 1001']))), 413);
  expect_json(await answered(RawSocket.open(w.server.url).write(head_of(hook, ['Content-Length: 1001', 'Expect: 100-continue']))), 413);
  expect_json(await metric('gantry_http_bodies_too_large_total') - before, 2);
  expect_json((await newest(w, room))?._id, seen);
});

test('a body in chunks is refused when it has become too large', async (t) => {
  const hook = await w.create_incoming();
  await set_for_now(t, settings.body, 1000, 10 * 1024 * 1024);
  const chunked = head_of(hook, ['Transfer-Encoding: chunked']);
  // The size of a chunk is enough; its bytes do not come.
  expect_json(await answered(RawSocket.open(w.server.url).write(`${chunked}3e9\r\n`)), 413);
  const in_parts = RawSocket.open(w.server.url).write(chunked);
  for (let i = 0; i < 11; ++i) in_parts.write(chunk('x'.repeat(100)));
  expect_json(await answered(in_parts), 413);
});

test('what just fits is taken, and a changed size acts at once', async (t) => {
  const room = await w.create_channel();
  const hook = await w.create_incoming({ channel: `#${room.name}` });
  const sized = (size) => JSON.stringify({ text: '' }).replace('""', `"${'x'.repeat(size - 11)}"`);
  const call = (size) => w.anonymous.post(w.hook_path(hook), undefined, { raw: { type: 'application/json', text: sized(size) }, ...from(some_client()) });
  await set_for_now(t, settings.body, 1000, 10 * 1024 * 1024);
  expect_json((await call(1000)).json, success);
  expect_json((await newest(w, room)).msg.length, 1000 - 11);
  expect_json(status_of(await call(1001)), 413);
  await w.set_setting(settings.body, 2000);
  expect_json((await call(1001)).json, success);
  await w.set_setting(settings.body, 0);
  expect_json((await call(4000)).json, success);
  // Other calls have limits of their own.
  await w.set_setting(settings.body, 1000);
  await w.post(room, 'x'.repeat(3000));
});

test('clients that trickle are cut off, and cost the others nothing', async () => {
  const room = await w.create_channel();
  const hook = await w.create_incoming({ channel: `#${room.name}` });
  await w.set_setting('API_Enable_Rate_Limiter', false);
  const long = 'x'.repeat(100_000);
  const kinds = {
    'never says a word': [() => '', () => ''],
    'trickles its head': [() => 'POST /hooks/', () => 'x'],
    'trickles headers': [() => head_of(hook, []).slice(0, -2), (number) => `X-Next-${number}: 1\r\n`],
    'trickles its body': [() => head_of(hook, [`Content-Length: ${long.length}`]), () => 'x'],
    'trickles chunks': [() => head_of(hook, ['Transfer-Encoding: chunked']), () => chunk('x')],
    'stops in its body': [() => `${head_of(hook, [`Content-Length: ${long.length}`])}{"te`, () => ''],
  };
  const slow = Object.entries(kinds).flatMap(([kind, [begin, more]]) => Array.from({ length: 8 }, () => (
    { kind, more, raw: RawSocket.open(w.server.url).write(begin()) })));
  let number = 0;
  const trickle = setInterval(() => {
    ++number;
    for (const { raw, more } of slow) raw.write(more(number));
  }, kTrickleMs);
  let served = 0;
  const left = () => slow.filter(({ raw }) => !raw.closed);
  await eventually('all of them to be cut off', async () => {
    const answer = await call_hook(w, hook, { text: `among ${left().length}` });
    expect_json(answer.json, success);
    ++served;
    return left().length === 0;
  }, 30_000).finally(() => clearInterval(trickle));
  expect(served > 1, 'others were served meanwhile');
  for (const { kind, raw } of slow) {
    const told = kind === 'never says a word' ? [0] : [408];
    expect(told.includes(raw.status), `who ${kind} was told ${raw.text}`);
  }
  expect_json((await w.messages(room)).filter(({ t, msg }) => !t && !msg.startsWith('among')), []);
  expect_json((await call_hook(w, { ...hook, token: 'no' })).json, refusal('Invalid integration id or token provided.'));
  await w.set_setting('API_Enable_Rate_Limiter', true);
});
