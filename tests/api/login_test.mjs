// Login by name, mail, digest and token; logout; what `me` shows. With the administrator alone, so
// that it needs nothing but a fresh server; login_accounts_test.mjs has what needs other accounts.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { sha256_hex } from '../support/client.mjs';
import { scenarios } from '../support/scenario.mjs';
import { admin_account } from '../support/test_server.mjs';
import { test } from '../support/testing.mjs';

const { username, password } = admin_account;
const mail = 'admin@gantry.test';
const login = { caller: 'anonymous', method: 'POST', path: '/api/v1/login' };
const wrong = { ...login, status: 401, absent: ['authToken'],
                json: { success: false, status: 'error', error: 'Unauthorized', message: 'Unauthorized' } };
const unusable = { ...login, status: 401, json: { success: false, status: 'error', error: 400,
                                                  message: 'Unrecognized options for login request' } };

const logged_in = {
  status: 'success', success: true,
  data: { userId: (w) => w.admin.user_id, authToken: any.text_of(43), me: { _id: (w) => w.admin.user_id, username } } };
const takes = (what, body) => ({ ...login, name: `takes ${what}`, body, parts: logged_in });

const world = scenarios({
  name: 'login',
  receiver: false,
  rows: [
    takes('the username in user', { user: username, password }),
    takes('a mail address in user', { user: mail, password }),
    takes('username', { username, password }),
    takes('email', { email: mail, password }),
    takes('an object with the username', { user: { username }, password }),
    takes('an object with the mail address', { user: { email: mail }, password }),
    takes('an object with the id', (w) => ({ user: { id: w.admin.user_id }, password })),
    takes('the password as a SHA-256 digest',
          { user: username, password: { digest: sha256_hex(password), algorithm: 'sha-256' } }),
    takes('a name in another case when only one account has it', { user: username.toUpperCase(), password }),
    takes('a mail address in another case', { user: mail.toUpperCase(), password }),
    { ...login, name: 'takes a form', form: { user: username, password }, parts: logged_in },
    { ...login, name: 'renews a session by its token', body: (w) => ({ resume: w.admin.token }),
      parts: { ...logged_in, data: { ...logged_in.data, authToken: (w) => w.admin.token } } },

    { ...wrong, name: 'refuses a wrong password', body: { user: username, password: 'not-it' } },
    { ...wrong, name: 'refuses an empty password', body: { user: username, password: '' } },
    { ...wrong, name: 'refuses an unknown name in the same words', body: { user: 'nobody-here', password: 'not-it' } },
    { ...wrong, name: 'refuses a wrong digest',
      body: { user: username, password: { digest: sha256_hex('not-it'), algorithm: 'sha-256' } } },
    { ...wrong, name: 'does not take the digest as a plain password',
      body: { user: username, password: sha256_hex(password) } },
    { ...login, name: 'refuses an unknown token', body: { resume: 'A'.repeat(43) }, status: 401,
      json: { success: false, status: 'error', error: 403,
              message: "You've been logged out by the server. Please log in again." } },
    { ...unusable, name: 'refuses a body without anything usable', body: { colour: 'blue' } },
    { ...unusable, name: 'treats a body that is no JSON like an empty one',
      raw: { type: 'application/json', text: '{"user":' } },

    { name: 'me shows the account without secrets', path: '/api/v1/me', absent: ['bcrypt', 'hashedToken', 'loginTokens'],
      parts: { success: true, _id: (w) => w.admin.user_id, username, name: any.string, active: true, roles: ['admin'],
               emails: [{ address: mail, verified: any.boolean }], settings: { profile: any.object, preferences: any.object },
               avatarUrl: /\/avatar\/admin$/, isOAuthUser: false, services: { password: { exists: true } } } },
  ],
});

const new_session = () => world.anonymous.login(username, password);

test('logout: ends this session only, and says so without success', async () => {
  const [first, second] = [await new_session(), await new_session()];
  const answer = await first.post('/api/v1/logout');
  expect(answer.status === 200, `logout answered ${answer.status}`);
  expect_json(answer.json, { status: 'success', data: { message: "You've been logged out!" } });
  expect((await first.get('/api/v1/me')).status === 401, 'the session still works');
  expect((await second.get('/api/v1/me')).status === 200, 'the other session is gone');
});

test('logout: works by GET too', async () => {
  const session = await new_session();
  expect_parts((await session.get('/api/v1/logout')).json, { status: 'success' });
  expect((await session.get('/api/v1/me')).status === 401, 'the session still works');
});

test('logout: wants a login', async () => {
  expect((await world.anonymous.post('/api/v1/logout')).status === 401, 'a stranger was logged out');
  expect((await world.anonymous.get('/api/v1/logout')).status === 401, 'a stranger was logged out');
});

test('sessions: survive a crash of the server', async () => {
  const session = await new_session();
  await world.crash_and_restart();
  const again = world.server.client({ user_id: session.user_id, token: session.token });
  const answer = await again.get('/api/v1/me');
  expect(answer.status === 200, `after the restart me answered ${answer.status}`);
  expect(answer.json._id === session.user_id, 'the token belongs to another account now');
});
