// The rows that channels.* and groups.* have in common. A family is {prefix, key, noun, type}.

import { any, expect_json, expect_parts } from '../support/expect.mjs';

export const channels = { prefix: 'channels', key: 'channel', noun: 'channel', type: 'c', parameter: 'Param',
  not_found: 'The required "roomId" or "roomName" param provided does not match any channel [error-room-not-found]',
  nothing_given: 'error-roomid-param-not-provided', nobody: 'invalid-user-invite-list' };
export const groups = { prefix: 'groups', key: 'group', noun: 'private group', type: 'p', parameter: 'Body param',
  not_found: 'The required "roomId" or "roomName" param provided does not match any group [error-room-not-found]',
  nothing_given: 'error-room-param-not-provided', nobody: 'error-empty-invite-list' };

const kReads = ['info', 'counters', 'members', 'roles', 'moderators'];
// What each writing operation needs beside the room to be well formed.
const kWrites = {
  invite: { username: 'rocket.cat' }, kick: { username: 'rocket.cat' }, leave: {}, open: {}, close: {},
  rename: { name: 'another-name' }, setTopic: { topic: 't' }, setDescription: { description: 'd' },
  setPurpose: { purpose: 'p' }, setAnnouncement: { announcement: 'a' }, setReadOnly: { readOnly: true },
  setCustomFields: { customFields: {} }, archive: {}, unarchive: {}, delete: {}, addAll: {},
  addOwner: { username: 'rocket.cat' }, removeOwner: { username: 'rocket.cat' },
  addModerator: { username: 'rocket.cat' }, removeModerator: { username: 'rocket.cat' },
  addLeader: { username: 'rocket.cat' }, removeLeader: { username: 'rocket.cat' } };

export async function family_setup(w, family) {
  const make = (more) => (family.type === 'c' ? w.create_channel(more) : w.create_group(more));
  await w.create_caller('owner');
  await w.create_caller('member');
  await w.create_caller('outsider');
  await w.create_caller('added');
  const { owner, member } = w.callers;
  w.make = (more = {}) => make({ by: owner, members: [member.username], ...more });
  w.room = await w.make();
  w.silent = await w.make();
  w.doomed = await w.make();
  w.old = await w.make();
  await owner.must_post(`/api/v1/${family.prefix}.archive`, { roomId: w.old._id });
}

const not_logged_in = { caller: 'anonymous', status: 401, parts: { status: 'error', message: 'You must be logged in to do this.' } };

// One row each operation and kind of refusal that all share.
function refusals({ prefix, type, not_found, nothing_given }) {
  const path = (action) => `/api/v1/${prefix}.${action}`;
  const all = [...kReads.map((action) => [action, 'GET', {}]),
               ...Object.entries(kWrites).map(([action, body]) => [action, 'POST', body])];
  return all.flatMap(([action, method, body]) => {
    const content = (more) => (method === 'GET' ? { query: more } : { body: { ...body, ...more } });
    const room = (w) => w.room._id;
    return [
      { name: `${action} wants a login`, method, path: path(action), ...content({ roomId: room }), ...not_logged_in },
      { name: `${action} wants a room`, method, path: path(action), ...content({}), caller: 'owner', status: 400,
        parts: { success: false, errorType: nothing_given } },
      { name: `${action} does not know the room`, method, path: path(action), ...content({ roomId: 'nowhere' }),
        caller: 'owner', status: 400, json: { success: false, error: not_found, errorType: 'error-room-not-found' } },
      // A private group is not there for those outside; of a public channel the right is missing.
      ...(type === 'p' && action !== 'invite' ? [
        { name: `${action} hides the group from those outside`, method, path: path(action), caller: 'outsider',
          ...content({ roomId: room }), status: 400, parts: { errorType: 'error-room-not-found' } }] : []),
    ];
  });
}

