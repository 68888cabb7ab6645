// fetch(url, options, allowSelfSigned) and its other name serverFetch: the request is made by the
// server, the Promise is settled when the reply has come.
(() => {
  'use strict';
  const { define, define_methods, parse, stringify, clean } = $gantry;
  const { send_async, header_pairs, has_header, query_text, with_query } = $gantry;
  const PRIVATE = Symbol('reply');
  const waiting = new Map();
  const map_set = Map.prototype.set.bind(waiting);
  const map_get = Map.prototype.get.bind(waiting);
  const map_delete = Map.prototype.delete.bind(waiting);

  class Headers {
    constructor(init) {
      Object.defineProperty(this, PRIVATE, { value: new Map() });
      for (const [name, value] of header_pairs(init)) this.append(name, value);
    }
    append(name, value) {
      const key = String(name).toLowerCase();
      const before = this[PRIVATE].get(key);
      this[PRIVATE].set(key, before === undefined ? String(value) : `${before}, ${value}`);
    }
    set(name, value) { this[PRIVATE].set(String(name).toLowerCase(), String(value)); }
    get(name) { return this[PRIVATE].get(String(name).toLowerCase()) ?? null; }
    has(name) { return this[PRIVATE].has(String(name).toLowerCase()); }
    delete(name) { this[PRIVATE].delete(String(name).toLowerCase()); }
    forEach(visit) { for (const [name, value] of this[PRIVATE]) visit(value, name, this); }
    keys() { return this[PRIVATE].keys(); }
    values() { return this[PRIVATE].values(); }
    entries() { return this[PRIVATE].entries(); }
    [Symbol.iterator]() { return this[PRIVATE].entries(); }
    raw() {
      const lists = {};
      for (const [name, value] of this[PRIVATE]) lists[name] = [value];
      return lists;
    }
    toJSON() { return Object.fromEntries(this[PRIVATE]); }
  }

  class Response {
    constructor(reply) {
      Object.defineProperty(this, PRIVATE, { value: { body: reply.body, used: false } });
      this.status = reply.status;
      this.statusText = reply.status_text;
      this.ok = reply.status >= 200 && reply.status < 300;
      this.url = reply.url;
      this.redirected = reply.url !== reply.asked_url;
      this.headers = new Headers(reply.headers);
    }
    get bodyUsed() { return this[PRIVATE].used; }
    async text() {
      const own = this[PRIVATE];
      if (own.used) throw new TypeError(`body used already for: ${this.url}`);
      own.used = true;
      return own.body;
    }
    async json() {
      const text = await this.text();
      try {
        return JSON.parse(text);
      } catch (error) {
        throw Object.assign(new Error(`invalid json response body at ${this.url} reason: ${error.message}`), {
          name: 'FetchError', type: 'invalid-json',
        });
      }
    }
    async arrayBuffer() { return new TextEncoder().encode(await this.text()).buffer; }
    async buffer() { return new TextEncoder().encode(await this.text()); }
  }

  const body_of = (body, headers) => {
    if (body === undefined || body === null) return undefined;
    if (typeof body === 'string') return clean(body);
    if (body instanceof URLSearchParams) {
      if (!has_header(headers, 'content-type')) {
        headers.push(['Content-Type', 'application/x-www-form-urlencoded;charset=UTF-8']);
      }
      return body.toString();
    }
    if (ArrayBuffer.isView(body)) return new TextDecoder().decode(body);
    return clean(body);
  };

  const to_request = (input, options, allow_self_signed) => {
    const url = clean(input instanceof URL ? input.href : input);
    if (!/^https?:\/\//i.test(url)) throw new TypeError('Only absolute URLs are supported');
    const method = clean(options.method ?? 'GET').toUpperCase();
    const headers = header_pairs(options.headers);
    const body = body_of(options.body, headers);
    if (body !== undefined) {
      if (method === 'GET' || method === 'HEAD') throw new TypeError('Request with GET/HEAD method cannot have body');
      if (!has_header(headers, 'content-type')) headers.push(['Content-Type', 'text/plain;charset=UTF-8']);
    }
    return {
      method,
      url: options.params ? with_query(url, query_text(options.params)) : url,
      headers, body,
      follow: options.redirect !== 'manual' && options.redirect !== 'error' && options.follow !== 0,
      insecure: allow_self_signed === true,
      timeout_ms: Number(options.timeout) || undefined,
    };
  };

  const fetch = async function fetch(input, options, allowSelfSigned) {
    const request = to_request(input, options ?? {}, allowSelfSigned);
    const number = send_async(request);
    // A refusal comes at once, as text.
    if (typeof number !== 'number') throw new Error(parse(number).error);
    const reply = await new Promise((resolve) => map_set(number, resolve));
    if (reply.error) {
      throw Object.assign(new Error(`request to ${request.url} failed, reason: ${reply.error}`), {
        name: 'FetchError', type: 'system',
      });
    }
    reply.asked_url = request.url;
    return new Response(reply);
  };

  $gantry.settle_fetch = (number, text) => {
    const resolve = map_get(number);
    map_delete(number);
    resolve?.(parse(text));
  };

  define('fetch', fetch);
  define('serverFetch', fetch);
  define('Headers', Headers);
  define('Response', Response);
})();
