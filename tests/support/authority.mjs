// Certificate authorities of tests, made when they run, and certificates for 127.0.0.1 that they
// sign.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';

import { fresh_directory } from './test_server.mjs';

const new_key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const openssl = (dir, ...args) => execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });

// {pem, issue()}: `issue` gives the {key, cert} of a server at 127.0.0.1.
export function make_authority(t, name) {
  const dir = fresh_directory('authority');
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
  const read = (file) => fs.readFileSync(path.join(dir, file), 'utf8');
  openssl(dir, 'req', '-x509', ...new_key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', `/CN=${name}`, '-days', '2');
  return {
    pem: read('ca.pem'),
    key: read('ca.key'),
    issue() {
      openssl(dir, 'req', '-x509', '-CA', 'ca.pem', '-CAkey', 'ca.key', ...new_key, '-keyout', 'leaf.key', '-out', 'leaf.pem',
              '-subj', '/CN=receiver of tests', '-days', '1', '-addext', 'subjectAltName=IP:127.0.0.1',
              '-addext', 'basicConstraints=critical,CA:FALSE');
      return { key: read('leaf.key'), cert: read('leaf.pem') };
    },
  };
}

// A target that speaks TLS. `requests` holds path and text of each; `refused` counts the clients that
// looked at its certificate and went away.
export async function tls_target(t, { key, cert }, answer = () => 'inside') {
  const target = { requests: [], refused: 0 };
  const server = https.createServer({ key, cert }, (request, reply) => {
    let text = '';
    request.on('data', (chunk) => { text += chunk; });
    request.on('end', () => {
      target.requests.push({ path: request.url, text });
      reply.end(answer(request));
    });
  });
  server.keepAliveTimeout = 60_000;
  server.on('tlsClientError', () => { ++target.refused; });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  target.url = (where = '/') => `https://127.0.0.1:${server.address().port}${where}`;
  return target;
}
