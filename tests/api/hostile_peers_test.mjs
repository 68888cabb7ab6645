// Targets of webhooks that break, lie, trickle, swell and hang up: each attempt ends as its record
// says, in bounded time and memory, and the next one to the same server is not harmed.

import fs from 'node:fs';
import net from 'node:net';
import zlib from 'node:zlib';

import { expect, expect_json } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { patience } from '../support/patience.mjs';
import { after, before, test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kTimeoutMs = 1500 * patience;     // of the requests
const kEndMs = 20_000;       // by then the attempt has ended
const kMb = 1024 * 1024;
// Of resident memory, over a whole second round. The address sanitizer keeps what is freed for a while.
const kGrowthMax = (process.env.ASAN_OPTIONS ? 64 : 8) * kMb;
const kChunk = Buffer.alloc(64 * 1024, 'x');

const w = use_world();

const head = (status, headers = {}) => `HTTP/1.1 ${status}\r\n` +
  Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('') + '\r\n';
const reply = (status, body = '', headers = {}) => head(status, { 'Content-Length': Buffer.byteLength(body), ...headers }) + body;
const say = (...parts) => (socket) => { for (const part of parts) socket.write(part); };
const say_and_end = (...parts) => (socket) => socket.end(Buffer.concat(parts.map((part) => Buffer.from(part))));
const encoded = (encoding, bytes) => (socket) => {
  socket.write(head('200 OK', { 'Content-Encoding': encoding, 'Content-Length': bytes.length, 'Content-Type': 'application/json' }));
  socket.end(bytes);
};
const redirect = (to) => say(reply('302 Found', '', { Location: to }));

// Writes for as long as somebody reads.
function pour(socket, first, next) {
  socket.write(first);
  const more = () => { while (!socket.destroyed && socket.write(next())); };
  socket.on('drain', more);
  more();
}
const endless = (first, next) => (socket) => pour(socket, first, next);
function trickle(socket, text) {
  let at = 0;
  const timer = setInterval(() => (at < text.length ? socket.write(text[at++]) : clearInterval(timer)), 40);
  socket.on('close', () => clearInterval(timer));
}

const bomb = zlib.gzipSync(Buffer.alloc(200 * kMb));
const twice = (bytes) => zlib.gzipSync(zlib.gzipSync(bytes));

const failed = (error) => ({ state: 'failed', error });
const answered = (status, answer) => ({ state: status < 300 ? 'succeeded' : 'failed', status, ...(answer === undefined ? {} : { answer }) });
const hung_up = failed('socket hang up');
const broken_off = failed('The connection broke before the reply was complete.');
const too_slow = failed(`No complete reply from 127.0.0.1 within ${kTimeoutMs} ms.`);
const not_http = (why) => failed(`The reply is not HTTP/1: ${why}`);
const too_early = failed('The reply ended too early.');
const too_large = failed('The reply is longer than 10485760 bytes.');
const long_head = failed('The headers of the reply are too long.');
const not_unpacked = (why) => failed(`The compressed reply cannot be read: ${why}`);
const elsewhere = failed('After a redirect: Only http and https addresses are allowed.');

// name: [what the peer does with a connection on which the request came, how the attempt ends]
export const peers = {
  'hangs up': [(socket) => socket.end(), hung_up],
  'resets': [(socket) => socket.resetAndDestroy(), broken_off],
  'says nothing': [() => {}, too_slow],
  'says one byte and waits': [say('H'), too_slow],
  'talks garbage': [say_and_end('\x00\x01\x02\x03 not at all \xff\xfe\r\n\r\n'), not_http('Received HTTP/0.9 when not allowed')],
  'speaks HTTP/0.9': [say_and_end('{"text":"zero nine"}'), not_http('Received HTTP/0.9 when not allowed')],
  'speaks another version': [say_and_end('HTTP/9.9 200 OK\r\n\r\n'), not_http('Unsupported HTTP version (9.9) in response')],
  'has a status of letters': [say_and_end('HTTP/1.1 abc OK\r\n\r\n'), not_http('Unsupported HTTP version in response')],
  'has a status of four digits': [say_and_end('HTTP/1.1 2000 OK\r\n\r\n'), not_http('Unsupported response code in HTTP response')],
  'has no status': [say_and_end('HTTP/1.1\r\n\r\n'), not_http('Unsupported HTTP version in response')],
  'continues without end': [endless('', () => 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(500)), long_head],
  'switches protocols': [say(head('101 Switching Protocols', { Upgrade: 'websocket', Connection: 'Upgrade' })), too_slow],
  'has a header line without end': [endless('HTTP/1.1 200 OK\r\nX: ', () => kChunk), long_head],
  'has headers without end': [endless('HTTP/1.1 200 OK\r\n', () => 'X-Again: and again\r\n'.repeat(500)), long_head],
  'has a NUL in a header': [say_and_end('HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n'), not_http('Nul byte in header')],
  'has a header without a colon': [say_and_end('HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\n{}'), not_http('Header without colon')],
  'folds a header': [say_and_end('HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\n{}'), answered(200, '{}')],
  'has a negative length': [say_and_end(head('200 OK', { 'Content-Length': -5 }) + '{}'), not_http('Invalid Content-Length: value')],
  'has two lengths': [say_and_end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 7\r\n\r\n{}12345'), failed('The reply names two lengths.')],
  'promises more than it gives': [say_and_end(head('200 OK', { 'Content-Length': 1000 }) + '{}'), too_early],
  'promises a terabyte': [say_and_end(head('200 OK', { 'Content-Length': 2 ** 40 }) + '{}'), too_large],
  'promises beyond all numbers': [say_and_end(head('200 OK', { 'Content-Length': '9'.repeat(30) }) + '{}'), too_large],
  'gives more than it promised': [say(reply('200 OK', '{}') + '{"text":"smuggled"}'), answered(200, '{}')],
  'has a length and chunks': [say_and_end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'), answered(200, '{}')],
  'has a chunk of no size': [say_and_end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'), broken_off],
  'has a chunk beyond all sizes': [say_and_end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n{}'), broken_off],
  'has a chunk size without end': [endless('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', () => '0'.repeat(5000)), broken_off],
  'stops between chunks': [say_and_end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n'), too_early],
  'has trailers without end': [endless('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', () => 'X-Trailer: again\r\n'.repeat(500)), long_head],
  'sends without end': [endless(head('200 OK'), () => kChunk), too_large],
  'sends chunks without end': [endless('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', () => `1000\r\n${'x'.repeat(4096)}\r\n`), too_large],
  'trickles its headers': [(socket) => trickle(socket, 'HTTP/1.1 200 OK\r\n' + 'X: y\r\n'.repeat(100)), too_slow],
  'trickles its body': [(socket) => { socket.write(head('200 OK', { 'Content-Length': 1000 })); trickle(socket, 'x'.repeat(1000)); }, too_slow],
  'packs a bomb': [encoded('gzip', bomb), too_large],
  'packs a bomb in a bomb': [encoded('gzip, gzip', twice(Buffer.alloc(200 * kMb))), too_large],
  'packs nothing that can be unpacked': [encoded('gzip', Buffer.from('no gzip at all')), not_unpacked('Error while processing content unencoding: incorrect header check')],
  'packs half': [encoded('gzip', zlib.gzipSync('{"text":"half"}').subarray(0, 15)), answered(200, '{"te')],
  'packs with what nobody knows': [encoded('x-secret', Buffer.from('{}')), not_unpacked('Unrecognized content encoding type. libcurl understands deflate, gzip, br, zstd content encodings.')],
  'redirects to itself': [redirect('/hook'), failed('More than 20 redirects.')],
  'redirects to nowhere': [say(reply('302 Found')), answered(302)],
  'redirects to a file': [redirect('file:///etc/passwd'), elsewhere],
  'redirects to gopher': [redirect('gopher://127.0.0.1:25/_HELO'), elsewhere],
  'redirects to metadata': [redirect('http://169.254.169.254/latest/meta-data'), failed('The network rule forbids 169.254.169.254: it is a cloud metadata address.')],
  'redirects by a giant address': [redirect('/' + 'a'.repeat(90_000)), long_head],
  'redirects to another language': [redirect('/\u0000\u0001'), not_http('Nul byte in header')],
  'answers before it was asked': [say(reply('200 OK', '{}')), answered(200, '{}')],
  'answers twice': [say(reply('200 OK', '{}') + reply('200 OK', '{"text":"the second"}')), answered(200, '{}')],
  'says JSON that is none': [say(reply('200 OK', '{"text":', { 'Content-Type': 'application/json' })), answered(200, '{"text":')],
  'nests without end': [say(reply('200 OK', '['.repeat(100_000), { 'Content-Type': 'application/json' })), answered(200)],
  'speaks UTF-16': [(socket) => { const body = Buffer.from('\ufeff{}', 'utf16le'); socket.write(head('200 OK', { 'Content-Length': body.length })); socket.write(body); }, answered(200)],
  'sets cookies by the thousand': [say(head('200 OK', { 'Content-Length': 0 }).replace('\r\n\r\n', '\r\n' + 'Set-Cookie: a=b\r\n'.repeat(1000) + '\r\n')), long_head],
  'wants to be asked again in an age': [say(reply('503 Busy', 'busy', { 'Retry-After': '9'.repeat(40) })), answered(503, 'busy')],
  'answers 304': [say('HTTP/1.1 304 Not Modified\r\n\r\n'), answered(304)],
  'answers 204 with a body': [say('HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}'), answered(204)],
  'answers 999': [say(reply('999 What', '{}')), answered(999, '{}')],
};

class Peer {
  #sockets = new Set();
  requests = 0;

  static async start(act) {
    const peer = new Peer();
    peer.server = net.createServer((socket) => peer.#serve(socket, act));
    await new Promise((resolve) => peer.server.listen(0, '127.0.0.1', resolve));
    peer.url = `http://127.0.0.1:${peer.server.address().port}/hook`;
    return peer;
  }

  #serve(socket, act) {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    let came = '';
    socket.on('data', (bytes) => {
      came += bytes;
      const body = came.indexOf('\r\n\r\n') + 4;
      const length = Number(/content-length: (\d+)/i.exec(came)?.[1] ?? 0);
      if (body < 4 || came.length < body + length) return;
      came = '';
      ++this.requests;
      act(socket);
    });
  }

  stop() {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

const resident = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${w.server.pid}/status`, 'utf8'))[1]) * 1024;
const impatient = script({ prepare: `return { url: request.url, method: 'POST', headers: {}, data: request.data, timeout: ${kTimeoutMs} };` });
const hooks = new Map(), running = [];

before(async () => {
  for (const [name, [act]] of Object.entries(peers)) {
    const peer = await Peer.start(act);
    running.push(peer);
    hooks.set(name, await bell(w, { urls: [peer.url], retryFailedCalls: false, ...impatient }));
  }
});
after(() => Promise.all(running.map((peer) => peer.stop())));

async function end_of(hook, text) {
  const message = await hook.ring(text);
  const entry = await w.wait_for_history(hook.integration, 'the end', (one) => one.finished && one.data.message_id === message._id, kEndMs);
  const { deliveries } = await w.admin.must_get('/api/v1/integrations.deliveries', { integrationId: hook.integration._id, count: 1 });
  return { state: deliveries[0].state, status: deliveries[0].lastStatus, error: entry.error, answer: entry.httpResult };
}

function check_end(end, wanted) {
  expect_json({ state: end.state, status: end.status }, { state: wanted.state, status: wanted.status });
  if (wanted.error !== undefined) expect_json(end.error, wanted.error);
  if (wanted.answer !== undefined) expect_json(end.answer, JSON.stringify(wanted.answer));
}

for (const [name, [, wanted]] of Object.entries(peers)) {
  test(`a target that ${name}`, { within_ms: 3 * kEndMs }, async () => {
    check_end(await end_of(hooks.get(name), 'first'), wanted);
    check_end(await end_of(hooks.get(name), 'second'), wanted);
  });
}

test('all of them at once, beside one that is well: memory is what it was, and the other was served', { within_ms: 6 * kEndMs }, async () => {
  const before_bytes = resident();
  const good = await bell(w);
  good.answer({ body: {} });
  const ends = [...hooks].map(async ([name, hook]) => check_end(await end_of(hook, 'together'), peers[name][1]));
  await good.ring();
  await good.received(1);
  await Promise.all(ends);
  const grown = resident() - before_bytes;
  expect(grown <= kGrowthMax, `the server grew by ${(grown / kMb).toFixed(1)} MB`);
});
