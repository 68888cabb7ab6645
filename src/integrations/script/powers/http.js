// HTTP(method, url, options): synchronous as the script sees it; {result} or {error}.
// Compat: gone from Rocket.Chat since 7.0; older scripts use it.
(() => {
  'use strict';
  const { define, stringify, parse, clean } = $gantry;
  const { send_blocking, header_pairs, has_header, query_text, with_query } = $gantry;
  const JSON_TYPES = ['application/json', 'text/javascript', 'application/javascript', 'application/x-javascript'];
  const ERROR_TEXT_MAX = 500;

  const to_request = (method, url, options) => {
    method = clean(method).toUpperCase();
    url = clean(url);
    if (!/^https?:\/\//i.test(url)) throw new Error('url must be absolute and start with http:// or https://');
    const headers = header_pairs(options.headers);
    let body;
    if (options.data !== undefined && options.data !== null) {
      body = stringify(options.data);
      if (!has_header(headers, 'content-type')) headers.push(['Content-Type', 'application/json']);
    } else if (options.content !== undefined && options.content !== null) {
      body = clean(options.content);
    }
    if (options.query) url = with_query(url, clean(options.query));
    if (options.params) {
      if (body !== undefined || method === 'GET' || method === 'HEAD') {
        url = with_query(url, query_text(options.params));
      } else {
        body = query_text(options.params);
        if (!has_header(headers, 'content-type')) {
          headers.push(['Content-Type', 'application/x-www-form-urlencoded']);
        }
      }
    }
    if (options.auth) {
      if (!String(options.auth).includes(':')) throw new Error('auth option should be of the form "username:password"');
      headers.push(['Authorization', `Basic ${btoa(unescape(encodeURIComponent(options.auth)))}`]);
    }
    return {
      method, url, headers, body,
      follow: options.followRedirects !== false,
      insecure: options.npmRequestOptions?.rejectUnauthorized === false,
      timeout_ms: Number(options.timeout) || undefined,
    };
  };

  const to_result = (reply) => {
    const headers = {};
    for (const [name, value] of reply.headers) {
      const key = name.toLowerCase();
      headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
    }
    const result = { statusCode: reply.status, content: reply.body, headers, data: null };
    if (JSON_TYPES.includes((headers['content-type'] ?? '').split(';')[0].trim())) {
      try {
        result.data = parse(reply.body);
      } catch {
        // The type lies; the text is there.
      }
    }
    return result;
  };

  define('HTTP', function HTTP(method, url, options) {
    try {
      const reply = send_blocking(to_request(method, url, options ?? {}));
      if (reply.error) throw new Error(reply.error);
      const result = to_result(reply);
      if (result.statusCode >= 400) {
        const text = result.content.length > ERROR_TEXT_MAX ? `${result.content.slice(0, ERROR_TEXT_MAX)}...` : result.content;
        const error = new Error(`failed [${result.statusCode}]${text ? ` ${text}` : ''}`);
        error.response = result;
        throw error;
      }
      return { result };
    } catch (error) {
      return { error };
    }
  });
})();
