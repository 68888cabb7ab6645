// The contract rows and the tests that prove them. tests/contract_rows.txt lists the rows; tests
// name them in `covers`.

import fs from 'node:fs';

const kFaultsShown = 40;
const kRowLine = /^(\?)?\s*(\S+ \S+)\s{2,}(\S.*)$/;

export function read_rows(text) {
  const rows = new Map();
  text.split('\n').forEach((line, index) => {
    if (!line.trim() || line.startsWith('#')) return;
    const match = kRowLine.exec(line);
    if (!match) throw new Error(`contract_rows.txt:${index + 1}: not "CONTRACT SECTION/ROW  words": ${line}`);
    const [, later, id, words] = match;
    if (rows.has(id)) throw new Error(`contract_rows.txt:${index + 1}: ${id} stands there twice`);
    rows.set(id, { words, required: !later });
  });
  return rows;
}

// {row: [{kind, file, name, state}]}, sorted by row.
export function rows_to_tests(tests) {
  const map = new Map();
  for (const { kind, file, name, state, covers } of tests) {
    for (const row of covers ?? []) map.set(row, [...(map.get(row) ?? []), { kind, file, name, state }]);
  }
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

// One result a fault: rows that no test names, and names of rows that do not exist.
export function judge_rows(tests, file) {
  const rows = read_rows(fs.readFileSync(file, 'utf8'));
  const proven = rows_to_tests(tests);
  const bare = [...rows].filter(([id]) => !proven[id]);
  const missing = bare.filter(([, row]) => row.required);
  const unknown = Object.keys(proven).filter((id) => !rows.has(id));
  const later = bare.length - missing.length;
  if (later) console.log(`  ${later} rows have no test and are not required yet`);
  const shown = (faults) => [`${faults.length}:`, ...faults.slice(0, kFaultsShown),
    ...(faults.length > kFaultsShown ? [`and ${faults.length - kFaultsShown} more`] : [])].join('\n    ');
  const result = (name, faults) => ({ name, covers: [], ms: 0, state: faults.length ? 'failed' : 'passed',
    error: faults.length ? shown(faults) : undefined });
  return [
    result('every required contract row has a test', missing.map(([id, row]) => `${id}  ${row.words}`)),
    result('every row that a test names is in the list',
           unknown.map((id) => `${id}  (${proven[id][0].file}: ${proven[id][0].name})`)),
  ];
}
