// users.*: what people do with their own account: profile, preferences, sessions, personal tokens.

import { sha256_hex } from '../support/client.mjs';
import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

const not_logged_in = { success: false, status: 'error', message: 'You must be logged in to do this.' };
const typed = (text, code) => ({ success: false, error: `${text} [${code}]`, errorType: code });
const at = (method) => (path, caller = 'ada') => ({ method, path: `/api/v1/users.${path}`, caller });
const post = at('POST');
const get = at('GET');
const ada = (w) => w.callers.ada;
const digest = (w) => sha256_hex(ada(w).password);
const secret = 'a-secret-of-the-administrator';
const own_limit = 'updateOwnBasicInfo';

const world = scenarios({
  name: 'own account',
  receiver: false,
  server: { env: { CREATE_TOKENS_FOR_USERS: 'true', CREATE_TOKENS_FOR_USERS_SECRET: secret,
                   OVERWRITE_SETTING_API_Enable_Rate_Limiter: 'false' } },
  setup: async (w) => {
    await w.create_caller('ada', { username: 'ada.own' });
    await w.create_caller('bob');
    await w.create_caller('guest', { roles: ['anonymous'] });
  },
  rows: [
    { ...post(own_limit), name: 'updateOwnBasicInfo changes the profile',
      body: { data: { name: 'Ada L', nickname: 'Al', bio: 'Counts', statusText: 'thinking', statusType: 'busy' }, customFields: { desk: 4 } },
      parts: { success: true, user: { name: 'Ada L', nickname: 'Al', bio: 'Counts', statusText: 'thinking', statusDefault: 'busy',
                                      customFields: { desk: 4 }, username: 'ada.own', settings: any.object, avatarUrl: any.string } } },
    { ...post(own_limit), name: 'updateOwnBasicInfo changes the username', body: { data: { username: 'ada.new' } },
      parts: { user: { username: 'ada.new' } } },
    { ...post(own_limit), name: 'updateOwnBasicInfo changes the mail address with the password',
      body: (w) => ({ data: { email: 'ada.new@gantry.test', currentPassword: digest(w) } }),
      parts: { user: { emails: [{ address: 'ada.new@gantry.test', verified: false }] } } },
    { ...post(own_limit), name: 'updateOwnBasicInfo wants the password for a new mail address',
      body: { data: { email: 'ada.newer@gantry.test' } }, status: 400,
      json: { ...typed('TOTP Required', 'totp-required'), details: { method: 'password', codeGenerated: false, availableMethods: [] } } },
    { ...post(own_limit), name: 'updateOwnBasicInfo refuses a wrong password', status: 400,
      body: { data: { newPassword: 'Other-1', currentPassword: sha256_hex('guess') } },
      parts: { ...typed('TOTP Invalid', 'totp-invalid'), details: { method: 'password' } } },
    { ...post(own_limit), name: 'updateOwnBasicInfo refuses the same password', status: 400,
      body: (w) => ({ data: { newPassword: ada(w).password, currentPassword: digest(w) } }),
      parts: { errorType: 'error-password-same-as-current' } },
    { ...post(own_limit), name: 'updateOwnBasicInfo refuses a taken username', status: 400,
      body: (w) => ({ data: { username: w.callers.bob.username.toUpperCase() } }),
      json: typed('Could not save user identity', 'error-could-not-save-identity') },
    { ...post(own_limit), name: 'updateOwnBasicInfo refuses a wrong username', body: { data: { username: 'a b' } }, status: 400,
      json: typed('Could not save user identity', 'error-could-not-save-identity') },
    { ...post(own_limit), name: 'updateOwnBasicInfo refuses a reserved username', body: { data: { username: 'here' } }, status: 400,
      json: typed('Could not save user identity', 'error-could-not-save-identity') },
    { ...post(own_limit), name: 'updateOwnBasicInfo refuses a blank name', body: { data: { name: '  ' } }, status: 400,
      json: typed('Could not save user identity', 'error-could-not-save-identity') },
    { ...post(own_limit, 'admin'), name: 'updateOwnBasicInfo obeys the settings for administrators, too', kind: 'right',
      prepare: (w) => w.set_setting('Accounts_AllowRealNameChange', false), body: { data: { name: 'Boss' } }, status: 400,
      json: typed('Edit user real name is not allowed', 'error-action-not-allowed'),
      then: (w) => w.set_setting('Accounts_AllowRealNameChange', true) },
    { ...post(own_limit), name: 'updateOwnBasicInfo refuses a taken mail address', status: 400,
      body: (w) => ({ data: { email: 'admin@gantry.test', currentPassword: digest(w) } }), parts: { errorType: 'error-field-unavailable' } },
    { ...post(own_limit), name: 'updateOwnBasicInfo refuses a long bio', body: { data: { bio: 'x'.repeat(261) } }, status: 400,
      parts: { errorType: 'error-bio-size-exceeded' } },
    { ...post(own_limit), name: 'updateOwnBasicInfo refuses an unknown status', body: { data: { statusType: 'asleep' } }, status: 400,
      json: typed('must be equal to one of the allowed values', 'invalid-params') },
    { ...post(own_limit), name: 'updateOwnBasicInfo obeys its setting', kind: 'right',
      prepare: (w) => w.set_setting('Accounts_AllowUserProfileChange', false), body: { data: { name: 'X' } }, status: 400,
      json: typed('Not allowed', 'error-not-allowed'), then: (w) => w.set_setting('Accounts_AllowUserProfileChange', true) },
    { ...post(own_limit), name: 'updateOwnBasicInfo wants data', body: {}, status: 400,
      json: typed("must have required property 'data'", 'invalid-params') },
    { ...post(own_limit, 'anonymous'), name: 'updateOwnBasicInfo wants a login', body: { data: {} }, status: 401, parts: not_logged_in },

    { ...get('getPreferences'), name: 'getPreferences gives the defaults', parts: { success: true, preferences: { useEmojis: true, idleTimeLimit: 300 } } },
    { ...post('setPreferences'), name: 'setPreferences keeps what it was told',
      body: { data: { useEmojis: false, language: 'nl', highlights: ['ada'], messageViewMode: 1 } },
      json: { success: true, user: { _id: (w) => ada(w).user_id,
        settings: { preferences: { useEmojis: false, highlights: ['ada'], messageViewMode: 1, language: 'nl' } } } } },
    { ...get('getPreferences'), name: 'getPreferences gives what was set',
      json: { success: true, preferences: { useEmojis: false, highlights: ['ada'], messageViewMode: 1, language: 'nl' } } },
    { ...post('setPreferences', 'admin'), name: 'setPreferences works for others with the right',
      body: (w) => ({ userId: w.callers.bob.user_id, data: { hideRoles: true } }),
      parts: { user: { _id: (w) => w.callers.bob.user_id, settings: { preferences: { hideRoles: true } } } } },
    { ...post('setPreferences'), name: 'setPreferences of others wants the right', kind: 'right',
      body: (w) => ({ userId: w.callers.bob.user_id, data: { hideRoles: true } }), status: 400,
      json: typed('Editing user is not allowed', 'error-action-not-allowed') },
    { ...post('setPreferences', 'admin'), name: 'setPreferences does not know a stranger', body: { userId: 'nobody', data: {} }, status: 400,
      json: typed('The optional "userId" param provided does not match any users', 'error-invalid-user') },
    { ...post('setPreferences'), name: 'setPreferences refuses unknown keys', body: { data: { colour: 'red' } }, status: 400,
      json: typed('must NOT have additional properties', 'invalid-params') },
    { ...post('setPreferences'), name: 'setPreferences refuses wrong types', body: { data: { useEmojis: 'often' } }, status: 400,
      json: typed('must be boolean', 'invalid-params') },
    { ...post('setPreferences', 'anonymous'), name: 'setPreferences wants a login', body: { data: {} }, status: 401, parts: not_logged_in },
    { ...get('getPreferences', 'anonymous'), name: 'getPreferences wants a login', status: 401, parts: not_logged_in },

    { ...get('checkUsernameAvailability'), name: 'a free name is available', query: { username: 'never.seen' }, json: { success: true, result: true } },
    { ...get('checkUsernameAvailability'), name: 'a taken name is not', query: { username: 'ADMIN' }, status: 400,
      parts: { errorType: 'error-blocked-username' } },
    { ...get('checkUsernameAvailability'), name: 'the name of another is not available',
      query: { username: (w) => w.callers.bob.username.toUpperCase() }, json: { success: true, result: false } },
    { ...get('checkUsernameAvailability', 'admin'), name: 'the own name is', query: { username: 'admin' }, json: { success: true, result: true } },
    { ...get('checkUsernameAvailability'), name: 'checkUsernameAvailability wants a name', status: 400,
      json: { success: false, errorType: 'error-invalid-params', error: "must have required property 'username'" } },
    { ...get('checkUsernameAvailability', 'anonymous'), name: 'checkUsernameAvailability wants a login', query: { username: 'x' }, status: 401,
      parts: not_logged_in },

    { ...get('getStatus'), name: 'getStatus tells the own status', parts: { _id: (w) => ada(w).user_id, status: any.string, connectionStatus: any.string } },
    { ...get('getStatus'), name: 'getStatus tells another\'s', query: { username: 'rocket.cat' },
      parts: { _id: 'rocket.cat', status: 'online', connectionStatus: any.absent } },
    { ...get('getStatus'), name: 'getStatus does not know a stranger', query: { userId: 'nobody' }, status: 400, parts: { errorType: 'error-invalid-user' } },
    { ...get('getStatus', 'anonymous'), name: 'getStatus wants a login', status: 401, parts: not_logged_in },
    { ...get('getPresence'), name: 'getPresence tells the own presence', parts: { presence: any.string, connectionStatus: any.string } },
    { ...get('getPresence'), name: 'getPresence tells another\'s', query: { userId: 'rocket.cat' }, json: { success: true, presence: 'online' } },
    { ...get('getPresence'), name: 'getPresence does not know a stranger', query: { username: 'nobody' }, status: 400,
      parts: { errorType: 'error-invalid-user' } },
    { ...get('getPresence', 'anonymous'), name: 'getPresence wants a login', status: 401, parts: not_logged_in },

    { ...post('generatePersonalAccessToken'), name: 'a personal token is made and works', body: { tokenName: 'ci', bypassTwoFactor: true },
      json: { success: true, token: any.text_of(43) },
      then: async (w, { json }) => {
        w.personal = json.token;
        const bot = w.anonymous.as({ user_id: ada(w).user_id, token: json.token });
        expect((await bot.get('/api/v1/me')).status === 200, 'the token does not work');
        bot.close();
      } },
    { ...post('generatePersonalAccessToken'), name: 'a name is used once', body: { tokenName: 'ci' }, status: 400,
      json: typed('A token with this name already exists', 'error-token-already-exists') },
    { ...post('generatePersonalAccessToken'), name: 'a token needs a name', body: {}, status: 400,
      json: typed("must have required property 'tokenName'", 'invalid-params') },
    { ...post('generatePersonalAccessToken', 'guest'), name: 'a token needs the right', body: { tokenName: 'x' }, status: 400,
      json: typed('Not Authorized', 'not-authorized') },
    { ...post('generatePersonalAccessToken', 'anonymous'), name: 'a token needs a login', body: {}, status: 401, parts: not_logged_in },
    { ...get('getPersonalAccessTokens'), name: 'the list shows no secrets', absent: [(w) => w.personal, 'hash'],
      json: { success: true, tokens: [{ name: 'ci', createdAt: any.date, lastTokenPart: (w) => w.personal.slice(-6), bypassTwoFactor: true }] } },
    { ...get('getPersonalAccessTokens', 'guest'), name: 'the list needs the right', status: 403,
      json: { success: false, error: 'User does not have the permissions required for this action [error-unauthorized]' } },
    { ...get('getPersonalAccessTokens', 'anonymous'), name: 'the list needs a login', status: 401, parts: not_logged_in },
    { ...post('regeneratePersonalAccessToken'), name: 'a renewed token replaces the old', body: { tokenName: 'ci' },
      json: { success: true, token: any.text_of(43) },
      then: async (w, { json }) => {
        const old = w.anonymous.as({ user_id: ada(w).user_id, token: w.personal });
        expect((await old.get('/api/v1/me')).status === 401, 'the old token still works');
        old.close();
        w.personal = json.token;
      } },
    { ...post('regeneratePersonalAccessToken'), name: 'an unknown token is not renewed', body: { tokenName: 'no' }, status: 400, kind: 'absent',
      json: typed('Token does not exist', 'error-token-does-not-exists') },
    { ...post('regeneratePersonalAccessToken', 'guest'), name: 'renewing needs the right', body: { tokenName: 'ci' }, status: 400,
      json: typed('Not Authorized', 'not-authorized') },
    { ...post('regeneratePersonalAccessToken', 'anonymous'), name: 'renewing needs a login', body: {}, status: 401, parts: not_logged_in },
    { ...post('removePersonalAccessToken'), name: 'an unknown token is not removed', body: { tokenName: 'no' }, status: 400, kind: 'absent',
      json: typed('Token does not exist', 'error-token-does-not-exists') },
    { ...post('removePersonalAccessToken'), name: 'a removed token is gone', body: { tokenName: 'ci' }, json: { success: true },
      then: async (w) => {
        const old = w.anonymous.as({ user_id: ada(w).user_id, token: w.personal });
        expect((await old.get('/api/v1/me')).status === 401, 'the token still works');
        old.close();
      } },
    { ...post('removePersonalAccessToken', 'guest'), name: 'removing needs the right', body: { tokenName: 'ci' }, status: 400,
      json: typed('Not Authorized', 'not-authorized') },
    { ...post('removePersonalAccessToken', 'anonymous'), name: 'removing needs a login', body: {}, status: 401, parts: not_logged_in },

    { ...post('createToken', 'admin'), name: 'a trusted caller makes sessions of others',
      body: (w) => ({ userId: w.callers.bob.user_id, secret }),
      json: { success: true, data: { userId: (w) => w.callers.bob.user_id, authToken: any.text_of(43) } },
      then: async (w, { json }) => {
        const made = w.anonymous.as({ user_id: json.data.userId, token: json.data.authToken });
        expect_parts((await made.get('/api/v1/me')).json, { _id: w.callers.bob.user_id });
        made.close();
      } },
    { ...post('createToken', 'admin'), name: 'a wrong secret makes none', kind: 'right', body: (w) => ({ userId: w.callers.bob.user_id, secret: 'guess' }),
      status: 400, json: typed('Not authorized', 'error-not-authorized') },
    { ...post('createToken'), name: 'the right is needed beside the secret', kind: 'right', body: (w) => ({ userId: w.callers.bob.user_id, secret }),
      status: 400, json: typed('Not authorized', 'error-not-authorized') },
    { ...post('createToken', 'admin'), name: 'a stranger gets no session', body: { userId: 'nobody', secret }, status: 400, kind: 'absent',
      parts: { errorType: 'error-invalid-user' } },
    { ...post('createToken', 'anonymous'), name: 'createToken wants a login', body: { userId: 'x', secret }, status: 401, parts: not_logged_in },

    { ...post('logout'), name: 'logging others out needs the right', body: (w) => ({ userId: w.callers.bob.user_id }), status: 403,
      json: { success: false, error: 'unauthorized' } },
    { ...post('logout', 'admin'), name: 'an administrator logs others out', body: (w) => ({ userId: w.callers.bob.user_id }),
      json: { success: true, message: (w) => `User ${w.callers.bob.user_id} has been logged out!` },
      then: async (w) => expect((await w.callers.bob.get('/api/v1/me')).status === 401, 'the session still works') },
    { ...post('logout', 'anonymous'), name: 'logout wants a login', body: {}, status: 401, parts: not_logged_in },
  ],
});

