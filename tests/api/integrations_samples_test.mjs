// The samples 1 to 25 of contract "integrations" A, in their own words, by callers as a user would
// make them.

import { any } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';

const IN = { type: 'webhook-incoming', name: 'CI', enabled: true, username: 'rocket.cat', channel: '#builds', scriptEnabled: false };
const OUT = { ...IN, type: 'webhook-outgoing', event: 'sendMessage', urls: ['https://ops.example/hook'] };
const groups = '/api/v1/groups.getIntegrations';
const post = (action, body) => ({ method: 'POST', path: `/api/v1/integrations.${action}`, body });
const typed = (code, reason) => ({ success: false, error: `${reason} [${code}]`, errorType: code });
const bell = {
  type: 'webhook-outgoing', name: 'Deploy bell', enabled: true, username: 'rocket.cat', event: 'sendMessage', channel: '#ops-room',
  triggerWords: ['!ship'], token: 'b3Xn7TqLz9WcKd2RmYp5sAeH', scriptEnabled: false, impersonateUser: false };

scenarios({
  name: 'sample',
  server: { limiter: 'default' },
  setup: async (w) => {
    await w.create_caller('ada', { rights: ['manage-own-outgoing-integrations'] });
    await w.create_caller('bob');
    await w.create_caller('guest', { rights: ['manage-own-outgoing-integrations'], roles: [] });
    w.ops = await w.create_group({ name: 'ops-room', members: [w.callers.ada.username] });
    await w.create_channel({ name: 'builds' });
    await w.create_channel({ name: 'secret-team' });
    w.bell = await w.create_integration({ ...bell, urls: [w.receiver.url('/hook')] }, w.callers.ada);
    w.calls = await w.create_integration({ ...bell, triggerWords: ['!call'], token: 'of calls', channel: '#builds', urls: [w.receiver.url('/call')] });
    w.receiver.answer('/call', { body: { text: 'ok' } });
    await w.admin.must_post('/api/v1/channels.invite', { roomId: (await w.admin.must_get('/api/v1/channels.info', { roomName: 'builds' })).channel._id, userId: 'rocket.cat' });
    await w.post((await w.admin.must_get('/api/v1/channels.info', { roomName: 'builds' })).channel._id, '!call web');
    w.entry = await w.wait_for_history(w.calls, 'a posted answer', (entry) => entry.finished);
  },
  rows: [
    { name: '1', caller: 'ada', path: groups, query: { roomId: (w) => w.ops._id }, json: {
      integrations: [{ ...bell, _id: any.id, userId: 'rocket.cat', urls: [(w) => w.receiver.url('/hook')], channel: ['#ops-room'], scriptEngine: 'isolated-vm',
        skipTranspile: false, _createdAt: any.date, _createdBy: { _id: (w) => w.callers.ada.user_id, username: (w) => w.callers.ada.username }, _updatedAt: any.date }],
      count: 1, offset: 0, total: 1, success: true } },
    { name: '2', caller: 'ada', path: groups, status: 400, json: typed('error-room-param-not-provided', 'The parameter "roomId" or "roomName" is required') },
    { name: '3', caller: 'ada', path: groups, query: { roomName: 'nowhere' }, status: 400,
      json: typed('error-room-not-found', 'The required "roomId" or "roomName" param provided does not match any group') },
    { name: '4', caller: 'bob', path: groups, query: { roomId: (w) => w.ops._id }, status: 403,
      json: { success: false, error: 'User does not have the permissions required for this action [error-unauthorized]' } },
    { name: '5', caller: 'anonymous', path: groups, query: { roomId: (w) => w.ops._id }, status: 401,
      json: { success: false, error: 'You must be logged in to do this.', status: 'error', message: 'You must be logged in to do this.' } },
    { name: '6', caller: 'ada', path: groups, query: { roomId: (w) => w.ops._id, sort: 'abc' }, status: 400, parts: { success: false, errorType: 'error-invalid-sort' } },
    { name: '7', caller: 'guest', path: '/api/v1/channels.getIntegrations', query: { roomName: 'secret-team' }, status: 403, json: { success: false, error: 'unauthorized' } },
    { name: '8', ...post('create', IN), json: { integration: { ...IN, _id: any.id, channel: ['#builds'], overrideDestinationChannelEnabled: false, scriptEngine: 'isolated-vm',
      skipTranspile: false, token: any.text_of(48), userId: 'rocket.cat', _createdAt: any.date, _updatedAt: any.date, _createdBy: { _id: (w) => w.admin.user_id, username: 'admin' } },
      success: true } },
    { name: '9', caller: 'bob', ...post('create', IN), status: 400, json: { ...typed('not_authorized', 'Unauthorized'), details: { method: 'addIncomingIntegration' } } },
    { name: '10', caller: 'bob', ...post('create', OUT), status: 400, json: { success: false, error: '[not_authorized]', errorType: 'not_authorized' } },
    { name: '11', ...post('create', { ...IN, channel: 'builds' }), status: 400, json: typed('error-invalid-channel-start-with-chars', 'Invalid channel. Start with @ or #') },
    { name: '12', ...post('create', { ...IN, channel: '#none' }), status: 400, json: typed('error-invalid-room', 'Invalid room') },
    { name: '13', ...post('create', { ...IN, username: 'ghost' }), status: 400, json: typed('error-invalid-user', 'Invalid user') },
    { name: '14', ...post('create', (w) => ({ ...IN, username: w.callers.bob.username })), status: 400, parts: { success: false, errorType: 'error-user-lacks-message-impersonate-permission' } },
    { name: '15', ...post('create', { ...IN, type: 'webhook-incoming-x' }), status: 400, json: { success: false, error: 'Invalid integration type.' } },
    { name: '16', ...post('create', { ...OUT, event: 'nope' }), status: 400, parts: { success: false, errorType: 'error-invalid-event-type' } },
    { name: '17', ...post('create', { ...OUT, urls: [' '] }), status: 400, json: typed('error-invalid-urls', 'Invalid URLs') },
    { name: '18', ...post('create', { ...OUT, event: 'userCreated' }), status: 400, json: typed('error-invalid-targetRoom', 'Invalid Target Room') },
    { name: '19', path: '/api/v1/integrations.get', status: 400, json: { success: false, error: "must have required property 'integrationId'", errorType: 'error-invalid-params' } },
    { name: '20', path: '/api/v1/integrations.get', query: { integrationId: 'zzz' }, status: 400, json: { success: false, error: 'The integration does not exists.' } },
    { name: '21', caller: 'ada', path: '/api/v1/integrations.get', query: { integrationId: (w) => w.calls._id }, status: 400, json: { success: false, error: 'not-authorized' } },
    { name: '22', method: 'PUT', path: '/api/v1/integrations.update', body: { ...IN, integrationId: 'zzz' }, status: 400, json: { success: false, error: 'No integration found.' } },
    { name: '23', path: '/api/v1/integrations.history', query: { id: (w) => w.calls._id, count: 1 }, parts: { history: [{ _id: any.id, type: 'outgoing-webhook',
      step: 'url-response-sent-message', event: 'sendMessage', url: (w) => w.receiver.url('/call'), httpResult: '"{\\"text\\":\\"ok\\"}"', finished: true }],
      offset: 0, items: 1, count: 1, total: 1, success: true } },
    { name: '24', ...post('remove', { type: 'invalid-type', integrationId: 'x' }), status: 400, parts: { success: false, error: /must match exactly one schema in oneOf/ } },
    { name: '25', ...post('replayOutgoing', (w) => ({ integrationId: w.calls._id, historyId: 'zz' })), status: 400,
      json: typed('error-invalid-integration-history', 'Invalid Integration History') },
  ],
});
