// What the fuzzers did, as a table to print and as docs/proofs/fuzzing.md.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { build, fuzzers, root } from './programs.mjs';

const stored = (kind) => path.join(build, `results-${kind}.json`);

function percent({ count, covered }) {
  return count ? `${(100 * covered / count).toFixed(1)}%` : '-';
}

function number(value) {
  return Number.isFinite(value) ? String(value) : '-';
}

// Rows of cells, the first of them names, as columns.
function columns(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ').trimEnd()).join('\n');
}

function markdown(rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(rows[0]), line(rows[0].map((_, i) => (i ? '---:' : '---'))), ...rows.slice(1).map(line)].join('\n');
}

function sound_rows(results) {
  return [['fuzzer', 'seconds', 'executions', 'per s', 'corpus', 'edges', 'features', 'lines of its targets', 'peak MB', 'findings'],
    ...results.map((one) => [one.name, number(one.seconds), number(one.executions), number(one.per_second), number(one.corpus),
      number(one.edges), number(one.features), `${percent(one.lines)} of ${one.lines.count}`, number(one.peak_mb), one.passed ? '0' : '1'])];
}

export function sound_table(results) {
  return columns(sound_rows(results));
}

function found_after(one) {
  return one.passed ? `${one.seconds.toFixed(1)} s` : 'not found';
}

export function planted_table(results) {
  return columns([['fuzzer', 'found after', 'executions'], ...results.map((one) => [one.name, found_after(one), number(one.executions)])]);
}

function read_results(kind) {
  return fs.existsSync(stored(kind)) ? JSON.parse(fs.readFileSync(stored(kind), 'utf8')) : {};
}

// The last result of each fuzzer, with the commit and the time that it was given.
export function keep_results(kind, results, { each }) {
  const all = read_results(kind);
  const commit = execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  for (const { output, ...one } of results) all[one.name] = { ...one, commit, each, at: new Date().toISOString() };
  fs.writeFileSync(stored(kind), JSON.stringify(all, null, 1));
}

function known(kind) {
  const all = read_results(kind);
  return Object.keys(fuzzers).sort().filter((name) => all[name]).map((name) => all[name]);
}

const first_and_last = (list) => [...new Set([list[0], list.at(-1)])].join(' to ');

function origin(results, bound) {
  const times = results.map((one) => one.at).sort();
  return `At commit ${[...new Set(results.map((one) => one.commit))].join(', ')}, ${first_and_last(times.map((at) => at.slice(0, 16)))}, on ${os.cpus().length} cores, ` +
    `${first_and_last(results.map((one) => one.each).sort((a, b) => a - b))} s ${bound}`;
}

function target_rows(results) {
  return [['file', 'lines', 'reached', 'by'], ...results.flatMap((one) => fuzzers[one.name].targets
    .filter((file) => one.files[file])
    .map((file) => [`\`${file}\``, String(one.files[file].count), percent(one.files[file]), one.name]))];
}

export function report_text(sound, planted) {
  const parts = ['# Fuzzing'];
  if (sound.length > 0) {
    parts.push(`${origin(sound, 'each')}, by \`./dev fuzz\`, with address and undefined sanitizers. [tests/fuzz](../../tests/fuzz/README.md) says what each does.
Lines that only the compiler runs (\`fields()\` of a shape) count as not reached.`,
      markdown(sound_rows(sound)), '## Lines of the targets that the corpus reaches', markdown(target_rows(sound)));
  }
  if (planted.length > 0) {
    parts.push('## Planted bugs', `${origin(planted, 'at most')}, from the kept corpus, by \`./dev fuzz --planted\`.`,
      markdown([['fuzzer', 'bug', 'in', 'found after', 'executions'],
        ...planted.map((one) => [one.name, one.bug, `\`${one.file}\``, found_after(one), number(one.executions)])]));
  }
  return `${parts.join('\n\n')}\n`;
}

export function write_report() {
  const file = path.join(root, 'docs/proofs/fuzzing.md');
  fs.writeFileSync(file, report_text(known('sound'), known('planted')));
  return file;
}
