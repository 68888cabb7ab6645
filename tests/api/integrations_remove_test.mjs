// integrations.remove, clearHistory and replayOutgoing. Contract "integrations" 4.6.

import { expect, expect_json, expect_parts } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

const typed = (code, reason, details) => ({ success: false, error: `${reason} [${code}]`, errorType: code, ...(details ? { details } : {}) });
const not_found = { success: false, error: 'No integration found.' };
const invalid_integration = typed('error-invalid-integration', 'Invalid integration');
const invalid_entry = typed('error-invalid-integration-history', 'Invalid Integration History');
const lacks = (method) => typed('not_authorized', 'Unauthorized', { method });
const call = (action) => (name, covers, body, more) => ({ name, covers: covers.map((row) => `integrations 4.6/${row}`), method: 'POST',
  path: `/api/v1/integrations.${action}`, body, ...more });
const remove = call('remove'), clear = call('clearHistory'), replay = call('replayOutgoing');
const by_id = (type, key) => (w) => ({ type: `webhook-${type}`, integrationId: w[key]._id });
const refused = (json, more = {}) => ({ status: 400, json, ...more });
// Refused, and the integration is there still.
const kept = (key, json, more = {}) => refused(json, { ...more, then: async (w) => {
  const { integration } = await w.admin.must_get('/api/v1/integrations.get', { integrationId: w[key]._id });
  expect_json(integration, w[key], 'the integration');
} });
const gone = async (w, answer) => {
  const read = await w.admin.get('/api/v1/integrations.get', { integrationId: answer.json.integration._id });
  expect_parts(read.json, { error: 'The integration does not exists.' });
};

// One more entry of an outgoing integration whose word is its name.
async function make_entry(w, integration) {
  const before = (await w.history(integration)).length;
  await w.post('GENERAL', integration.name);
  await w.wait_for_history(integration, 'a finished entry', (entry) => entry.finished);
  expect((await w.history(integration)).length === before + 1, 'not one entry more');
}
const bell_of = (w, name, by = w.admin) => w.create_outgoing({ name, triggerWords: [name], retryFailedCalls: false, urls: [w.receiver.url(`/${name}`)] }, by);

const w = scenarios({
  name: 'removing and replaying',
  setup: async (w) => {
    for (const [name, right] of [['ai', 'manage-incoming-integrations'], ['oi', 'manage-own-incoming-integrations'],
                                 ['ao', 'manage-outgoing-integrations'], ['oo', 'manage-own-outgoing-integrations']]) await w.create_caller(name, { rights: [right] });
    await w.create_caller('plain');
    w.in = await w.create_incoming();
    w.bell = await bell_of(w, 'bell');
    w.other = await bell_of(w, 'other');
    await make_entry(w, w.bell);
    await make_entry(w, w.other);
    [w.entry] = await w.history(w.bell);
    [w.other_entry] = await w.history(w.other);
  },
  rows: [
    remove('knows no such id', ['remove-1'], { type: 'webhook-incoming', integrationId: 'zzz' }, refused(not_found)),
    remove('knows no such url', ['remove-1'], { type: 'webhook-outgoing', target_url: 'https://unknown.example' }, refused(not_found)),
    remove('takes any of the urls', ['remove-2'], { type: 'webhook-outgoing', target_url: 'https://b.example' }, {
      prepare: async (w) => { w.gone = await w.create_outgoing({ urls: ['https://a.example', 'https://b.example'] }); },
      json: { integration: (w) => w.gone, success: true }, then: gone }),
    ...[['ai', 'incoming', 'oi'], ['ao', 'outgoing', 'oo']].flatMap(([all, kind, own]) => [
      remove(`all-${kind} removes one of others`, ['remove-3'], by_id(kind, 'gone'), { caller: all,
        prepare: async (w) => { w.gone = await w[`create_${kind}`](); }, json: { integration: (w) => w.gone, success: true }, then: gone }),
      remove(`own-${kind} removes an own one`, ['remove-4'], by_id(kind, 'gone'), { caller: own,
        prepare: async (w) => { w.gone = await w[`create_${kind}`]({}, w.callers[own]); }, json: { integration: (w) => w.gone, success: true }, then: gone }),
      remove(`own-${kind} removes none of others`, ['remove-4'], by_id(kind, kind === 'incoming' ? 'in' : 'bell'),
             kept(kind === 'incoming' ? 'in' : 'bell', invalid_integration, { caller: own }))]),
    ...['ao', 'oo'].map((caller) => remove(`${caller} may remove no incoming one`, ['remove-5'], by_id('incoming', 'in'), kept('in', lacks('deleteIncomingIntegration'), { caller }))),
    ...['ai', 'oi'].map((caller) => remove(`${caller} may remove no outgoing one`, ['remove-5'], by_id('outgoing', 'bell'), kept('bell', lacks('deleteOutgoingIntegration'), { caller }))),
    remove('does not take an outgoing one for an incoming', ['remove-7'], by_id('incoming', 'bell'), kept('bell', not_found)),
    remove('does not take an incoming one for an outgoing', ['remove-7'], by_id('outgoing', 'in'), kept('in', not_found)),

    ...['plain', 'ai', 'oi'].map((caller) => clear(`clear needs a right on outgoing ones (${caller})`, ['clear-1'], (w) => ({ integrationId: w.bell._id }),
      refused(lacks('clearIntegrationHistory'), { caller }))),
    clear('clear judges the right before the integration', ['clear-1'], { integrationId: 'zzz' }, refused(lacks('clearIntegrationHistory'), { caller: 'plain' })),
    clear('clear knows no such integration', ['clear-2'], { integrationId: 'zzz' }, refused(invalid_integration)),
    clear('to own-outgoing one of others is missing', ['clear-2'], (w) => ({ integrationId: w.bell._id }), refused(invalid_integration, { caller: 'oo' })),

    ...['plain', 'ai', 'oi'].map((caller) => replay(`replay needs a right on outgoing ones (${caller})`, ['replay-1'], { integrationId: 'zzz', historyId: 'zzz' },
      refused(lacks('replayOutgoingIntegration'), { caller }))),
    replay('replay knows no such integration', ['replay-2'], (w) => ({ integrationId: 'zzz', historyId: w.entry._id }), refused(invalid_integration)),
    replay('to own-outgoing one of others is missing', ['replay-2'], (w) => ({ integrationId: w.bell._id, historyId: w.entry._id }), refused(invalid_integration, { caller: 'oo' })),
    replay('replay knows no such entry', ['replay-3'], (w) => ({ integrationId: w.bell._id, historyId: 'zz' }), refused(invalid_entry)),
    replay('replay takes no entry of another integration', ['replay-3'], (w) => ({ integrationId: w.bell._id, historyId: w.other_entry._id }), refused(invalid_entry)),
  ],
});

