// The report of the long crash test as Markdown: zeros, or what was broken, and the seeds.

const kWordsShown = 100;

const sum_of = (list, value) => list.reduce((sum, one) => sum + (value(one) ?? 0), 0);
const table = (head, rows) => [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- |').join('')}`, ...rows.map((row) => `| ${row.join(' | ')} |`)];

export function crash_report({ options, started, ended, bugs, campaigns, broken }) {
  const of = (memory) => campaigns.filter((one) => one.memory === memory);
  const sorts = [...new Set(campaigns.flatMap((one) => Object.keys(one.kills)))].sort();
  const kills = (list, sort) => sum_of(list, (one) => one.kills[sort]);
  const all_kills = (list) => sum_of(sorts, (sort) => kills(list, sort));
  const minutes = ((ended - started) / 60_000).toFixed(1);
  const words = campaigns.flatMap((one) => one.words.map((line) => `- seed ${one.seed}, ${one.memory}: ${line}`));
  return [
    '# Report of the crash test', '',
    `${started.toISOString()} to ${ended.toISOString()}, ${minutes} minutes, first seed ${options.seed}.`, '',
    `${all_kills(campaigns)} kills: ${all_kills(of('kept'))} of the process alone, ${all_kills(of('lost'))} with the power.`, '',
    '## What was broken', '', ...table(['promise', 'broken'], Object.entries(broken)), '',
    ...(words.length ? [...words.slice(0, kWordsShown), ''] : []),
    '## Kills', '', ...table(['where', 'process', 'power'], sorts.map((sort) => [sort, kills(of('kept'), sort), kills(of('lost'), sort)])), '',
    '## Load', '', ...table(['what', 'count'], [...new Set(campaigns.flatMap((one) => Object.keys(one.load)))]
      .map((what) => [what, sum_of(campaigns, (one) => one.load[what])])), '',
    `${sum_of(campaigns, (one) => one.copies)} backups came to their end before the server was killed; their copies were looked at.`, '',
    '## Seeded bugs', '', ...table(['bug', 'found', 'after kills', 'shows as'], bugs.map((one) => [one.bug, one.found ? 'yes' : 'NO', one.kills,
      Object.entries(one.broken).map(([kind, count]) => `${kind} ${count}`).join(', ')])), '',
    '## Campaigns', '', ...table(['seed', 'memory', 'kills', 'broken'],
      campaigns.map((one) => [one.seed, one.memory, sum_of(Object.values(one.kills), (count) => count), sum_of(Object.values(one.broken), (count) => count)])),
  ].join('\n') + '\n';
}
