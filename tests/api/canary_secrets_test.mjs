// Secrets are planted wherever a server meets them, everything is used that could repeat them, and
// then they are looked for in the log, the metrics, the errors and the records.

import { randomBytes } from 'node:crypto';
import net from 'node:net';

import { any, expect, expect_parts } from '../support/expect.mjs';
import { call_hook, create_scripted, script_of } from '../support/hooks.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const metrics_port = await new Promise((resolve) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const w = use_world({ server: { binary: 'testing', args: ['--metrics-listen', `127.0.0.1:${metrics_port}`, '--log-level', 'debug'] } });
const base = '/api/v1/integrations';
const plain_word = 'canary song';
const secrets = new Map();
const errors = [];

// A secret of a kind; kept, to be looked for at the end.
function plant(kind, value = `canary${randomBytes(12).toString('hex')}`) {
  secrets.set(kind, value);
  return value;
}
async function refused(asked, status) {
  const answer = await asked;
  expect(status === undefined ? answer.status >= 400 : answer.status === status, `answered ${answer.status}: ${answer.text}`);
  errors.push(answer.text);
}
function expect_silence(place, text) {
  for (const [kind, secret] of secrets) expect(!text.includes(secret), `${place} tells the ${kind}: ...${around(text, secret)}...`);
}
const around = (text, secret) => text.slice(Math.max(0, text.indexOf(secret) - 80), text.indexOf(secret) + secret.length + 20);

async function use_accounts() {
  const password = plant('password'), username = `canary-${randomBytes(3).toString('hex')}`;
  await w.admin.must_post('/api/v1/users.create', { email: `${username}@gantry.test`, name: username, username, password, verified: true });
  await refused(w.anonymous.post('/api/v1/login', { user: username, password: plant('wrong password') }), 401);
  const user = await w.anonymous.login(username, password);
  plant('login token', user.token);
  plant('login token of the administrator', w.admin.token);
  await refused(user.post('/api/v1/users.updateOwnBasicInfo', { data: { currentPassword: plant('wrong current password'), newPassword: plant('new password') } }));
  const stranger = w.server.client({ user_id: user.user_id, token: plant('wrong login token') });
  await refused(stranger.get('/api/v1/me'), 401);
  stranger.close();
  const { token } = await w.admin.must({ method: 'POST', path: '/api/v1/users.generatePersonalAccessToken', body: { tokenName: 'canary' },
    headers: w.admin.second_factor_headers() });
  plant('personal access token', token);
  await refused(w.admin.request({ method: 'POST', path: '/api/v1/users.generatePersonalAccessToken', body: { tokenName: 'canary' },
    headers: { 'x-2fa-method': 'password', 'x-2fa-code': plant('second factor') } }));
}

// Its script prints and throws all it has; its target repeats what it gets.
async function use_outgoing() {
  const password = plant('password of a URL');
  const signing = plant('signing secret', `whsec_${randomBytes(32).toString('base64')}`);
  const with_password = (path) => w.receiver.url(path).replace('http://', `http://someone:${password}@`);
  const chatty = script({ prepare: `console.log(JSON.stringify(request)); return { ...request, url: request.url + '?by=script', headers: { Authorization: 'Bearer x' } };`,
    process: `console.log(JSON.stringify(request), JSON.stringify(response)); throw new Error('with ' + JSON.stringify(request));` });
  const hook = await bell(w, { urls: [with_password('/chatty')], signingSecrets: [signing], ...chatty });
  const dead = await bell(w, { urls: [`http://someone:${password}@127.0.0.1:1/`], retryFailedCalls: false }, { room: hook.room });
  for (const one of [hook, dead]) plant(`token of ${one.integration.name}`, one.integration.token);
  w.receiver.answer('/chatty', (request) => ({ headers: { 'Content-Type': 'text/plain' }, body: `${request.text} ${JSON.stringify(request.headers)}` }));
  await hook.ring(plain_word);
  for (const one of [hook, dead]) await one.finished();
  await refused(w.admin.post(`${base}.replayOutgoing`, { integrationId: hook.integration._id, historyId: 'none' }));
  await refused(w.admin.post(`${base}.create`, { type: 'webhook-outgoing', name: 'x', enabled: true, username: 'rocket.cat', channel: '#general',
    scriptEnabled: false, event: 'nope', urls: [with_password('/x')], token: plant('token of nothing'), signingSecrets: [plant('signing secret that is none')] }));
  return [hook, dead];
}

