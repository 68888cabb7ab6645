// A small REST client for setting things up and for checking replies.

import http from 'node:http';

export class Rest {
  #agent;

  constructor(port, { token, user_id } = {}, connections = 16) {
    this.port = port;
    this.token = token;
    this.user_id = user_id;
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  }

  headers() {
    return this.token ? { 'X-Auth-Token': this.token, 'X-User-Id': this.user_id } : {};
  }

  // {status, headers, bytes, json}
  send(method, target, body, headers = this.headers()) {
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const all = { ...headers };
    if (payload) Object.assign(all, { 'Content-Type': 'application/json', 'Content-Length': payload.length });
    return new Promise((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port: this.port, path: target, method, headers: all, agent: this.#agent }, (reply) => {
        const chunks = [];
        reply.on('data', (chunk) => chunks.push(chunk));
        reply.on('error', reject);
        reply.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({ status: reply.statusCode, headers: reply.headers, bytes, get json() { return JSON.parse(bytes); } });
        });
      });
      request.on('error', reject);
      request.end(payload);
    });
  }

  async must(method, target, body) {
    const answer = await this.send(method, target, body);
    if (answer.status !== 200) throw new Error(`${method} ${target}: ${answer.status} ${answer.bytes.toString().slice(0, 300)}`);
    return answer.json;
  }

  get(target) { return this.must('GET', target); }
  post(target, body) { return this.must('POST', target, body); }
  close() { this.#agent.destroy(); }
}
