// `./dev bench [NAME...]`: measures Gantry against what the goals name, in ratios of one run.
//
// node bench/run.mjs [NAME...] [--quick] [--binary FILE] [--script-runner FILE] [--document]

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { all_goals } from './goals/all.mjs';
import { write_document } from './lib/document.mjs';
import { pin_this_process, stop_everything } from './lib/processes.mjs';
import { print_rows, verdict } from './lib/table.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const kTools = ['wrk', 'taskset', 'nginx', 'sqlite3', 'strip'];

function options_of(words) {
  const options = { names: [] };
  for (let at = 0; at < words.length; ++at) {
    if (words[at] === '--quick') options.quick = true;
    else if (words[at] === '--document') options.document = true;
    else if (words[at] === '--binary' && words[at + 1]) options.binary = path.resolve(words[++at]);
    else if (words[at] === '--script-runner' && words[at + 1]) options.script_runner = path.resolve(words[++at]);
    else if (words[at].startsWith('-')) throw new Error(`bench does not know ${words[at]}: NAME, --quick, --binary FILE, --script-runner FILE, --document`);
    else options.names.push(words[at]);
  }
  return options;
}

// The newest of those that ./dev builds with the release's flags.
function find_binary() {
  const found = ['build/bench/gantry', 'build/release/gantry'].map((file) => path.join(root, file)).filter((file) => fs.existsSync(file));
  if (!found.length) throw new Error('there is no release build: ./dev build release');
  return found.sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs)[0];
}

function check_tools() {
  const folders = process.env.PATH.split(':');
  const missing = kTools.filter((tool) => !folders.some((folder) => fs.existsSync(path.join(folder, tool))));
  if (missing.length) throw new Error(`not installed: ${missing.join(', ')} (./dev bench installs them)`);
  if (os.cpus().length < 2) throw new Error('two cores are needed: one for the server, one for the load');
}

function machine() {
  const cpu = os.cpus()[0].model.replace(/\s+/g, ' ').trim();
  const commit = execFileSync('git', ['-C', root, 'describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  return { cpu, cores: os.cpus().length, kernel: os.release(), node: process.version, commit, load_before: os.loadavg()[0] };
}

async function main() {
  const options = options_of(process.argv.slice(2));
  // Where Debian keeps nginx; not on everybody's path.
  process.env.PATH += ':/usr/sbin:/sbin';
  check_tools();
  pin_this_process();
  const names_of = ({ about }) => [about.name, ...about.goals];
  const wanted = all_goals.filter((group) => !options.names.length || options.names.some((name) => names_of(group).includes(name)));
  const known = all_goals.flatMap(names_of);
  for (const name of options.names) if (!known.includes(name)) throw new Error(`there is no measurement "${name}": ${known.join(', ')}`);
  const folder = path.join(root, 'build/bench');
  const bench = {
    root, folder, binary: options.binary ?? find_binary(),
    script_runner: options.script_runner ?? path.join(root, 'build/bench/script_runner'),
    node: process.env.GANTRY_NODE20 ?? process.execPath,
    quick: Boolean(options.quick),
    rounds: options.quick ? 2 : 5, seconds: options.quick ? 2 : 10, warm_seconds: options.quick ? 1 : 3,
    say: (text) => process.stderr.write(`${text}\n`),
    progress: (round, name, figure) => {
      const parts = Object.entries(figure).filter(([key]) => ['per_second', 'cpu_us', 'p50_us', 'p99_us', 'cpu_share', 'value'].includes(key));
      process.stderr.write(`  round ${round + 1} ${name}: ${parts.map(([key, value]) => `${key} ${value.toFixed(2)}`).join(', ')}\n`);
    },
  };
  // Not on a file system in memory: syncs must reach a disk. Open to Debian's postgres user.
  bench.scratch = path.join(folder, `scratch-${process.pid}`);
  fs.mkdirSync(bench.scratch, { recursive: true });
  fs.mkdirSync(path.join(folder, 'results'), { recursive: true });
  const about = { ...machine(), binary: path.relative(root, bench.binary), quick: bench.quick, rounds: bench.rounds,
                  seconds: bench.seconds };
  let failed = 0;
  const all = [];
  for (const { about: group, measure } of wanted) {
    bench.say(`== ${group.name} (goals ${group.goals.join(', ')})`);
    const started = new Date();
    try {
      const rows = (await measure(bench)).map((row) => ({ ...row, verdict: verdict(row) }));
      all.push(...rows);
      const result = { ...about, group: group.name, started: started.toISOString(), load_after: os.loadavg()[0], rows };
      fs.writeFileSync(path.join(folder, 'results', `${group.name}${bench.quick ? '-quick' : ''}.json`), JSON.stringify(result, undefined, 1));
      print_rows(rows);
    } catch (error) {
      ++failed;
      bench.say(`bench: ${group.name}: ${error.stack}`);
    }
    await stop_everything();
  }
  if (!process.env.KEEP) fs.rmSync(bench.scratch, { recursive: true, force: true });
  if (wanted.length > 1) print_rows(all);
  if (options.document) write_document(root, path.join(folder, 'results'));
  const missed = all.filter((row) => row.verdict === 'missed').length;
  const held = all.filter((row) => ['pass', 'stretch'].includes(row.verdict)).length;
  console.log(`${all.length} figures measured, ${held} goals hold, ${missed} missed, ${failed} groups failed`);
  process.exit(failed ? 1 : 0);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop_everything().then(() => process.exit(130)));

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  stop_everything().then(() => process.exit(1));
});
