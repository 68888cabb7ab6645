// Runs one test file in this process: `node run_file.mjs FILE [--filter TEXT] [--result FILE]`.
// Writes {tests, requests} to the result file; prints failures, with the servers' last log lines.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { recorded_requests } from './coverage.mjs';
import { server_logs, stop_all } from './test_server.mjs';
import { run_registered } from './testing.mjs';

const kLogTail = 40;

const [file, ...rest] = process.argv.slice(2);
const option = (name) => {
  const at = rest.indexOf(name);
  return at < 0 ? undefined : rest[at + 1];
};

for (const name of ['SIGINT', 'SIGTERM']) {
  process.on(name, () => process.exit(1));   // the exit handler of test_server.mjs ends the servers
}

await import(pathToFileURL(path.resolve(file)).href);
const tests = await run_registered(option('--filter'));
const failed = tests.filter((one) => one.state === 'failed');
// What broke them all is told once.
const reasons = new Map();
for (const one of failed) reasons.set(one.error, [...(reasons.get(one.error) ?? []), one.name]);
for (const [error, names] of reasons) {
  const others = names.length > 1 ? ` and ${names.length - 1} more` : '';
  console.log(`FAILED ${path.relative(process.cwd(), file)}: ${names[0]}${others}\n  ${error}`);
}
if (failed.length) {
  for (const { data, lines } of server_logs()) {
    console.log(`  log of the server on ${data}, last ${kLogTail} lines:`);
    for (const line of lines.slice(-kLogTail)) console.log(`    ${line}`);
  }
}
await stop_all();
const result = option('--result');
if (result) fs.writeFileSync(result, JSON.stringify({ tests, requests: recorded_requests() }));
else console.log(`${tests.length - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length ? 1 : 0);
