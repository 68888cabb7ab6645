// append.mjs FOLDER TIMES: appends a page to a file and syncs its data, again and again; prints the
// median and the 99th percentile as JSON.

import fs from 'node:fs';
import path from 'node:path';

const [folder, times] = process.argv.slice(2);
const file = path.join(folder, `append-${process.pid}`);
const out = fs.openSync(file, 'wx');
const page = Buffer.alloc(4096, 'x');
const taken = [];
for (let at = 0; at < Number(times); ++at) {
  const started = process.hrtime.bigint();
  fs.writeSync(out, page);
  fs.fdatasyncSync(out);
  taken.push(Number(process.hrtime.bigint() - started) / 1000);
}
fs.closeSync(out);
fs.unlinkSync(file);
taken.sort((a, b) => a - b);
console.log(JSON.stringify({ p50_us: taken[taken.length >> 1], p99_us: taken[Math.floor(taken.length * 0.99)] }));
