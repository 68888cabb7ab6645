// A bare Fastify route with a constant, ready-made reply of $REPLY_BYTES bytes: no login, no log.

import Fastify from 'fastify';

const app = Fastify({ logger: false, keepAliveTimeout: 600_000 });
const reply = process.env.REPLY_BODY;

app.get('/reply', (_, answer) => {
  answer.header('content-type', 'application/json; charset=utf-8').send(reply);
});

await app.listen({ host: '127.0.0.1', port: 0 });
console.log(`port ${app.server.address().port}`);
