// An outgoing integration with certificate authorities of its own: they vouch for its targets in
// place of the system's, and for nobody else's.

import fs from 'node:fs';
import path from 'node:path';

import { make_authority, tls_target } from '../support/authority.mjs';
import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { fresh_directory, run_gantry } from '../support/test_server.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world();
const once = { retryFailedCalls: false };
const update_path = '/api/v1/integrations.update';
const get = async (hook) => (await w.admin.must_get('/api/v1/integrations.get', { integrationId: hook.integration._id })).integration;

// The record of one more delivery.
async function rung(hook) {
  const before = (await hook.entries()).length;
  await hook.ring();
  return eventually('the next entry', async () => {
    const entries = await hook.entries();
    return entries.length > before && entries[before].finished ? entries[before] : undefined;
  });
}

async function expect_served(hook) {
  expect_parts(await rung(hook), { step: 'after-http-call', httpResult: '"inside"' });
}

async function expect_refused(hook) {
  expect_parts(await rung(hook), { step: 'failed-and-not-configured-to-retry', httpResult: 'null',
    httpError: { code: /^(UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)$/ } });
}

test('the own authority vouches for the target, and no other does', async (t) => {
  const own = make_authority(t, 'own'), other = make_authority(t, 'other');
  const target = await tls_target(t, own.issue());
  const urls = [target.url()];
  await expect_refused(await bell(w, { ...once, urls }));
  await expect_refused(await bell(w, { ...once, urls, caCertificates: other.pem }));
  expect(target.requests.length === 0, 'nothing is said to a target that is not trusted');
  await expect_served(await bell(w, { ...once, urls, caCertificates: own.pem }));
  await expect_served(await bell(w, { ...once, urls, caCertificates: `Of the house:\n${other.pem}\n${own.pem}` }));
});

test('others do not ride on a connection that it opened', async (t) => {
  const own = make_authority(t, 'own'), other = make_authority(t, 'other');
  const target = await tls_target(t, own.issue());
  const urls = [target.url()];
  const trusting = await bell(w, { ...once, urls, caCertificates: own.pem });
  await expect_served(trusting);
  await expect_refused(await bell(w, { ...once, urls }));
  await expect_refused(await bell(w, { ...once, urls, caCertificates: other.pem }));
  await expect_served(trusting);
  expect_json(target.requests.length, 2);
  expect(target.refused === 2, `each of the others opened a connection of its own and went away: ${target.refused}`);
});

test("it is asked though the workspace takes anyone's certificate", async (t) => {
  const own = make_authority(t, 'own'), other = make_authority(t, 'other');
  const target = await tls_target(t, own.issue());
  await w.set_setting('Allow_Invalid_SelfSigned_Certs', true);
  t.after(() => w.set_setting('Allow_Invalid_SelfSigned_Certs', false));
  await expect_refused(await bell(w, { ...once, urls: [target.url()], caCertificates: other.pem }));
  await expect_served(await bell(w, { ...once, urls: [target.url()] }));
});

test('requests of its script are checked by it, too', async (t) => {
  const own = make_authority(t, 'own');
  const target = await tls_target(t, own.issue(), () => 'told');
  const code = script({ prepare: `
    const { result, error } = HTTP('GET', ${JSON.stringify(target.url('/asked'))});
    return { url: request.url, method: 'POST', data: { told: error ? String(error) : result.content } };` });
  const trusting = await bell(w, { ...once, ...code, urls: [target.url('/hook')], caCertificates: own.pem });
  await trusting.ring();
  await trusting.finished();
  expect_json(target.requests.map((one) => [one.path, one.text]), [['/asked', ''], ['/hook', '{"told":"told"}']]);
  const plain = await bell(w, { ...once, ...code });
  await plain.ring();
  const [request] = await plain.received();
  expect(request.json.told !== 'told', request.text);
  expect(target.requests.length === 2, 'the script of another is not trusted with it');
});

