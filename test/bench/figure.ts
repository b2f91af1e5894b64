/** One measured value. `ratio` is value / reference, from the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is to be held against; null where the figure stands for itself. */
  readonly reference: number | null;
  readonly ratio: number | null;
}

export const figure = (
  name: string,
  value: number,
  unit: string,
  reference: number | null = null,
): Figure => ({
  name,
  value: rounded(value),
  unit,
  reference: reference === null ? null : rounded(reference),
  ratio: reference === null ? null : rounded(value / reference),
});

const rounded = (value: number): number => Number(value.toPrecision(4));

/** The value below which a share `q` of the sorted values lies. */
export const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)]!;

export function table(figures: readonly Figure[]): string {
  const shown = (value: number | null) =>
    value === null ? '' : value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
  const rows = figures.map(({ name, value, unit, reference, ratio }) => [
    name,
    shown(value),
    unit,
    shown(reference),
    shown(ratio),
  ]);
  const all = [['figure', 'value', 'unit', 'reference', 'ratio'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 || column === 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
