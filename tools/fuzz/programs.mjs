// The fuzzers as programs: where they and their inputs lie, and running one.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const build = path.join(root, 'build/fuzz');
const sources = path.join(root, 'tests/fuzz');
const kInputBytesMax = 65536;
const kRssMbMax = 3072;

// {name: {targets, longest, planted: {bug, file, is, becomes}}}; longest: bytes of an input where it
// is less than usual.
export const fuzzers = JSON.parse(fs.readFileSync(path.join(sources, 'fuzzers.json'), 'utf8'));

export function kept_corpus(name) {
  const folder = path.join(sources, 'corpus', name);
  return fs.existsSync(folder) ? [folder] : [];
}

export function dictionary_of(name) {
  const file = path.join(sources, `${name}.dict`);
  return fs.existsSync(file) ? [`-dict=${file}`] : [];
}

// Any program to its end: {code, output}. What it prints on stdout is kept where it is wanted.
export function run_program(program, args, { env = {}, stdout = 'ignore' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', stdout, 'pipe'], env: { ...process.env, ...env } });
    let output = '', printed = '';
    child.stderr.on('data', (chunk) => { output += chunk; });
    child.stdout?.on('data', (chunk) => { printed += chunk; });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, printed }));
  });
}

// The program of the build called `name`, with the bounds that all of them have.
export function run_fuzzer(name, args, profile = '/dev/null') {
  const findings = path.join(build, 'findings');
  fs.mkdirSync(findings, { recursive: true });
  return run_program(path.join(build, name), [...args, `-max_len=${fuzzers[name.replace(/_planted$/, '')].longest ?? kInputBytesMax}`, `-rss_limit_mb=${kRssMbMax}`,
    '-timeout=10', `-artifact_prefix=${findings}/${name}-`], { env: { LLVM_PROFILE_FILE: profile } });
}
