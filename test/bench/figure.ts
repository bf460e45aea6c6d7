/** One thing that was measured. `value` is the median of the runs, or the 50th percentile where there is a `p99`.
 *  `ratio`: the median of each round's ratio to `of`, both measured in that round. */
export interface Figure {
  readonly part: string;
  readonly what: string;
  readonly unit: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly p99?: number;
  readonly ratio?: { readonly of: string; readonly value: number; readonly min: number; readonly max: number };
}

/** The value below which `share` of the samples lie (nearest rank). Errors: `RangeError` without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new RangeError('nothing was measured');
  return found;
}

/** A figure of rounds: median, least and most. */
export function spread(samples: readonly number[]): Pick<Figure, 'value' | 'min' | 'max'> {
  return { value: percentile(samples, 0.5), min: Math.min(...samples), max: Math.max(...samples) };
}

/** How the rounds of one thing compare to the same rounds of another. */
export function ratioOf(samples: readonly number[], of: string, others: readonly number[]): Required<Figure>['ratio'] {
  return { of, ...spread(samples.map((sample, round) => sample / (others[round] ?? Number.NaN))) };
}

/** The figures as a table, a block a part. Holds: `ratio` comes last, so it need not be padded. */
export function table(figures: readonly Figure[]): string {
  const rowsOf = (part: string) => figures.filter((figure) => figure.part === part).map(cells);
  const blocks = [...new Set(figures.map(({ part }) => part))].map((part) => [
    [part, 'median', 'min – max', 'p99', 'ratio'],
    ...rowsOf(part),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...blocks.flat().map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return blocks.map((block) => block.map(line).join('\n')).join('\n\n');
}

function cells({ what, value, unit, min, max, p99, ratio }: Figure): readonly string[] {
  return [
    `  ${what}`,
    `${count(value)} ${unit}`.trimEnd(),
    min === max ? '' : `${count(min)} – ${count(max)}`,
    p99 === undefined ? '' : count(p99),
    ratio === undefined ? '' : ratioText(ratio),
  ];
}

function ratioText({ of, value, min, max }: Required<Figure>['ratio']): string {
  return `${count(value)} of ${of}${min === max ? '' : ` (${count(min)} – ${count(max)})`}`;
}

/** Three significant digits, and whole numbers from a hundred up. */
function count(value: number): string {
  if (value === 0 || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
