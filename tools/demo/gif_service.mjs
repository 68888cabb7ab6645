// The demo's text-to-picture service, the target of its outgoing integration: a POST of
// {format: "gif", sentence} with the header apiKey answers {gif: <address of a picture>}, or {} when
// it has none for the sentence (try "nothing"). `node gif_service.mjs [PORT]` runs it alone.

import http from 'node:http';
import { pathToFileURL } from 'node:url';

import { cat_gif } from './gif.mjs';

const kBodyBytesMax = 64 * 1024;
const picture = cat_gif();

async function json_body(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > kBodyBytesMax) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answer(reply, status, body, headers = { 'Content-Type': 'application/json' }) {
  reply.writeHead(status, headers);
  reply.end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
}

// `log` is told of each request in one line.
export function start_gif_service({ port = 0, log = () => {} } = {}) {
  const server = http.createServer(async (request, reply) => {
    const base = `http://127.0.0.1:${server.address().port}`;
    if (request.method === 'GET' && request.url === '/cats.gif') {
      answer(reply, 200, picture, { 'Content-Type': 'image/gif', 'Cache-Control': 'max-age=3600' });
      return;
    }
    if (request.method !== 'POST') {
      answer(reply, 404, { error: 'POST {"format":"gif","sentence":"..."} here' });
      return;
    }
    const body = await json_body(request);
    if (!request.headers.apikey) {
      answer(reply, 401, { error: 'the header apiKey is missing' });
    } else if (body?.format !== 'gif' || typeof body.sentence !== 'string') {
      answer(reply, 400, { error: 'wants {"format":"gif","sentence":"..."}' });
    } else {
      const found = !/nothing/i.test(body.sentence);
      log(`gif service: "${body.sentence}" with apiKey ${request.headers.apikey}: ${found ? 'a picture' : 'none'}`);
      answer(reply, 200, found ? { gif: `${base}/cats.gif` } : {});
    }
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve({ port: server.address().port, stop: () => server.close() }));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { port } = await start_gif_service({ port: Number(process.argv[2] ?? 0), log: console.log });
  console.log(`gif service on http://127.0.0.1:${port}`);
}
