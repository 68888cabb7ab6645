// nginx sending one static file: one worker, no access log, sendfile, open_file_cache.

import fs from 'node:fs';
import path from 'node:path';

import { children_of, free_port, kServerCore, start, stop, until } from '../lib/processes.mjs';
import { Rest } from '../lib/rest.mjs';

const configuration = (folder, port, root_user) => `
${root_user ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  open_file_cache max=100 inactive=600s;
  open_file_cache_valid 600s;
  default_type application/json;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port};
    root ${folder}/files;
  }
}
`;

export async function start_nginx(bench, body) {
  const folder = path.join(bench.scratch, 'nginx');
  fs.mkdirSync(path.join(folder, 'files'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'files', 'reply.json'), body);
  const port = await free_port();
  fs.writeFileSync(path.join(folder, 'nginx.conf'), configuration(folder, port, process.getuid() === 0));
  const child = start(kServerCore, 'nginx', ['-p', folder, '-c', path.join(folder, 'nginx.conf'), '-e', path.join(folder, 'error.log')]);
  const client = new Rest(port);
  await until('nginx to answer', async () => {
    if (child.end) throw new Error(`nginx ended: ${child.said}`);
    return (await client.send('GET', '/reply.json').catch(() => undefined))?.bytes.equals(Buffer.from(body));
  });
  client.close();
  return { port, target: '/reply.json', pids: children_of(child.pid), stop: () => stop(child, 'SIGQUIT') };
}
