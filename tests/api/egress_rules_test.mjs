// Which addresses an integration may reach: by the present rights of its maker and the settings.

import { any, expect, expect_parts } from '../support/expect.mjs';
import { HookReceiver } from '../support/hook_receiver.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const once = { retryFailedCalls: false };
const blocked = { step: 'failed-and-not-configured-to-retry', finished: true, httpResult: 'null', httpError: { code: 'ERR_EGRESS_BLOCKED' } };

const w = use_world({
  setup: async (world) => {
    await world.create_caller('owner', { rights: ['manage-own-outgoing-integrations'] });
    await world.create_caller('manager', { rights: ['manage-own-outgoing-integrations'] });
    world.all_role = await world.create_role(['manage-outgoing-integrations']);
  },
});

const own_bell = async (changes = {}) => {
  const room = await w.create_channel({ members: [w.callers.owner.username, w.callers.manager.username] });
  return bell(w, { ...once, ...changes }, { room, by: w.callers.owner });
};

test('makers with the all-right reach loopback', { covers: ['integrations 11/guard-1'] }, async () => {
  const hook = await bell(w, once);
  await hook.ring();
  await hook.received();
  const by_name = await bell(w, { ...once, urls: [`http://localhost:${w.receiver.port}/by-name`] });
  await by_name.ring();
  await w.receiver.wait_for(1, { path: '/by-name' });
});

const closed = [
  { name: 'link-local addresses', url: () => 'http://169.254.7.7/' },
  { name: 'the metadata address', url: () => 'http://169.254.169.254/latest/meta-data' },
  { name: 'the metadata address in IPv6 clothes', url: () => 'http://[::ffff:169.254.169.254]/' },
  { name: 'the metadata address as one number', url: () => 'http://2852039166/' },
  { name: 'this server itself', url: () => `${w.server.url}/api/info` },
  { name: 'this server by name', url: () => `http://localhost:${new URL(w.server.url).port}/api/info` },
];
for (const { name, url } of closed) {
  test(`nobody reaches ${name}`, { covers: ['integrations 11/guard-2'] }, async () => {
    const hook = await bell(w, { ...once, urls: [url()] });
    await hook.ring();
    expect_parts(await hook.finished(), blocked);
  });
}

test('makers with the own-right reach public addresses only', { covers: ['integrations 11/guard-3'] }, async () => {
  for (const host of ['127.0.0.1', 'localhost', '10.1.2.3', '192.168.0.9', '[fd12::1]']) {
    const hook = await own_bell({ urls: [`http://${host}:${w.receiver.port}/own`] });
    await hook.ring();
    expect_parts(await hook.finished(), { ...blocked, error: any.string });
  }
  expect(w.receiver.of('/own').length === 0, 'nothing was sent');
});

// The spellings are a sample; tests/unit/egress/egress_cases.h has them all.
const internal = (port) => [
  `http://2130706433:${port}/own`, `http://0x7f.1:${port}/own`, `http://0177.1:${port}/own`, `HTTP://127.0.0.1.:${port}/own`,
  `http://good.example@127.0.0.1:${port}/own`, `http://127.0.0.1:${port}\\@good.example/own`, `http://127%2e0%2e0%2e1:${port}/own`,
  `http://\uff11\uff12\uff17.0.0.1:${port}/own`, `http://a.localhost:${port}/own`, `http://[::ffff:127.0.0.1]:${port}/own`,
  `http://[::1]:${port}/own`, `http://[64:ff9b::7f00:1]:${port}/own`, `http://[2002:7f00:1::]:${port}/own`, `http://0:${port}/own`,
];
const other_schemes = ['file:///etc/passwd', 'ftp://127.0.0.1/x', 'gopher://127.0.0.1:70/x', 'dict://127.0.0.1:11211/stat'];

// Records mask what stands before the host.
const recorded = (url) => url.replace('//good.example@', '//(masked)@');

// Waits until each of the hook's addresses has a finished record, and gives [url, code] of all.
const outcomes_of = async (hook, urls) => {
  for (const url of urls) await w.wait_for_history(hook.integration, url, (entry) => entry.url === recorded(url) && entry.finished);
  return (await hook.entries()).map((entry) => [entry.url, entry.httpError?.code]);
};

test('no spelling of an internal address opens it', { covers: ['integrations 11/guard-3'] }, async () => {
  const urls = internal(w.receiver.port);
  const hook = await own_bell({ urls });
  await hook.ring();
  for (const [url, code] of await outcomes_of(hook, urls)) expect(code === 'ERR_EGRESS_BLOCKED', `${url}: ${code}`);
  expect(w.receiver.of('/own').length === 0, 'nothing was sent');
});

test('no other scheme is spoken', { covers: ['integrations 11/guard-2'] }, async () => {
  const hook = await bell(w, { ...once, urls: other_schemes });
  await hook.ring();
  for (const [url, code] of await outcomes_of(hook, other_schemes)) expect(code === 'ERR_INVALID_PROTOCOL', `${url}: ${code}`);
});

