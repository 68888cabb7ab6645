// What goes over the wire: the default request, headers, redirects, limits, TLS and the proxy.

import https from 'node:https';

import { self_signed } from '../support/certificate.mjs';
import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { HookReceiver } from '../support/hook_receiver.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { test } from '../support/testing.mjs';
import { use_world, World } from '../support/world.mjs';

const kReplyBytesMax = 10 * 1024 * 1024;
const kUserAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/41.0.2227.0 Safari/537.36';
const once = { retryFailedCalls: false };

const w = use_world();

test('POST with the payload as JSON', { covers: ['integrations 11/default', 'integrations 11/1', 'integrations 11/2', 'integrations 11.1/4'] }, async () => {
  const hook = await bell(w);
  await hook.ring('grüß dich');
  const [request] = await hook.received();
  expect_parts(request, { method: 'POST', query: '', json: { text: 'grüß dich' } });
  expect_parts(request.headers, { 'user-agent': kUserAgent, 'content-type': 'application/json', authorization: any.absent,
                                  'content-length': String(Buffer.byteLength(request.text)) });
});

const scripted = [
  { name: 'the type of a body is JSON, whatever the script says', covers: ['11/2'], headers: { 'content-type': 'application/json' },
    prepare: "return { url: request.url, method: 'PUT', data: { a: 1 }, headers: { 'Content-Type': 'text/plain' } };", method: 'PUT', text: '{"a":1}' },
  { name: 'headers of the script', covers: ['11.1/2a'], headers: { 'x-own': 'yes', 'x-number': '5', 'user-agent': 'me' },
    prepare: "return { url: request.url + '?a=b', method: 'PATCH', headers: { 'X-Own': 'yes', 'X-Number': 5, 'User-Agent': 'me' }, data: [1, 2] };",
    method: 'PATCH', text: '[1,2]', query: 'a=b' },
  { name: 'no data means no body', covers: ['11.1/2b'], headers: { 'content-type': any.absent },
    prepare: "return { url: request.url, method: 'DELETE', headers: request.headers };", method: 'DELETE', text: '' },
  { name: 'a GET', covers: ['11.1/2a', '11.1/2b'], headers: { 'user-agent': kUserAgent },
    prepare: "return { url: request.url + '?q=' + encodeURIComponent(request.data.text), method: 'get', headers: request.headers };",
    method: 'GET', text: '', query: 'q=ding' },
  { name: 'without headers the defaults hold', covers: ['11.1/2c'], headers: { 'user-agent': kUserAgent, 'content-type': 'application/json' },
    prepare: "return { url: request.url, method: 'POST', data: { b: 2 } };", method: 'POST', text: '{"b":2}' },
  { name: 'auth without headers', covers: ['11.1/2c', '11/3a'], headers: { authorization: `Basic ${Buffer.from('ada:se:cret').toString('base64')}` },
    prepare: "return { url: request.url, method: 'POST', auth: 'ada:se:cret' };", method: 'POST', text: '' },
  { name: 'auth becomes a Basic header', covers: ['11/3a'], headers: { authorization: `Basic ${Buffer.from('ada:secret').toString('base64')}` },
    prepare: "return { url: request.url, method: 'POST', headers: { Authorization: 'other' }, auth: 'ada:secret', data: {} };", method: 'POST', text: '{}' },
  { name: 'the changed default request', covers: ['11.1/2a'], headers: { 'user-agent': kUserAgent, 'x-more': '1' },
    prepare: "request.headers['X-More'] = '1'; request.data = { only: request.data.text }; return request;", method: 'POST', text: '{"only":"ding"}' },
];
for (const { name, covers, prepare, headers, method, text, query = '' } of scripted) {
  test(name, { covers: covers.map((row) => `integrations ${row}`) }, async () => {
    const hook = await bell(w, script({ prepare }));
    await hook.ring();
    const [request] = await hook.received();
    expect_parts(request, { method, text, query });
    expect_parts(request.headers, headers);
    await hook.finished();
  });
}

test('auth without a colon ends the run', { covers: ['integrations 11/3b'] }, async () => {
  const hook = await bell(w, script({ prepare: "return { url: request.url, method: 'POST', auth: 'ada' };" }));
  await hook.ring();
  const entry = await hook.finished();
  expect_parts(entry, { error: 'auth option should be of the form "username:password"', finished: true });
  await w.receiver.expect_quiet();
});

test('the script sets the time limit', { covers: ['integrations 11/timeout'] }, async () => {
  const hook = await bell(w, { ...once, ...script({ prepare: 'return { ...request, timeout: 200 };' }) });
  hook.answer({ hang: true });
  const begun = performance.now();
  await hook.ring();
  const entry = await hook.finished();
  expect(performance.now() - begun < 5000, 'it must not wait for the 20 s of others');
  expect_parts(entry, { step: 'failed-and-not-configured-to-retry', httpResult: 'null', httpError: { code: 'ETIMEDOUT' } });
});

