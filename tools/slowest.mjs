// Prints the ten files that took longest to compile, from Ninja's logs: `node tools/slowest.mjs BUILD...`.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const kShown = 10;

// [{output, ms}] slowest first; the last build of an output counts.
export function slowest(log, count = kShown) {
  const latest = new Map();
  for (const line of log.split('\n')) {
    const [begin, end, , output] = line.split('\t');
    if (output && /\.(o|gch|pch)$/.test(output)) latest.set(output, Number(end) - Number(begin));
  }
  return [...latest].map(([output, ms]) => ({ output, ms })).sort((a, b) => b.ms - a.ms).slice(0, count);
}

function main() {
  for (const folder of process.argv.slice(2)) {
    const log = path.join(folder, '.ninja_log');
    if (!fs.existsSync(log)) continue;
    console.log(`slowest files of ${folder}:`);
    for (const { output, ms } of slowest(fs.readFileSync(log, 'utf8'))) {
      console.log(`  ${(ms / 1000).toFixed(1).padStart(6)} s  ${output.replace(/CMakeFiles\/[^/]+\.dir\//, '')}`);
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