// The right that is missing of a member without any.
const kMissing = {
  invite: 'error-not-allowed', kick: 'error-not-allowed', rename: 'error-action-not-allowed',
  setTopic: 'error-action-not-allowed', setDescription: 'error-action-not-allowed',
  setPurpose: 'error-action-not-allowed', setAnnouncement: 'error-action-not-allowed',
  setReadOnly: 'error-action-not-allowed', setCustomFields: 'error-action-not-allowed',
  archive: 'error-not-authorized', delete: 'error-not-allowed', addAll: 'error-not-allowed',
  addOwner: 'error-not-allowed', removeOwner: 'error-not-allowed', addModerator: 'error-not-allowed',
  removeModerator: 'error-not-allowed', addLeader: 'error-not-allowed', removeLeader: 'error-not-allowed' };

const missing_rights = ({ prefix }) => Object.entries(kMissing).map(([action, errorType]) => ({
  name: `${action} wants the right`, caller: 'member', method: 'POST', path: `/api/v1/${prefix}.${action}`,
  body: { ...kWrites[action], roomId: (w) => w.room._id }, status: 400, parts: { success: false, errorType } }));

function creation({ prefix, key, type, parameter }) {
  const create = { caller: 'owner', method: 'POST', path: `/api/v1/${prefix}.create` };
  const wrong = (name, body, words) => ({ ...create, name, body, status: 400,
    json: { success: false, error: `${parameter} ${words}` } });
  return [
    { ...create, name: 'create makes the caller the owner',
      body: (w) => ({ name: `made-${type}`, members: [w.callers.member.username, 'nobody-of-this-name'],
                      readOnly: true, customFields: { colour: 'red' }, extraData: { topic: 'all of it' } }),
      parts: { success: true, [key]: { _id: any.id, t: type, name: `made-${type}`, fname: `made-${type}`, msgs: 0,
        usersCount: 2, ro: true, default: false, customFields: { colour: 'red' }, topic: 'all of it', ts: any.date,
        u: { _id: (w) => w.callers.owner.user_id } } },
      then: async (w, answer) => {
        const { roles } = await w.callers.owner.must_get(`/api/v1/${prefix}.roles`, { roomId: answer.json[key]._id });
        expect_parts(roles, [{ u: { _id: w.callers.owner.user_id }, roles: ['owner'] }]);
      } },
    { ...create, name: 'create leaves the caller out when asked',
      body: (w) => ({ name: `without-me-${type}`, excludeSelf: true, members: [w.callers.member.username] }),
      parts: { [key]: { usersCount: 1 } } },
    { ...create, name: 'create refuses a name that is taken', body: (w) => ({ name: w.room.name }), status: 400,
      json: { success: false, errorType: 'error-duplicate-channel-name', details: any.object,
              error: (w) => `A channel with name '${w.room.name}' exists [error-duplicate-channel-name]` } },
    { ...create, name: 'create names an archived twin', body: (w) => ({ name: w.old.name }), status: 400,
      parts: { errorType: 'error-archived-duplicate-name' } },
    { ...create, name: 'create refuses characters outside the pattern', body: { name: 'no spaces, please' }, status: 400,
      parts: { errorType: 'error-invalid-room-name',
               error: 'no spaces, please is not a valid room name. [error-invalid-room-name]' } },
    wrong('create wants a name', {}, '"name" is required'),
    wrong('create wants a list of members', { name: 'x', members: 'ada' }, '"members" must be an array if provided'),
    wrong('create wants custom fields as an object', { name: 'x', customFields: 'red' },
          '"customFields" must be an object if provided'),
    { ...create, ...not_logged_in, name: 'create wants a login', body: { name: 'x' } },
  ];
}

