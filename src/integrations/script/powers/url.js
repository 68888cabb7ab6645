// URL and URLSearchParams, for the schemes and forms that web hooks meet.
(() => {
  'use strict';
  const { define } = $gantry;
  const PORTS = { 'http:': '80', 'https:': '443', 'ftp:': '21', 'ws:': '80', 'wss:': '443', 'file:': '' };
  const FORM = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#\\]*))?([^?#]*)(\?[^#]*)?(#[^]*)?$/;

  const encode_bytes = (c) => encodeURIComponent(c.toWellFormed()).replace(/'/g, '%27');
  const escape_in = (text, pattern) => text.replace(pattern, encode_bytes);
  const PATH_ESCAPED = /[^!$&-;=@-Z\\\]^_a-z|~%[]+/gu;
  const QUERY_ESCAPED = /[^!$%&(-;=?-_a-~`]+/gu;
  const HASH_ESCAPED = /[^!#$%&'(-;=?-_a-~]+/gu;
  const USER_ESCAPED = /[^!$%&'()*+,.0-9A-Z_a-z~-]+/gu;

  const form_encode = (text) =>
    encodeURIComponent(text.toWellFormed()).replace(/%20/g, '+')
      .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const form_decode = (text) => {
    const plain = text.replace(/\+/g, ' ');
    try {
      return decodeURIComponent(plain);
    } catch {
      const bytes = [];
      for (const [, hex, other] of plain.matchAll(/%([0-9a-fA-F]{2})|([^])/gu)) {
        if (hex) bytes.push(parseInt(hex, 16));
        else bytes.push(...new TextEncoder().encode(other));
      }
      return new TextDecoder().decode(new Uint8Array(bytes));
    }
  };

  class URLSearchParams {
    #pairs = [];
    #changed;
    constructor(init = '', changed) {
      this.#changed = typeof changed === 'function' ? changed : undefined;
      if (typeof init === 'object' && init !== null) {
        if (typeof init[Symbol.iterator] === 'function') {
          for (const pair of init) {
            const [name, value, ...more] = pair;
            if (value === undefined || more.length) throw new TypeError('Each query pair must be an iterable [name, value] tuple');
            this.#pairs.push([`${name}`, `${value}`]);
          }
        } else {
          for (const name of Object.keys(init)) this.#pairs.push([name, `${init[name]}`]);
        }
      } else {
        this.#read(`${init}`);
      }
    }
    #read(text) {
      if (text.startsWith('?')) text = text.slice(1);
      for (const part of text.split('&')) {
        if (part === '') continue;
        const at = part.indexOf('=');
        this.#pairs.push(at < 0 ? [form_decode(part), ''] : [form_decode(part.slice(0, at)), form_decode(part.slice(at + 1))]);
      }
    }
    #tell() { this.#changed?.(this.toString()); }
    get size() { return this.#pairs.length; }
    append(name, value) { this.#pairs.push([`${name}`, `${value}`]); this.#tell(); }
    delete(name, value) {
      this.#pairs = this.#pairs.filter(([n, v]) => n !== `${name}` || (value !== undefined && v !== `${value}`));
      this.#tell();
    }
    get(name) { return this.#pairs.find(([n]) => n === `${name}`)?.[1] ?? null; }
    getAll(name) { return this.#pairs.filter(([n]) => n === `${name}`).map(([, v]) => v); }
    has(name, value) { return this.#pairs.some(([n, v]) => n === `${name}` && (value === undefined || v === `${value}`)); }
    set(name, value) {
      const first = this.#pairs.find(([n]) => n === `${name}`);
      if (first) {
        first[1] = `${value}`;
        this.#pairs = this.#pairs.filter((pair) => pair === first || pair[0] !== first[0]);
      } else {
        this.#pairs.push([`${name}`, `${value}`]);
      }
      this.#tell();
    }
    sort() { this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)); this.#tell(); }
    forEach(visit, self) { for (const [name, value] of [...this.#pairs]) visit.call(self, value, name, this); }
    *keys() { for (const [name] of this.#pairs) yield name; }
    *values() { for (const [, value] of this.#pairs) yield value; }
    *entries() { for (const [name, value] of this.#pairs) yield [name, value]; }
    [Symbol.iterator]() { return this.entries(); }
    toString() { return this.#pairs.map(([n, v]) => `${form_encode(n)}=${form_encode(v)}`).join('&'); }
  }

  const invalid = (input) => Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input });

  // Path segments without . and ..
  const resolve_path = (path, is_special) => {
    const out = [];
    const segments = (is_special ? path.replace(/\\/g, '/') : path).split('/');
    segments.forEach((segment, i) => {
      const is_last = i === segments.length - 1;
      const plain = segment.replace(/%2e/gi, '.');
      if (plain === '..') {
        if (out.length > 1) out.pop();
        if (is_last) out.push('');
      } else if (plain === '.') {
        if (is_last) out.push('');
      } else {
        out.push(escape_in(segment, PATH_ESCAPED));
      }
    });
    const joined = out.join('/');
    return is_special && !joined.startsWith('/') ? `/${joined}` : joined;
  };

  const read_host = (host, is_special, input) => {
    if (/^\[[0-9a-fA-F:.]+\]$/.test(host)) return host.toLowerCase();
    let name = host;
    if (is_special) {
      try {
        name = decodeURIComponent(host).toLowerCase();
      } catch {
        throw invalid(input);
      }
      if (name === '' || /[\0\t\n\r #%/:<>?@[\\\]^|]/.test(name)) throw invalid(input);
      if (/^\d+(\.\d+){3}$/.test(name) && name.split('.').some((part) => +part > 255)) throw invalid(input);
    }
    return name;
  };

  class URL {
    #protocol = '';
    #username = '';
    #password = '';
    #hostname = '';
    #port = '';
    #pathname = '';
    #search = '';
    #hash = '';
    #has_host = false;
    #params;

    constructor(input, base) {
      const text = `${input}`.trim().replace(/[\t\n\r]/g, '');
      const from = base === undefined ? undefined : new URL(base);
      const [, scheme, authority, path, search, hash] = FORM.exec(text) ?? [];
      if (scheme === undefined && !from) throw invalid(text);
      const protocol = scheme === undefined ? from.protocol : `${scheme.toLowerCase()}:`;
      const is_special = protocol in PORTS;
      this.#protocol = protocol;
      const is_relative = scheme === undefined || (from && is_special && protocol === from.protocol && authority === undefined && !/^[/\\]{2}/.test(path));
      if (authority !== undefined || !is_relative) {
        let where = authority;
        let rest = path;
        if (where === undefined && is_special) {
          // http:host/path and http:\\host\path are read as http://host/path.
          const [, host, after] = /^[/\\]*([^/\\]*)([^]*)$/.exec(path);
          [where, rest] = [host, after];
        }
        if (where !== undefined) this.#read_authority(where, is_special, text);
        this.#pathname = is_special || where !== undefined ? resolve_path(rest || (is_special ? '/' : ''), is_special) : escape_in(rest, /[^ -~]+/gu);
        this.#search = this.#query(search);
      } else {
        this.#username = from.username;
        this.#password = from.password;
        this.#hostname = from.hostname;
        this.#port = from.port;
        this.#has_host = from.hostname !== '';
        if (path === '') {
          this.#pathname = from.pathname;
          this.#search = search === undefined ? from.search : this.#query(search);
        } else {
          const folder = from.pathname.slice(0, from.pathname.lastIndexOf('/') + 1);
          this.#pathname = resolve_path(/^[/\\]/.test(path) ? path : folder + path, is_special);
          this.#search = this.#query(search);
        }
      }
      this.#hash = !hash || hash === '#' ? '' : escape_in(hash, HASH_ESCAPED);
    }

    static canParse(input, base) {
      try {
        return Boolean(new URL(input, base));
      } catch {
        return false;
      }
    }
    static parse(input, base) {
      return URL.canParse(input, base) ? new URL(input, base) : null;
    }

    #query(search) { return !search || search === '?' ? '' : escape_in(search, QUERY_ESCAPED); }
    #read_authority(authority, is_special, input) {
      const at = authority.lastIndexOf('@');
      if (at >= 0) {
        const [, user, password] = /^([^:]*):?([^]*)$/.exec(authority.slice(0, at));
        this.#username = escape_in(user, USER_ESCAPED);
        this.#password = escape_in(password, USER_ESCAPED);
      }
      const [, host, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority.slice(at + 1)) ?? [];
      if (host === undefined || (port && +port > 65535)) throw invalid(input);
      this.#hostname = read_host(host, is_special && this.#protocol !== 'file:', input);
      this.#has_host = true;
      this.#port = port && `${+port}` !== PORTS[this.#protocol] ? `${+port}` : '';
    }

    get href() {
      const user = this.#username || this.#password
        ? `${this.#username}${this.#password ? `:${this.#password}` : ''}@` : '';
      const where = this.#has_host || this.#protocol === 'file:' ? `//${user}${this.host}` : '';
      return this.#protocol + where + this.#pathname + this.#search + this.#hash;
    }
    set href(value) {
      const other = new URL(value);
      this.#protocol = other.protocol;
      this.#username = other.username;
      this.#password = other.password;
      this.#hostname = other.hostname;
      this.#port = other.port;
      this.#pathname = other.pathname;
      this.#search = other.search;
      this.#hash = other.hash;
      this.#has_host = other.hostname !== '';
      this.#params = undefined;
    }
    get origin() { return this.#protocol in PORTS && this.#protocol !== 'file:' ? `${this.#protocol}//${this.host}` : 'null'; }
    get protocol() { return this.#protocol; }
    set protocol(value) {
      const wanted = `${value}`.replace(/:.*$/, '').toLowerCase();
      if (/^[a-z][a-z0-9+.-]*$/.test(wanted) && `${wanted}:` in PORTS === this.#protocol in PORTS) {
        this.#protocol = `${wanted}:`;
        if (this.#port === PORTS[this.#protocol]) this.#port = '';
      }
    }
    get username() { return this.#username; }
    set username(value) { this.#username = escape_in(`${value}`, USER_ESCAPED); }
    get password() { return this.#password; }
    set password(value) { this.#password = escape_in(`${value}`, USER_ESCAPED); }
    get host() { return this.#hostname + (this.#port === '' ? '' : `:${this.#port}`); }
    set host(value) {
      const [, name, port] = /^(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?/.exec(`${value}`);
      this.hostname = name;
      if (port !== undefined) this.port = port;
    }
    get hostname() { return this.#hostname; }
    set hostname(value) {
      try {
        this.#hostname = read_host(`${value}`, this.#protocol in PORTS, value);
      } catch {
        // As in browsers: a bad name changes nothing.
      }
    }
    get port() { return this.#port; }
    set port(value) {
      const digits = /^\d*/.exec(`${value}`)[0];
      if (digits === '' && `${value}` !== '') return;
      if (+digits <= 65535) this.#port = digits === '' || `${+digits}` === PORTS[this.#protocol] ? '' : `${+digits}`;
    }
    get pathname() { return this.#pathname; }
    set pathname(value) { this.#pathname = resolve_path(`${value}`.replace(/[?#]/g, encode_bytes), this.#protocol in PORTS); }
    get search() { return this.#search; }
    set search(value) {
      const text = `${value}`;
      this.#search = this.#query(text === '' || text.startsWith('?') ? text.replace(/#/g, '%23') : `?${text.replace(/#/g, '%23')}`);
      this.#params = undefined;
    }
    get hash() { return this.#hash; }
    set hash(value) {
      const text = `${value}`;
      this.#hash = text === '' || text === '#' ? '' : escape_in(text.startsWith('#') ? text : `#${text}`, HASH_ESCAPED);
    }
    get searchParams() {
      return (this.#params ??= new URLSearchParams(this.#search, (text) => {
        this.#search = text === '' ? '' : `?${text}`;
      }));
    }
    toString() { return this.href; }
    toJSON() { return this.href; }
  }

  define('URLSearchParams', URLSearchParams);
  define('URL', URL);
})();
