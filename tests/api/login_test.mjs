// Login by name, mail, digest and token; logout; what `me` shows.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { sha256_hex } from '../support/client.mjs';
import { scenarios } from '../support/scenario.mjs';
import { admin_account } from '../support/test_server.mjs';
import { test } from '../support/testing.mjs';

const login = { caller: 'anonymous', method: 'POST', path: '/api/v1/login' };
const wrong = { ...login, status: 401, absent: ['authToken'],
                json: { success: false, status: 'error', error: 'Unauthorized', message: 'Unauthorized' } };
const ada = (world) => world.callers.ada;
const token_of_43 = any.text_of(43);

const logged_in_as_ada = {
  status: 'success', success: true,
  data: { userId: (world) => ada(world).user_id, authToken: token_of_43,
          me: { _id: (world) => ada(world).user_id, username: (world) => ada(world).username } } };

const world = scenarios({
  name: 'login',
  receiver: false,
  setup: async (made) => {
    await made.create_caller('ada', { username: 'Ada.Test' });
    await made.create_caller('former');
    await made.admin.must_post('/api/v1/users.update', { userId: made.callers.former.user_id, data: { active: false } });
  },
  rows: [
    { ...login, name: 'takes the username in user', body: (w) => ({ user: ada(w).username, password: ada(w).password }),
      parts: logged_in_as_ada },
    { ...login, name: 'takes a mail address in user',
      body: (w) => ({ user: `${ada(w).username}@gantry.test`, password: ada(w).password }), parts: logged_in_as_ada },
    { ...login, name: 'takes username', body: (w) => ({ username: ada(w).username, password: ada(w).password }),
      parts: logged_in_as_ada },
    { ...login, name: 'takes email',
      body: (w) => ({ email: `${ada(w).username}@gantry.test`, password: ada(w).password }), parts: logged_in_as_ada },
    { ...login, name: 'takes an object with the username',
      body: (w) => ({ user: { username: ada(w).username }, password: ada(w).password }), parts: logged_in_as_ada },
    { ...login, name: 'takes an object with the mail address',
      body: (w) => ({ user: { email: `${ada(w).username}@gantry.test` }, password: ada(w).password }), parts: logged_in_as_ada },
    { ...login, name: 'takes an object with the id',
      body: (w) => ({ user: { id: ada(w).user_id }, password: ada(w).password }), parts: logged_in_as_ada },
    { ...login, name: 'takes the password as a SHA-256 digest',
      body: (w) => ({ user: ada(w).username, password: { digest: sha256_hex(ada(w).password), algorithm: 'sha-256' } }),
      parts: logged_in_as_ada },
    { ...login, name: 'takes a form', form: (w) => ({ user: ada(w).username, password: ada(w).password }),
      parts: logged_in_as_ada },
    { ...login, name: 'finds a name in another case when only one account has it',
      body: (w) => ({ user: ada(w).username.toUpperCase(), password: ada(w).password }), parts: logged_in_as_ada },
    { ...login, name: 'finds a mail address in another case',
      body: (w) => ({ user: `${ada(w).username}@GANTRY.TEST`, password: ada(w).password }), parts: logged_in_as_ada },
    { ...login, name: 'renews a session by its token', body: (w) => ({ resume: ada(w).token }),
      parts: { ...logged_in_as_ada, data: { ...logged_in_as_ada.data, authToken: (w) => ada(w).token } } },

    { ...wrong, name: 'refuses a wrong password', body: (w) => ({ user: ada(w).username, password: 'not-it' }) },
    { ...wrong, name: 'refuses an unknown name in the same words', body: { user: 'nobody-here', password: 'not-it' } },
    { ...wrong, name: 'refuses a wrong digest',
      body: (w) => ({ user: ada(w).username, password: { digest: sha256_hex('not-it'), algorithm: 'sha-256' } }) },
    { ...login, name: 'refuses an unknown token', body: { resume: 'A'.repeat(43) }, status: 401,
      json: { success: false, status: 'error', error: 403,
              message: "You've been logged out by the server. Please log in again." } },
    { ...login, name: 'refuses a body without anything usable', body: { colour: 'blue' }, status: 401,
      json: { success: false, status: 'error', error: 400, message: 'Unrecognized options for login request' } },
    { ...login, name: 'treats a body that is no JSON like an empty one', status: 401,
      raw: { type: 'application/json', text: '{"user":' },
      json: { success: false, status: 'error', error: 400, message: 'Unrecognized options for login request' } },
    { ...login, name: 'refuses an inactive account', status: 401, absent: ['authToken'],
      body: (w) => ({ user: w.callers.former.username, password: w.callers.former.password }),
      json: { success: false, status: 'error', error: 'error-user-is-not-activated', message: 'User is not activated' } },
    { name: 'refuses the tokens of an account that became inactive', caller: 'former', path: '/api/v1/me', status: 401,
      parts: { status: 'error' } },

    { name: 'me shows the account without secrets', caller: 'ada', path: '/api/v1/me', absent: ['bcrypt', 'hashedToken', 'loginTokens'],
      parts: { success: true, _id: (w) => ada(w).user_id, username: (w) => ada(w).username, active: true, roles: ['user'],
               emails: [{ address: (w) => `${ada(w).username}@gantry.test`, verified: true }],
               email: (w) => `${ada(w).username}@gantry.test`, settings: { profile: any.object, preferences: any.object },
               avatarUrl: /\/avatar\/Ada\.Test$/, isOAuthUser: false, services: { password: { exists: true } } } },
    { name: 'me shows the administrator', path: '/api/v1/me',
      parts: { success: true, username: admin_account.username, roles: ['admin'] } },
  ],
});

test('logout: ends this session only, and says so without success', async () => {
  const account = ada(world);
  const first = await world.anonymous.login(account.username, account.password);
  const second = await world.anonymous.login(account.username, account.password);
  const answer = await first.post('/api/v1/logout');
  expect(answer.status === 200, `logout answered ${answer.status}`);
  expect_json(answer.json, { status: 'success', data: { message: "You've been logged out!" } });
  expect((await first.get('/api/v1/me')).status === 401, 'the session still works');
  expect((await second.get('/api/v1/me')).status === 200, 'the other session is gone');
});

test('logout: works by GET too', async () => {
  const session = await world.anonymous.login(ada(world).username, ada(world).password);
  expect_parts((await session.get('/api/v1/logout')).json, { status: 'success' });
  expect((await session.get('/api/v1/me')).status === 401, 'the session still works');
});

test('logout: wants a login', async () => {
  expect((await world.anonymous.post('/api/v1/logout')).status === 401, 'a stranger was logged out');
});

test('sessions: survive a crash of the server', async () => {
  const account = ada(world);
  await world.crash_and_restart();
  const answer = await world.callers.ada.get('/api/v1/me');
  expect(answer.status === 200, `after the restart me answered ${answer.status}`);
  expect(answer.json._id === account.user_id, 'the token belongs to another account now');
});
