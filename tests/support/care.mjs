// What tests of backup, restore, check and compact share: the commands, and tar files as they are.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { expect } from './expect.mjs';
import { fresh_directory, run_gantry } from './test_server.mjs';

const kBlock = 512;

// A place for a test's files that goes with the test.
export function temporary(t, label) {
  const directory = fresh_directory(label);
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const care = (data, ...args) => run_gantry([...args, '--data', data], { within_ms: 60_000 });

// Runs a command that must succeed and gives what it answered.
export async function cared(data, ...args) {
  const end = await care(data, ...args);
  expect(end.code === 0, `gantry ${args.join(' ')} ended with ${end.code}: ${end.stderr}`);
  return JSON.parse(end.stdout);
}

export function check_refusal(end, code, ...words) {
  expect(end.code === code, `ended with ${end.code} instead of ${code}: ${end.stderr}${end.stdout}`);
  for (const word of words) expect(end.stderr.includes(word), `the message does not say "${word}": ${end.stderr}`);
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

// The files of a tar file: [{name, bytes, at}], `at` of the header.
export function read_tar(archive) {
  const files = [];
  for (let at = 0; at < archive.length && archive[at] !== 0;) {
    const name = archive.toString('utf8', at, archive.indexOf(0, at));
    const size = parseInt(archive.toString('ascii', at + 124, at + 135), 8);
    files.push({ name, at, bytes: archive.subarray(at + kBlock, at + kBlock + size) });
    at += kBlock + Math.ceil(size / kBlock) * kBlock;
  }
  return files;
}

function tar_header(name, size, type) {
  const block = Buffer.alloc(kBlock);
  block.write(name, 0);
  block.write('0000600\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

// Makes a tar file of [{name, bytes, type}].
export function make_tar(files) {
  const parts = [];
  for (const { name, bytes, type = '0' } of files) {
    parts.push(tar_header(name, bytes.length, type), bytes, Buffer.alloc((kBlock - bytes.length % kBlock) % kBlock));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * kBlock)]);
}

// All files below a directory: Map of path to bytes.
export function bytes_below(directory) {
  const found = new Map();
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile()) found.set(file, fs.readFileSync(file));
  }
  return found;
}

export function files_with(directory, text) {
  return [...bytes_below(directory)].filter(([, bytes]) => bytes.includes(text)).map(([file]) => file);
}

const kFill = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA synchronous = OFF")
database.executemany("INSERT INTO messages (id, room, sent_at, author, type, thread, extra) "
                     "VALUES (?, 'GENERAL', ?, 'rocket.cat', '', '', ?)",
                     (("filling-%d" % i, 1000 + i, '{"text":"%s"}' % ("filling " * 100)) for i in range(60000)))
database.commit()
`;

// Makes the database of a stopped server so large that looking after it takes a while.
export const fill_database = (data) => promisify(execFile)('python3', ['-c', kFill, path.join(data, 'gantry.db')]);
