// integrations.update of both kinds: checks in their order, what is set and what is kept. Contract
// "integrations" 4.4 and 4.5.

import { any, expect, expect_json } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

const path = '/api/v1/integrations.update';
const typed = (code, reason, details) => ({ success: false, error: `${reason} [${code}]`, errorType: code, ...(details ? { details } : {}) });
const not_found = { success: false, error: 'No integration found.' };
const invalid_channel = typed('error-invalid-channel', 'Invalid channel');
const not_in_room = typed('error-invalid-channel', 'Invalid Channel');
const bad_start = typed('error-invalid-channel-start-with-chars', 'Invalid channel. Start with @ or #');
const invalid_room = typed('error-invalid-room', 'Invalid room');
const invalid_integration = typed('error-invalid-integration', 'Invalid integration');
const invalid_post_as = typed('error-invalid-post-as-user', 'Invalid Post As User');
const gone = typed('invalid_integration', '[methods] updateOutgoingIntegration -> integration not found');
const no_member = [{ code: 'not-a-member', room: '#den', message: any.string }];
const good_script = 'class Script { process_incoming_request() { return {}; } }';
const bad_script = 'class Script {';

// What every update carries; the name tells that it was made.
const incoming = (w) => ({ type: 'webhook-incoming', integrationId: w.in._id, name: 'changed', enabled: true, channel: '#den', scriptEnabled: false });
const outgoing = (w) => ({ type: 'webhook-outgoing', integrationId: w.out._id, name: 'changed', enabled: true, username: 'rocket.cat',
  channel: '#den', event: 'sendMessage', scriptEnabled: false, urls: [w.receiver.url('/out')] });
const stored = async (w, id) => (await w.admin.must_get('/api/v1/integrations.get', { integrationId: id })).integration;

// Each row has new integrations; one that is refused must leave them as they were.
const fresh = (by = 'admin') => async (w) => {
  w.in = await w.create_incoming({ name: 'in', channel: '#den', alias: 'al', emoji: ':e:' }, w.callers[by]);
  w.out = await w.create_outgoing({ name: 'out', channel: '#den', triggerWords: ['!a'], alias: 'al', targetRoom: '#den',
    urls: [w.receiver.url('/out'), w.receiver.url('/out/two')] }, w.callers[by]);
};
const make = (section, base, key) => ({
  accept: (name, covers, changes, integration, more = {}) => ({ name, covers: covers.map((row) => `integrations ${section}/${row}`), method: 'PUT', path,
    prepare: fresh(more.by), body: (w) => ({ ...base(w), ...(typeof changes === 'function' ? changes(w) : changes) }),
    parts: { integration: { _id: (w) => w[key]._id, ...integration }, success: true }, ...(({ by: _, ...rest }) => rest)(more) }),
  refuse: (name, covers, changes, json, more = {}) => ({ name, covers: covers.map((row) => `integrations ${section}/${row}`), method: 'PUT', path,
    prepare: fresh(more.by), body: (w) => ({ ...base(w), ...(typeof changes === 'function' ? changes(w) : changes) }), status: 400, json,
    then: async (w) => { for (const one of [w.in, w.out]) expect_json(await stored(w, one._id), one, 'after a refusal the integration'); },
    ...(({ by: _, ...rest }) => rest)(more) }),
});
const inn = make('4.4', incoming, 'in');
const out = make('4.5', outgoing, 'out');
const lacks = (method) => typed('not_authorized', 'Unauthorized', { method });
const second = (w) => ({ _id: w.callers.ai_ao.user_id, username: w.callers.ai_ao.username });