async function use_incoming() {
  const room = await w.create_channel();
  const channel = `#${room.name}`;
  const secret = plant('verification secret');
  const verified = await w.create_incoming({ channel, verification: { preset: 'gitlab', secrets: [secret] } });
  const all = JSON.stringify({ text: plain_word });
  const chatty = await create_scripted(w, script_of(`console.log(JSON.stringify(request)); return { content: { text: request.content.text } };`), { channel });
  const throwing = await create_scripted(w, script_of(`throw new Error('with ' + JSON.stringify(request));`), { channel });
  const headers = { Authorization: `Bearer ${plant('authorization')}`, Cookie: `session=${plant('cookie')}`, 'X-Auth-Token': plant('auth token'),
    'X-Api-Key': plant('api key') };
  for (const hook of [verified, chatty, throwing]) {
    plant(`token of ${hook.name}`, hook.token);
    const answer = await call_hook(w, hook, JSON.parse(all), { headers: { ...headers, 'X-Gitlab-Token': hook === verified ? secret : 'x' } });
    if (answer.status >= 400) errors.push(answer.text);
    expect_parts([answer.status], [hook === throwing ? 400 : 200]);
  }
  await refused(call_hook(w, verified, { text: 'x' }, { headers: { 'X-Gitlab-Token': plant('wrong verification') } }), 401);
  await refused(w.anonymous.post(`/hooks/${verified._id}/${plant('wrong token of an address')}`, { text: 'x' }), 404);
  await refused(call_hook(w, verified, { text: 'x', channel: '#elsewhere' }, { headers: { 'X-Gitlab-Token': secret } }), 400);
  return [verified, chatty, throwing];
}

test('no planted secret is told by log, metrics, errors or records', async () => {
  await use_accounts();
  const outgoing = await use_outgoing();
  const incoming = await use_incoming();

  const records = [];
  for (const { integration } of outgoing) {
    const listed = await w.admin.must_get(`${base}.deliveries`, { integrationId: integration._id });
    records.push(JSON.stringify(await w.history(integration)), JSON.stringify(listed));
    for (const { _id: id } of listed.deliveries) records.push(JSON.stringify(await w.admin.must_get(`${base}.delivery`, { id })));
  }
  for (const hook of incoming) {
    const { calls } = await eventually('its records', async () => {
      const listed = await w.admin.must_get(`${base}.incomingCalls`, { integrationId: hook._id });
      return listed.calls.length >= (hook === incoming[0] ? 3 : 1) && listed;
    });
    for (const { _id: id } of calls) records.push(JSON.stringify(await w.admin.must_get(`${base}.incomingCall`, { id })));
  }
  const metrics = await (await fetch(`http://127.0.0.1:${metrics_port}/metrics`)).text();
  const log = w.server.log.join('\n');

  // Where nothing is, nothing is found.
  for (const [place, text, wanted] of [['records', records.join('\n'), plain_word], ['records', records.join('\n'), '(masked)'],
    ['records', records.join('\n'), 'console'], ['log', log, `/hooks/${incoming[0]._id}/(masked)`], ['log', log, 'hook script failed'],
    ['metrics', metrics, 'gantry_'], ['errors', errors.join('\n'), 'error']]) {
    expect(text.includes(wanted), `${place} has ${wanted}`);
  }
  expect(secrets.size >= 20, `${secrets.size} secrets`);
  for (const record of records) expect_silence('a record', record);
  expect_silence('the log', log);
  expect_silence('metrics', metrics);
  for (const error of errors) expect_silence('an error', error);
});

test('what is masked is sent all the same, and again', async () => {
  const hook = await bell(w, { token: 'short' });
  await hook.ring('x');
  const entry = await hook.finished();
  expect_parts(entry, { data: { token: '(masked)', text: 'x' }, httpCallData: { token: '(masked)' } });
  const { deliveries } = await w.admin.must_get(`${base}.deliveries`, { integrationId: hook.integration._id });
  expect_parts((await w.admin.must_get(`${base}.delivery`, { id: deliveries[0]._id })).delivery,
    { payload: { token: '(masked)' }, attempts: [{ request: { data: { token: '(masked)', text: any.string } } }] });
  await w.admin.must_post(`${base}.redeliver`, { deliveryIds: [deliveries[0]._id] });
  const requests = await hook.received(2);
  for (const request of requests) expect_parts(request.json, { token: 'short' });
});
