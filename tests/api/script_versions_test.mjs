// integrations.scriptVersions, .scriptVersion and .restoreScript: what a script was before.

import { createHash } from 'node:crypto';

import { edit_database } from '../support/database.mjs';
import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { call_hook, script_of, told_by, telling, update_incoming } from '../support/hooks.mjs';
import { script } from '../support/outgoing.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({ setup: async (world) => {
  await world.create_caller('own', { rights: ['manage-own-incoming-integrations', 'message-impersonate'] });
  await world.create_caller('outgoing', { rights: ['manage-outgoing-integrations'] });
} });
const kList = '/api/v1/integrations.scriptVersions', kOne = '/api/v1/integrations.scriptVersion';
const kRestore = '/api/v1/integrations.restoreScript';
const kVersionsMax = 100;

const list = async (hook, more = {}, by = w.admin) => (await by.must_get(kList, { integrationId: hook._id, ...more })).versions;
const one = async (hook, version, by = w.admin) => (await by.must_get(kOne, { integrationId: hook._id, version })).version;
const restore = async (hook, version, by = w.admin) => (await by.must_post(kRestore, { integrationId: hook._id, version })).integration;
const must_update = async (hook, changes) => {
  const answer = await update_incoming(w, hook, changes);
  expect(answer.status === 200, `the update answered ${answer.status}: ${answer.text}`);
};
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const refused = (answer, parts) => {
  expect(answer.status === 400, `${answer.status}: ${answer.text}`);
  expect_parts(answer.json, parts);
};
const scripted = (text, by) => w.create_incoming({ scriptEnabled: true, script: text }, by);

test('the first script is version 1, and each change makes another', async () => {
  const first = telling('1'), second = telling('2');
  const hook = await scripted(first);
  await must_update(hook, { script: second });
  expect_json(await w.admin.must_get(kList, { integrationId: hook._id }), { success: true, count: 2, offset: 0, total: 2, versions: [
    { version: 2, hash: sha256(second), bytes: second.length, savedAt: any.date, savedBy: { _id: w.admin.user_id, username: w.admin.username } },
    { version: 1, hash: sha256(first), bytes: first.length, savedAt: any.date, savedBy: { _id: w.admin.user_id, username: w.admin.username } }] });
  expect_parts(await one(hook, 1), { version: 1, script: first });
  expect_parts(await one(hook, 2), { version: 2, script: second });
});

test('a change of something else makes no version', async () => {
  const hook = await scripted(telling('1'));
  await must_update(hook, { name: 'another', script: telling('1') });
  await must_update(hook, { alias: 'someone' });
  expect((await list(hook)).length === 1, 'there is one version');
});

test('an integration without a script has no version', async () => {
  expect_json(await list(await w.create_incoming()), []);
});

test('a script that is taken away leaves a version', async () => {
  const hook = await scripted(telling('1'));
  await must_update(hook, { script: '', scriptEnabled: false });
  expect_parts(await one(hook, 2), { bytes: 0, script: '' });
});

test('the scripts of outgoing integrations have versions, too', async () => {
  const made = script({ prepare: 'return false;' });
  const integration = await w.create_outgoing(made);
  expect_parts(await one(integration, 1), { script: made.script });
});

test('a restored script is a new version, and runs', async () => {
  const hook = await scripted(telling('"old"'));
  await must_update(hook, { script: telling('"new"') });
  expect(await told_by(w, hook) === 'new', 'the changed script runs');
  const restored = await restore(hook, 1);
  expect_parts(restored, { _id: hook._id, script: telling('"old"'), name: hook.name, channel: hook.channel, alias: any.absent, token: hook.token });
  expect(await told_by(w, hook) === 'old', 'the restored script runs');
  expect((await list(hook)).map((row) => row.version).join() === '3,2,1', 'there are three versions');
  expect((await list(hook))[0].hash === (await list(hook))[2].hash, 'the newest is the oldest');
});

