// Calls of incoming webhooks that must prove who sends them: the documented examples of the
// senders, signatures made by their own recipes here, and calls that must be refused.

import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

import { expect, expect_json } from '../support/expect.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({ server: { binary: 'testing' } });

let counter = 0;
const hmac = (algorithm, secret, text, encoding = 'hex') => createHmac(algorithm, secret).update(text).digest(encoding);
const now = () => Math.floor(Date.now() / 1000);
const body_of = (text) => JSON.stringify({ text });

// A hook in a room of its own: call(body, headers) calls it, posted() gives the texts in the room.
async function hook_with(verification) {
  const room = await w.create_channel();
  const integration = await w.create_integration({ type: 'webhook-incoming', name: `verified ${++counter}`, enabled: true,
    username: 'rocket.cat', channel: `#${room.name}`, scriptEnabled: false, verification });
  const address = `/hooks/${integration._id}/${integration.token}`;
  return {
    room, integration,
    call: (text, headers = {}) => w.anonymous.request({ method: 'POST', path: address, raw: { type: 'application/json', text }, headers }),
    posted: async () => (await w.messages(room)).filter((one) => !one.t).map((one) => one.msg),
    change: (fields) => w.admin.must({ method: 'PUT', path: '/api/v1/integrations.update', body: { integrationId: integration._id, type: 'webhook-incoming',
      name: integration.name, enabled: true, channel: `#${room.name}`, scriptEnabled: false, ...fields } }),
  };
}

async function accepts(hook, text, headers) {
  const answer = await hook.call(body_of(text), headers);
  expect_json({ status: answer.status, json: answer.json }, { status: 200, json: { success: true } });
  expect((await hook.posted()).includes(text), 'it was posted');
}

async function refuses(hook, text, headers, error) {
  const before = await hook.posted();
  const answer = await hook.call(body_of(text), headers);
  expect_json({ status: answer.status, success: answer.json.success }, { status: 401, success: false });
  expect(answer.text.includes(error), `the answer does not name ${error}: ${answer.text}`);
  expect_json(await hook.posted(), before);
}

const kWrong = 'error-signature-wrong', kMissing = 'error-signature-missing', kOld = 'error-signature-too-old';

const github = (secret, text) => ({ 'X-Hub-Signature-256': `sha256=${hmac('sha256', secret, text)}` });
const slack = (secret, text, at = now()) => ({ 'X-Slack-Request-Timestamp': String(at), 'X-Slack-Signature': `v0=${hmac('sha256', secret, `v0:${at}:${text}`)}` });
const stripe = (secret, text, at = now()) => ({ 'Stripe-Signature': `t=${at},v1=${hmac('sha256', secret, `${at}.${text}`)},v0=${'0'.repeat(64)}` });

test('github: the documented example verifies', async () => {
  const hook = await hook_with({ preset: 'github', secrets: ["It's a Secret to Everybody"] });
  const headers = { 'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' };
  const answer = await hook.call('Hello, World!', headers);
  expect(answer.status === 200, `status ${answer.status}: ${answer.text}`);
  await refuses(hook, 'Hello', headers, kWrong);
});

test('github: accepts what is signed, refuses what is not', async () => {
  const hook = await hook_with({ preset: 'github', secrets: ['s3cret'] });
  await accepts(hook, 'signed', github('s3cret', body_of('signed')));
  await refuses(hook, 'unsigned', {}, kMissing);
  await refuses(hook, 'other secret', github('another', body_of('other secret')), kWrong);
  await refuses(hook, 'other body', github('s3cret', body_of('something else')), kWrong);
  await refuses(hook, 'cut', { 'X-Hub-Signature-256': github('s3cret', body_of('cut'))['X-Hub-Signature-256'].slice(0, -1) }, kWrong);
});

test('gitlab: compares the token', async () => {
  const hook = await hook_with({ preset: 'gitlab', secrets: ['tok-1', 'tok-2'] });
  await accepts(hook, 'first', { 'X-Gitlab-Token': 'tok-1' });
  await accepts(hook, 'second', { 'X-Gitlab-Token': 'tok-2' });
  await refuses(hook, 'no token', {}, kMissing);
  await refuses(hook, 'longer', { 'X-Gitlab-Token': 'tok-12' }, kWrong);
});

test('stripe: signature and window', async () => {
  const secret = 'whsec_of_stripe';
  const hook = await hook_with({ preset: 'stripe', secrets: [secret] });
  await accepts(hook, 'paid', stripe(secret, body_of('paid')));
  await refuses(hook, 'late', stripe(secret, body_of('late'), now() - 400), kOld);
  await refuses(hook, 'early', stripe(secret, body_of('early'), now() + 400), kOld);
  await refuses(hook, 'moved', { 'Stripe-Signature': stripe(secret, body_of('moved'), now() - 5)['Stripe-Signature'].replace(/^t=\d+/, `t=${now()}`) }, kWrong);
  await refuses(hook, 'no time', { 'Stripe-Signature': `v1=${hmac('sha256', secret, body_of('no time'))}` }, kWrong);
  await refuses(hook, 'bare', {}, kMissing);
});

