/** The portal's table of reports, as its API looks at it. */
export interface TableRow {
  readonly id: string;
  /** ms */
  readonly updatedAt: number;
  /** As it stands in an answer. */
  readonly text: string;
}

export interface Window {
  /** Update time, ms, both ends included. */
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly pageNo: number;
  readonly pageSize: number;
}

export class Table {
  readonly #rows = new Map<string, TableRow>();
  readonly #keep: number;
  #newest = 0;
  /** By update time, then id; null when it must be made anew. */
  #sorted: readonly TableRow[] | null = null;

  /** @param keep the oldest rows beyond this number are archived, so that a demo may run for weeks. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  put(row: TableRow): void {
    this.#rows.set(row.id, row);
    this.#newest = Math.max(this.#newest, row.updatedAt);
    this.#sorted = null;
  }

  delete(id: string): void {
    this.#rows.delete(id);
    this.#sorted = null;
  }

  /** By update time, ascending. */
  all(): readonly TableRow[] {
    if (this.#sorted === null) {
      const sorted = [...this.#rows.values()].sort(
        (a, b) => a.updatedAt - b.updatedAt || (a.id < b.id ? -1 : 1),
      );
      for (const { id } of sorted.splice(0, sorted.length - this.#keep)) this.#rows.delete(id);
      this.#sorted = sorted;
    }
    return this.#sorted;
  }

  /** Newest update time, ms. */
  get newest(): number {
    return this.#newest;
  }

  page({ from, to, pageNo, pageSize }: Window): {
    readonly total: number;
    readonly rows: readonly TableRow[];
  } {
    const window = this.all().filter((row) => row.updatedAt >= from && row.updatedAt <= to);
    return { total: window.length, rows: window.slice((pageNo - 1) * pageSize, pageNo * pageSize) };
  }

  /** A change that nobody sees but the update time: the portal's staff opens and saves a report. */
  touch(id: string, at: number): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    const updatedAt = Math.max(at, this.#newest + 1);
    this.put({
      id,
      updatedAt,
      text: row.text.replace(/"updateTime"\s*:\s*"?\d+"?/, `"updateTime":${updatedAt}`),
    });
  }
}