function reading({ prefix, key, type }) {
  const get = (action) => ({ caller: 'member', path: `/api/v1/${prefix}.${action}`, query: { roomId: (w) => w.room._id } });
  return [
    { ...get('info'), name: 'info shows the room and not its join code', absent: ['"joinCode"'],
      parts: { success: true, [key]: { _id: (w) => w.room._id, t: type, _updatedAt: any.date, usersCount: any.number } } },
    { ...get('info'), name: 'info takes a name', query: { roomName: (w) => w.room.name },
      parts: { [key]: { _id: (w) => w.room._id } } },
    { ...get('info'), name: 'info shows an archived room', query: { roomId: (w) => w.old._id },
      parts: { [key]: { archived: true } } },
    { ...get('members'), name: 'members lists accounts by username', query: { roomId: (w) => w.room._id, count: 1, sort: { username: -1 } },
      then: (w, { json }) => {
        const names = [w.callers.owner.username, w.callers.member.username].sort();
        expect_parts(json, { count: 1, offset: 0, total: 2 });
        expect_json(json.members[0].username, names[1]);
      }, parts: { members: [{ _id: any.id, username: any.string, status: any.string }] } },
    { ...get('members'), name: 'members filters by a part of the name', query: { roomId: (w) => w.room._id, filter: (w) => w.callers.owner.username.slice(1) },
      parts: { total: 1, members: [{ _id: (w) => w.callers.owner.user_id }] } },
    { ...get('counters'), name: 'counters tells a member what is in the room', query: { roomId: (w) => w.silent._id },
      json: { success: true, joined: true, members: 2, unreads: 0, unreadsFrom: any.date, msgs: 0, latest: any.date,
              userMentions: 0 } },
    { ...get('counters'), name: 'counters of another account wants the right', status: 403,
      query: { roomId: (w) => w.room._id, userId: (w) => w.callers.owner.user_id },
      json: { success: false, error: 'unauthorized' } },
    { ...get('moderators'), name: 'moderators is empty at first', json: { success: true, moderators: [] } },
  ];
}

