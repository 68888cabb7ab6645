// Takes webhooks on loopback, counts them and looks at what they bring.

import http from 'node:http';

export class Receiver {
  received = 0;
  wrong = 0;
  #server;
  #waits = [];

  static async start(check = () => true) {
    const receiver = new Receiver();
    receiver.#server = http.createServer({ keepAliveTimeout: 600_000 }, (request, reply) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        ++receiver.received;
        receiver.#waits.splice(0).forEach((resolve) => resolve());
        if (!check(Buffer.concat(chunks).toString())) ++receiver.wrong;
        reply.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 });
        reply.end('{}');
      });
    });
    await new Promise((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    receiver.url = `http://127.0.0.1:${receiver.#server.address().port}/hook`;
    return receiver;
  }

  // Resolves with the next request.
  next() { return new Promise((resolve) => this.#waits.push(resolve)); }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
