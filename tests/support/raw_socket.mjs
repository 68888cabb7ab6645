// A client that writes bytes when it likes, for what a well-behaved one does not do.

import net from 'node:net';

export class RawSocket {
  text = '';
  closed = false;
  #socket;

  static open(url) {
    const raw = new RawSocket();
    const { hostname, port } = new URL(url);
    raw.#socket = net.createConnection({ host: hostname, port: Number(port), allowHalfOpen: true });
    raw.#socket.on('data', (chunk) => { raw.text += chunk; });
    raw.#socket.on('error', () => {});
    raw.ended = new Promise((resolve) => {
      for (const sign of ['end', 'close']) {
        raw.#socket.on(sign, () => {
          raw.closed = true;
          raw.#socket.destroy();
          resolve(raw);
        });
      }
    });
    return raw;
  }

  write(text) {
    if (!this.closed) this.#socket.write(text);
    return this;
  }

  get status() {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.text)?.[1] ?? 0);
  }

  destroy() {
    this.#socket.destroy();
  }
}
