// Rows that no API writes: documents of older servers, values that today are refused. The server
// must be stopped meanwhile.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const kProgram = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
cursor = database.execute(sys.argv[2], sys.argv[3:])
if cursor.rowcount < 1:
    sys.exit("the statement changed nothing")
database.commit()
database.close()
`;

export async function edit_database(server, statement, ...values) {
  const file = fs.readdirSync(server.data).find((name) => /\.(db|sqlite3?)$/.test(name));
  if (!file) throw new Error(`no database in ${server.data}: ${fs.readdirSync(server.data).join(', ')}`);
  await promisify(execFile)('python3', ['-c', kProgram, path.join(server.data, file), statement, ...values]);
}