test('removing an outgoing integration takes its history along', { covers: ['integrations 4.6/remove-6'] }, async () => {
  const bell = await bell_of(w, 'brief');
  await make_entry(w, bell);
  await w.admin.must_post('/api/v1/integrations.remove', { type: 'webhook-outgoing', integrationId: bell._id });
  expect_json(await w.history(bell), [], 'its history');
  expect((await w.history(w.bell)).length === 1, 'the history of another went too');
});

test('clearing takes the entries of that integration alone', { covers: ['integrations 4.6/clear-3'] }, async () => {
  const bell = await bell_of(w, 'cleared');
  await make_entry(w, bell);
  expect_json((await w.admin.post('/api/v1/integrations.clearHistory', { integrationId: bell._id })).json, { success: true });
  expect_json(await w.history(bell), [], 'its history');
  expect((await w.history(w.bell)).length === 1, 'the history of another went too');
  await make_entry(w, bell);
});

test('own-outgoing clears and replays its own', { covers: ['integrations 4.6/clear-1', 'integrations 4.6/replay-1'] }, async () => {
  const bell = await bell_of(w, 'hers', w.callers.oo);
  await make_entry(w, bell);
  const [entry] = await w.history(bell);
  const body = { integrationId: bell._id, historyId: entry._id };
  expect_json((await w.callers.oo.post('/api/v1/integrations.replayOutgoing', body)).json, { success: true });
  await w.wait_for_history(bell, 'the entry of the replay', (one) => one._id !== entry._id && one.finished);
  expect_json((await w.callers.oo.post('/api/v1/integrations.clearHistory', { integrationId: bell._id })).json, { success: true });
  expect_json(await w.history(bell), [], 'the cleared history');
});

test('replay answers before the remote call is answered', { covers: ['integrations 4.6/replay-6'] }, async () => {
  const before = w.receiver.of('/bell').length;
  let open;
  w.receiver.answer('/bell', () => new Promise((resolve) => { open = () => resolve({}); }));
  const answer = await w.admin.post('/api/v1/integrations.replayOutgoing', { integrationId: w.bell._id, historyId: w.entry._id });
  expect_json(answer.json, { success: true });
  await w.receiver.wait_for(before + 1, { path: '/bell' });
  const waiting = await w.wait_for_history(w.bell, 'the run to be shown while it lasts', (one) => one._id !== w.entry._id);
  expect(!waiting.finished, `the run is over before its answer: ${JSON.stringify(waiting)}`);
  open();
  await w.wait_for_history(w.bell, 'the end of the replay', (one) => one._id === waiting._id && one.finished);
});
