// Second factors, and how long sessions last. The clock is moved.

import { sha256_hex } from '../support/client.mjs';
import { expect, expect_parts } from '../support/expect.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kMinute = 60_000;
const kDay = 24 * 60 * kMinute;
const asked = { success: false, error: 'TOTP Required [totp-required]', errorType: 'totp-required',
                details: { method: 'password', codeGenerated: false, availableMethods: [] } };
const wrong = { success: false, error: 'TOTP Invalid [totp-invalid]', errorType: 'totp-invalid',
                details: { method: 'password', codeGenerated: false, availableMethods: [] } };

let counter = 0;
const world = use_world({ receiver: false, server: { binary: 'testing' } });
const advance = (ms) => world.server.control({ command: 'advance-clock', ms });

// A session whose account is older than the time for which factors are remembered.
async function old_session(roles = ['user']) {
  const username = `old-${++counter}`;
  await world.admin.must({ method: 'POST', path: '/api/v1/users.create', headers: world.admin.second_factor_headers(),
    body: { username, name: username, email: `${username}@gantry.test`, password: 'Pass-1', roles } });
  await advance(31 * kMinute);
  return world.anonymous.login(username, 'Pass-1');
}

const make_token = (client, tokenName, headers = {}, more = {}) =>
  client.request({ method: 'POST', path: '/api/v1/users.generatePersonalAccessToken', body: { tokenName, ...more }, headers });

test('second factor: a fresh account is not asked', async () => {
  const username = 'just-made';
  await world.admin.must_post('/api/v1/users.create', { username, name: username, email: 'just-made@gantry.test', password: 'Pass-1' });
  const client = await world.anonymous.login(username, 'Pass-1');
  expect((await make_token(client, 'a')).status === 200, 'it was asked');
});

test('second factor: the password is asked for and remembered for half an hour', async () => {
  const client = await old_session();
  expect_parts((await make_token(client, 'a')).json, asked);
  expect_parts((await make_token(client, 'a', { 'x-2fa-code': sha256_hex('guess') })).json, wrong);
  expect((await make_token(client, 'a', client.second_factor_headers())).status === 200, 'the password was refused');
  expect((await make_token(client, 'b')).status === 200, 'it was not remembered');
  await advance(31 * kMinute);
  expect_parts((await make_token(client, 'c')).json, asked);
});

test('second factor: what is remembered belongs to the token and the client', async () => {
  const client = await old_session();
  await make_token(client, 'a', { ...client.second_factor_headers(), 'user-agent': 'one' });
  expect((await make_token(client, 'b', { 'user-agent': 'one' })).status === 200, 'it was not remembered');
  expect_parts((await make_token(client, 'c', { 'user-agent': 'two' })).json, asked);
  const again = await world.anonymous.login(client.username, 'Pass-1');
  expect_parts((await make_token(again, 'c', { 'user-agent': 'one' })).json, asked);
});

test('second factor: a method that the account does not have falls back to the password', async () => {
  const client = await old_session();
  const headers = { 'x-2fa-method': 'totp', 'x-2fa-code': sha256_hex('Pass-1').toUpperCase() };
  expect((await make_token(client, 'a', headers)).status === 200, 'the password was refused');
});

test('second factor: personal tokens that bypass it are not asked, others are', async () => {
  const client = await old_session();
  const made = async (name, bypassTwoFactor) => {
    const { token } = (await make_token(client, name, client.second_factor_headers(), { bypassTwoFactor })).json;
    return client.as({ user_id: client.user_id, token });
  };
  expect((await make_token(await made('free', true), 'a')).status === 200, 'the bypassing token was asked');
  expect_parts((await make_token(await made('bound', false), 'b')).json, asked);
});

test('second factor: routes without it do not ask', async () => {
  const client = await old_session();
  expect((await client.post('/api/v1/users.setPreferences', { data: { useEmojis: true } })).status === 200, 'it was asked');
});

test('second factor: comes after the right and the shape of the call', async () => {
  const client = await old_session();
  expect((await client.post('/api/v1/settings/Site_Name', { value: 'x' })).status === 403, 'the right was not asked first');
  expect_parts((await client.post('/api/v1/users.generatePersonalAccessToken', {})).json, { errorType: 'invalid-params' });
});

for (const id of ['Accounts_TwoFactorAuthentication_Enabled', 'Accounts_TwoFactorAuthentication_Enforce_Password_Fallback']) {
  test(`second factor: ${id} switches it off`, async () => {
    await world.set_setting(id, false);
    const client = await old_session();
    expect((await make_token(client, 'a')).status === 200, 'it was asked');
    await world.set_setting(id, true);
    expect_parts((await make_token(client, 'b')).json, asked);
  });
}

test('second factor: test mode does not ask', async (t) => {
  const { World } = await import('../support/world.mjs');
  const other = await World.start({ receiver: false, server: { binary: 'testing', env: { TEST_MODE: 'true' } } });
  t.after(() => other.stop());
  await other.server.control({ command: 'advance-clock', ms: kDay });
  const name = 'rocketchat.internal.admin.test';
  const admin = await other.anonymous.login(name, name);
  expect_parts(await admin.must_get('/api/v1/me'), { _id: name, username: name, name: 'RocketChat Internal Admin Test', roles: ['admin'],
    emails: [{ address: `${name}@rocket.chat`, verified: true }] });
  expect((await make_token(admin, 'a')).status === 200, 'it was asked');
});

test('sessions: an account has at most fifty, the oldest go first', async () => {
  const client = await old_session();
  for (let i = 0; i < 50; ++i) await world.anonymous.login(client.username, 'Pass-1');
  expect((await client.get('/api/v1/me')).status === 401, 'the oldest session lives');
});

test('sessions: end after the days of the setting, personal tokens do not', async () => {
  const client = await old_session();
  const { token } = (await make_token(client, 'bot', client.second_factor_headers())).json;
  const bot = client.as({ user_id: client.user_id, token });
  await advance(89 * kDay);
  expect((await client.get('/api/v1/me')).status === 200, 'the session ended early');
  await advance(kDay);
  expect((await client.get('/api/v1/me')).status === 401, 'the session did not end');
  expect((await world.anonymous.post('/api/v1/login', { resume: client.token })).status === 401, 'an ended session was renewed');
  expect((await bot.get('/api/v1/me')).status === 200, 'the personal token ended');
});
