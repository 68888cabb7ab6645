// A REST client for tests: sends exactly what it is told and returns the answer as it came.

import { createHash } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';

import { kind_of, record_request } from './coverage.mjs';
import { patience } from './patience.mjs';

const kAnswerMs = 20_000;

export const sha256_hex = (text) => createHash('sha256').update(text).digest('hex');

// {status, headers, text, json, ms}: `json` is undefined when the body is no JSON.
class Answer {
  constructor(status, headers, bytes, ms) {
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
    this.text = bytes.toString('utf8');
    this.ms = ms;
  }

  get json() {
    try {
      return JSON.parse(this.text);
    } catch {
      return undefined;
    }
  }
}

// Query values that are objects (sort, query, fields) go as JSON; lists repeat the key.
export function query_string(query) {
  if (!query) return '';
  if (typeof query === 'string') return query.startsWith('?') ? query : `?${query}`;
  const parts = [];
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      const text = one !== null && typeof one === 'object' ? JSON.stringify(one) : String(one);
      parts.push(`${encodeURIComponent(key)}=${encodeURIComponent(text)}`);
    }
  }
  return parts.length ? `?${parts.join('&')}` : '';
}

function body_of({ body, form, raw }) {
  if (raw) return { type: raw.type, bytes: Buffer.from(raw.text ?? raw.bytes) };
  if (form) return { type: 'application/x-www-form-urlencoded', bytes: Buffer.from(query_string(form).slice(1)) };
  if (body !== undefined) return { type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) };
  return undefined;
}

function send(url, { method, headers, payload, agent, within_ms }) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const library = url.startsWith('https:') ? https : http;
    const request = library.request(url, { method, headers, agent, rejectUnauthorized: false }, (reply) => {
      const chunks = [];
      reply.on('data', (chunk) => chunks.push(chunk));
      reply.on('error', reject);
      reply.on('end', () => resolve(new Answer(reply.statusCode, reply.headers, Buffer.concat(chunks),
                                               performance.now() - started)));
    });
    request.setTimeout(within_ms * patience, () => request.destroy(
      new Error(`no answer to ${method} ${url} within ${within_ms * patience} ms`)));
    request.on('error', (error) => {
      error.on_reused_socket = request.reusedSocket;
      reject(error);
    });
    request.end(payload);
  });
}

export class Client {
  #agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

  constructor(base_url, identity = {}) {
    this.base_url = base_url;
    Object.assign(this, identity);   // user_id, token, username, password
  }

  // The same connection settings under another identity.
  as(identity) {
    return new Client(this.base_url, identity);
  }

  login_headers() {
    return this.token ? { 'X-Auth-Token': this.token, 'X-User-Id': this.user_id } : {};
  }

  // For routes that ask for a second factor: the password is the fallback method.
  second_factor_headers() {
    return { 'x-2fa-method': 'password', 'x-2fa-code': sha256_hex(this.password) };
  }

  async request({ method = 'GET', path, query, headers = {}, within_ms = kAnswerMs, kind, ...content }) {
    const target = path + query_string(query);
    const payload = body_of(content);
    const all_headers = { ...this.login_headers(), ...headers };
    if (payload) {
      if (payload.type) all_headers['Content-Type'] ??= payload.type;
      all_headers['Content-Length'] = payload.bytes.length;
    }
    const options = { method, headers: all_headers, payload: payload?.bytes, within_ms,
                      agent: this.base_url.startsWith('https:') ? undefined : this.#agent };
    let answer;
    try {
      answer = await send(this.base_url + target, options);
    } catch (error) {
      // A kept connection may have been closed just when it was used again; nothing was answered.
      if (!error.on_reused_socket || error.code !== 'ECONNRESET') throw error;
      answer = await send(this.base_url + target, options);
    }
    record_request(method, path, kind ?? kind_of(answer.status, answer.text));
    return answer;
  }

  get(path, query, more = {}) {
    return this.request({ ...more, method: 'GET', path, query });
  }

  post(path, body = {}, more = {}) {
    return this.request({ ...more, method: 'POST', path, body });
  }

  put(path, body = {}, more = {}) {
    return this.request({ ...more, method: 'PUT', path, body });
  }

  // For steps that must succeed: the JSON of the answer, or an error that shows what came instead.
  async must(request) {
    const answer = await this.request(request);
    if (answer.status !== 200) {
      throw new Error(`${request.method ?? 'GET'} ${request.path} answered ${answer.status}: ${answer.text.slice(0, 500)}`);
    }
    return answer.json;
  }

  must_get(path, query) {
    return this.must({ path, query });
  }

  must_post(path, body = {}) {
    return this.must({ method: 'POST', path, body });
  }

  // Logs in and returns a client of that account.
  async login(user, password) {
    const json = await this.must_post('/api/v1/login', { user, password });
    return this.as({ user_id: json.data.userId, token: json.data.authToken, username: json.data.me?.username ?? user, password });
  }

  close() {
    this.#agent.destroy();
  }
}
