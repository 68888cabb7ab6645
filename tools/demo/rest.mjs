// Calls to the server's REST API for the demo, on Node's own http module (its fetch warns on 18).

import http from 'node:http';

// {status, text}
export function request(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const call = http.request(url, { method, headers }, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (chunk) => { text += chunk; });
      reply.on('error', reject);
      reply.on('end', () => resolve({ status: reply.statusCode, text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

// A caller of /api/v1: call(method, route, {query, body}) gives the JSON of any answer below 500.
export function rest(address, identity) {
  return async (method, route, { query, body } = {}) => {
    const url = new URL(`/api/v1/${route}`, address);
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
    const answer = await request(url, { method, body: body && JSON.stringify(body),
      headers: { 'X-Auth-Token': identity.token, 'X-User-Id': identity.user_id,
                 ...(body && { 'Content-Type': 'application/json' }) } });
    if (answer.status >= 500) throw new Error(`${method} ${route} answered ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text);
  };
}
