// roles.* and permissions.*: who may do what, and that a change holds at once.

import { any, containing, expect, expect_parts } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

const not_logged_in = { success: false, status: 'error', message: 'You must be logged in to do this.' };
const missing_right = { success: false,
                        error: 'User does not have the permissions required for this action [error-unauthorized]' };
const typed = (text, code) => ({ success: false, error: `${text} [${code}]`, errorType: code });
const post = (path, caller = 'admin') => ({ method: 'POST', path: `/api/v1/${path}`, caller });
const get = (path, caller = 'admin') => ({ path: `/api/v1/${path}`, caller });
const id_of = (name) => (w) => w.callers[name].user_id;
const name_of = (name) => (w) => w.callers[name].username;
const role = (w) => w.role._id;

const world = scenarios({
  name: 'roles',
  receiver: false,
  setup: async (w) => {
    await w.create_caller('plain');
    await w.create_caller('warden', { rights: ['access-permissions'] });
    w.room = await w.create_group({ members: [w.callers.plain.username] });
  },
  rows: [
    { ...get('roles.list', 'plain'), name: 'list gives the built-in roles',
      parts: { success: true, roles: containing(
        { _id: 'admin', name: 'admin', scope: 'Users', description: 'Admin', mandatory2fa: false, protected: true },
        { _id: 'owner', scope: 'Subscriptions', description: 'Owner' }, { _id: 'livechat-agent' }, { _id: 'federated-external' }) } },
    { ...get('roles.list', 'anonymous'), name: 'list wants a login', status: 401, parts: not_logged_in },

    { ...post('roles.create'), name: 'create makes a role', body: { name: 'clerk', description: 'Clerk' },
      json: { success: true, role: { _id: any.id, name: 'clerk', scope: 'Users', description: 'Clerk', mandatory2fa: false, protected: false } },
      then: (w, { json }) => { w.role = json.role; } },
    { ...post('roles.create'), name: 'create takes an unknown scope for Users', body: { name: 'odd', scope: 'Moon' }, parts: { role: { scope: 'Users' } } },
    { ...post('roles.create'), name: 'create makes roles of rooms', body: { name: 'room-clerk', scope: 'Subscriptions' },
      parts: { role: { scope: 'Subscriptions' } }, then: (w, { json }) => { w.room_role = json.role; } },
    { ...post('roles.create'), name: 'create refuses a name twice', body: { name: 'clerk' }, status: 400,
      json: typed('Role name already exists', 'error-duplicate-role-names-not-allowed') },
    { ...post('roles.create'), name: 'create refuses an empty name', body: { name: '' }, status: 400,
      json: typed('The role properties are invalid.', 'error-invalid-role-properties') },
    { ...post('roles.create'), name: 'create wants a name', body: {}, status: 400, json: typed("must have required property 'name'", 'invalid-params') },
    { ...post('roles.create', 'plain'), name: 'create wants the right', body: { name: 'x' }, status: 400, kind: 'right',
      json: typed('Accessing permissions is not allowed', 'error-action-not-allowed') },
    { ...post('roles.create', 'anonymous'), name: 'create wants a login', body: { name: 'x' }, status: 401, parts: not_logged_in },

    { ...post('roles.update'), name: 'update renames', body: (w) => ({ roleId: role(w), name: 'chief-clerk', description: 'Chief' }),
      parts: { role: { _id: role, name: 'chief-clerk', description: 'Chief', scope: 'Users' } } },
    { ...post('roles.update'), name: 'update describes built-in roles', body: { roleId: 'leader', name: 'leader', description: 'Leader' },
      parts: { role: { _id: 'leader', protected: true } } },
    { ...post('roles.update'), name: 'update renames no built-in role', body: { roleId: 'admin', name: 'boss' }, status: 400,
      parts: { errorType: 'error-role-protected' } },
    { ...post('roles.update'), name: 'update does not know a strange role', body: { roleId: 'no', name: 'x' }, status: 400,
      json: typed('This role does not exist', 'error-invalid-roleId') },
    { ...post('roles.update'), name: 'update wants an id', body: { name: 'x' }, status: 400, json: typed("must have required property 'roleId'", 'invalid-params') },
    { ...post('roles.update', 'plain'), name: 'update wants the right', body: { roleId: 'x', name: 'x' }, status: 400, kind: 'right',
      json: typed('Accessing permissions is not allowed', 'error-action-not-allowed') },
    { ...post('roles.update', 'anonymous'), name: 'update wants a login', body: {}, status: 401, parts: not_logged_in },

    { ...post('roles.addUserToRole'), name: 'addUserToRole gives a role', body: (w) => ({ roleId: role(w), username: name_of('plain') }),
      parts: { success: true, role: { _id: role } } },
    { ...post('roles.addUserToRole'), name: 'addUserToRole gives it once', body: (w) => ({ roleName: 'chief-clerk', username: name_of('plain') }), status: 400,
      json: typed('User already in role', 'error-user-already-in-role') },
    { ...post('roles.addUserToRole'), name: 'addUserToRole gives roles in a room',
      body: (w) => ({ roleId: w.room_role._id, username: name_of('plain'), roomId: w.room._id }), parts: { success: true },
      then: async (w) => {
        const { roles } = await w.admin.must_get('/api/v1/groups.roles', { roomId: w.room._id });
        expect_parts(roles, containing({ u: { _id: w.callers.plain.user_id }, roles: [w.room_role._id] }));
      } },
    { ...post('roles.addUserToRole'), name: 'addUserToRole wants a room for roles of rooms', status: 400,
      body: (w) => ({ roleId: 'moderator', username: name_of('plain') }), parts: { errorType: 'error-invalid-room' } },
    { ...post('roles.addUserToRole'), name: 'addUserToRole wants a member of the room', status: 400, kind: '400',
      body: (w) => ({ roleId: 'moderator', username: name_of('warden'), roomId: w.room._id }), parts: { errorType: 'error-user-not-in-room' } },
    { ...post('roles.addUserToRole'), name: 'addUserToRole does not know a strange role', body: (w) => ({ roleId: 'no', username: name_of('plain') }), status: 400,
      kind: 'absent', json: { success: false, error: 'error-role-not-found', errorType: 'Role not found' } },
    { ...post('roles.addUserToRole'), name: 'addUserToRole does not know a stranger', body: { roleId: 'bot', username: 'nobody' }, status: 400,
      parts: { errorType: 'error-invalid-user' } },
    { ...post('roles.addUserToRole'), name: 'addUserToRole wants a role', body: (w) => ({ username: name_of('plain') }), status: 400,
      json: typed('The role properties are invalid.', 'error-invalid-role-properties') },
    { ...post('roles.addUserToRole', 'plain'), name: 'addUserToRole wants the right', body: (w) => ({ roleId: 'bot', username: name_of('plain') }), status: 400,
      kind: 'right', json: typed('Accessing permissions is not allowed', 'error-action-not-allowed') },
    { ...post('roles.addUserToRole', 'warden'), name: 'addUserToRole makes administrators only for who may', status: 400, kind: 'right',
      body: (w) => ({ roleId: 'admin', username: name_of('warden') }), json: typed('Assigning admin is not allowed', 'error-action-not-allowed') },
    { ...post('roles.addUserToRole', 'anonymous'), name: 'addUserToRole wants a login', body: {}, status: 401, parts: not_logged_in },

    { ...get('roles.getUsersInRole'), name: 'getUsersInRole lists holders', query: { role }, absent: ['bcrypt'],
      json: { success: true, count: 1, offset: 0, total: 1, users: [{ _id: id_of('plain'), username: name_of('plain'), name: any.string,
        emails: any.array, createdAt: any.date, _updatedAt: any.date }] } },
    { ...get('roles.getUsersInRole'), name: 'getUsersInRole looks into a room', query: (w) => ({ role: 'owner', roomId: w.room._id }),
      parts: { total: 1, users: [{ username: 'admin' }] } },
    { ...get('roles.getUsersInRole', 'warden'), name: 'getUsersInRole looks into rooms only for who may', status: 400,
      query: (w) => ({ role: 'owner', roomId: w.room._id }), json: typed('Not allowed', 'error-not-allowed') },
    { ...get('roles.getUsersInRole'), name: 'getUsersInRole wants a role', status: 400, json: typed('Query param "role" is required', 'error-param-not-provided') },
    { ...get('roles.getUsersInRole'), name: 'getUsersInRole does not know a strange role', query: { role: 'no' }, status: 400,
      parts: { errorType: 'error-invalid-roleId' } },
    { ...get('roles.getUsersInRole', 'plain'), name: 'getUsersInRole wants the right', query: { role: 'admin' }, status: 403, json: missing_right },
    { ...get('roles.getUsersInRole', 'anonymous'), name: 'getUsersInRole wants a login', status: 401, parts: not_logged_in },
    { ...get('roles.getUsersInPublicRoles', 'plain'), name: 'getUsersInPublicRoles lists who is shown',
      parts: { success: true },
      then: (w, { json }) => expect_parts(json.users, containing({ username: 'admin', roles: ['admin'] },
                                                                 { _id: w.callers.plain.user_id, roles: [role(w)] })) },
    { ...get('roles.getUsersInPublicRoles', 'anonymous'), name: 'getUsersInPublicRoles wants a login', status: 401, parts: not_logged_in },
    { ...get('roles.sync', 'plain'), name: 'sync gives what changed', query: { updatedSince: '2100-01-01T00:00:00Z' },
      json: { success: true, roles: { update: [], remove: [] } } },
    { ...get('roles.sync', 'plain'), name: 'sync wants a date', query: { updatedSince: 'soon' }, status: 400, parts: { success: false } },
    { ...get('roles.sync', 'anonymous'), name: 'sync wants a login', status: 401, parts: not_logged_in },

    { ...post('roles.removeUserFromRole'), name: 'removeUserFromRole takes a role', body: (w) => ({ roleId: role(w), username: name_of('plain') }),
      parts: { success: true, role: { _id: role } } },
    { ...post('roles.removeUserFromRole'), name: 'removeUserFromRole takes it once', body: (w) => ({ roleId: role(w), username: name_of('plain') }), status: 400,
      json: typed('User is not in this role', 'error-user-not-in-role') },
    { ...post('roles.removeUserFromRole'), name: 'removeUserFromRole takes roles in a room',
      body: (w) => ({ roleId: w.room_role._id, username: name_of('plain'), scope: w.room._id }), parts: { success: true } },
    { ...post('roles.removeUserFromRole'), name: 'removeUserFromRole keeps an administrator', body: { roleId: 'admin', username: 'admin' }, status: 400,
      json: typed('You need to have at least one admin', 'error-admin-required') },
    { ...post('roles.removeUserFromRole'), name: 'removeUserFromRole keeps an owner', status: 400,
      body: (w) => ({ roleId: 'owner', username: 'admin', scope: w.room._id }), parts: { errorType: 'error-remove-last-owner' } },
    { ...post('roles.removeUserFromRole'), name: 'removeUserFromRole does not know a stranger', body: { roleId: 'bot', username: 'nobody' }, status: 400,
      kind: 'absent', json: typed('There is no user with this username', 'error-invalid-user') },
    { ...post('roles.removeUserFromRole'), name: 'removeUserFromRole does not know a strange role', body: { roleId: 'no', username: 'admin' }, status: 400,
      json: typed('This role does not exist', 'error-invalid-roleId') },
    { ...post('roles.removeUserFromRole', 'plain'), name: 'removeUserFromRole wants the right', body: { roleId: 'bot', username: 'admin' }, status: 403,
      json: missing_right },
    { ...post('roles.removeUserFromRole', 'anonymous'), name: 'removeUserFromRole wants a login', body: {}, status: 401, parts: not_logged_in },

    { ...get('permissions.listAll', 'plain'), name: 'listAll gives every permission',
      parts: { success: true, remove: [], update: containing({ _id: 'manage-incoming-integrations', roles: ['admin'], _updatedAt: any.date },
        { _id: 'message-impersonate', roles: ['bot', 'app'] }, { _id: 'add-user-to-any-p-room', roles: [] }) } },
    { ...get('permissions.listAll', 'plain'), name: 'listAll gives what changed since', query: { updatedSince: '2100-01-01T00:00:00.000Z' },
      json: { success: true, update: [], remove: [] } },
    { ...get('permissions.listAll'), name: 'listAll wants a date', query: { updatedSince: 'soon' }, status: 400,
      json: typed('The "updatedSince" query parameter must be a valid date.', 'error-roomId-param-invalid') },
    { ...get('permissions.listAll', 'anonymous'), name: 'listAll wants a login', status: 401, parts: not_logged_in },
    { ...post('permissions.update'), name: 'update says which roles have a right', body: { permissions: [{ _id: 'view-statistics', roles: ['admin', 'user'] }] },
      parts: { success: true, permissions: containing({ _id: 'view-statistics', roles: ['admin', 'user'] }) },
      then: async (w) => expect_parts((await w.callers.plain.get('/api/info')).json, { info: any.object }) },
    { ...post('permissions.update'), name: 'update takes rights away at once', body: { permissions: [{ _id: 'view-statistics', roles: ['admin'] }] },
      parts: { success: true }, then: async (w) => expect_parts((await w.callers.plain.get('/api/info')).json, { info: any.absent }) },
    { ...post('permissions.update'), name: 'update is all or nothing', status: 400,
      body: { permissions: [{ _id: 'view-statistics', roles: ['admin', 'bot'] }, { _id: 'no-such', roles: ['admin'] }] },
      json: { success: false, error: 'Invalid permission', errorType: 'error-invalid-permission' },
      then: async (w) => {
        const { update } = await w.admin.must_get('/api/v1/permissions.listAll');
        expect_parts(update.find((one) => one._id === 'view-statistics').roles, ['admin']);
      } },
    { ...post('permissions.update'), name: 'update refuses unknown roles', body: { permissions: [{ _id: 'view-statistics', roles: ['no-such'] }] }, status: 400,
      json: { success: false, error: 'Invalid role', errorType: 'error-invalid-role' } },
    { ...post('permissions.update'), name: 'update wants permissions', body: {}, status: 400, json: typed("must have required property 'permissions'", 'invalid-params') },
    { ...post('permissions.update', 'plain'), name: 'update wants the right to access permissions', body: { permissions: [] }, status: 403, json: missing_right },
    { ...post('permissions.update', 'anonymous'), name: 'update of rights wants a login', body: {}, status: 401, parts: not_logged_in },
    { ...post('permissions.addRole'), name: 'addRole gives a right to a role', body: { permissionId: 'view-logs', role: 'bot' }, json: { success: true },
      then: async (w) => {
        const { update } = await w.admin.must_get('/api/v1/permissions.listAll');
        expect_parts(update.find((one) => one._id === 'view-logs').roles, ['admin', 'bot']);
      } },
    { ...post('permissions.addRole'), name: 'addRole does not know a strange right', body: { permissionId: 'no', role: 'bot' }, status: 400,
      json: typed('Permission does not exist', 'error-invalid-permission') },
    { ...post('permissions.addRole'), name: 'addRole does not know a strange role', body: { permissionId: 'view-logs', role: 'no' }, status: 400,
      json: typed('Role does not exist', 'error-invalid-role') },
    { ...post('permissions.addRole', 'plain'), name: 'addRole wants the right', body: {}, status: 403, json: missing_right },
    { ...post('permissions.addRole', 'anonymous'), name: 'addRole wants a login', body: {}, status: 401, parts: not_logged_in },
    { ...post('permissions.removeRole'), name: 'removeRole takes a right from a role', body: { permissionId: 'view-logs', role: 'bot' }, json: { success: true },
      then: async (w) => {
        const { update } = await w.admin.must_get('/api/v1/permissions.listAll');
        expect_parts(update.find((one) => one._id === 'view-logs').roles, ['admin']);
      } },
    { ...post('permissions.removeRole'), name: 'removeRole does not know a strange right', body: { permissionId: 'no', role: 'bot' }, status: 400,
      json: typed('Permission not found', 'error-permission-not-found') },
    { ...post('permissions.removeRole'), name: 'removeRole wants both names', body: { role: 'bot' }, status: 400,
      json: typed("must have required property 'permissionId'", 'invalid-params') },
    { ...post('permissions.removeRole', 'plain'), name: 'removeRole wants the right', body: {}, status: 403, json: missing_right },
    { ...post('permissions.removeRole', 'anonymous'), name: 'removeRole wants a login', body: {}, status: 401, parts: not_logged_in },
  ],
});

test('roles: rights and roles survive a crash of the server', async () => {
  await world.admin.must_post('/api/v1/permissions.update', { permissions: [{ _id: 'view-logs', roles: ['user'] }] });
  await world.crash_and_restart();
  const { update } = await world.admin.must_get('/api/v1/permissions.listAll');
  expect_parts(update.find((one) => one._id === 'view-logs').roles, ['user']);
  const { roles } = await world.admin.must_get('/api/v1/roles.list');
  expect(roles.some((one) => one._id === world.role._id && one.name === 'chief-clerk'), 'the role is gone');
});
