// The target of the outgoing webhooks: keeps a note of each request with the life of the server that
// sent it, and answers by the plan that the text carries. "fails=2" fails the first two requests of
// a delivery; what comes after the plan is served.

import http from 'node:http';

const kFailures = [500, 503, 429];

const plan_of = (text, word) => Number(new RegExp(`\\b${word}=(\\d+)`).exec(text)?.[1] ?? 0);

export class Target {
  notes = [];
  life = 0;          // of the server; whoever restarts it counts
  #requests = new Map();   // of a delivery
  #server;

  static async start() {
    const target = new Target();
    target.#server = http.createServer((request, reply) => target.#take(request, reply));
    target.#server.keepAliveTimeout = 60_000;
    await new Promise((resolve) => target.#server.listen(0, '127.0.0.1', resolve));
    target.base_url = `http://127.0.0.1:${target.#server.address().port}`;
    return target;
  }

  url(path) {
    return this.base_url + path;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(request, reply) {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    // A server that dies while it sends leaves half a request; that is none.
    request.on('error', () => {});
    reply.on('error', () => {});
    request.on('end', () => this.#note(request, reply, JSON.parse(Buffer.concat(chunks).toString('utf8'))));
  }

  #note(request, reply, body) {
    const note = { path: request.url, delivery: request.headers['webhook-id'], message: body.message_id, text: body.text,
                   life: this.life, begun: performance.now(), answered: undefined, served: false };
    this.notes.push(note);
    const before = this.#requests.get(note.delivery) ?? 0;
    this.#requests.set(note.delivery, before + 1);
    const fails = before < plan_of(body.text, 'fails');
    // Whether the answer arrived cannot be known; whether it was sent before the server died, can.
    reply.on('close', () => {
      note.served = !fails && reply.writableFinished && this.life === note.life;
    });
    setTimeout(() => this.#answer(reply, note, fails, before), plan_of(body.text, 'slow'));
  }

  #answer(reply, note, fails, before) {
    note.answered = performance.now();
    if (fails && plan_of(note.text, 'drops') > before) {
      reply.socket?.destroy();
      return;
    }
    const status = fails ? kFailures[before % kFailures.length] : 200;
    const quiet = note.path.startsWith('/quiet');
    const content = fails ? { busy: true } : note.path.startsWith('/counted') ? { delivery: note.delivery }
      : { text: `reply to ${note.delivery}` };
    const text = quiet && !fails ? '' : JSON.stringify(content);
    reply.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    reply.end(text);
  }
}
