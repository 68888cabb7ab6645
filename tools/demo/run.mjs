// `./dev run`: the release server on a data directory with a demo workspace, and the picture service
// that its outgoing integration calls. Ctrl-C ends both.
//
// node tools/demo/run.mjs [--listen HOST:PORT] [--data DIR] [--binary FILE] [-- further flags of serve]

import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { start_gif_service } from './gif_service.mjs';
import { request } from './rest.mjs';
import { ensure_workspace } from './workspace.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const kServicePort = 3080;
const kReadyMs = 30_000;
const kPollMs = 5;

function options_of(words) {
  const options = { listen: '127.0.0.1:3000', data: './gantry-data', binary: path.join(root, 'build/release/gantry'), more: [] };
  for (let at = 0; at < words.length; ++at) {
    const name = words[at].replace(/^--/, '');
    if (words[at] === '--') {
      options.more = words.slice(at + 1);
      break;
    }
    if (!['listen', 'data', 'binary'].includes(name) || at + 1 >= words.length) {
      throw new Error(`run does not know "${words[at]}": --listen HOST:PORT, --data DIR, -- FLAGS`);
    }
    options[name] = words[++at];
  }
  return options;
}

async function picture_service() {
  try {
    return await start_gif_service({ port: kServicePort, log: console.log });
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    return start_gif_service({ log: console.log });
  }
}

// The administrator's password is made here once, so that it can be shown at every start.
function demo_password(data) {
  const file = path.join(data, 'demo.json');
  if (fs.existsSync(file)) return { file, ...JSON.parse(fs.readFileSync(file, 'utf8')) };
  if (fs.existsSync(data)) return { file };
  return { file, password: process.env.ADMIN_PASS ?? randomBytes(9).toString('base64url'), fresh: true };
}

// Starts the server; its log goes to a file, warnings and errors to the terminal too. Resolves with
// {child, address} once it listens, or ends this program with the server's own words and exit code.
function start_server(options, login) {
  const log_file = path.join(root, 'build/demo-server.log');
  const log = fs.createWriteStream(log_file);
  const env = { ...process.env };
  if (login.fresh) Object.assign(env, { ADMIN_USERNAME: env.ADMIN_USERNAME ?? 'admin', ADMIN_PASS: login.password });
  const child = spawn(options.binary, ['serve', '--listen', options.listen, '--data', options.data, ...options.more],
                      { env, stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let address, said = '', partial = '';
    const take = (chunk) => {
      log.write(chunk);
      const lines = (partial + chunk).split('\n');
      partial = lines.pop();
      for (const line of lines) {
        if (address && /\b(warn|error)\b/.test(line)) console.error(line);
        if (!address) said += `${line}\n`;
        const found = /listening/i.test(line) && /((?:\d{1,3}(?:\.\d{1,3}){3}|localhost|\[[0-9a-f:]+\]):\d+)/.exec(line);
        if (found && !address) {
          address = `http://${found[1].replace(/^0\.0\.0\.0:/, '127.0.0.1:')}`;
          resolve({ child, address, log_file });
        }
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (!address) process.stderr.write(said + partial);
      process.exit(code ?? (signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : 1));
    });
  });
}

async function wait_ready(address) {
  const deadline = Date.now() + kReadyMs;
  for (;;) {
    const answer = await request(`${address}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    if (Date.now() > deadline) throw new Error(`the server at ${address} did not become ready`);
    await new Promise((resolve) => setTimeout(resolve, kPollMs));
  }
}

// `gantry token` asks the running server through DIR/control.sock for a token of its own.
async function fresh_token(options, username) {
  const { stdout } = await promisify(execFile)(options.binary, ['token', username, '--data', options.data]);
  const { authToken: token, userId: user_id } = JSON.parse(stdout);
  return { token, user_id };
}

function print_welcome({ address, username, login, identity, workspace, options, log_file, service }) {
  const headers = `-H 'X-Auth-Token: ${identity.token}' -H 'X-User-Id: ${identity.user_id}'`;
  const { group, builds } = workspace;
  const hook = `${address}/hooks/${builds._id}/${builds.token}`;
  console.log(`
Gantry is at      ${address}/
API, with try-it  ${address}/api/docs
Data              ${path.resolve(options.data)}   log: ${path.relative(process.cwd(), log_file)}
Picture service   http://127.0.0.1:${service.port}/

Login             ${username}   password: ${login.password ?? '(the one this data directory was made with)'}
X-Auth-Token      ${identity.token}
X-User-Id         ${identity.user_id}

The integrations of the private group "${group.name}":
  curl -s ${headers} '${address}/api/v1/groups.getIntegrations?roomName=${group.name}'

Ask its picture integration for cats, then read the answer:
  curl -s ${headers} -H 'Content-Type: application/json' \\
    -d '{"channel":"#${group.name}","text":"guggy cats"}' ${address}/api/v1/chat.postMessage
  curl -s ${headers} '${address}/api/v1/groups.messages?roomName=${group.name}&count=2'

Report a build through its incoming hook:
  curl -s -H 'Content-Type: application/json' \\
    -d '{"project":"gantry","number":17,"passed":true,"seconds":42}' ${hook}

Ctrl-C ends it.`);
}

async function main() {
  const options = options_of(process.argv.slice(2));
  const username = process.env.ADMIN_USERNAME ?? 'admin';
  const login = demo_password(options.data);
  const service = await picture_service();
  const { child, address, log_file } = await start_server(options, login);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill('SIGTERM'));
  process.on('exit', () => child.kill('SIGKILL'));
  await wait_ready(address);
  if (login.fresh) fs.writeFileSync(login.file, JSON.stringify({ password: login.password }), { mode: 0o600 });
  const identity = await fresh_token(options, username);
  const workspace = await ensure_workspace(address, identity, `http://127.0.0.1:${service.port}`);
  print_welcome({ address, username, login, identity, workspace, options, log_file, service });
}

main().catch((error) => {
  console.error(`run: ${error.message}`);
  process.exit(1);
});