const w = scenarios({
  name: 'updating',
  setup: async (w) => {
    w.den = await w.create_group({ name: 'den' });
    w.sealed = await w.create_group({ name: 'sealed' });
    await w.create_caller('plain');
    await w.create_caller('ai_ao', { rights: ['manage-incoming-integrations', 'manage-outgoing-integrations'] });
    await w.create_caller('own', { rights: ['manage-own-incoming-integrations', 'manage-own-outgoing-integrations'] });
    await w.create_caller('poster', { roles: ['user', 'bot'] });
    for (const name of ['ai_ao', 'own', 'plain']) {
      await w.admin.must_post('/api/v1/groups.invite', { roomId: w.den._id, userId: w.callers[name].user_id });
    }
  },
  rows: [
    inn.refuse('knows no such integration', ['1'], { integrationId: 'zzz' }, not_found),
    ...['', ' '].map((channel) => inn.refuse(`wants a channel: ${JSON.stringify(channel)}`, ['2a'], { channel }, invalid_channel)),
    ...['den', 'all_public_channels', '#den,x'].map((channel) => inn.refuse(`takes no target ${channel}`, ['2a'], { channel }, bad_start)),
    inn.refuse('judges the channel before the right', ['2b'], { channel: 'den' }, bad_start, { caller: 'plain' }),
    inn.refuse('needs a right', ['3c'], {}, lacks('updateIncomingIntegration'), { caller: 'plain' }),
    inn.accept('all-incoming changes one of others', ['3a', '9d'], {}, { name: 'changed', _updatedBy: second }, { caller: 'ai_ao' }),
    inn.accept('own-incoming changes an own one', ['3b'], {}, { name: 'changed' }, { caller: 'own', by: 'own' }),
    inn.refuse('to own-incoming one of others is missing', ['3b', '4'], {}, invalid_integration, { caller: 'own' }),
    inn.refuse('does not take an outgoing one for an incoming', ['4'], (w) => ({ integrationId: w.out._id }), invalid_integration),
    ...['#none', '@ghost'].map((channel) => inn.refuse(`knows no target ${channel}`, ['7'], { channel }, invalid_room)),
    inn.refuse('takes no room where a caller with one right is not', ['7'], { channel: '#sealed' }, not_in_room, { caller: 'ai_ao' }),
    inn.accept('takes a room where an administrator is', ['7'], { channel: '#sealed, @rocket.cat' }, { channel: ['#sealed', '@rocket.cat'] }),
    ...['ghost', 'Rocket.Cat', ''].map((username) => inn.refuse(`knows no account ${JSON.stringify(username)}`, ['8a'], { username }, invalid_post_as)),
    inn.refuse('takes no account without message-impersonate', ['8b'], (w) => ({ username: w.callers.plain.username }),
               typed('error-user-lacks-message-impersonate-permission', "User selected for the incoming integration lacks the 'message-impersonate' permission.")),
    inn.refuse('judges the room before the account', ['7', '8a'], { channel: '#none', username: 'ghost' }, invalid_room),
    inn.accept('sets what is always set', ['9a'], { name: 'new', enabled: false, channel: '#sealed,#den', scriptEnabled: true },
               { name: 'new', enabled: false, channel: ['#sealed', '#den'], scriptEnabled: true, scriptEngine: 'isolated-vm' }),
    inn.accept('sets username and userId together', ['9b'], (w) => ({ username: w.callers.poster.username }),
               { username: (w) => w.callers.poster.username, userId: (w) => w.callers.poster.user_id }),
    inn.accept('sets optional keys that are sent', ['9c'], { alias: 'b', avatar: 'https://a.example/b.png', emoji: ':b:', script: '// b',
                 overrideDestinationChannelEnabled: true, skipTranspile: true },
               { alias: 'b', avatar: 'https://a.example/b.png', emoji: ':b:', script: '// b', overrideDestinationChannelEnabled: true, skipTranspile: true }),
    inn.accept('keeps what is not sent, the token and the creator', ['keep-1', 'keep-2', '9d'], { token: 'x', _createdBy: { _id: 'x' }, _createdAt: 'x', userId: 'x' }, {}, {
      caller: 'ai_ao', parts: undefined, json: { success: true, warnings: no_member, integration: (w) => ({ ...w.in, name: 'changed', _updatedAt: any.date, _updatedBy: second(w) }) } }),

    out.accept('is found by any of its urls', ['1a'], (w) => ({ integrationId: undefined, target_url: w.receiver.url('/out/two') }), {}, {
      prepare: async (w) => { for (const one of (await w.admin.must_get('/api/v1/integrations.list', { count: 0 })).integrations) {
        await w.admin.must_post('/api/v1/integrations.remove', { type: one.type, integrationId: one._id }); }
      await fresh()(w); } }),
    out.accept('is found by its url before its id', ['1a'], (w) => ({ target_url: 'https://a.example/first', integrationId: w.out._id }), { _id: (w) => w.first._id },
               { prepare: async (w) => { await fresh()(w); w.first = await w.create_outgoing({ urls: ['https://a.example/first'] }); },
                 then: async (w) => expect_json(await stored(w, w.out._id), w.out, 'the one with the id') }),
    out.accept('is found by its id when no url is its', ['1a'], { target_url: 'https://a.example/unknown' }, { name: 'changed' }),
    out.refuse('knows no such integration', ['1b'], { integrationId: 'zzz' }, not_found),
    out.refuse('knows no such url', ['1b'], { integrationId: undefined, target_url: 'https://a.example/unknown' }, not_found),
    out.refuse('wants one of its names', ['1b'], { integrationId: undefined }, not_found),
    ...[[{ event: 'nope' }, typed('error-invalid-event-type', 'Invalid event type', { function: 'validateOutgoing._verifyRequiredFields' })],
        [{ username: ' ' }, typed('error-invalid-username', 'Invalid username')], [{ event: 'userCreated' }, typed('error-invalid-targetRoom', 'Invalid Target Room')],
        [{ urls: [' '] }, typed('error-invalid-urls', 'Invalid URLs')], [{ channel: '' }, not_in_room], [{ channel: 'den' }, bad_start],
        [{ username: 'ghost' }, typed('error-invalid-user', 'Invalid user (did you delete the `rocket.cat` user?)')], [{ channel: '#none' }, invalid_room],
        [{ retryFailedCalls: true, retryDelay: 'x' }, typed('error-invalid-retry-delay', 'Invalid retryDelay')]].map(([changes, json]) =>
      out.refuse(`judges ${JSON.stringify(changes)} as create does`, ['2'], changes, json)),
    out.refuse('takes no room where a caller with one right is not', ['2'], { channel: '#sealed' }, not_in_room, { caller: 'ai_ao' }),
    out.refuse('takes no event without channel from own-outgoing', ['2'], { event: 'roomCreated' },
               typed('error-invalid-permissions', 'Invalid permission for required Integration creation.'), { caller: 'own', by: 'own' }),
    ...['', '  ', null].map((token) => out.accept(`keeps the stored token for ${JSON.stringify(token)}`, ['3'], { token }, { token: (w) => w.out.token })),
    out.accept('takes a new token', ['3'], { token: 'next' }, { token: 'next' }),
    out.accept('all-outgoing changes one of others', ['4a', '7a'], {}, { name: 'changed', _updatedBy: second }, { caller: 'ai_ao' }),
    out.accept('own-outgoing changes an own one', ['4b'], {}, { name: 'changed' }, { caller: 'own', by: 'own' }),
    out.refuse('to own-outgoing one of others is missing', ['4b', '5'], {}, gone, { caller: 'own' }),
    out.refuse('needs a right', ['4c'], {}, lacks('updateOutgoingIntegration'), { caller: 'plain' }),
    out.refuse('does not take an incoming one for an outgoing', ['5'], (w) => ({ integrationId: w.in._id }), gone),
    out.accept('sets the keys of the body', ['7a'], (w) => ({ event: 'fileUploaded', urls: ['https://b.example'], channel: '#sealed', username: w.callers.poster.username,
                 enabled: false, scriptEnabled: true, alias: 'b', emoji: ':b:', avatar: 'https://a.example/b.png', targetRoom: '#sealed', runOnEdits: true,
                 impersonateUser: true, retryFailedCalls: true, retryCount: 2, retryDelay: 'powers-of-two', skipTranspile: true, triggerWordAnywhere: true }),
               { event: 'fileUploaded', urls: ['https://b.example'], channel: ['#sealed'], username: (w) => w.callers.poster.username,
                 userId: (w) => w.callers.poster.user_id, enabled: false, scriptEnabled: true, alias: 'b', emoji: ':b:', avatar: 'https://a.example/b.png',
                 targetRoom: '#sealed', runOnEdits: true, impersonateUser: true, retryFailedCalls: true, retryCount: 2, retryDelay: 'powers-of-two',
                 skipTranspile: true, triggerWordAnywhere: true, triggerWords: any.absent, _updatedAt: any.date }),
    out.accept('keeps omitted optional keys', ['7b', '7a'], {}, {}, { caller: 'ai_ao', parts: undefined, json: { success: true, warnings: no_member,
      integration: (w) => ({ ...w.out, name: 'changed', urls: [w.receiver.url('/out')], _updatedAt: any.date, _updatedBy: second(w) }) } }),
  ],
});

