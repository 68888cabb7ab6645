// Rows that no API writes: documents of older servers, values that today are refused; and whole
// databases of older servers. The server must be stopped meanwhile.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { root } from './test_server.mjs';

const kProgram = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
cursor = database.execute(sys.argv[2], sys.argv[3:])
if cursor.rowcount < 1:
    sys.exit("the statement changed nothing")
database.commit()
database.close()
`;

function file_of(server) {
  const file = fs.readdirSync(server.data).find((name) => /\.(db|sqlite3?)$/.test(name));
  if (!file) throw new Error(`no database in ${server.data}: ${fs.readdirSync(server.data).join(', ')}`);
  return path.join(server.data, file);
}

const run_python = (program, ...args) => promisify(execFile)('python3', ['-c', program, ...args]);

export async function edit_database(server, statement, ...values) {
  await run_python(kProgram, file_of(server), statement, ...values);
}

const kCheckProgram = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for check in ("integrity_check", "foreign_key_check"):
    for row in database.execute("PRAGMA " + check):
        if row != ("ok",):
            print(check, *row)
`;

// What the database itself finds wrong with it, a line each.
export async function damages_of(server) {
  const { stdout } = await run_python(kCheckProgram, file_of(server));
  return stdout.split('\n').filter(Boolean);
}

const kOlderProgram = `
import sqlite3, sys
source, target, version = sys.argv[1:4]
older = sqlite3.connect(target)
older.executescript("PRAGMA journal_mode = WAL;")
for path in sys.argv[4:]:
    older.executescript(open(path, encoding="utf-8").read())
older.execute("PRAGMA user_version = " + version)
older.execute("ATTACH ? AS newer", (source,))
columns = lambda schema, table: [row[1] for row in older.execute(f"PRAGMA {schema}.table_info({table})")]
tables = older.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall()
for (table,) in tables:
    common = ", ".join(name for name in columns("main", table) if name in columns("newer", table))
    older.execute(f"INSERT INTO main.{table} ({common}) SELECT {common} FROM newer.{table}")
older.commit()
older.close()
`;

const migrations = path.join(root, 'src/store/sqlite/migrations');
const migration_files = () => fs.readdirSync(migrations).filter((name) => name.endsWith('.sql')).sort();

export const newest_version = () => migration_files().length;

// Makes a data directory as a server of that version would have it, with the rows of `data`.
export async function make_older(data, older, version) {
  const files = migration_files().slice(0, version).map((name) => path.join(migrations, name));
  await run_python(kOlderProgram, path.join(data, 'gantry.db'), path.join(older, 'gantry.db'), String(version), ...files);
}