function members_rows({ prefix, nobody, type }) {
  const post = (action, body, more = {}) => ({ caller: 'owner', method: 'POST', path: `/api/v1/${prefix}.${action}`, body, ...more });
  const room = (w) => w.room._id;
  const added = (w) => w.callers.added.user_id;
  const types_of = async (w, count) => {
    const { messages } = await w.callers.owner.must_get(`/api/v1/${prefix}.messages`, { roomId: w.room._id, count });
    return messages.map(({ t, msg }) => [t, msg]);
  };
  return [
    post('invite', { roomId: room, userId: added }, { name: 'invite adds an account and says so', parts: { success: true },
      then: async (w) => expect_json(await types_of(w, 1), [['au', w.callers.added.username]]) }),
    post('invite', { roomId: room, usernames: [(w) => w.callers.added.username] },
         { name: 'invite is silent of those who are there', parts: { success: true },
           then: async (w) => expect_json(await types_of(w, 2), [['au', w.callers.added.username]]) }),
    post('invite', { roomId: room, usernames: ['nobody-of-this-name'] },
         { name: 'invite wants one who is known', status: 400, parts: { errorType: nobody } }),
    post('invite', { roomId: room }, { name: 'invite wants somebody', status: 400,
      parts: { errorType: 'error-users-params-not-provided' } }),
    post('addModerator', { roomId: room, userId: added }, { name: 'addModerator gives the role', json: { success: true },
      then: async (w) => expect_json((await types_of(w, 1))[0][0], 'subscription-role-added') }),
    post('addModerator', { roomId: room, userId: added }, { name: 'addModerator refuses a second time', status: 400,
      json: { success: false, error: 'User is already a moderator [error-user-already-moderator]',
              errorType: 'error-user-already-moderator' } }),
    post('setTopic', { roomId: room, topic: 'by a moderator' }, { caller: 'added', name: 'a moderator may edit the room',
      json: { success: true, topic: 'by a moderator' } }),
    post('removeModerator', { roomId: room, userId: added }, { name: 'removeModerator takes it', json: { success: true } }),
    post('removeModerator', { roomId: room, userId: added }, { name: 'removeModerator refuses a second time', status: 400,
      parts: { errorType: 'error-user-not-moderator' } }),
    post('setTopic', { roomId: room, topic: 'no longer' }, { caller: 'added', name: 'without the role no longer', status: 400,
      parts: { errorType: 'error-action-not-allowed' } }),
    post('addLeader', { roomId: room, username: (w) => w.callers.added.username }, { name: 'addLeader takes a username', json: { success: true } }),
    post('removeLeader', { roomId: room, userId: added }, { name: 'removeLeader takes it', json: { success: true } }),
    post('addOwner', { roomId: room, userId: (w) => w.callers.outsider.user_id }, { name: 'addOwner wants a member', status: 400,
      parts: { errorType: 'error-user-not-in-room' } }),
    post('addOwner', { roomId: room, userId: 'nobody' }, { name: 'addOwner wants an account', status: 400,
      parts: { errorType: 'error-invalid-user' } }),
    post('addOwner', { roomId: room }, { name: 'addOwner wants somebody', status: 400, parts: { errorType: 'error-user-param-not-provided' } }),
    post('removeOwner', { roomId: room, userId: (w) => w.callers.owner.user_id }, { name: 'the last owner keeps the role', status: 400,
      json: { success: false, errorType: 'error-remove-last-owner',
              error: 'This is the last owner. Please set a new owner before removing this one. [error-remove-last-owner]' } }),
    post('leave', { roomId: room }, { name: 'the last owner may not leave', status: 400,
      parts: { errorType: 'error-you-are-last-owner' } }),
    post('kick', { roomId: room, userId: added }, { name: 'kick removes a member and says so', parts: { success: true },
      then: async (w) => expect_json((await types_of(w, 1))[0], ['ru', w.callers.added.username]) }),
    post('kick', { roomId: room, userId: added }, { name: 'kick wants a member', status: 400,
      json: { success: false, error: 'User is not in this room [error-user-not-in-room]', errorType: 'error-user-not-in-room' } }),
    post('leave', { roomId: room }, { caller: 'member', name: 'leave removes the caller and says so', parts: { success: true },
      then: async (w) => {
        expect_json((await types_of(w, 1))[0], ['ul', w.callers.member.username]);
        await w.callers.owner.must_post(`/api/v1/${prefix}.invite`, { roomId: w.room._id, userId: w.callers.member.user_id });
      } }),
    post('close', { roomId: room }, { caller: 'member', name: 'close hides the room', json: { success: true } }),
    post('close', { roomId: room }, { caller: 'member', name: 'close refuses a second time', status: 400,
      parts: { error: /is already closed to the sender$/ } }),
    post('open', { roomId: room }, { caller: 'member', name: 'open shows it again', json: { success: true } }),
    post('open', { roomId: room }, { caller: 'member', name: 'open refuses a second time', status: 400,
      parts: { error: type === 'c' ? /is already open to the sender$/ : /is already open for the sender$/ } }),
  ];
}

