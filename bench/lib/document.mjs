// Writes docs/performance.md from the latest results of each group.

import fs from 'node:fs';
import path from 'node:path';

import { rounded } from './stats.mjs';
import { figures_text, limits, with_unit } from './table.mjs';

export function write_document(root, folder) {
  const results = fs.readdirSync(folder).filter((name) => name.endsWith('.json') && !name.endsWith('-quick.json'))
    .map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')));
  if (!results.length) throw new Error('there is no full result yet: ./dev bench');
  const rows = results.flatMap((result) => result.rows.map((row) => ({ ...row, result })))
    .sort((a, b) => parseInt(a.goal, 10) - parseInt(b.goal, 10) || a.goal.localeCompare(b.goal));
  const { cpu, cores, kernel, node, rounds, seconds } = results[0];
  const intro = fs.readFileSync(path.join(root, 'bench/performance.head.md'), 'utf8').trimEnd();
  const table = rows.map((row) => {
    const [pass, stretch] = limits(row);
    const value = `**${with_unit(row.value.median, row.unit)}** (${rounded(row.value.low)} to ${rounded(row.value.high)})`;
    return `| ${row.goal} | ${row.what} | ${value} | ${pass} | ${stretch} | ${row.verdict} |`;
  });
  const figures = rows.filter((row) => row.figures).map((row) => `| ${row.goal} | ${figures_text(row.figures)} |`);
  const commits = [...new Set(results.map((result) => result.commit))].join(', ');
  fs.writeFileSync(path.join(root, 'docs/performance.md'), `${intro}

## Results

${rounds} rounds of ${seconds} s. ${cores} cores of ${cpu} (a shared virtual machine), Linux ${kernel}, node ${node}, commit ${commits}.
The value is the median of the rounds, in brackets the lowest and the highest.

| goal | what | value | pass | stretch | outcome |
| --- | --- | --- | --- | --- | --- |
${table.join('\n')}

The figures behind the ratios (they drift from run to run on a shared machine; only the ratios compare):

| goal | figures |
| --- | --- |
${figures.join('\n')}
`);
}