test('slack: the documented recipe, and its window', async () => {
  const secret = '8f742231b10e8888abcd99yyyzzz85a5';
  const hook = await hook_with({ preset: 'slack', secrets: [secret], toleranceSeconds: 60 });
  await accepts(hook, 'from slack', slack(secret, body_of('from slack')));
  await refuses(hook, 'late', slack(secret, body_of('late'), now() - 90), kOld);
  await refuses(hook, 'no time', { 'X-Slack-Signature': slack(secret, body_of('no time'))['X-Slack-Signature'] }, kMissing);
  await refuses(hook, 'wrong', slack('another', body_of('wrong')), kWrong);
  await refuses(hook, 'odd time', { ...slack(secret, body_of('odd time')), 'X-Slack-Request-Timestamp': '99999999999999999999' }, kWrong);
});

test('standard-webhooks: what npm\'s library signs, and ed25519', async () => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const hook = await hook_with({ preset: 'standard-webhooks', secrets: [secret, `whpk_${point.toString('base64')}`] });
  const headers = (text, at = new Date(), signature = new Webhook(secret).sign('msg_1', at, text)) =>
    ({ 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(at / 1000)), 'webhook-signature': signature });
  await accepts(hook, 'v1', headers(body_of('v1')));
  const at = new Date(), text = body_of('v1a');
  const signature = sign(null, Buffer.from(`msg_2.${Math.floor(at / 1000)}.${text}`), privateKey).toString('base64');
  await accepts(hook, 'v1a', { ...headers(text, at, `v1,AAAA v1a,${signature}`), 'webhook-id': 'msg_2' });
  await refuses(hook, 'other', headers(body_of('v1')), kWrong);
  await refuses(hook, 'late', headers(body_of('late'), new Date(Date.now() - 600_000)), kOld);
  await refuses(hook, 'bare', {}, kMissing);
});

for (const [algorithm, encoding] of [['sha1', 'hex'], ['sha256', 'base64'], ['sha512', 'hex']]) {
  test(`hmac: ${algorithm} as ${encoding}, in a header of choice`, async () => {
    const hook = await hook_with({ preset: 'hmac', secrets: ['key'], header: 'X-My-Signature', algorithm, encoding });
    await accepts(hook, 'plain', { 'x-my-signature': hmac(algorithm, 'key', body_of('plain'), encoding) });
    await accepts(hook, 'named', { 'x-my-signature': `${algorithm}=${hmac(algorithm, 'key', body_of('named'), encoding)}` });
    await refuses(hook, 'wrong', { 'x-my-signature': hmac(algorithm, 'other', body_of('wrong'), encoding) }, kWrong);
    await refuses(hook, 'none', {}, kMissing);
  });
}

test('the way of verifying is kept, changed and taken away by updates, and its secrets are not shown', async () => {
  const hook = await hook_with({ preset: 'github', secrets: ['canary-one'] });
  const shown = await hook.change({});
  expect_json(shown.integration.verification, { preset: 'github', secretCount: 1, toleranceSeconds: 300 });
  await refuses(hook, 'still', {}, kMissing);
  await hook.change({ verification: { preset: 'github', secrets: ['canary-two', 'canary-one'] } });
  await accepts(hook, 'old secret', github('canary-one', body_of('old secret')));
  await accepts(hook, 'new secret', github('canary-two', body_of('new secret')));
  const listed = JSON.stringify([await w.admin.must_get('/api/v1/integrations.list', { count: 0 }),
                                 await w.admin.must_get('/api/v1/channels.getIntegrations', { roomId: hook.room._id })]);
  expect(!listed.includes('canary-'), 'a secret is shown');
  await hook.change({ verification: { preset: 'none' } });
  await accepts(hook, 'free again', {});
});

test('a wrong token is told before a wrong signature', async () => {
  const hook = await hook_with({ preset: 'github', secrets: ['s'] });
  const answer = await w.anonymous.request({ method: 'POST', path: `/hooks/${hook.integration._id}/wrong`, raw: { type: 'application/json', text: '{}' } });
  expect_json(answer.status, 404);
});

const kRefused = [
  ['an unknown preset', { preset: 'gogs', secrets: ['s'] }],
  ['no secret', { preset: 'github' }],
  ['three secrets', { preset: 'github', secrets: ['a', 'b', 'c'] }],
  ['an empty secret', { preset: 'github', secrets: [''] }],
  ['a secret in another form', { preset: 'standard-webhooks', secrets: ['plain'] }],
  ['hmac without a header', { preset: 'hmac', secrets: ['s'] }],
  ['hmac with an odd header', { preset: 'hmac', secrets: ['s'], header: 'a b' }],
  ['an unknown algorithm', { preset: 'hmac', secrets: ['s'], header: 'X', algorithm: 'md5' }],
  ['an unknown encoding', { preset: 'hmac', secrets: ['s'], header: 'X', encoding: 'rot13' }],
  ['a window of no time', { preset: 'slack', secrets: ['s'], toleranceSeconds: 0 }],
  ['a window of a day', { preset: 'slack', secrets: ['s'], toleranceSeconds: 86_400 }],
];

for (const [words, verification] of kRefused) {
  test(`verification: ${words} is refused`, async () => {
    const room = await w.create_channel();
    const answer = await w.admin.post('/api/v1/integrations.create', { type: 'webhook-incoming', name: 'refused', enabled: true, username: 'rocket.cat',
      channel: `#${room.name}`, scriptEnabled: false, verification });
    expect_json({ status: answer.status, type: answer.json.errorType }, { status: 400, type: 'error-invalid-verification' });
  });
}
