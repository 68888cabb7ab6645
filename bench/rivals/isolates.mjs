// Scripts as isolated-vm runs them, in process: one isolate and one evaluated script a "room", called
// with copies in and out and a time limit.
//
// isolates.mjs runs SECONDS                  {"per_second"} of warm runs
// isolates.mjs fetch SECONDS URL             {"done", "cpu_us"}: a request by node-fetch
// isolates.mjs pipeline SECONDS URL SCRIPTS  the same after a run of one of the scripts in turn, each in
//                                            an isolate of its own, as Rocket.Chat keeps one an integration
// isolates.mjs first SCRIPTS UNCOUNTED       {"p50_us", "bytes"}: a new script to its first result, and the
//                                            memory of each, but for the first ones

import http from 'node:http';

import ivm from 'isolated-vm';
import fetch from 'node-fetch';

import { memory_of } from '../lib/processes.mjs';
import { build_report, incoming_script, outgoing_script } from '../lib/scripts.mjs';

const kLimitMs = 5000;
const kMemoryMb = 16;
const kAtOnce = 64;
const kBatch = 200;

function load(script, method) {
  const isolate = new ivm.Isolate({ memoryLimit: kMemoryMb });
  const context = isolate.createContextSync();
  const run = context.evalClosureSync(`${script}; const script = new Script(); return (argument) => script.${method}(argument);`, [], { result: { reference: true } });
  return (argument) => run.applySync(undefined, [argument], { arguments: { copy: true }, result: { copy: true }, timeout: kLimitMs });
}

const cpu_us = () => { const { user, system } = process.cpuUsage(); return user + system; };

function measure_runs(seconds) {
  const run = load(incoming_script, 'process_incoming_request');
  const argument = { request: { content: build_report(), headers: {}, url: {} } };
  const text = run(argument).content.text;
  if (text !== 'gantry #17 failed: unit tests') throw new Error(`the script said ${text}`);
  for (let at = 0; at < 20_000; ++at) run(argument);
  const started = performance.now(), before = cpu_us();
  let done = 0;
  while (performance.now() - started < seconds * 1000) {
    for (let at = 0; at < kBatch; ++at) run(argument);
    done += kBatch;
  }
  return { per_second: done * 1000 / (performance.now() - started), cpu_us: (cpu_us() - before) / done };
}

const message = () => ({ token: 'a-token', channel_id: 'W9SLwurn2BQgZqWEQ', channel_name: 'room-00001', timestamp: new Date().toISOString(),
  user_id: 'SsszJyN6iaTrTpd8j', user_name: 'ada', text: 'what do the cats of the harbour do', message_id: 'fNmgJsChfqsaD8G73' });

async function measure_requests(seconds, prepare) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: kAtOnce });
  let done = 0, until = 0;
  const line = async () => {
    while (performance.now() < until) {
      const { url, method, headers, data } = prepare(message());
      const reply = await fetch(url, { method, headers, body: JSON.stringify(data), agent });
      if (reply.status !== 200) throw new Error(`status ${reply.status}`);
      await reply.text();
      ++done;
    }
  };
  const lines = async (ms) => {
    until = performance.now() + ms;
    await Promise.all(Array.from({ length: kAtOnce }, line));
  };
  await lines(1000);
  done = 0;
  const before = cpu_us();
  await lines(seconds * 1000);
  const used = cpu_us() - before;
  agent.destroy();
  return { done, cpu_us: used / done };
}

function measure_fetch(seconds, url) {
  return measure_requests(seconds, (data) => ({ url, method: 'POST', headers: { 'Content-Type': 'application/json' }, data }));
}

function measure_pipeline(seconds, url, scripts) {
  const runs = Array.from({ length: scripts }, () => load(outgoing_script, 'prepare_outgoing_request'));
  let next = 0;
  return measure_requests(seconds, (data) => runs[next++ % scripts]({ request: { url, method: 'POST', headers: {}, data } }));
}

function measure_first(scripts, uncounted) {
  const kept = [], taken = [];
  let before;
  for (let number = 0; number < scripts; ++number) {
    if (number === uncounted) before = memory_of(process.pid).pss;
    const started = performance.now();
    const run = load(`${incoming_script}// edition ${number}\n`, 'process_incoming_request');
    const text = run({ request: { content: build_report(), headers: {}, url: {} } }).content.text;
    taken.push((performance.now() - started) * 1000);
    if (text !== 'gantry #17 failed: unit tests') throw new Error(`the script said ${text}`);
    kept.push(run);
  }
  const bytes = (memory_of(process.pid).pss - before) / (kept.length - uncounted);
  const counted = taken.slice(uncounted).sort((a, b) => a - b);
  return { p50_us: counted[counted.length >> 1], bytes };
}

const modes = { runs: measure_runs, fetch: measure_fetch, pipeline: measure_pipeline };
const [mode, first, second, third] = process.argv.slice(2);
const answer = mode === 'first' ? measure_first(Number(first), Number(second)) : await modes[mode](Number(first), second, Number(third));
console.log(`RESULT ${JSON.stringify(answer)}`);
process.exit(0);