test('restoring changes nothing but the script', async () => {
  const integration = await w.create_outgoing({ ...script({ prepare: 'return 1;' }), triggerWords: ['a', 'b'], alias: 'x', emoji: ':x:',
    triggerWordAnywhere: true, targetRoom: '#general', retryFailedCalls: true, retryCount: 2, retryDelay: 'powers-of-two', runOnEdits: true });
  const get = async () => (await w.admin.must_get('/api/v1/integrations.get', { integrationId: integration._id })).integration;
  await w.admin.must({ method: 'PUT', path: '/api/v1/integrations.update', body: { integrationId: integration._id, type: 'webhook-outgoing',
    name: integration.name, enabled: true, username: 'rocket.cat', channel: '#general', event: 'sendMessage', urls: integration.urls,
    ...script({ prepare: 'return 2;' }) } });
  const { script: _1, scriptCompiled: _2, _updatedAt: _3, ...before } = await get();
  await restore(integration, 1);
  const { script: text, scriptCompiled: _4, _updatedAt: _5, ...after } = await get();
  expect_json(after, before);
  expect(text === integration.script, 'the script is the first one');
});

test('only so many versions are kept, the newest', async () => {
  const hook = await scripted(telling('0'));
  for (let i = 1; i <= kVersionsMax + 1; ++i) await must_update(hook, { script: `// ${i}`, scriptEnabled: false });
  const kept = await list(hook, { count: 0 });
  expect(kept.length === kVersionsMax, `${kept.length} versions are kept`);
  expect(kept[0].version === kVersionsMax + 2 && kept.at(-1).version === 3, 'they are the newest');
  const gone = await w.admin.get(kOne, { integrationId: hook._id, version: 2 });
  refused(gone, { errorType: 'error-invalid-script-version' });
});

test('only so many bytes are kept, and always the newest version', async () => {
  const hook = await scripted(telling('0'));
  for (let i = 1; i <= 5; ++i) await must_update(hook, { script: `//${i}${' '.repeat(1_000_000)}`, scriptEnabled: false });
  expect((await list(hook)).map((row) => row.version).join() === '6,5,4,3', 'the newest four fit');
});

test('pages of versions', async () => {
  const hook = await scripted('// 1');
  for (const script of ['// 2', '// 3']) await must_update(hook, { script });
  expect_parts(await w.admin.must_get(kList, { integrationId: hook._id, offset: 1, count: 1 }), { count: 1, offset: 1, total: 3, versions: [{ version: 2 }] });
});

test('versions go with their integration', async () => {
  const hook = await scripted(telling('1'));
  await w.admin.must_post('/api/v1/integrations.remove', { type: 'webhook-incoming', integrationId: hook._id });
  refused(await w.admin.get(kList, { integrationId: hook._id }), { error: 'The integration does not exists.' });
});

test('the script of an integration from before there were versions is kept at its first change', async () => {
  const hook = await scripted(telling('1'));
  await w.server.stop();
  await edit_database(w.server, 'DELETE FROM script_versions WHERE integration = ?', hook._id);
  await w.server.restart();
  await w.connect();
  expect_json(await list(hook), []);
  await must_update(hook, { script: telling('2') });
  expect_parts(await one(hook, 1), { script: telling('1'), savedAt: hook._updatedAt, savedBy: { username: w.admin.username } });
  expect_parts(await one(hook, 2), { script: telling('2') });
});

test('versions survive a crash as the script does', async () => {
  const hook = await scripted(telling('1'));
  await must_update(hook, { script: telling('2') });
  await w.crash_and_restart();
  expect((await list(hook)).length === 2, 'both versions are there');
});

test('who may not see an integration sees none of its versions', async () => {
  const hook = await scripted(telling('1'));
  const { own, outgoing } = w.callers;
  for (const by of [own, outgoing]) {
    for (const answer of [await by.get(kList, { integrationId: hook._id }), await by.get(kOne, { integrationId: hook._id, version: 1 }),
                          await by.post(kRestore, { integrationId: hook._id, version: 1 })]) {
      refused(answer, { success: false, error: 'not-authorized' });
    }
  }
  const mine = await scripted(telling('1'), own);
  expect((await list(mine, {}, own)).length === 1, 'the maker sees his own');
  expect_parts(await restore(mine, 1, own), { _id: mine._id });
});

test('a version that is not there is refused', async () => {
  const hook = await scripted(telling('1'));
  for (const version of [0, 2, -1]) {
    const answer = await w.admin.post(kRestore, { integrationId: hook._id, version });
    refused(answer, { errorType: 'error-invalid-script-version' });
  }
});

test('what does not compile is restored as it was', async () => {
  const hook = await scripted('class Script {');
  await must_update(hook, { script: script_of('return;') });
  expect_parts(await restore(hook, 1), { script: 'class Script {', scriptError: any.object });
  refused(await call_hook(w, hook, {}), { error: 'error-evaluating-script' });
});
