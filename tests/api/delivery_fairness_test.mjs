// Targets that hang or cannot be reached cost the others nothing: places are limited by target and
// by integration, and who cannot be reached is only probed.

import net from 'node:net';

import { make_authority, tls_target } from '../support/authority.mjs';
import { expect, expect_json } from '../support/expect.mjs';
import { bell } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { after, test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kDead = 50, kSlow = 50, kMessages = 12;
const kRunningMax = 256;
const kTrickleMs = 300;

const metrics_port = await new Promise((resolve) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const w = use_world({ server: { binary: 'testing', args: ['--metrics-listen', `127.0.0.1:${metrics_port}`] } });
const listeners = [];

async function metrics() {
  const text = await (await fetch(`http://127.0.0.1:${metrics_port}/metrics`)).text();
  return Object.fromEntries(text.split('\n').filter((line) => /^gantry_[a-z_]+ /.test(line)).map((line) => line.split(' ')).map(
    ([name, value]) => [name, Number(value)]));
}

// A server of its own on `port`; `serve` is called with each connection's bytes.
async function listen(serve, port = 0) {
  const sockets = new Set();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => serve(socket, String(bytes)));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  listeners.push(close);
  return { port: server.address().port, url: `http://127.0.0.1:${server.address().port}/`, close };
}

function trickle(socket) {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
  const timer = setInterval(() => socket.write('.'), kTrickleMs);
  socket.on('close', () => clearInterval(timer));
}

after(() => Promise.all(listeners.map((close) => close())));

test('50 dead and 50 slow targets beside a healthy one', { covers: ['integrations 16/order'] }, async () => {
  const room = await w.create_channel();
  const bad = [];
  let tried = 0;
  for (let at = 0; at < kDead + kSlow; ++at) {
    bad.push(await listen((socket) => {
      ++tried;
      if (at >= kDead) trickle(socket);
    }));
  }
  for (const one of bad) await bell(w, { urls: [one.url] }, { room });
  const healthy = await bell(w, {}, { room });
  const texts = Array.from({ length: kMessages }, (_, index) => `message ${index}`);
  for (const text of texts) await healthy.ring(text);
  expect_json((await healthy.received(kMessages, 30_000)).map((one) => one.json.text), texts);
  const now = await metrics();
  expect(tried >= bad.length, 'the others were tried');
  expect(now.gantry_delivery_running > 0 && now.gantry_delivery_running <= kRunningMax, `${now.gantry_delivery_running} run`);
  expect(now.gantry_delivery_running + now.gantry_delivery_waiting + now.gantry_delivery_retrying <= (bad.length + 1) * kMessages,
         'nothing is there twice');
});

test('a target that one webhook does not trust is not kept from the others', async (t) => {
  const own = make_authority(t, 'own'), other = make_authority(t, 'other');
  const target = await tls_target(t, own.issue());
  const once = { urls: [target.url()], retryFailedCalls: false };
  const wrong = await bell(w, { ...once, caCertificates: other.pem }), right = await bell(w, { ...once, caCertificates: own.pem });
  const before = (await metrics()).gantry_delivery_open_circuits;
  for (let at = 0; at < 8; ++at) await wrong.ring(`refused ${at}`);
  await eventually('eight refusals', async () => (await wrong.entries()).filter((entry) => entry.finished).length === 8);
  expect((await metrics()).gantry_delivery_open_circuits === before, 'the target is not left alone');
  await right.ring();
  await right.step('after-http-call');
});

test('a target that cannot be reached is probed, and served again when it is back', { covers: ['integrations 12/network'] }, async () => {
  const gone = await listen(() => {});
  await gone.close();
  const room = await w.create_channel();
  const hook = await bell(w, { urls: [gone.url], retryFailedCalls: false }, { room });
  const before = (await metrics()).gantry_delivery_open_circuits;
  for (let at = 0; at < 12; ++at) await hook.ring(`lost ${at}`);
  await eventually('the circuit to open', async () => (await metrics()).gantry_delivery_open_circuits > before);
  const tried = (await hook.entries()).length;
  expect(tried >= 5 && tried < 12, `${tried} were tried before it was left alone`);
  const served = [];
  await listen((socket, request) => {
    const text = /"text":"([^"]*)"/.exec(request);
    if (text) served.push(text[1]);
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  }, gone.port);
  await eventually('a probe to get through', async () => {
    await w.server.control({ command: 'advance-clock', ms: 40_000 });
    return served.length > 0;
  });
  await eventually('the rest to follow', async () => (await hook.entries()).filter((entry) => entry.finished).length === 12);
  expect((await metrics()).gantry_delivery_open_circuits === before, 'it is closed again');
});
