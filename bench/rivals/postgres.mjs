// A PostgreSQL of our own on loopback, with synchronous_commit on, on the server's core.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { descendants_of, free_port, kServerCore, start, stop, until } from '../lib/processes.mjs';

const kSchema = `
  CREATE TABLE messages (
    sequence BIGSERIAL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    room TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    author TEXT NOT NULL,
    type TEXT NOT NULL,
    thread TEXT NOT NULL,
    extra TEXT NOT NULL
  );
  CREATE INDEX messages_by_room ON messages (room, sent_at, sequence);`;

function programs() {
  const base = '/usr/lib/postgresql';
  const versions = fs.existsSync(base) ? fs.readdirSync(base).sort((a, b) => b - a) : [];
  if (!versions.length) throw new Error('PostgreSQL is not installed');
  return path.join(base, versions[0], 'bin');
}

// PostgreSQL refuses to run as root: then it runs as Debian's postgres.
const as_postgres = () => (process.getuid() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'] : []);

export async function start_postgres(bench) {
  const bin = programs();
  // On the same file system as Gantry's data, so that both sync the same disk.
  const folder = path.join(bench.scratch, 'postgres');
  fs.mkdirSync(folder, { recursive: true });
  if (process.getuid() === 0) execFileSync('chown', ['postgres:postgres', folder]);
  const [command, ...words] = [...as_postgres(), path.join(bin, 'initdb')];
  execFileSync(command, [...words, '-D', path.join(folder, 'data'), '-U', 'bench', '--auth=trust', '--no-sync', '--locale=C', '-E', 'UTF8'],
               { stdio: 'ignore', cwd: folder });
  const port = await free_port();
  const flags = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, synchronous_commit: 'on', fsync: 'on',
                  shared_buffers: '256MB', max_connections: 40, logging_collector: 'off' };
  const all = [...as_postgres(), path.join(bin, 'postgres'), '-D', path.join(folder, 'data'),
               ...Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const child = start(kServerCore, all[0], all.slice(1), { cwd: folder, log: path.join(bench.scratch, 'postgres.log') });
  const connection = ['-h', '127.0.0.1', '-p', String(port), '-U', 'bench', '-d', 'postgres'];
  const psql = (query) => execFileSync('psql', [...connection, '-Atc', query], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  await until('PostgreSQL to answer', () => {
    if (child.end) throw new Error('PostgreSQL ended; see postgres.log');
    try { return psql('SELECT 1'); } catch { return false; }
  });
  psql(kSchema);
  return { url: `postgres://bench@127.0.0.1:${port}/postgres`, psql, pids: () => [child.pid, ...descendants_of(child.pid)],
           stop: () => stop(child, 'SIGINT') };
}
