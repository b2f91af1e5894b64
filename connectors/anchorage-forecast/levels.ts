import type { SaidWarning } from '../../runtime/index.ts';

type Level = Exclude<SaidWarning['level'], 'UNKNOWN'>;

/** `13.1`, `"9.8"`, `10-12m/s`, `0.5-1.0m`, `>1000m`, `<500米`, `1公里`. */
export interface Quantity {
  readonly low: number;
  readonly high: number;
  readonly sign: '<' | '>' | '';
  /** As it stands, lower case; empty where there is none. */
  readonly unit: string;
}

const form =
  /^([<>≤≥]?)=?\s*(\d+(?:\.\d+)?)(?:\s*[-~]\s*(\d+(?:\.\d+)?))?\s*(m\/s|米\/秒|m|米|km|公里|千米)?$/;

/** Null for what is no number with or without a unit that is known. */
export function readQuantity(value: unknown): Quantity | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const [, sign = '', low, high = low, unit = ''] =
    form.exec(String(value).normalize('NFKC').trim().toLowerCase()) ?? [];
  if (low === undefined) return null;
  const isLess = sign === '<' || sign === '≤';
  return { low: Number(low), high: Number(high), sign: isLess ? '<' : sign === '' ? '' : '>', unit };
}

/** Faster winds have not been measured at sea level. */
const fastestWind = 110;

/** m/s; of a range the higher end, as a warning must not come short. Null for what is no speed of wind. */
export function windOf(value: unknown): number | null {
  const found = readQuantity(value);
  if (found === null || !['', 'm/s', '米/秒'].includes(found.unit) || found.high > fastestWind) return null;
  return found.high;
}

/** Metres; of a range the lower end. `<500m` is just below it. Null for what is no distance. */
export function visibilityOf(value: unknown): number | null {
  const found = readQuantity(value);
  if (found === null || found.unit.endsWith('/s') || found.unit === '米/秒') return null;
  const metres = found.low * (['km', '公里', '千米'].includes(found.unit) ? 1_000 : 1);
  return found.sign === '<' ? Math.max(0, metres - 1) : metres;
}

/**
 * m/s, mean and gusts. From general knowledge of 中国气象局令第16号 (大风: force 6, 8, 10 and 12 on the Beaufort scale, gusts one force more), to be confirmed by
 * the meteorological office.
 */
const gales: readonly (readonly [Level, mean: number, gusts: number])[] = [
  ['RED', 32.7, 37],
  ['ORANGE', 24.5, 28.5],
  ['YELLOW', 17.2, 20.8],
  ['BLUE', 10.8, 13.9],
];

/** What is absent, null, says nothing. */
export const galeOf = (mean: number | null, gusts: number | null): Level | null =>
  gales.find((gale) => (mean ?? 0) >= gale[1] || (gusts ?? 0) >= gale[2])?.[0] ?? null;

/**
 * Metres. Yellow, orange and red from general knowledge of the same decree (大雾), to be confirmed; it has no blue: below 1,000 m, where the
 * forecast itself draws its line, is the hub's own.
 */
const fogs: readonly (readonly [Level, below: number])[] = [
  ['RED', 50],
  ['ORANGE', 200],
  ['YELLOW', 500],
  ['BLUE', 1_000],
];

export const fogOf = (metres: number): Level | null => fogs.find(([, below]) => metres < below)?.[0] ?? null;
