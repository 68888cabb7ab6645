// rooms.*: operations on rooms of every type.

import { any, containing, expect_json, expect_parts } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';

const post = (action, body, more = {}) => ({ caller: 'ada', method: 'POST', path: `/api/v1/rooms.${action}`, body, ...more });
const get = (action, query, more = {}) => ({ caller: 'ada', path: `/api/v1/rooms.${action}`, query, ...more });
const room = (w) => w.room._id;
const unknown = { status: 400, parts: { errorType: 'error-room-not-found' } };

const well_formed = {
  'GET rooms.get': {}, 'GET rooms.info': { roomId: 'x' }, 'GET rooms.nameExists': { roomName: 'x' },
  'GET rooms.isMember': { roomId: 'x', username: 'x' }, 'GET rooms.roles': { rid: 'x' },
  'POST rooms.favorite': { roomId: 'x', favorite: true }, 'POST rooms.saveNotification': { roomId: 'x', notifications: { unreadAlert: 'all' } },
  'POST rooms.join': { roomId: 'x' }, 'POST rooms.leave': { roomId: 'x' }, 'POST rooms.open': { roomId: 'x' }, 'POST rooms.delete': { roomId: 'x' },
  'POST rooms.changeArchivationState': { rid: 'x', action: 'archive' }, 'POST rooms.saveRoomSettings': { rid: 'x', roomTopic: 't' } };

