// A bare Fastify route that inserts a message into PostgreSQL and answers with it once it is durable:
// no login, no rights, no room's counters.

import { randomBytes } from 'node:crypto';

import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.POSTGRES, max: Number(process.env.POOL ?? 16) });
const app = Fastify({ logger: false, keepAliveTimeout: 600_000 });
const insert = {
  name: 'insert-message',
  text: 'INSERT INTO messages (id, room, sent_at, author, type, thread, extra) VALUES ($1, $2, $3, $4, $5, $6, $7)',
};
const user = { _id: 'SsszJyN6iaTrTpd8j', username: 'ada', name: 'Ada' };

app.post('/message', async (request) => {
  const { roomId, text } = request.body;
  const now = Date.now();
  const id = randomBytes(13).toString('base64url').slice(0, 17);
  await pool.query({ ...insert, values: [id, roomId, now, user._id, '', '', JSON.stringify({ text, author: user, groupable: false })] });
  const at = new Date(now).toISOString();
  return { ts: now, channel: roomId, message: { _id: id, rid: roomId, msg: text, ts: at, u: user, groupable: false, _updatedAt: at }, success: true };
});

// Connections first, so that no measurement includes them.
await Promise.all(Array.from({ length: Number(process.env.POOL ?? 16) }, () => pool.query('SELECT pg_sleep(0.05)')));
await app.listen({ host: '127.0.0.1', port: 0 });
console.log(`port ${app.server.address().port}`);
