// A real HTTP server on loopback that stands for the target of outgoing webhooks: it records each
// request and answers as the test has scripted.

import http from 'node:http';

import { expect } from './expect.mjs';
import { eventually, moment } from './patience.mjs';

const kQuietMs = 300;

function read_body(request) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export class HookReceiver {
  requests = [];
  #answers = new Map();
  #server;
  #sockets = new Set();

  static async start(options = {}) {
    const receiver = new HookReceiver();
    receiver.#server = http.createServer((request, reply) => receiver.#handle(request, reply));
    receiver.#server.on('connection', (socket) => {
      receiver.#sockets.add(socket);
      socket.on('close', () => receiver.#sockets.delete(socket));
    });
    await new Promise((resolve, reject) => {
      receiver.#server.once('error', reject);
      receiver.#server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
    });
    receiver.port = receiver.#server.address().port;
    receiver.base_url = `http://127.0.0.1:${receiver.port}`;
    return receiver;
  }

  url(path = '/') {
    return this.base_url + path;
  }

  // What the path answers from now on: one answer for all requests, or a list of which the last
  // one stays. An answer is {status, headers, body, delay_ms, drop, hang}: an object as body goes
  // as JSON, `drop` closes the connection without an answer, `hang` never answers. A function
  // (request) => answer is allowed too. Without a script: 200 and no body.
  answer(path, ...answers) {
    this.#answers.set(path, answers);
    return this;
  }

  of(path) {
    return this.requests.filter((request) => request.path === path);
  }

  // Awaits that `count` requests came in all (to `path`, when given); returns them.
  wait_for(count, { path, within_ms = 5000 } = {}) {
    return eventually(`${count} requests${path ? ` to ${path}` : ''}, have ${this.requests.length}`, () => {
      const have = path ? this.of(path) : this.requests;
      return have.length >= count ? have : undefined;
    }, within_ms);
  }

  // Awaits a request for which `wanted` holds.
  wait_until(what, wanted, within_ms = 5000) {
    return eventually(what, () => this.requests.find(wanted), within_ms);
  }

  // Gives unwanted requests a moment to arrive and fails when one did.
  async expect_quiet(since = this.requests.length, ms = kQuietMs) {
    await moment(ms);
    const extra = this.requests.slice(since);
    expect(extra.length === 0, `unexpected requests: ${extra.map((one) => `${one.method} ${one.path} ${one.text}`).join('; ')}`);
  }

  forget() {
    this.requests.length = 0;
    this.#answers.clear();
  }

  async stop() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request, reply) {
    const arrived = performance.now();
    const text = (await read_body(request)).toString('utf8');
    const [path, query = ''] = request.url.split('?');
    const record = { method: request.method, path, query, headers: request.headers,
                     raw_headers: request.rawHeaders, text, json: parsed(text), at_ms: arrived };
    this.requests.push(record);
    const script = this.#answers.get(path);
    let answer = script ? (script.length > 1 ? script.shift() : script[0]) : {};
    if (typeof answer === 'function') answer = await answer(record);
    if (answer.delay_ms) await moment(answer.delay_ms);
    if (answer.hang) return;
    if (answer.drop) {
      request.socket.destroy();
      return;
    }
    this.#reply(reply, answer ?? {});
  }

  #reply(reply, { status = 200, headers = {}, body }) {
    const is_text = typeof body === 'string' || Buffer.isBuffer(body);
    const type = body !== undefined && !is_text ? { 'Content-Type': 'application/json' } : {};
    reply.writeHead(status, { ...type, ...headers });
    reply.end(body === undefined ? undefined : is_text ? body : JSON.stringify(body));
  }
}
