// The server under test, as a user starts it: no test mode, the limiter there but raised, log at
// its default level into a file, metrics on.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { cpu_seconds, children_of, free_port, kServerCore, start, stop, until } from './processes.mjs';
import { Rest } from './rest.mjs';

export const kAdminPassword = 'An-admin-of-benches-1';

export const server_environment = {
  OVERWRITE_SETTING_API_Enable_Rate_Limiter_Limit_Calls_Default: '100000000',
  ADMIN_USERNAME: 'admin',
  ADMIN_PASS: kAdminPassword,
  ADMIN_EMAIL: 'admin@gantry.test',
};

export function server_arguments(data, port, metrics_port) {
  return ['serve', '--listen', `127.0.0.1:${port}`, '--data', data, '--metrics-listen', `127.0.0.1:${metrics_port}`];
}

export class Gantry {
  static async start(binary, data, { core = kServerCore, env = {} } = {}) {
    const server = new Gantry();
    server.binary = binary;
    server.data = data;
    server.port = await free_port();
    server.metrics_port = await free_port();
    server.log = `${data}.log`;
    server.child = start(core, binary, server_arguments(data, server.port, server.metrics_port),
                         { env: { ...server_environment, ...env }, log: server.log });
    server.anonymous = new Rest(server.port);
    await until('Gantry to be ready', async () => {
      if (server.child.end) throw new Error(`Gantry ended:\n${fs.readFileSync(server.log, 'utf8').slice(-2000)}`);
      return (await server.anonymous.send('GET', '/readyz').catch(() => undefined))?.status === 200;
    }, 120_000);
    server.pid = server.child.pid;
    return server;
  }

  // A login token by the control socket, for an account of any password.
  async login(username = 'admin', connections) {
    const said = execFileSync(this.binary, ['token', username, '--data', this.data], { encoding: 'utf8' });
    const { authToken: token, userId: user_id } = JSON.parse(said);
    return new Rest(this.port, { token, user_id }, connections);
  }

  workers() { return children_of(this.pid); }

  // {server, workers}: seconds of CPU so far; workers that ended count with the server.
  cpu() {
    return { server: cpu_seconds(this.pid), workers: this.workers().reduce((sum, pid) => sum + cpu_seconds(pid), 0) };
  }

  async metric(name) {
    const { bytes } = await new Rest(this.metrics_port).send('GET', '/metrics');
    const found = new RegExp(`^${name}(?:\\{[^}]*\\})? ([0-9.e+]+)$`, 'm').exec(bytes.toString());
    return found ? Number(found[1]) : undefined;
  }

  async stop() {
    this.anonymous.close();
    await stop(this.child);
  }
}

// A copy of a prepared data directory, so that no measurement changes the next one's start.
export function copy_of(data, folder, name) {
  const copy = path.join(folder, name);
  fs.rmSync(copy, { recursive: true, force: true });
  fs.cpSync(data, copy, { recursive: true, filter: (file) => !/(control\.sock|lock)$/.test(file) });
  return copy;
}
