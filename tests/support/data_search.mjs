// Whether a text is anywhere in what a server has stored: as rows, and as bytes of its files.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const kTables = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
for name in names:
    for row in database.execute('SELECT * FROM "%s"' % name):
        if any(sys.argv[2] in str(value) for value in row):
            print(name)
            break
`;

const kCompact = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("VACUUM")
database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
database.close()
`;

function database_of(server) {
  const file = fs.readdirSync(server.data).find((name) => /\.(db|sqlite3?)$/.test(name));
  if (!file) throw new Error(`no database in ${server.data}: ${fs.readdirSync(server.data).join(', ')}`);
  return path.join(server.data, file);
}

const python = async (program, ...args) => (await promisify(execFile)('python3', ['-c', program, ...args])).stdout;

// The tables that hold the text, in order; the server may run.
export async function tables_with(server, text) {
  return (await python(kTables, database_of(server), text)).split('\n').filter(Boolean).sort();
}

// Leaves nothing in the database file but what is stored; the server must be stopped.
export const compact = (server) => python(kCompact, database_of(server));

// The files below the data directory that hold the text as bytes.
export function files_with(server, text) {
  const names = fs.readdirSync(server.data, { recursive: true, withFileTypes: true });
  return names.filter((entry) => entry.isFile() && fs.readFileSync(path.join(entry.parentPath ?? entry.path, entry.name)).includes(text))
    .map((entry) => entry.name);
}