function settings({ prefix, key, type, noun }) {
  const post = (action, body, more = {}) => ({ caller: 'owner', method: 'POST', path: `/api/v1/${prefix}.${action}`,
    body: { roomId: (w) => w.room._id, ...body }, ...more });
  const same = (words) => ({ status: 400, json: { success: false, error: words } });
  const texts = [['setTopic', 'topic', 'topic'], ['setDescription', 'description', 'description'],
                 ['setPurpose', 'purpose', 'purpose (description)'], ['setAnnouncement', 'announcement', '']];
  return [
    ...texts.flatMap(([action, parameter, thing]) => [
      post(action, { [parameter]: `the ${parameter}` }, { name: `${action} sets the text`,
        json: { success: true, [parameter]: `the ${parameter}` } }),
      post(action, {}, { name: `${action} wants the text`, ...same(`The bodyParam "${parameter}" is required`) }),
      ...(type === 'c' && thing ? [post(action, { [parameter]: `the ${parameter}` }, { name: `${action} refuses the same text`,
        ...same(`The channel ${thing} is the same as what it would be changed to.`) })] : []),
      post(action, { [parameter]: '' }, { name: `${action} takes an empty text`, json: { success: true, [parameter]: '' } }),
    ]),
    post('setReadOnly', { readOnly: true }, { name: 'setReadOnly closes the room', parts: { [key]: { ro: true } } }),
    post('setReadOnly', { readOnly: true }, { name: 'setReadOnly refuses the same',
      ...same(`The ${noun} read only setting is the same as what it would be changed to.`) }),
    post('setReadOnly', {}, { name: 'setReadOnly wants a value', ...same('The bodyParam "readOnly" is required') }),
    post('setReadOnly', { readOnly: false }, { name: 'setReadOnly opens the room', parts: { [key]: { ro: false } } }),
    post('setCustomFields', { customFields: { a: 1 } }, { name: 'setCustomFields replaces them', parts: { [key]: { customFields: { a: 1 } } } }),
    post('setCustomFields', { customFields: 'a' }, { name: 'setCustomFields wants an object',
      ...same('The bodyParam "customFields" is required with a type like object.') }),
    post('setType', {}, { name: 'setType wants a type', ...same('The bodyParam "type" is required') }),
    post('setType', { type }, { name: 'setType refuses the same', ...same(`The ${noun} type is the same as what it would be changed to.`) }),
    post('rename', {}, { name: 'rename wants a name', ...same('The bodyParam "name" is required') }),
    post('rename', { name: 'not a name' }, { name: 'rename refuses characters outside the pattern', status: 400,
      parts: { errorType: 'error-invalid-room-name' } }),
    post('rename', { name: (w) => w.silent.name }, { name: 'rename refuses a name that is taken', status: 400,
      parts: { errorType: 'error-duplicate-handle' } }),
    post('rename', { name: (w) => w.callers.owner.username }, { name: 'rename refuses the name of an account', status: 400,
      parts: { errorType: 'error-duplicate-handle' } }),
    post('rename', { name: `renamed-${type}` }, { name: 'rename changes the name everywhere in integrations',
      prepare: async (w) => {
        w.hook = await w.create_outgoing({ channel: `#${w.room.name},#general,#${w.silent.name}` });
      },
      parts: { [key]: { name: `renamed-${type}`, fname: `renamed-${type}` } },
      then: async (w) => {
        const { integration } = await w.admin.must_get('/api/v1/integrations.get', { integrationId: w.hook._id });
        expect_json(integration.channel, [`#renamed-${type}`, '#general', `#${w.silent.name}`]);
      } }),
    post('archive', { roomId: (w) => w.old._id }, { name: 'archive refuses a second time', status: 400,
      json: { success: false, errorType: 'error-room-archived',
              error: (w) => `The ${noun}, ${w.old.name}, is archived [error-room-archived]` } }),
    post('unarchive', { roomId: (w) => w.old._id }, { name: 'unarchive is for administrators', status: 400,
      parts: { errorType: 'error-not-authorized' } }),
    post('setTopic', { roomId: (w) => w.old._id, topic: 't' }, { name: 'an archived room is not changed', status: 400,
      parts: { errorType: 'error-room-archived' } }),
    post('delete', { roomId: (w) => w.doomed._id }, { name: 'delete removes the room', json: { success: true },
      then: async (w) => {
        const answer = await w.callers.owner.get(`/api/v1/${prefix}.info`, { roomId: w.doomed._id });
        expect_parts(answer.json, { errorType: 'error-room-not-found' });
        const { update } = await w.callers.owner.must_get('/api/v1/subscriptions.get');
        expect_json(update.filter(({ rid }) => rid === w.doomed._id), []);
      } }),
  ];
}

export const family_rows = (family) => [...refusals(family), ...missing_rights(family), ...creation(family),
  ...reading(family), ...members_rows(family), ...settings(family)];