for (const [kind, base, key, prefix] of [['incoming', incoming, 'in', '4.4/6'], ['outgoing', outgoing, 'out', '4.5/6']]) {
  const covers = prefix === '4.5/6' ? () => ['integrations 4.5/6'] : (letter) => [`integrations 4.4/6${letter}`];
  const update = (changes) => w.admin.put(path, { ...base(w), scriptEnabled: true, ...changes });

  test(`${kind}: a script that compiles again takes scriptError away`, { covers: covers('a') }, async () => {
    await fresh()(w);
    const broken = (await update({ script: bad_script })).json.integration;
    expect(broken.scriptError && !broken.scriptCompiled, `a bad script is ${JSON.stringify(broken)}`);
    const mended = (await update({ script: good_script })).json.integration;
    expect(mended.scriptCompiled && !('scriptError' in mended), `a mended script is ${JSON.stringify(mended)}`);
  });

  test(`${kind}: a script that no longer compiles takes scriptCompiled away`, { covers: covers('b') }, async () => {
    await fresh()(w);
    const good = (await update({ script: good_script })).json.integration;
    expect(good.scriptCompiled, `a good script is ${JSON.stringify(good)}`);
    const broken = (await update({ script: bad_script })).json.integration;
    expect(broken.scriptError?.name === 'SyntaxError' && !('scriptCompiled' in broken), `a bad script is ${JSON.stringify(broken)}`);
    expect_json(await stored(w, broken._id), broken, 'what is stored');
  });

  test(`${kind}: a refused update stores nothing of its script`, { covers: covers('c') }, async () => {
    await fresh()(w);
    const before = (await update({ script: good_script })).json.integration;
    for (const refused of [{ channel: '#none' }, { username: 'ghost' }]) {
      expect((await update({ script: bad_script, ...refused })).status === 400, `${JSON.stringify(refused)} was not refused`);
      expect_json(await stored(w, before._id), before, `after ${JSON.stringify(refused)} the integration`);
    }
  });
}

test('an account that is gone is told on an update that does not name another', { covers: ['integrations 4.4/8a'] }, async () => {
  const former = await w.create_caller('former', { roles: ['user', 'bot'] });
  await fresh()(w);
  const post_as = await w.admin.put(path, { ...incoming(w), username: former.username });
  expect(post_as.status === 200, post_as.text);
  await w.admin.must_post('/api/v1/users.delete', { userId: former.user_id });
  expect_json((await w.admin.put(path, incoming(w))).json, invalid_post_as, 'the answer');
  const mended = await w.admin.put(path, { ...incoming(w), username: 'rocket.cat' });
  expect(mended.status === 200 && mended.json.integration.enabled, mended.text);
});
