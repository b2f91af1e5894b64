/** Which line goes into which file, and where: pure. */

export interface Line {
  /** `2026-03-10`, at +08:00. */
  readonly day: string;
  /** With its line end. */
  readonly bytes: Uint8Array;
}

export interface Layout {
  /** What every file name begins with. */
  readonly stem: string;
  readonly extension: string;
  /** What every file begins with: byte order mark and header row; empty for none. */
  readonly head: Uint8Array;
  /** One file a day, else one for all. */
  readonly daily: boolean;
  /** A file that would grow beyond it is left, and its next part begun; a single line may be larger. */
  readonly maxFileBytes: number;
}

export interface Known {
  /** Files to append to, and their sizes. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Names in use, those of `sizes` included. */
  readonly taken: ReadonlySet<string>;
}

export interface Append {
  readonly file: string;
  /** Size of the file before; 0 for a new one. */
  readonly at: number;
  readonly chunks: readonly Uint8Array[];
  /** Size of the file after. */
  readonly size: number;
}

interface Open {
  readonly part: number;
  readonly file: string;
  readonly at: number;
  readonly chunks: Uint8Array[];
  size: number;
}

/** In order of the lines; a file occurs once. Its day alone decides where a line goes, not when its partition was read. */
export function place(lines: readonly Line[], layout: Layout, known: Known): readonly Append[] {
  const appends: Open[] = [];
  const current = new Map<string, Open>();

  const open = (base: string, part: number): Open => {
    const file = fileName(base, part, layout.extension);
    const at = known.sizes.get(file) ?? 0;
    const opened: Open = { part, file, at, chunks: [], size: at };
    current.set(base, opened);
    return opened;
  };
  const append = (to: Open, bytes: Uint8Array): void => {
    if (to.chunks.length === 0) appends.push(to);
    to.chunks.push(bytes);
    to.size += bytes.length;
  };

  for (const { day, bytes } of lines) {
    const base = layout.daily ? `${layout.stem}-${day}` : layout.stem;
    let to = current.get(base) ?? open(base, lastPart(base, layout, known));
    if (to.size > layout.head.length && to.size + bytes.length > layout.maxFileBytes)
      to = open(base, to.part + 1);
    if (to.size === 0 && layout.head.length > 0) append(to, layout.head);
    append(to, bytes);
  }
  return appends;
}

/** The last part there is, or the one after it when that is not ours to append to. */
function lastPart(base: string, { extension }: Layout, { sizes, taken }: Known): number {
  let part = 1;
  while (taken.has(fileName(base, part + 1, extension))) part += 1;
  const file = fileName(base, part, extension);
  return sizes.has(file) || !taken.has(file) ? part : part + 1;
}

const fileName = (base: string, part: number, extension: string): string =>
  part === 1 ? `${base}.${extension}` : `${base}.${part}.${extension}`;

const eightHoursMs = 8 * 3_600_000;

/** The day at +08:00. @param timestamp ms since epoch */
export const dayOf = (timestamp: number): string =>
  new Date(timestamp + eightHoursMs).toISOString().slice(0, 10);
