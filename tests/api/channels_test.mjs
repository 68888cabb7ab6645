// channels.*: the common family, and what only public channels have.

import { any, containing, expect_json, expect_parts } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { channels, family_rows, family_setup } from './room_family_rows.mjs';

const post = (action, body, more = {}) => ({ caller: 'owner', method: 'POST', path: `/api/v1/channels.${action}`, body, ...more });

scenarios({
  name: 'channels',
  receiver: false,
  setup: async (w) => {
    await family_setup(w, channels);
    w.guarded = await w.make({ members: [] });
    await w.callers.owner.must_post('/api/v1/channels.setJoinCode', { roomId: w.guarded._id, joinCode: 'sesame' });
    w.plain = await w.make({ members: [] });
    w.turned = await w.make();
  },
  rows: [
    ...family_rows(channels),
    post('create', { name: 'unwanted' }, { name: 'create wants the right', status: 403, json: { success: false, error: 'unauthorized' },
      prepare: async (w) => { w.creators = await w.set_right('create-c', ['admin']); },
      then: async (w) => { await w.set_right('create-c', w.creators); } }),
    { name: 'info of a channel wants the right to see channels', caller: 'outsider', path: '/api/v1/channels.info', status: 403,
      query: { roomId: (w) => w.plain._id }, json: { success: false, error: 'unauthorized' },
      prepare: async (w) => { w.viewers = await w.set_right('view-c-room', ['admin']); },
      then: async (w) => { await w.set_right('view-c-room', w.viewers); } },
    { name: 'list shows every channel by name', caller: 'outsider', path: '/api/v1/channels.list',
      parts: { success: true, offset: 0, channels: (w) => containing({ name: 'general' }, { _id: w.plain._id }) },
      then: (w, { json }) => {
        const names = json.channels.map(({ name }) => name);
        expect_json(names, [...names].sort());
        expect_json(json.total, json.count);
      } },
    { name: 'list takes one id', caller: 'outsider', path: '/api/v1/channels.list', query: { _id: (w) => w.plain._id },
      parts: { total: 1, channels: [{ _id: (w) => w.plain._id }] } },
    { name: 'list pages', caller: 'outsider', path: '/api/v1/channels.list', query: { offset: 1, count: 1 },
      parts: { offset: 1, count: 1, channels: any.array } },
    { name: 'list takes a count that is no number as the default', caller: 'outsider', path: '/api/v1/channels.list',
      query: { count: 'many', offset: '1.9' }, parts: { offset: 1 } },
    { name: 'list sorts by what messages change', caller: 'outsider', path: '/api/v1/channels.list', query: { sort: { msgs: -1 } },
      then: (w, { json }) => {
        const counts = json.channels.map(({ msgs }) => msgs);
        expect_json(counts, [...counts].sort((a, b) => b - a));
      } },
    { name: 'list refuses a sort that is no JSON', caller: 'outsider', path: '/api/v1/channels.list', query: { sort: '{name:1' },
      status: 400, parts: { errorType: 'error-invalid-sort' } },
    { name: 'list ignores query and fields', caller: 'outsider', path: '/api/v1/channels.list', query: { query: '{"_id":"x"}', fields: '{' },
      parts: { channels: containing({ name: 'general' }) } },
    { name: 'list wants a login', caller: 'anonymous', path: '/api/v1/channels.list', status: 401, parts: { status: 'error' } },
    { name: 'list wants one of two rights', caller: 'outsider', path: '/api/v1/channels.list', status: 403,
      json: { success: false, error: 'User does not have the permissions required for this action [error-unauthorized]' },
      prepare: async (w) => { w.viewers = await w.set_right('view-c-room', ['admin']); },
      then: async (w) => { await w.set_right('view-c-room', w.viewers); } },
    { name: 'list.joined shows those of the caller', caller: 'owner', path: '/api/v1/channels.list.joined',
      parts: { channels: (w) => containing({ _id: w.plain._id }) } },
    { name: 'list.joined shows none of others', caller: 'outsider', path: '/api/v1/channels.list.joined',
      then: (w, { json }) => expect_json(json.channels.filter(({ _id }) => _id === w.plain._id), []) },
    { name: 'list.joined wants a login', caller: 'anonymous', path: '/api/v1/channels.list.joined', status: 401, parts: { status: 'error' } },

    post('join', { roomId: (w) => w.plain._id }, { caller: 'outsider', name: 'join makes a member', parts: { channel: { usersCount: 2 } } }),
    post('join', { roomId: (w) => w.plain._id }, { caller: 'outsider', name: 'join twice is no error', parts: { channel: { usersCount: 2, msgs: 1 } } }),
    post('join', { roomId: (w) => w.guarded._id }, { caller: 'outsider', name: 'join wants the code', status: 400,
      parts: { errorType: 'error-code-required' } }),
    post('join', { roomId: (w) => w.guarded._id, joinCode: 'wrong' }, { caller: 'outsider', name: 'join wants the right code', status: 400,
      json: { success: false, error: 'Invalid Room Password [error-code-invalid]', errorType: 'error-code-invalid' } }),
    post('join', { roomId: (w) => w.guarded._id, joinCode: 'sesame' }, { caller: 'outsider', name: 'join takes the code',
      absent: ['sesame'], parts: { channel: { joinCodeRequired: true } } }),
    post('join', { roomId: (w) => w.guarded._id }, { caller: 'admin', name: 'join needs no code with the right', parts: { success: true } }),
    post('join', {}, { name: 'join wants a room', status: 400, parts: { errorType: 'error-roomid-param-not-provided' } }),
    post('join', { roomId: 'nowhere' }, { name: 'join does not know the room', status: 400, parts: { errorType: 'error-room-not-found' } }),
    post('join', { roomId: 'x' }, { caller: 'anonymous', name: 'join wants a login', status: 401, parts: { status: 'error' } }),

    post('setJoinCode', { roomId: (w) => w.room._id }, { name: 'setJoinCode wants a code', status: 400,
      json: { success: false, error: 'The bodyParam "joinCode" is required' } }),
    post('setDefault', { roomId: (w) => w.room._id, default: true }, { name: 'setDefault is for administrators', status: 400,
      parts: { errorType: 'error-action-not-allowed' } }),
    post('setDefault', { roomId: (w) => w.room._id, default: 'true' }, { caller: 'admin', name: 'setDefault sets it', parts: { channel: { default: true } } }),
    post('setDefault', { roomId: (w) => w.room._id, default: true }, { caller: 'admin', name: 'setDefault refuses the same', status: 400,
      json: { success: false, error: 'The channel default setting is the same as what it would be changed to.',
              errorType: 'error-channels-setdefault-missing-default-param' } }),
    post('setDefault', { roomId: (w) => w.room._id }, { caller: 'admin', name: 'setDefault wants a value', status: 400,
      json: { success: false, error: 'The bodyParam "default" is required', errorType: 'error-channels-setdefault-is-same' } }),
    post('setType', { roomId: (w) => w.room._id, type: 'p' }, { name: 'a default channel stays public', status: 400,
      parts: { errorType: 'error-action-not-allowed' } }),
    post('setType', { roomId: (w) => w.turned._id, type: 'p' }, { name: 'setType makes a channel private', parts: { channel: { t: 'p' } },
      then: async (w) => {
        const answer = await w.callers.outsider.get('/api/v1/groups.info', { roomId: w.turned._id });
        expect_parts(answer.json, { errorType: 'error-room-not-found' });
      } }),
    post('unarchive', { roomId: (w) => w.room._id }, { caller: 'admin', name: 'unarchive wants an archived channel', status: 400,
      parts: { error: /is not archived$/ } }),
    post('unarchive', { roomId: (w) => w.old._id }, { caller: 'admin', name: 'unarchive takes it back', json: { success: true } }),
    post('rename', { roomId: (w) => w.silent._id, name: (w) => w.silent.name }, { name: 'rename refuses the same name', status: 400,
      json: { success: false, error: 'The channel name is the same as what it would be renamed to.' } }),
    { name: 'online names the members who are online', caller: 'owner', path: '/api/v1/channels.online',
      query: { _id: (w) => w.room._id }, parts: { online: any.array } },
    { name: 'online wants an id', caller: 'owner', path: '/api/v1/channels.online', status: 400,
      json: { success: false, error: 'Invalid query' } },
    { name: 'online does not know the room', caller: 'owner', path: '/api/v1/channels.online', query: { _id: 'nowhere' }, status: 400,
      json: { success: false, error: 'Channel does not exists' } },
    { name: 'counters of a channel outside has nothing but that', caller: 'outsider', path: '/api/v1/channels.counters',
      query: { roomId: (w) => w.silent._id },
      json: { success: true, joined: false, members: null, unreads: null, unreadsFrom: null, msgs: null, latest: null, userMentions: null } },
    post('addAll', { roomId: (w) => w.silent._id, activeUsersOnly: true }, { caller: 'admin', name: 'addAll adds every account',
      parts: { channel: { _id: (w) => w.silent._id } },
      then: async (w) => {
        const { members } = await w.admin.must_get('/api/v1/channels.members', { roomId: w.silent._id });
        expect_parts(members, containing({ username: w.callers.outsider.username }));
      } }),
  ],
});

scenarios({
  name: 'channels with the unsafe switch',
  receiver: false,
  server: { env: { ALLOW_UNSAFE_QUERY_AND_FIELDS_API_PARAMS: 'true' } },
  setup: async (w) => {
    w.room = await w.create_channel();
  },
  rows: [
    { name: 'query filters and fields selects', path: '/api/v1/channels.list', query: { query: { name: (w) => w.room.name }, fields: { name: 1 } },
      json: { success: true, count: 1, offset: 0, total: 1, channels: [{ _id: (w) => w.room._id, name: (w) => w.room.name }] } },
    { name: 'the join code can be neither asked for nor guessed', path: '/api/v1/channels.list', query: { query: { joinCode: 'x' } },
      parts: { channels: containing({ name: 'general' }) } },
    { name: 'a bad filter is refused', path: '/api/v1/channels.list', query: { query: '{' }, status: 400, parts: { errorType: 'error-invalid-query' } },
    { name: 'a bad projection is refused', path: '/api/v1/channels.list', query: { fields: '{"a":2}' }, status: 400,
      parts: { errorType: 'error-invalid-fields' } },
  ],
});
