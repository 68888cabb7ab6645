// What fetch and HTTP share: the form in which a request goes to the server and a reply comes
// back. The server performs it, under its rules for addresses.
(() => {
  'use strict';
  const { host, stringify, parse, clean } = $gantry;

  const header_pairs = (headers) => {
    const pairs = [];
    if (typeof headers !== 'object' || headers === null) return pairs;
    const entries = typeof headers[Symbol.iterator] === 'function' ? headers : Object.entries(headers);
    for (const [name, value] of entries) {
      if (value === undefined || value === null) continue;
      pairs.push([clean(name), clean(Array.isArray(value) ? value.join(', ') : value)]);
    }
    return pairs;
  };

  const has_header = (pairs, name) => pairs.some(([key]) => key.toLowerCase() === name);

  const query_text = (params) => {
    const parts = [];
    for (const key of Object.keys(params)) {
      const value = params[key];
      for (const one of Array.isArray(value) ? value : [value]) {
        parts.push(`${encodeURIComponent(key)}=${encodeURIComponent(one)}`);
      }
    }
    return parts.join('&');
  };

  const with_query = (url, query) => {
    if (!query) return url;
    const [front, hash] = url.split('#', 2);
    return front + (front.includes('?') ? '&' : '?') + query + (hash === undefined ? '' : `#${hash}`);
  };

  // {method, url, headers, body?, follow, insecure, timeout_ms}
  $gantry.send_blocking = (request) => parse(host.http(1, stringify(request)));
  $gantry.send_async = (request) => host.http(0, stringify(request));
  Object.assign($gantry, { header_pairs, has_header, query_text, with_query });
})();
