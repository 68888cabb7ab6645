// A backup that is made under the load of a crash test, and a look into its copy: what clients had
// been told before it began must be there, and a copy calls nobody.

import fs from 'node:fs';
import path from 'node:path';

import { fresh_directory, run_gantry, TestServer } from '../support/test_server.mjs';
import { check_copy } from './checker.mjs';
import { read_messages } from './state.mjs';

const kCommandMs = 60_000;
const kCopyLivesMs = 150;

const gantry = (...args) => run_gantry(args, { within_ms: kCommandMs });

export class Backup {
  #place = fresh_directory('crash-backup');
  #file = path.join(this.#place, 'team.tar');
  #told;
  #made;

  constructor(data, ledger) {
    this.#told = new Set(ledger.events().filter((entry) => entry.status === 200));
    this.#made = gantry('backup', this.#file, '--data', data);
  }

  // Resolves when the command has ended, also because its server was killed.
  get ended() {
    return this.#made;
  }

  // Of the dead server: {made, broken}.
  async look_into_copy(site, ledger, target) {
    try {
      const { code } = await this.#made;
      if (!fs.existsSync(this.#file)) {
        return { made: false, broken: code === 0 ? [{ kind: 'backups not whole', words: 'a backup that was made is not there' }] : [] };
      }
      const data = path.join(this.#place, 'copy');
      const restored = await gantry('restore', this.#file, '--data', data);
      if (restored.code !== 0) return { made: true, broken: [{ kind: 'backups not whole', words: restored.stderr }] };
      return { made: true, broken: await this.#look(data, site, ledger, target) };
    } finally {
      fs.rmSync(this.#place, { recursive: true, force: true });
    }
  }

  async #look(data, site, ledger, target) {
    const before = target.notes.length;
    const server = await TestServer.start({ data });
    try {
      const admin = await server.admin();
      const messages = await read_messages({ admin }, site);
      await new Promise((resolve) => setTimeout(resolve, kCopyLivesMs));
      admin.close();
      return check_copy({ site, ledger, messages, told: this.#told, calls: target.notes.slice(before) });
    } finally {
      await server.kill();
    }
  }
}
