// users.*: making, finding, changing, switching off and removing accounts.

import { any, containing, expect, expect_parts } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

const not_logged_in = { success: false, status: 'error', message: 'You must be logged in to do this.' };
const typed = (text, code) => ({ success: false, error: `${text} [${code}]`, errorType: code });
const post = (path) => ({ method: 'POST', path: `/api/v1/${path}` });
const no_such_user = typed('The required "userId" or "username" param provided does not match any users', 'error-invalid-user');
const missing_right = { success: false,
                        error: 'User does not have the permissions required for this action [error-unauthorized]' };

let counter = 0;
const fresh = (changes = {}) => {
  const username = `fresh-${++counter}`;
  return { email: `${username}@gantry.test`, name: `Fresh ${counter}`, username, password: 'Pass-word-1', ...changes };
};
const create = { ...post('users.create') };
const register = { ...post('users.register'), caller: 'anonymous' };
const update = { ...post('users.update') };
const remove = { ...post('users.delete') };
const activate = { ...post('users.setActiveStatus') };
const id_of = (name) => (w) => w.callers[name].user_id;

const made = (w) => w.admin.must_post('/api/v1/users.create', fresh());

const world = scenarios({
  name: 'users',
  receiver: false,
  server: { env: { OVERWRITE_SETTING_Rate_Limiter_Limit_RegisterUser: '1000000' } },
  setup: async (w) => {
    await w.create_caller('plain');
    await w.create_caller('other');
    await w.create_caller('maker', { rights: ['create-user'] });
    await w.create_caller('editor', { rights: ['edit-other-user-info'] });
    await w.create_caller('remover', { rights: ['delete-user'] });
    await w.create_caller('guest', { roles: ['anonymous'] });
    w.owner = await w.create_caller('owner');
    w.heir = await w.create_caller('heir');
  },
  rows: [
    { ...create, name: 'create makes an account that can log in at once', body: (w) => (w.first = fresh()),
      parts: { success: true, user: { _id: any.id, username: (w) => w.first.username, name: (w) => w.first.name,
        emails: [{ address: (w) => w.first.email, verified: false }], type: 'user', status: 'offline', active: true,
        roles: ['user'], settings: any.object, createdAt: any.date, _updatedAt: any.date } },
      absent: ['bcrypt', 'inviteToken', 'Pass-word-1'],
      then: async (w) => { await w.anonymous.login(w.first.username, w.first.password); } },
    { ...create, name: 'create joins the default rooms and says so there', body: () => fresh({ username: 'joiner-1' }),
      parts: { success: true },
      then: async (w) => {
        const { user } = await w.admin.must_get('/api/v1/users.info', { username: 'joiner-1', includeUserRooms: true });
        expect_parts(user.rooms, [{ rid: 'GENERAL', name: 'general', t: 'c', unread: any.number, _id: any.id }]);
      } },
    { ...create, name: 'create leaves the default rooms alone when told so',
      body: () => fresh({ username: 'loner-1', joinDefaultChannels: false }), parts: { success: true },
      then: async (w) => {
        const { user } = await w.admin.must_get('/api/v1/users.info', { username: 'loner-1', includeUserRooms: true });
        expect_parts(user.rooms, []);
      } },
    { ...create, name: 'create takes everything that an account has',
      body: () => fresh({ bio: 'Builds', nickname: 'Nick', statusText: 'here', verified: true, active: false,
                          roles: ['user', 'bot'], customFields: { floor: 3 }, requirePasswordChange: true }),
      parts: { user: { bio: 'Builds', nickname: 'Nick', statusText: 'here', active: false, roles: ['user', 'bot'],
                       customFields: { floor: 3 }, requirePasswordChange: true, emails: [{ verified: true }] } } },
    { ...create, name: 'create makes a random password', parts: { user: { requirePasswordChange: true } },
      body: () => fresh({ password: undefined, setRandomPassword: true }) },
    { ...create, name: 'create shows less to a maker who may not see everything', caller: 'maker', body: () => fresh(),
      parts: { user: { _id: any.id, username: any.string, emails: any.absent, roles: any.absent, createdAt: any.absent } } },
    { ...create, name: 'create gives the roles of the setting', prepare: (w) => w.set_setting('Accounts_Registration_Users_Default_Roles', 'user, bot, no-such'),
      body: () => fresh(), parts: { user: { roles: ['user', 'bot'] } },
      then: (w) => w.set_setting('Accounts_Registration_Users_Default_Roles', 'user') },
    { ...create, name: 'create wants a login', caller: 'anonymous', body: () => fresh(), status: 401, parts: not_logged_in },
    { ...create, name: 'create wants the right', caller: 'plain', body: () => fresh(), status: 400, kind: 'right',
      json: typed('Adding user is not allowed', 'error-action-not-allowed') },
    { ...create, name: 'create wants the mail address first', body: {}, status: 400,
      json: typed("must have required property 'email'", 'invalid-params') },
    { ...create, name: 'create wants a password', body: () => fresh({ password: undefined }), status: 400,
      parts: typed('The field Password is required', 'error-the-field-is-required') },
    { ...create, name: 'create refuses a blank name', body: () => fresh({ name: ' ' }), status: 400,
      parts: typed('The field Name is required', 'error-the-field-is-required') },
    { ...create, name: 'create refuses a username that does not fit', body: () => fresh({ username: 'two words' }), status: 400,
      parts: typed('two words is not a valid username', 'error-input-is-not-a-valid-field') },
    { ...create, name: 'create refuses a username that ends a line', body: () => fresh({ username: 'line\n' }), status: 400,
      parts: { errorType: 'error-input-is-not-a-valid-field' } },
    { ...create, name: 'create refuses a reserved name in any case', body: () => fresh({ username: 'System' }), status: 400,
      json: { ...typed("System is blocked and can't be used!", 'error-blocked-username'),
              details: { method: 'checkUsernameAvailability', field: 'System' } } },
    { ...create, name: 'create refuses @all', body: () => fresh({ username: 'all' }), status: 400,
      parts: { errorType: 'error-blocked-username' } },
    { ...create, name: 'create refuses a username that is taken in another case', body: (w) =>
        fresh({ username: w.callers.plain.username.toUpperCase() }), status: 400, parts: { errorType: 'error-field-unavailable' } },
    { ...create, name: 'create refuses a mail address that is taken', status: 400,
      body: (w) => fresh({ email: `${w.callers.plain.username}@GANTRY.test` }),
      parts: { errorType: 'error-field-unavailable', error: /is already in use :\( \[error-field-unavailable\]$/ } },
    { ...create, name: 'create refuses a mail address that is none', body: () => fresh({ email: 'no mail' }), status: 400,
      json: typed('Invalid email no mail', 'error-invalid-email') },
    { ...create, name: 'create refuses markup in names', body: () => fresh({ name: '<b>Bold</b>' }), status: 400,
      json: { success: false, error: 'Name contains invalid characters' } },
    { ...create, name: 'create refuses unknown roles', body: () => fresh({ roles: ['user', 'no-such'] }), status: 400,
      json: typed('The field Roles consist invalid role id', 'error-action-not-allowed') },
    { ...create, name: 'create refuses roles of rooms', body: () => fresh({ roles: ['owner'] }), status: 400,
      json: typed('The field Roles consist invalid role id', 'error-action-not-allowed') },
    { ...create, name: 'create lets only those make administrators who may', caller: 'maker', kind: 'right',
      body: () => fresh({ roles: ['admin'] }), status: 400,
      json: typed('Assigning admin is not allowed', 'error-action-not-allowed') },
    { ...create, name: 'create lets only those give roles who may', caller: 'maker', body: () => fresh({ roles: ['user', 'bot'] }),
      status: 400, kind: 'right', json: typed('Assign roles is not allowed', 'error-action-not-allowed') },

    { ...register, name: 'register makes an account that can log in', parts: { success: true, user: { _id: any.id, username: 'reg-1',
        emails: any.absent, roles: any.absent } },
      body: { username: 'reg-1', email: 'reg-1@gantry.test', pass: 'Pass-word-1', name: 'Reg' },
      then: async (w) => {
        const client = await w.anonymous.login('reg-1', 'Pass-word-1');
        expect_parts((await client.get('/api/v1/me')).json, { roles: ['user'], active: true });
      } },
    { ...register, name: 'register refuses who is logged in', caller: 'plain', status: 400,
      body: { username: 'reg-2', email: 'reg-2@gantry.test', pass: 'x', name: 'Reg' },
      json: { success: false, error: 'Logged in users can not register again.' } },
    { ...register, name: 'register wants every field', body: { username: 'reg-2' }, status: 400,
      json: typed("must have required property 'email'", 'invalid-params') },
    { ...register, name: 'register refuses a wrong username', status: 400,
      body: { username: 'reg 2', email: 'reg-2@gantry.test', pass: 'x', name: 'Reg' },
      json: { success: false, error: 'The username provided is not valid' } },
    { ...register, name: 'register refuses a taken username', status: 400,
      body: { username: 'REG-1', email: 'reg-2@gantry.test', pass: 'x', name: 'Reg' },
      json: { success: false, error: 'Username is already in use' } },
    { ...register, name: 'register refuses a taken mail address', status: 400,
      body: { username: 'reg-2', email: 'reg-1@gantry.test', pass: 'x', name: 'Reg' },
      json: { success: false, error: 'Email already exists' } },
    { ...register, name: 'register refuses a reserved username', status: 400,
      body: { username: 'administrator', email: 'reg-2@gantry.test', pass: 'x', name: 'Reg' },
      parts: typed("administrator is blocked and can't be used!", 'error-blocked-username') },
    { ...register, name: 'register can be switched off', status: 400,
      prepare: (w) => w.set_setting('Accounts_RegistrationForm', 'Disabled'),
      body: { username: 'reg-2', email: 'reg-2@gantry.test', pass: 'x', name: 'Reg' },
      json: typed('User registration is disabled', 'error-user-registration-disabled') },
    { ...register, name: 'register can want a secret', status: 400,
      prepare: async (w) => {
        await w.set_setting('Accounts_RegistrationForm', 'Secret URL');
        await w.set_setting('Accounts_RegistrationForm_SecretURL', 'open-sesame');
      },
      body: { username: 'reg-2', email: 'reg-2@gantry.test', pass: 'x', name: 'Reg', secretURL: 'guess' },
      parts: { errorType: 'error-user-registration-secret' } },
    { ...register, name: 'register takes the secret', parts: { success: true },
      body: { username: 'reg-2', email: 'reg-2@gantry.test', pass: 'x', name: 'Reg', secretURL: 'open-sesame' } },
    { ...register, name: 'register can wait for approval', parts: { user: { active: false, reason: 'I work here' } },
      prepare: async (w) => {
        await w.set_setting('Accounts_RegistrationForm', 'Public');
        await w.set_setting('Accounts_ManuallyApproveNewUsers', true);
      },
      body: { username: 'reg-3', email: 'reg-3@gantry.test', pass: 'x', name: 'Reg', reason: 'I work here' },
      then: (w) => w.set_setting('Accounts_ManuallyApproveNewUsers', false) },

    { name: 'info finds by id', path: '/api/v1/users.info', query: { userId: id_of('plain') },
      parts: { success: true, user: { _id: id_of('plain'), emails: any.array, roles: ['user'], canViewAllInfo: true,
                                      rooms: any.absent, services: any.absent } } },
    { name: 'info finds by username without case', path: '/api/v1/users.info',
      query: { username: (w) => w.callers.plain.username.toUpperCase() }, parts: { user: { _id: id_of('plain') } } },
    { name: 'info finds by mail address for who sees everything', path: '/api/v1/users.info',
      query: { email: (w) => `${w.callers.plain.username}@gantry.test` }, parts: { user: { _id: id_of('plain') } } },
    { name: 'info finds no mail address for others', path: '/api/v1/users.info', caller: 'plain', status: 400, kind: 'absent',
      query: { email: (w) => `${w.callers.other.username}@gantry.test` }, json: { success: false, error: 'User not found.' } },
    { name: 'info shows others little', path: '/api/v1/users.info', caller: 'plain', query: { userId: id_of('other') },
      parts: { user: { username: any.string, canViewAllInfo: false, emails: any.absent, roles: any.absent, settings: any.absent,
                       createdAt: any.absent, lastLogin: any.absent } } },
    { name: 'info shows one\'s own account whole', path: '/api/v1/users.info', caller: 'plain', query: { userId: id_of('plain') },
      parts: { user: { emails: any.array, roles: ['user'], services: { password: true } } }, absent: ['bcrypt'] },
    { name: 'info shows one\'s own rooms', path: '/api/v1/users.info', caller: 'plain',
      query: { userId: id_of('plain'), includeUserRooms: true },
      parts: { user: { rooms: [{ _id: any.id, rid: 'GENERAL', t: 'c', name: 'general' }] } } },
    { name: 'info keeps others\' rooms', path: '/api/v1/users.info', caller: 'plain',
      query: { userId: id_of('other'), includeUserRooms: true }, parts: { user: { rooms: any.absent } } },
    { name: 'info does not know a stranger', path: '/api/v1/users.info', query: { username: 'nobody' }, status: 400,
      json: { success: false, error: 'User not found.' } },
    { name: 'info wants a name', path: '/api/v1/users.info', status: 400, json: { success: false, error: 'Invalid search query.' } },
    { name: 'info wants a login', path: '/api/v1/users.info', caller: 'anonymous', status: 401, parts: not_logged_in },

    { name: 'list gives everybody in the order of usernames', path: '/api/v1/users.list', query: { count: 2 },
      parts: { success: true, count: 2, offset: 0, total: any.number,
               users: [{ _id: any.string, username: 'admin', name: any.string, status: any.string, active: true, type: 'user',
                         nameInsensitive: 'administrator', roles: ['admin'], emails: any.array, settings: any.absent }, any.object] } },
    { name: 'list sorts backwards', path: '/api/v1/users.list', query: { count: 1, sort: { username: -1 } },
      parts: { users: [{ username: 'rocket.cat' }] } },
    { name: 'list sorts by name', path: '/api/v1/users.list', query: { count: 1, sort: { name: 1 } },
      parts: { users: [{ name: 'Administrator' }] } },
    { name: 'list skips', path: '/api/v1/users.list', query: { offset: 1, count: 1 }, parts: { offset: 1, count: 1 } },
    { name: 'list gives all for count 0', path: '/api/v1/users.list', query: { count: 0 }, parts: { success: true },
      then: (w, { json }) => expect(json.users.length === json.total, 'not all are there') },
    { name: 'list shows little to who may not see everything', path: '/api/v1/users.list', caller: 'plain', query: { count: 1 },
      parts: { users: [{ username: 'admin', emails: any.absent, roles: any.absent, lastLogin: any.absent }] } },
    { name: 'list finds a mail address', path: '/api/v1/users.list', parts: { total: 1, users: [{ _id: id_of('other') }] },
      query: { email: (w) => `${w.callers.other.username}@gantry.test` } },
    { name: 'list finds mail addresses only for who sees everything', path: '/api/v1/users.list', caller: 'plain', status: 403,
      query: { email: 'admin@gantry.test' }, json: { success: false, error: 'unauthorized' } },
    { name: 'list ignores query and fields', path: '/api/v1/users.list', query: { query: { username: 'nobody' }, fields: { x: 7 }, count: 1 },
      parts: { count: 1 } },
    { name: 'list refuses a wrong sort', path: '/api/v1/users.list', query: { sort: 'x' }, status: 400, parts: { errorType: 'error-invalid-sort' } },
    { name: 'list wants the right', path: '/api/v1/users.list', caller: 'guest', status: 403, json: missing_right },
    { name: 'list wants a login', path: '/api/v1/users.list', caller: 'anonymous', status: 401, parts: not_logged_in },

    { ...update, name: 'update changes what is said', prepare: async (w) => { w.target = (await made(w)).user; },
      body: (w) => ({ userId: w.target._id, data: { name: 'New Name', username: 'renamed-1', email: 'renamed-1@gantry.test', verified: true,
                      bio: 'b', nickname: 'n', statusText: 's', roles: ['user', 'bot'], password: 'Other-pass-1', customFields: { a: 1 } } }),
      parts: { success: true, user: { name: 'New Name', username: 'renamed-1', emails: [{ address: 'renamed-1@gantry.test', verified: true }],
                                      bio: 'b', nickname: 'n', statusText: 's', roles: ['user', 'bot'], customFields: { a: 1 } } },
      then: (w) => w.anonymous.login('renamed-1', 'Other-pass-1') },
    { ...update, name: 'update leaves the rest', body: (w) => ({ userId: w.target._id, data: { bio: 'c' } }),
      parts: { user: { name: 'New Name', username: 'renamed-1', emails: [{ verified: true }], bio: 'c', nickname: 'n' } } },
    { ...update, name: 'update wants a login', caller: 'anonymous', body: { userId: 'x', data: { name: 'y' } }, status: 401, parts: not_logged_in },
    { ...update, name: 'update of others wants the right', caller: 'plain', kind: 'right',
      body: (w) => ({ userId: w.target._id, data: { name: 'y' } }), status: 400,
      json: typed('Editing user is not allowed', 'error-action-not-allowed') },
    { ...update, name: 'update of passwords wants its own right', caller: 'editor', kind: 'right',
      body: (w) => ({ userId: w.target._id, data: { password: 'y' } }), status: 400,
      json: typed('Edit user password is not allowed', 'error-action-not-allowed') },
    { ...update, name: 'update of roles wants its own right', caller: 'editor', kind: 'right',
      body: (w) => ({ userId: w.target._id, data: { roles: ['user'] } }), status: 400,
      json: typed('Assign roles is not allowed', 'error-action-not-allowed') },
    { ...update, name: 'update makes administrators only for who may', caller: 'editor', kind: 'right',
      body: (w) => ({ userId: w.callers.editor.user_id, data: { roles: ['user', 'admin'] } }), status: 400,
      json: typed('Assigning admin is not allowed', 'error-action-not-allowed') },
    { ...update, name: 'update of activity wants its own right', caller: 'editor', kind: 'right',
      body: (w) => ({ userId: w.target._id, data: { active: false } }), status: 400, json: typed('Not allowed', 'error-not-allowed') },
    { ...update, name: 'update lets roles through that stay as they are', caller: 'editor',
      body: (w) => ({ userId: w.target._id, data: { roles: ['bot', 'user'], nickname: 'nn' } }), parts: { user: { nickname: 'nn' } } },
    { ...update, name: 'update wants data', body: (w) => ({ userId: w.target._id, data: {} }), status: 400,
      json: typed('must NOT have fewer than 1 properties', 'invalid-params') },
    { ...update, name: 'update refuses a reserved name', body: (w) => ({ userId: w.target._id, data: { username: 'admin' } }), status: 400,
      json: typed('Could not save user identity', 'error-could-not-save-identity') },
    { ...update, name: 'update refuses the username of another', status: 400,
      body: (w) => ({ userId: w.target._id, data: { username: w.callers.plain.username } }),
      json: typed('Could not save user identity', 'error-could-not-save-identity') },
    { ...update, name: 'update refuses a mail address of another', body: (w) => ({ userId: w.target._id, data: { email: 'admin@gantry.test' } }),
      status: 400, json: { ...typed('admin@gantry.test is already in use :(', 'error-field-unavailable'), details: any.object } },
    { ...update, name: 'update does not know a stranger', body: { userId: 'nobody', data: { name: 'y' } }, status: 400, json: no_such_user },
    { ...update, name: 'update keeps the last administrator', body: (w) => ({ userId: w.admin.user_id, data: { roles: ['user'] } }), status: 400,
      json: typed('You need to have at least one admin', 'error-admin-required') },
    { ...update, name: 'update lets people change themselves', caller: 'plain',
      body: (w) => ({ userId: w.callers.plain.user_id, data: { nickname: 'Me' } }), parts: { user: { nickname: 'Me' } } },
    { ...update, name: 'update of oneself obeys the settings', caller: 'plain', kind: 'right',
      prepare: (w) => w.set_setting('Accounts_AllowRealNameChange', false),
      body: (w) => ({ userId: w.callers.plain.user_id, data: { name: 'Me' } }), status: 400,
      json: typed('Edit user real name is not allowed', 'error-action-not-allowed'),
      then: (w) => w.set_setting('Accounts_AllowRealNameChange', true) },
    { ...update, name: 'nobody confirms an own mail address', caller: 'plain', kind: 'right',
      body: (w) => ({ userId: w.callers.plain.user_id, data: { email: 'boss@gantry.test', verified: true } }), status: 400,
      json: typed('Editing user is not allowed', 'error-action-not-allowed') },

    { ...activate, name: 'setActiveStatus switches off and ends sessions',
      prepare: async (w) => {
        const account = fresh();
        w.sleeper = (await w.admin.must_post('/api/v1/users.create', account)).user;
        w.sleeping = await w.anonymous.login(account.username, account.password);
      },
      body: (w) => ({ userId: w.sleeper._id, activeStatus: false }),
      json: { success: true, user: { _id: (w) => w.sleeper._id, active: false } },
      then: async (w) => expect((await w.sleeping.get('/api/v1/me')).status === 401, 'the session still works') },
    { ...activate, name: 'setActiveStatus switches on', body: (w) => ({ userId: w.sleeper._id, activeStatus: true }),
      parts: { user: { active: true } } },
    { ...activate, name: 'setActiveStatus keeps the last administrator', body: (w) => ({ userId: w.admin.user_id, activeStatus: false }), status: 400,
      json: typed('Leaving the app without admins is not allowed', 'error-action-not-allowed') },
    { ...activate, name: 'setActiveStatus does not know a stranger', body: { userId: 'nobody', activeStatus: false }, status: 400,
      json: { success: false, error: 'User not found' } },
    { ...activate, name: 'setActiveStatus wants both parameters', body: { userId: 'x' }, status: 400,
      json: typed("must have required property 'activeStatus'", 'invalid-params') },
    { ...activate, name: 'setActiveStatus wants a login', caller: 'anonymous', body: {}, status: 401, parts: not_logged_in },
    { ...activate, name: 'setActiveStatus wants the right', caller: 'plain', body: (w) => ({ userId: w.sleeper._id, activeStatus: false }),
      status: 403, json: missing_right },

    { ...remove, name: 'delete removes by id', prepare: async (w) => { w.gone = (await made(w)).user; },
      body: (w) => ({ userId: w.gone._id }), json: { success: true, deletedRooms: [] },
      then: async (w) => expect((await w.admin.get('/api/v1/users.info', { userId: w.gone._id })).status === 400, 'it is still there') },
    { ...remove, name: 'delete removes by username', prepare: async (w) => { w.gone = (await made(w)).user; }, caller: 'remover',
      body: (w) => ({ username: w.gone.username }), json: { success: true, deletedRooms: [] } },
    { ...remove, name: 'delete refuses the only owner of rooms', status: 400,
      prepare: async (w) => {
        w.shared = await w.create_group({ by: w.owner, members: [w.heir.username] });
        w.lonely = await w.create_group({ by: w.owner });
        await w.post(w.shared, 'to be erased', w.owner);
      },
      body: (w) => ({ userId: w.owner.user_id }),
      json: { success: false, error: '[user-last-owner]', errorType: 'user-last-owner',
              details: { shouldChangeOwner: [(w) => w.shared.name], shouldBeRemoved: [(w) => w.lonely.name] } } },
    { ...remove, name: 'delete hands rooms over when confirmed', body: (w) => ({ userId: w.owner.user_id, confirmRelinquish: true }),
      json: { success: true, deletedRooms: [(w) => w.lonely._id] },
      then: async (w) => {
        const { roles } = await w.heir.must_get('/api/v1/groups.roles', { roomId: w.shared._id });
        expect_parts(roles, containing({ u: { _id: w.heir.user_id }, roles: ['owner'] }));
        const { messages } = await w.heir.must_get('/api/v1/groups.messages', { roomId: w.shared._id });
        expect(!messages.some((one) => one.msg === 'to be erased'), 'the message is still there');
        const { group } = await w.heir.must_get('/api/v1/groups.info', { roomId: w.shared._id });
        expect(group.msgs === messages.length, `the room counts ${group.msgs} messages and has ${messages.length}`);
        expect(group.lastMessage?.msg !== 'to be erased', 'the room still shows the message');
      } },
    { ...remove, name: 'delete keeps the last administrator', body: (w) => ({ userId: w.admin.user_id }), status: 400,
      json: typed('Leaving the app without admins is not allowed', 'error-action-not-allowed') },
    { ...remove, name: 'delete does not know a stranger', body: { userId: 'nobody' }, status: 400, json: no_such_user },
    { ...remove, name: 'delete wants a name', body: {}, status: 400,
      json: typed('The required "userId" or "username" param was not provided', 'error-user-param-not-provided') },
    { ...remove, name: 'delete wants a login', caller: 'anonymous', body: {}, status: 401, parts: not_logged_in },
    { ...remove, name: 'delete wants the right', caller: 'plain', body: (w) => ({ userId: w.heir.user_id }), status: 403, json: missing_right },
  ],
});

test('users: what is left of a removed account is off', async () => {
  const account = fresh({ roles: ['user', 'bot'] });
  const { user } = await world.admin.must_post('/api/v1/users.create', account);
  const hook = await world.create_incoming({ username: account.username });
  await world.admin.must_post('/api/v1/users.delete', { userId: user._id });
  const { integration } = await world.admin.must_get('/api/v1/integrations.get', { integrationId: hook._id });
  expect(integration.enabled === false, 'the hook of a removed account is still on');
});

for (const [erasure, wanted] of [['Unlink', { username: 'rocket.cat' }], ['Keep', { username: 'writer-Keep' }]]) {
  test(`users: messages of a removed account follow Message_ErasureType ${erasure}`, async () => {
    await world.set_setting('Message_ErasureType', erasure);
    const account = fresh({ username: `writer-${erasure}` });
    const { user } = await world.admin.must_post('/api/v1/users.create', account);
    const room = await world.create_group({ members: [account.username] });
    await world.post(room, 'stays', await world.anonymous.login(account.username, account.password));
    await world.admin.must_post('/api/v1/users.delete', { userId: user._id });
    const found = (await world.messages(room)).find((one) => one.msg === 'stays');
    expect_parts(found, { u: wanted });
    await world.set_setting('Message_ErasureType', 'Delete');
  });
}

test('users: two that register one name at the same time make one account', async () => {
  const both = await Promise.all([1, 2, 3, 4].map((n) => world.anonymous.post('/api/v1/users.register',
    { username: 'racer', email: `racer-${n}@gantry.test`, pass: 'Pass-word-1', name: 'Racer' })));
  const good = both.filter((answer) => answer.status === 200);
  expect(good.length === 1, `made ${good.length} accounts: ${both.map((one) => one.text).join(' ')}`);
});

test('users: fields and query work behind the switch, and hide what the caller may not see', async () => {
  await world.server.stop();
  await world.server.restart({ env: { ...world.server.options.env, ALLOW_UNSAFE_QUERY_AND_FIELDS_API_PARAMS: 'true' } });
  await world.connect();
  const { plain } = world.callers;
  const list = (who, query) => who.get('/api/v1/users.list', query);
  expect_parts((await list(world.admin, { query: { username: plain.username } })).json, { total: 1, users: [{ _id: plain.user_id }] });
  expect_parts((await list(world.admin, { query: { username: plain.username }, fields: { username: 1 } })).json,
               { users: [{ username: plain.username, name: any.absent }] });
  expect_parts((await list(plain, { query: { 'emails.address': 'admin@gantry.test' } })).json, { total: any.number });
  const hidden = await list(plain, { query: { 'emails.address': 'admin@gantry.test' } });
  expect(hidden.json.total > 1, 'a hidden field can be searched');
  expect_parts((await plain.get('/api/v1/users.info', { userId: plain.user_id, fields: { userRooms: 1 } })).json, { user: { rooms: [{ rid: 'GENERAL' }] } });
  expect_parts((await list(plain, { fields: { emails: 1, username: 1 }, count: 1 })).json, { users: [{ emails: any.absent }] });
  expect_parts((await list(world.admin, { query: { username: { $in: ['x'] } } })).json, { errorType: 'error-invalid-query' });
});