test('it is kept, shown, changed and taken away', async (t) => {
  const own = make_authority(t, 'own'), other = make_authority(t, 'other');
  const target = await tls_target(t, own.issue());
  const hook = await bell(w, { ...once, urls: [target.url()], caCertificates: own.pem });
  expect_parts(hook.integration, { caCertificates: own.pem });
  await hook.change({ name: 'renamed' });
  expect_parts(await get(hook), { name: 'renamed', caCertificates: own.pem });
  await expect_served(hook);
  const [entry] = await hook.entries();
  expect_parts(entry.integration, { caCertificates: any.absent, name: 'renamed' });
  await hook.change({ caCertificates: other.pem });
  expect_parts(await get(hook), { caCertificates: other.pem });
  await w.crash_and_restart();
  expect_parts(await get(hook), { caCertificates: other.pem });
  await hook.change({ caCertificates: null });
  expect_parts(await get(hook), { caCertificates: other.pem });
  await hook.change({ caCertificates: '' });
  expect_parts(await get(hook), { caCertificates: any.absent });
  await expect_refused(hook);
});

test('what is no certificate is refused, with its reason', async (t) => {
  const own = make_authority(t, 'own');
  const hook = await bell(w, { caCertificates: own.pem });
  const cut = own.pem.slice(0, -40);
  const refused = [
    { given: 'trust me', why: 'no certificate in it' },
    { given: own.pem + own.key, why: 'block 2 is not a certificate' },
    { given: own.pem + cut, why: 'block 2 is no PEM' },
    { given: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', why: 'block 1 is a certificate that cannot be read' },
    { given: own.pem.repeat(21), why: 'more than 20 certificates' },
    { given: own.pem + ' '.repeat(32 * 1024), why: 'longer than 32768 bytes' },
  ];
  for (const { given, why } of refused) {
    const body = { type: 'webhook-outgoing', name: 'n', enabled: true, username: 'rocket.cat', channel: '#general', event: 'sendMessage',
                   urls: ['https://127.0.0.1:1/'], scriptEnabled: false, caCertificates: given };
    const json = { success: false, errorType: 'error-invalid-ca-certificates', error: `Invalid caCertificates: ${why} [error-invalid-ca-certificates]` };
    const created = await w.admin.post('/api/v1/integrations.create', body);
    expect_json([created.status, created.json], [400, json]);
    const changed = await w.admin.put(update_path, { ...body, integrationId: hook.integration._id });
    expect_json([changed.status, changed.json], [400, json]);
  }
  expect_parts(await get(hook), { caCertificates: own.pem });
  const incoming = await w.admin.post('/api/v1/integrations.create', { type: 'webhook-incoming', name: 'n', enabled: true,
    username: 'rocket.cat', channel: '#general', scriptEnabled: false, caCertificates: own.pem });
  expect(incoming.status === 400, 'an incoming one has no targets');
});

test('it goes into files and comes back', async (t) => {
  const own = make_authority(t, 'own');
  const hook = await bell(w, { name: 'Inner target', caCertificates: own.pem });
  const dir = fresh_directory('files');
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
  const run = async (...args) => {
    const end = await run_gantry(['integration', ...args, dir, '--data', w.server.data]);
    expect(end.code === 0, `${args.join(' ')}: ${end.stdout}${end.stderr}`);
    return end;
  };
  await run('export');
  const file = path.join(dir, 'inner-target.json');
  const described = JSON.parse(fs.readFileSync(file, 'utf8'));
  expect_parts(described, { caCertificates: own.pem });
  await hook.change({ name: 'Inner target', caCertificates: '' });
  await run('apply');
  expect_parts(await get(hook), { caCertificates: own.pem });
  fs.writeFileSync(file, JSON.stringify({ ...described, caCertificates: 'trust me' }));
  const bad = await run_gantry(['integration', 'apply', dir, '--data', w.server.data]);
  expect(bad.code === 1 && /inner-target\.json: caCertificates: Invalid caCertificates: no certificate in it/.test(bad.stdout + bad.stderr),
         bad.stdout + bad.stderr);
  const { caCertificates, ...without } = described;
  fs.writeFileSync(file, JSON.stringify(without));
  await run('apply');
  expect_parts(await get(hook), { caCertificates: any.absent });
});
