// Reads the repository and checks every house rule that a machine can check:
// `node tools/tidy/tidy.mjs [--quiet]`. Problems fail it; reports never do.

import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { check_layers } from './layers.mjs';
import { read_tree } from './sources.mjs';
import { check_tokens } from './tokens.mjs';
import { check_tree } from './tree.mjs';

// {problems, reports}: lines "path:line: words".
export function tidy(tree) {
  const problems = [], reports = [];
  const into = (list) => (file, line, words) => list.push(`${file}:${line}: ${words}`);
  check_layers(tree, into(problems));
  check_tokens(tree, into(problems));
  check_tree(tree, into(problems), into(reports));
  return { problems, reports };
}

function main() {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
  const { problems, reports } = tidy(read_tree(root));
  if (!process.argv.includes('--quiet')) for (const line of reports) console.log(`note: ${line}`);
  for (const line of problems) console.log(line);
  console.log(`tidy: ${problems.length} problems, ${reports.length} notes`);
  process.exitCode = problems.length ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