scenarios({
  name: 'rooms',
  receiver: false,
  setup: async (w) => {
    for (const name of ['ada', 'bob', 'eve']) await w.create_caller(name);
    w.room = await w.create_group({ by: w.callers.ada, members: [w.callers.bob.username] });
    w.open = await w.create_channel({ by: w.callers.ada });
    w.doomed = await w.create_channel({ by: w.callers.ada });
  },
  rows: [
    ...Object.entries(well_formed).map(([operation, content]) => {
      const [method, name] = operation.split(' ');
      return { name: `${name} wants a login`, caller: 'anonymous', method, path: `/api/v1/${name}`, status: 401,
               [method === 'GET' ? 'query' : 'body']: content, parts: { status: 'error' } };
    }),
    get('get', {}, { name: 'get shows the rooms of the caller', json: { success: true, update: any.array, remove: [] },
      then: (w, { json }) => {
        expect_parts(json.update, containing({ _id: w.room._id, t: 'p' }));
        expect_json(json.update.filter(({ joinCode }) => joinCode !== undefined), []);
      } }),
    get('get', { updatedSince: '2200-01-01T00:00:00.000Z' }, { name: 'get shows what changed since', json: { success: true, update: [], remove: [] } }),
    get('get', { updatedSince: 'yesterday' }, { name: 'get wants a date', status: 400,
      json: { success: false, errorType: 'error-updatedSince-param-invalid',
              error: 'The "updatedSince" query parameter must be a valid date. [error-updatedSince-param-invalid]' } }),
    get('info', { roomId: room }, { name: 'info shows a room', parts: { room: { _id: room } } }),
    get('info', { roomName: (w) => w.open.name }, { name: 'info takes a name', parts: { room: { _id: (w) => w.open._id } } }),
    get('info', { roomId: room }, { caller: 'eve', name: 'info wants access', status: 400,
      json: { success: false, error: 'not-allowed', errorType: 'Not Allowed' } }),
    get('info', {}, { name: 'info wants a room', status: 400, json: { success: false, errorType: 'error-roomid-param-not-provided',
      error: 'The parameter "roomId" or "roomName" is required [error-roomid-param-not-provided]' } }),
    get('info', { roomId: 'nowhere' }, { name: 'info does not know the room', ...unknown }),
    get('nameExists', { roomName: 'general' }, { name: 'nameExists knows a name', json: { success: true, exists: true } }),
    get('nameExists', { roomName: 'general-not' }, { name: 'nameExists knows a free one', json: { success: true, exists: false } }),
    get('nameExists', {}, { name: 'nameExists wants a name', status: 400, parts: { errorType: 'error-invalid-params' } }),
    get('isMember', { roomId: room, username: (w) => w.callers.bob.username }, { name: 'isMember says yes', json: { success: true, isMember: true } }),
    get('isMember', { roomId: room, userId: (w) => w.callers.eve.user_id }, { name: 'isMember says no', json: { success: true, isMember: false } }),
    get('isMember', { roomId: room, userId: 'x' }, { name: 'isMember wants an account', status: 400, parts: { errorType: 'error-user-not-found' } }),
    get('isMember', { roomId: room, userId: 'x' }, { caller: 'eve', name: 'isMember wants access', status: 403, json: { success: false, error: 'unauthorized' } }),
    get('roles', { rid: room }, { name: 'roles shows the owner', parts: { roles: [{ rid: room, u: { _id: (w) => w.callers.ada.user_id }, roles: ['owner'] }] } }),
    get('roles', { rid: 'nowhere' }, { name: 'roles does not know the room', status: 400, parts: { errorType: 'error-invalid-room' } }),
    get('roles', { rid: room }, { caller: 'eve', name: 'roles wants access', status: 400, parts: { errorType: 'error-not-allowed' } }),

    post('favorite', { roomId: room, favorite: true }, { name: 'favorite marks the room', json: { success: true },
      then: async (w) => {
        const { subscription } = await w.callers.ada.must_get('/api/v1/subscriptions.getOne', { roomId: w.room._id });
        expect_json(subscription.f, true);
      } }),
    post('favorite', { roomId: room }, { name: 'favorite wants a value', status: 400, parts: { error: "The 'favorite' param is required" } }),
    post('favorite', { roomId: room, favorite: true }, { caller: 'eve', name: 'favorite is for members', status: 400,
      parts: { errorType: 'error-invalid-subscription' } }),
    post('favorite', { roomName: 'nowhere', favorite: true }, { name: 'favorite does not know the room', ...unknown }),
    post('saveNotification', { roomId: room, notifications: { desktopNotifications: 'mentions', disableNotifications: '1', hideUnreadStatus: '0' } },
         { name: 'saveNotification keeps the choices', json: { success: true },
           then: async (w) => {
             const { subscription } = await w.callers.ada.must_get('/api/v1/subscriptions.getOne', { roomId: w.room._id });
             expect_parts(subscription, { desktopNotifications: 'mentions', disableNotifications: true, hideUnreadStatus: false });
           } }),
    post('saveNotification', { roomId: room, notifications: { desktopNotifications: 'default' } }, { name: 'saveNotification goes back to the default',
      json: { success: true },
      then: async (w) => {
        const { subscription } = await w.callers.ada.must_get('/api/v1/subscriptions.getOne', { roomId: w.room._id });
        expect_parts(subscription, { desktopNotifications: any.absent, disableNotifications: true });
      } }),
    post('saveNotification', { roomId: room }, { name: 'saveNotification wants choices', status: 400, parts: { error: "The 'notifications' param is required" } }),
    post('saveNotification', { notifications: { unreadAlert: 'all' } }, { name: 'saveNotification wants a room', status: 400,
      parts: { error: "The 'roomId' param is required" } }),
    post('saveNotification', { roomId: room, notifications: { roles: ['owner'] } }, { name: 'saveNotification refuses other fields', status: 400,
      parts: { errorType: 'error-invalid-settings' } }),
    post('saveNotification', { roomId: room, notifications: { unreadAlert: 'all' } }, { caller: 'eve', name: 'saveNotification is for members', status: 400,
      parts: { error: 'error-invalid-subscription' } }),
    post('join', { roomId: (w) => w.open._id }, { caller: 'eve', name: 'join makes a member', parts: { room: { _id: (w) => w.open._id, usersCount: 2 } } }),
    post('join', { roomId: room }, { caller: 'eve', name: 'join opens no private room', status: 400, parts: { errorType: 'error-not-allowed' } }),
    post('join', { roomId: 'nowhere' }, { name: 'join does not know the room', ...unknown }),
    post('leave', { roomId: (w) => w.open._id }, { caller: 'eve', name: 'leave leaves', json: { success: true } }),
    post('leave', { roomId: (w) => w.open._id }, { caller: 'eve', name: 'leave wants a member', status: 400, parts: { errorType: 'error-user-not-in-room' } }),
    post('leave', { roomId: room }, { name: 'the last owner may not leave', status: 400, parts: { errorType: 'error-you-are-last-owner' } }),
    post('leave', { roomId: room }, { caller: 'bob', name: 'leave wants the right', status: 400, parts: { errorType: 'error-not-allowed' },
      prepare: async (w) => { w.leavers = await w.set_right('leave-p', ['admin']); },
      then: async (w) => { await w.set_right('leave-p', w.leavers); } }),
    post('open', { roomId: room }, { name: 'open shows the room', json: { success: true } }),
    post('saveRoomSettings', { rid: room, roomTopic: 'one', roomDescription: 'two', readOnly: true, reactWhenReadOnly: true, systemMessages: ['uj'] },
         { name: 'saveRoomSettings changes several at once', json: { success: true, rid: room },
           then: async (w) => {
             const { room: now } = await w.callers.ada.must_get('/api/v1/rooms.info', { roomId: w.room._id });
             expect_parts(now, { topic: 'one', description: 'two', ro: true, reactWhenReadOnly: true, sysMes: ['uj'] });
           } }),
    post('saveRoomSettings', { rid: room, roomTopic: 'never', roomName: 'general' }, { name: 'saveRoomSettings changes all or nothing', status: 400,
      parts: { errorType: 'error-duplicate-handle' },
      then: async (w) => {
        const { room: now } = await w.callers.ada.must_get('/api/v1/rooms.info', { roomId: w.room._id });
        expect_json(now.topic, 'one');
      } }),
    post('saveRoomSettings', { rid: room, roomTopic: 'x' }, { caller: 'bob', name: 'saveRoomSettings wants the right', status: 400,
      parts: { errorType: 'error-action-not-allowed', error: 'Editing room is not allowed [error-action-not-allowed]' } }),
    post('saveRoomSettings', { rid: 'nowhere', roomTopic: 'x' }, { name: 'saveRoomSettings does not know the room', status: 400, parts: { errorType: 'error-invalid-room' } }),
    post('saveRoomSettings', { rid: room, roomCustomFields: 'x' }, { name: 'saveRoomSettings wants custom fields as an object', status: 400,
      parts: { errorType: 'invalid-roomCustomFields-type' } }),
    post('saveRoomSettings', { rid: room, roomType: 'd' }, { name: 'saveRoomSettings knows two types', status: 400, parts: { errorType: 'invalid-params' } }),
    post('changeArchivationState', { rid: (w) => w.doomed._id, action: 'archive' }, { name: 'changeArchivationState archives', json: { success: true } }),
    post('changeArchivationState', { rid: (w) => w.doomed._id, action: 'unarchive' }, { name: 'changeArchivationState wants the right', status: 400,
      parts: { errorType: 'error-not-authorized' } }),
    post('changeArchivationState', { rid: 'nowhere', action: 'archive' }, { name: 'changeArchivationState does not know the room', status: 400,
      parts: { errorType: 'error-invalid-room' } }),
    post('delete', { roomId: (w) => w.doomed._id }, { caller: 'bob', name: 'delete wants the right', status: 400, parts: { errorType: 'error-not-allowed' } }),
    post('delete', { roomId: (w) => w.doomed._id }, { name: 'delete removes the room', json: { success: true } }),
    post('delete', { roomId: (w) => w.doomed._id }, { name: 'delete does not know the room', status: 400, parts: { errorType: 'error-invalid-room' } }),
  ],
});
