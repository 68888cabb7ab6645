// Writes a copy of a product file with the planted bug of a fuzzer: `node plant.mjs FUZZER OUT`,
// with tests/fuzz as it is and the repository around it. The build calls it.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const [fuzzer, out] = process.argv.slice(2);
const { file, is, becomes } = JSON.parse(fs.readFileSync(path.join(here, 'fuzzers.json'), 'utf8'))[fuzzer].planted;
const pieces = fs.readFileSync(path.join(here, '../..', file), 'utf8').split(is);
if (pieces.length !== 2) {
  console.error(`${file} has "${is}" ${pieces.length - 1} times: the planted bug of ${fuzzer} wants one place`);
  process.exit(1);
}
fs.mkdirSync(path.dirname(out), { recursive: true });
fs.writeFileSync(out, pieces.join(becomes));
