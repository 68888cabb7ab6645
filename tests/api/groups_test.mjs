// groups.*: the common family, and what only private groups have.

import { any, containing, expect_json } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { family_rows, family_setup, groups } from './room_family_rows.mjs';

const post = (action, body, more = {}) => ({ caller: 'owner', method: 'POST', path: `/api/v1/groups.${action}`, body, ...more });

scenarios({
  name: 'groups',
  receiver: false,
  setup: async (w) => {
    await family_setup(w, groups);
    w.broadcast = await w.make({ extraData: { broadcast: true } });
  },
  rows: [
    ...family_rows(groups),
    post('create', { name: 'unwanted' }, { name: 'create wants the right', status: 400,
      json: { success: false, error: 'Not allowed [error-not-allowed]', errorType: 'error-not-allowed' },
      prepare: async (w) => { w.creators = await w.set_right('create-p', ['admin']); },
      then: async (w) => { await w.set_right('create-p', w.creators); } }),
    { name: 'info hides a group from an administrator outside', path: '/api/v1/groups.info', query: { roomId: (w) => w.room._id },
      status: 400, parts: { errorType: 'error-room-not-found' } },
    { name: 'counters shows an administrator outside the figures', path: '/api/v1/groups.counters', query: { roomId: (w) => w.room._id },
      parts: { joined: false, members: any.number, msgs: any.number } },
    { name: 'list shows the own groups', caller: 'member', path: '/api/v1/groups.list',
      parts: { success: true, groups: (w) => containing({ _id: w.room._id }) } },
    { name: 'list shows none of others', caller: 'outsider', path: '/api/v1/groups.list', json: { success: true, groups: [], count: 0, offset: 0, total: 0 } },
    { name: 'list wants a login', caller: 'anonymous', path: '/api/v1/groups.list', status: 401, parts: { status: 'error' } },
    { name: 'listAll shows every group', path: '/api/v1/groups.listAll', parts: { groups: (w) => containing({ _id: w.room._id }) } },
    { name: 'listAll wants the right', caller: 'owner', path: '/api/v1/groups.listAll', status: 403,
      json: { success: false, error: 'User does not have the permissions required for this action [error-unauthorized]' } },
    { name: 'listAll wants a login', caller: 'anonymous', path: '/api/v1/groups.listAll', status: 401, parts: { status: 'error' } },
    { name: 'members of a broadcast room are for few', caller: 'member', path: '/api/v1/groups.members', query: { roomId: (w) => w.broadcast._id },
      status: 403, json: { success: false, error: 'unauthorized' } },
    { name: 'members of a broadcast room are for its owner', caller: 'owner', path: '/api/v1/groups.members',
      query: { roomId: (w) => w.broadcast._id }, parts: { total: 2 } },
    post('setEncrypted', { roomId: (w) => w.room._id, encrypted: true }, { name: 'setEncrypted marks the group', parts: { group: { encrypted: true } } }),
    post('setEncrypted', { roomId: (w) => w.room._id, encrypted: false }, { name: 'setEncrypted takes it back', parts: { group: { encrypted: false } } }),
    post('setEncrypted', { roomId: (w) => w.room._id, encrypted: 'yes' }, { name: 'setEncrypted wants a boolean', status: 400,
      json: { success: false, error: 'The bodyParam "encrypted" is required' } }),
    { name: 'online wants access', caller: 'outsider', path: '/api/v1/groups.online', query: { _id: (w) => w.room._id }, status: 400,
      json: { success: false, error: 'Not Allowed [error-not-allowed]', errorType: 'error-not-allowed' } },
    { name: 'online does not know the room', caller: 'owner', path: '/api/v1/groups.online', query: { _id: 'nowhere' }, status: 400,
      json: { success: false, error: 'Group does not exists' } },
    post('setType', { roomId: (w) => w.silent._id, type: 'c' }, { name: 'setType makes a group public', parts: { group: { t: 'c' } },
      then: async (w) => {
        const { channel } = await w.callers.outsider.must_get('/api/v1/channels.info', { roomId: w.silent._id });
        expect_json(channel.t, 'c');
      } }),
  ],
});
