// Signed deliveries, judged by npm's standardwebhooks (v1) and by node's crypto from the
// specification (v1a).

import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

import { expect, expect_json } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({ server: { binary: 'testing' } });

const symmetric = (bytes = 32) => `whsec_${randomBytes(bytes).toString('base64')}`;

// {secret, public_text, key}: raw keys are the last 32 bytes of their DER forms.
function asymmetric() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { secret: `whsk_${Buffer.concat([seed, point]).toString('base64')}`, seed: `whsk_${seed.toString('base64')}`,
           public_text: `whpk_${point.toString('base64')}`, key: createPublicKey(createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }))) };
}

const signatures = (request) => request.headers['webhook-signature'].split(' ');

function verifies_v1a(request, key) {
  const content = `${request.headers['webhook-id']}.${request.headers['webhook-timestamp']}.${request.text}`;
  return signatures(request).filter((one) => one.startsWith('v1a,'))
    .some((one) => verify(null, Buffer.from(content), key, Buffer.from(one.slice(4), 'base64')));
}

const refuses = (action) => {
  try {
    action();
    return false;
  } catch {
    return true;
  }
};

test('without a secret nothing is added', async () => {
  const hook = await bell(w);
  await hook.ring();
  const [request] = await hook.received(1);
  expect_json(Object.keys(request.headers).filter((name) => name.startsWith('webhook-')), []);
});

test('sendDeliveryId adds the id and the time, the same id at a retry', async () => {
  const hook = await bell(w, { sendDeliveryId: true, retryFailedCalls: true, retryCount: 1, retryDelay: 'powers-of-two' });
  hook.answer({ status: 503 }, { body: 'ok' });
  await hook.ring();
  await hook.step('going-to-retry-1');
  await w.server.control({ command: 'advance-clock', ms: 5000 });
  const [first, second] = await hook.received(2);
  expect(first.headers['webhook-id'] && first.headers['webhook-id'] === second.headers['webhook-id'], 'the id stays');
  expect(Number(second.headers['webhook-timestamp']) - Number(first.headers['webhook-timestamp']) >= 4, 'the time is the attempt\'s');
  expect(first.headers['webhook-signature'] === undefined, 'unsigned');
});

test('standardwebhooks accepts v1, and nothing that was changed', async () => {
  const secret = symmetric();
  const hook = await bell(w, { signingSecrets: [secret] });
  await hook.ring('sign this: é 😀');
  const [request] = await hook.received(1);
  const judge = new Webhook(secret);
  expect_json(judge.verify(request.text, request.headers).text, 'sign this: é 😀');
  expect(refuses(() => judge.verify(`${request.text} `, request.headers)), 'another body');
  expect(refuses(() => judge.verify(request.text, { ...request.headers, 'webhook-id': 'another' })), 'another id');
  expect(refuses(() => new Webhook(symmetric()).verify(request.text, request.headers)), 'another secret');
});

test('node verifies v1a, from both forms of the key', async () => {
  const pair = asymmetric();
  for (const secret of [pair.secret, pair.seed]) {
    const hook = await bell(w, { signingSecrets: [secret] });
    await hook.ring('ed25519');
    const [request] = await hook.received(1);
    expect(verifies_v1a(request, pair.key), 'it verifies');
    expect(!verifies_v1a({ ...request, text: `${request.text} ` }, pair.key), 'another body does not');
  }
});

test('two secrets sign side by side while one replaces the other', async () => {
  const old = symmetric(24), fresh = asymmetric();
  const hook = await bell(w, { signingSecrets: [old] });
  await hook.change({ signingSecrets: [fresh.secret, old] });
  await hook.ring('both');
  const [both] = await hook.received(1);
  expect_json(signatures(both).map((one) => one.split(',')[0]), ['v1a', 'v1']);
  new Webhook(old).verify(both.text, both.headers);
  expect(verifies_v1a(both, fresh.key), 'the new one verifies');
  await hook.change({ signingSecrets: [fresh.secret] });
  await hook.ring('one');
  const [, one] = await hook.received(2);
  expect_json(signatures(one).length, 1);
  await hook.change({});
  await hook.ring('kept');
  const [, , kept] = await hook.received(3);
  expect(verifies_v1a(kept, fresh.key), 'an update that does not name them keeps them');
  await hook.change({ signingSecrets: [] });
  await hook.ring('none');
  const [, , , none] = await hook.received(4);
  expect(none.headers['webhook-signature'] === undefined, 'an empty list ends the signing');
});

test('what a script makes of the request is what is signed, and it cannot pose as the signer', async () => {
  const secret = symmetric();
  const hook = await bell(w, { signingSecrets: [secret], ...script({
    prepare: "return { url: request.url, method: 'POST', headers: { 'Webhook-Signature': 'v1,AAAA', 'WEBHOOK-ID': 'mine' }, data: { changed: true } };" }) });
  await hook.ring();
  const [request] = await hook.received(1);
  expect_json(new Webhook(secret).verify(request.text, request.headers), { changed: true });
  expect(request.headers['webhook-id'] !== 'mine', 'the id is the delivery\'s');
});

test('secrets are never shown again, only what tells them apart', async () => {
  const secret = symmetric(), pair = asymmetric();
  const hook = await bell(w, { signingSecrets: [pair.secret, secret] });
  await hook.ring();
  await hook.finished();
  const shown = await w.admin.must_get('/api/v1/integrations.get', { integrationId: hook.integration._id });
  expect_json(shown.integration.signing, [{ type: 'v1a', publicKey: pair.public_text }, { type: 'v1', hint: `whsec_...${secret.slice(-4)}` }]);
  const lists = [shown, hook.integration, await w.admin.must_get('/api/v1/integrations.list', { count: 0 }),
                 await w.admin.must_get('/api/v1/channels.getIntegrations', { roomId: hook.room._id }), await hook.entries()];
  for (const list of lists) {
    for (const canary of [secret, pair.secret, secret.slice(6)]) expect(!JSON.stringify(list).includes(canary), 'a secret is shown');
  }
});

const kRefused = [
  ['an unknown prefix', ['abc_AAAA'], 'error-invalid-signing-secret'],
  ['no base64', ['whsec_!!!!'], 'error-invalid-signing-secret'],
  ['too short a key', [symmetric(23)], 'error-invalid-signing-secret'],
  ['too long a key', [symmetric(65)], 'error-invalid-signing-secret'],
  ['an ed25519 key of another length', [`whsk_${randomBytes(33).toString('base64')}`], 'error-invalid-signing-secret'],
  ['halves that do not belong together', [`whsk_${randomBytes(64).toString('base64')}`], 'error-invalid-signing-secret'],
  ['three at once', [symmetric(), symmetric(), symmetric()], 'error-too-many-signing-secrets'],
];

for (const [words, signingSecrets, type] of kRefused) {
  test(`signing secrets: ${words} is refused`, async () => {
    const room = await w.create_channel();
    const answer = await w.admin.post('/api/v1/integrations.create', { type: 'webhook-outgoing', name: 'refused', enabled: true, username: 'rocket.cat',
      channel: `#${room.name}`, event: 'sendMessage', urls: [w.receiver.url('/x')], scriptEnabled: false, signingSecrets });
    expect_json({ status: answer.status, type: answer.json.errorType }, { status: 400, type });
  });
}