test('own account: a new password ends the other sessions and keeps this one and personal tokens', async () => {
  const account = { username: 'changer', password: 'Before-1' };
  await world.admin.must_post('/api/v1/users.create', { ...account, name: 'C', email: 'changer@gantry.test' });
  const [here, there] = [await world.anonymous.login('changer', 'Before-1'), await world.anonymous.login('changer', 'Before-1')];
  const { token } = await here.must_post('/api/v1/users.generatePersonalAccessToken', { tokenName: 'bot' });
  await here.must_post('/api/v1/users.updateOwnBasicInfo',
                       { data: { newPassword: 'After-1', currentPassword: sha256_hex('Before-1') } });
  expect((await here.get('/api/v1/me')).status === 200, 'this session ended');
  expect((await there.get('/api/v1/me')).status === 401, 'the other session lives');
  expect((await here.as({ user_id: here.user_id, token }).get('/api/v1/me')).status === 200, 'the personal token ended');
  await world.anonymous.login('changer', 'After-1');
});

test('own account: logoutOtherClients and removeOtherTokens end sessions but no personal tokens', async () => {
  await world.admin.must_post('/api/v1/users.create', { username: 'leaver', password: 'Pass-1', name: 'L', email: 'leaver@gantry.test' });
  const login = () => world.anonymous.login('leaver', 'Pass-1');
  const [first, second] = [await login(), await login()];
  const { token } = await first.must_post('/api/v1/users.generatePersonalAccessToken', { tokenName: 'bot' });
  expect_json(await first.must_post('/api/v1/users.removeOtherTokens'), { success: true });
  expect((await second.get('/api/v1/me')).status === 401, 'the other session lives');
  const answer = await first.must_post('/api/v1/users.logoutOtherClients');
  expect_json(answer, { success: true, token: any.text_of(43), tokenExpires: any.date });
  expect((await first.get('/api/v1/me')).status === 401, 'the old session lives');
  expect((await first.as({ user_id: first.user_id, token: answer.token }).get('/api/v1/me')).status === 200, 'no new session');
  expect((await first.as({ user_id: first.user_id, token }).get('/api/v1/me')).status === 200, 'the personal token ended');
});

test('own account: users.logout ends personal tokens, too', async () => {
  await world.admin.must_post('/api/v1/users.create', { username: 'ender', password: 'Pass-1', name: 'E', email: 'ender@gantry.test' });
  const session = await world.anonymous.login('ender', 'Pass-1');
  const { token } = await session.must_post('/api/v1/users.generatePersonalAccessToken', { tokenName: 'bot' });
  await session.must_post('/api/v1/users.logout');
  expect((await session.as({ user_id: session.user_id, token }).get('/api/v1/me')).status === 401, 'the personal token lives');
});