function chain(hook, count) {
  hook.answer(...Array.from({ length: count }, () => ({ status: 307, headers: { Location: hook.path } })), { status: 200, body: 'there' });
}

test('20 redirects are followed, 21 are not', { covers: ['integrations 11/redirects'] }, async () => {
  const good = await bell(w, once), bad = await bell(w, once);
  chain(good, 20);
  chain(bad, 21);
  await good.ring();
  await bad.ring();
  expect_parts(await good.finished(), { step: 'after-http-call', httpResult: '"there"' });
  expect_parts(await bad.finished(), { step: 'failed-and-not-configured-to-retry', httpError: { code: any.string } });
  expect_json([good.requests().length, bad.requests().length], [21, 21]);
  expect(good.requests()[20].text === good.requests()[0].text, 'a 307 keeps method and body');
});

test('a 302 turns the request into a GET', { covers: ['integrations 11/redirects'] }, async () => {
  const hook = await bell(w, once);
  hook.answer({ status: 302, headers: { Location: w.receiver.url(`${hook.path}/next`) } });
  await hook.ring();
  const [request] = await w.receiver.wait_for(1, { path: `${hook.path}/next` });
  expect_parts(request, { method: 'GET', text: '' });
});

test('what a script or a signature says to a target stays there when it redirects to another', { covers: ['integrations 11/redirects'] }, async (t) => {
  const elsewhere = await HookReceiver.start();
  t.after(() => elsewhere.stop());
  const hook = await bell(w, { ...once, sendDeliveryId: true, ...script({
    prepare: `return { ...request, headers: { apiKey: 'secret', 'X-Own': 'secret', Accept: 'text/plain', 'User-Agent': 'me' } };` }) });
  hook.answer({ status: 307, headers: { Location: `${hook.path}/same` } });
  w.receiver.answer(`${hook.path}/same`, { status: 307, headers: { Location: elsewhere.url('/other') } });
  await hook.ring();
  const [other] = await elsewhere.wait_for(1, { path: '/other' });
  const [same] = await w.receiver.wait_for(1, { path: `${hook.path}/same` });
  expect_parts(same.headers, { apikey: 'secret', 'x-own': 'secret', 'webhook-id': any.string, accept: 'text/plain' });
  expect_parts(other.headers, { apikey: any.absent, 'x-own': any.absent, 'webhook-id': any.absent, 'webhook-timestamp': any.absent,
                                accept: 'text/plain', 'user-agent': 'me', 'content-type': 'application/json' });
  expect(other.text === same.text, 'the body goes on');
});

test('replies of more than 10 MiB are refused', { covers: ['integrations 11/size'] }, async () => {
  const good = await bell(w, once), bad = await bell(w, once);
  good.answer({ body: Buffer.alloc(kReplyBytesMax, 'a') });
  bad.answer({ body: Buffer.alloc(kReplyBytesMax + 1, 'a') });
  await good.ring();
  await bad.ring();
  expect_parts(await good.finished(), { step: 'after-http-call', httpError: any.absent });
  expect_parts(await bad.finished(), { step: 'failed-and-not-configured-to-retry', httpError: { message: any.string } });
});

test('certificates are checked unless the setting allows bad ones', { covers: ['integrations 11/tls'] }, async (t) => {
  let calls = 0;
  const target = https.createServer(self_signed, (request, reply) => {
    ++calls;
    request.resume();
    reply.end('seen');
  });
  await new Promise((resolve) => target.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    target.closeAllConnections();
    target.close();
  });
  const urls = [`https://127.0.0.1:${target.address().port}/`];
  const strict = await bell(w, { ...once, urls });
  await strict.ring();
  expect_parts(await strict.finished(), { httpError: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
  expect(calls === 0, 'nothing is said to a target that is not trusted');
  await w.set_setting('Allow_Invalid_SelfSigned_Certs', true);
  t.after(() => w.set_setting('Allow_Invalid_SelfSigned_Certs', false));
  const lax = await bell(w, { ...once, urls });
  await lax.ring();
  expect_parts(await lax.finished(), { step: 'after-http-call', httpResult: '"seen"' });
});

test('the proxy of the environment is used', { covers: ['integrations 11/proxy'] }, async (t) => {
  const proxy = await HookReceiver.start();
  t.after(() => proxy.stop());
  const behind = await World.start({ server: { env: { http_proxy: proxy.base_url, no_proxy: 'direct.example,127.0.0.1' } } });
  t.after(() => behind.stop());
  const far = await bell(behind, { ...once, urls: ['http://10.9.8.7/far'] });
  const near = await bell(behind, once);
  await far.ring();
  await near.ring();
  await near.received();
  const [request] = await proxy.wait_for(1);
  expect_parts(request, { method: 'POST', path: 'http://10.9.8.7/far', json: { text: 'ding' } });
  expect(proxy.requests.length === 1, 'names in no_proxy are reached without it');
});
