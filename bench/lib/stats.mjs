// Medians, spreads and how figures are printed.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// {median, low, high}: the spread is that of all rounds, nothing is left out.
export function spread(values) {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values), values };
}

// Round by round, for two sides measured in the same rounds.
export function ratios(above, below) {
  return spread(above.map((value, at) => value / below[at]));
}

export function rounded(value) {
  if (value === 0) return '0';
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

// Runs the sides one after the other, again and again: `sides` are {name, measure}; the answer has a
// list of figures a side, round by round.
export async function interleaved(rounds, sides, progress) {
  const figures = Object.fromEntries(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; ++round) {
    for (const { name, measure } of sides) {
      const figure = await measure(round);
      figures[name].push(figure);
      progress?.(round, name, figure);
    }
  }
  return figures;
}
