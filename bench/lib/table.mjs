// What the runner prints.

import { rounded } from './stats.mjs';

// "stretch", "pass" or "missed", by the median; "measured" where no goal names a limit.
export function verdict({ value, pass, stretch, better }) {
  if (pass === undefined) return 'measured';
  const holds = (limit) => limit !== undefined && (better === 'more' ? value.median >= limit : value.median <= limit);
  return holds(stretch) ? 'stretch' : holds(pass) ? 'pass' : 'missed';
}

export const with_unit = (value, unit) => (unit === 'x' ? `${rounded(value)}x` : unit ? `${rounded(value)} ${unit}` : rounded(value));

export function limits({ pass, stretch, unit, better }) {
  if (pass === undefined) return ['-', '-'];
  const sign = better === 'more' ? '>=' : '<=';
  return [`${sign} ${with_unit(pass, unit)}`, `${sign} ${with_unit(stretch, unit)}`];
}

function figure_text(value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return rounded(value);
  return `${rounded(value.median)} (${rounded(value.low)}..${rounded(value.high)})`;
}

export const figures_text = (figures) => Object.entries(figures).map(([name, value]) => `${name} ${figure_text(value)}`).join('; ');

export function print_rows(rows) {
  for (const row of rows) {
    const [pass, stretch] = limits(row);
    const { median, low, high } = row.value;
    const value = `${with_unit(median, row.unit).padEnd(10)} (${rounded(low)}..${rounded(high)})`;
    console.log(`${row.goal.padEnd(4)} ${row.verdict.padEnd(8)} ${value}  pass ${pass}, stretch ${stretch}`);
    console.log(`     ${row.what}`);
    if (row.figures) console.log(`     ${figures_text(row.figures)}`);
  }
}