test('no redirect opens another address or scheme', { covers: ['integrations 11/guard-5'] }, async (t) => {
  await w.set_setting('Integrations_Egress_Allow', '127.0.0.1/32');
  t.after(() => w.set_setting('Integrations_Egress_Allow', ''));
  const hidden = await HookReceiver.start({ host: '127.0.0.2' });
  t.after(() => hidden.stop());
  const targets = { ERR_EGRESS_BLOCKED: [`http://127.2:${hidden.port}/`, `//2130706434:${hidden.port}/`, `http://u@[::ffff:127.0.0.2]:${hidden.port}/`,
    'http://[::]/', 'http://10.0.0.1/', 'http://0xa9fea9fe/', 'http://[fd00:ec2::254]/', `http://127.1:${new URL(w.server.url).port}/api/info`],
  ERR_INVALID_PROTOCOL: other_schemes };
  for (const [code, locations] of Object.entries(targets)) {
    for (const location of locations) {
      const hook = await own_bell();
      hook.answer({ status: 307, headers: { Location: location } });
      await hook.ring();
      const { httpError } = await hook.finished();
      expect(httpError?.code === code, `${location}: ${JSON.stringify(httpError)}`);
    }
  }
  expect(hidden.requests.length === 0, 'nothing was sent');
});

test('the setting opens a network to them', { covers: ['integrations 11/guard-4'] }, async (t) => {
  await w.set_setting('Integrations_Egress_Allow', '127.0.0.1/32');
  t.after(() => w.set_setting('Integrations_Egress_Allow', ''));
  const hook = await own_bell();
  await hook.ring();
  await hook.received();
  const other = await own_bell({ urls: [`http://127.0.0.2:${w.receiver.port}/other`] });
  await other.ring();
  expect_parts(await other.finished(), blocked);
});

test('the setting closes a network to all', { covers: ['integrations 11/guard-4'] }, async (t) => {
  await w.set_setting('Integrations_Egress_Deny', '127.0.0.0/8');
  t.after(() => w.set_setting('Integrations_Egress_Deny', ''));
  const hook = await bell(w, once);
  await hook.ring();
  expect_parts(await hook.finished(), blocked);
});

test('each redirect is judged', { covers: ['integrations 11/guard-5'] }, async (t) => {
  const elsewhere = await HookReceiver.start({ host: '127.0.0.2' });
  t.after(() => elsewhere.stop());
  await w.set_setting('Integrations_Egress_Allow', '127.0.0.1/32');
  t.after(() => w.set_setting('Integrations_Egress_Allow', ''));
  const own = await own_bell();
  own.answer({ status: 307, headers: { Location: `http://127.0.0.2:${elsewhere.port}/` } });
  await own.ring();
  expect_parts(await own.finished(), blocked);
  const all = await bell(w, once);
  all.answer({ status: 307, headers: { Location: 'http://169.254.169.254/' } });
  await all.ring();
  expect_parts(await all.finished(), blocked);
  expect(own.requests().length === 1 && all.requests().length === 1, 'the first hop was made');
  expect(elsewhere.requests.length === 0, 'the second was not');
});

test('the present rights of the maker count', { covers: ['integrations 11/guard-6'] }, async () => {
  const { manager } = w.callers;
  const roles_of = async (roles) => w.admin.must({ method: 'POST', path: '/api/v1/users.update', headers: w.admin.second_factor_headers(),
    body: { userId: manager.user_id, data: { roles } } });
  const { user } = await w.admin.must_get('/api/v1/users.info', { userId: manager.user_id });
  const room = await w.create_channel({ members: [manager.username] });
  const hook = await bell(w, once, { room, by: manager });
  await hook.ring('one');
  expect_parts(await hook.finished(), blocked);
  await roles_of([...user.roles, w.all_role]);
  await hook.ring('two');
  await hook.received();
  expect(hook.requests()[0].json.text === 'two', 'what was blocked stays undone');
  await roles_of(user.roles);
  await hook.ring('three');
  await w.wait_for_history(hook.integration, 'the third, blocked', (entry) => entry.data.text === 'three' && entry.httpError?.code === 'ERR_EGRESS_BLOCKED');
});

const calls = {
  fetch: "try { text = (await fetch(request.data.text)).status; } catch (error) { text = 'refused: ' + error.message; }",
  HTTP: "const answer = HTTP('GET', request.data.text); text = answer.error ? 'refused: ' + answer.error.message : answer.result.statusCode;",
};
for (const [name, call] of Object.entries(calls)) {
  test(`${name} of a script is under the same rule`, { covers: ['integrations 11/guard-7'] }, async () => {
    const by_script = script({ prepare: `let text; ${call} return { message: { text: String(text) } };` });
    const own = await own_bell(by_script), all = await bell(w, by_script);
    const target = w.receiver.url(`/from-${name}`);
    await own.ring(target);
    await w.wait_for_message(own.room, 'the refusal', (message) => /^refused: /.test(message.msg));
    expect(w.receiver.of(`/from-${name}`).length === 0, 'nothing was sent');
    await all.ring(target);
    await w.wait_for_message(all.room, 'the status', (message) => message.msg === '200');
    expect(w.receiver.of(`/from-${name}`).length === 1, 'the call was made');
  });
}
