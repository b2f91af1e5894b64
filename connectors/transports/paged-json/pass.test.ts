import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { completePass, type Page, type PageQuery, type Row, readRound } from './pass.ts';

/** A table that changes between requests, as seen through the paged interface. `tickMs` is the grain of its clock. */
class Table {
  readonly rows = new Map<string, number>();
  pageSizeCap = Number.POSITIVE_INFINITY;
  givesTotal = true;
  sorts = true;
  now: number;
  readonly tickMs: number;

  constructor(now: number, tickMs: number) {
    this.now = now;
    this.tickMs = tickMs;
  }

  put(id: string): void {
    this.now += 1;
    this.rows.set(id, Math.floor(this.now / this.tickMs) * this.tickMs);
  }

  page(query: PageQuery, pageSize: number): Page {
    const size = Math.min(pageSize, this.pageSizeCap);
    const window = [...this.rows].filter(
      ([, time]) => time >= query.from && (query.to === null || time <= query.to),
    );
    if (this.sorts) window.sort(([a, s], [b, t]) => s - t || (a < b ? -1 : 1));
    const rows = window.slice((query.pageNo - 1) * size, query.pageNo * size);
    return { rows: rows.map(([id, time]) => row(id, time)), total: this.givesTotal ? window.length : null };
  }
}

const row = (id: string, updatedAt: number | null): Row => ({
  id,
  updatedAt,
  bytes: new TextEncoder().encode(`${id}@${updatedAt}`),
});
const version = ({ id, updatedAt }: Row) => `${id}@${updatedAt}`;
/** The rows that stand in the table and were not handed out. */
const missed = (table: Table, seen: Iterable<string>) => {
  const all = new Set(seen);
  return versions(table).filter((one) => !all.has(one));
};

const versions = (table: Table) => [...table.rows].map(([id, time]) => `${id}@${time}`);

type Change = { readonly kind: 'update' | 'insert' | 'delete'; readonly pick: number };

const change = fc.record<Change>({ kind: fc.constantFrom('update', 'insert', 'delete'), pick: fc.nat() });
const scenario = fc.record({
  /** How many rows share each update time at the beginning. */
  groups: fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 12 }),
  pageSize: fc.integer({ min: 1, max: 5 }),
  /** What happens before each request; afterwards the table rests. */
  changes: fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 30 }),
});

function tableOf(groups: readonly number[], tickMs: number): Table {
  const table = new Table((groups.length + 1) * tickMs, tickMs);
  let n = 0;
  for (const [time, count] of groups.entries())
    for (let i = 0; i < count; i++) table.rows.set(`r${n++}`, time * tickMs);
  return table;
}

function apply(table: Table, { kind, pick }: Change): void {
  const ids = [...table.rows.keys()];
  const id = ids[pick % ids.length];
  if (kind === 'insert' || id === undefined) table.put(`n${table.now}`);
  else if (kind === 'update') table.put(id);
  else table.rows.delete(id);
}

/** Reads through the interface while the changes happen. */
function reader(table: Table, pageSize: number, changes: readonly (readonly Change[])[]) {
  let request = 0;
  return async (query: PageQuery): Promise<Page> => {
    for (const one of changes[request++] ?? []) apply(table, one);
    return table.page(query, pageSize);
  };
}

const options = { from: 0, pageSize: 3, maxPasses: 50, where: 'test' };

async function collect(round: AsyncGenerator<{ rows: readonly Row[]; updatedTo?: number }>) {
  const seen = new Set<string>();
  let updatedTo = 0;
  for await (const step of round) {
    for (const one of step.rows) seen.add(version(one));
    expect(step.updatedTo ?? updatedTo).toBeGreaterThanOrEqual(updatedTo);
    updatedTo = step.updatedTo ?? updatedTo;
  }
  return { seen, updatedTo };
}

describe('readRound', () => {
  test('misses no row that stands in the table at the end, however rows shift between the requests', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ groups, pageSize, changes }) => {
        const table = tableOf(groups, 1);
        const { seen } = await collect(readRound(reader(table, pageSize, changes), { ...options, pageSize }));
        expect(missed(table, seen)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('turning pages in the same table does miss rows: the property above can fail', async () => {
    const lossy = async ({
      groups,
      pageSize,
      changes,
    }: {
      groups: number[];
      pageSize: number;
      changes: Change[][];
    }) => {
      const table = tableOf(groups, 1);
      const read = reader(table, pageSize, changes);
      const seen = new Set<string>();
      for (let pageNo = 1; ; pageNo++) {
        const page = await read({ from: 0, to: null, pageNo });
        for (const one of page.rows) seen.add(version(one));
        if (page.rows.length === 0) break;
      }
      expect(missed(table, seen)).toEqual([]);
    };
    await expect(fc.assert(fc.asyncProperty(scenario, lossy), { numRuns: 1_000 })).rejects.toThrow(
      'Property failed',
    );
  });

  test('may be ended after any page: a new round from the position it gave misses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.nat({ max: 10 }), async ({ groups, pageSize, changes }, stopAfter) => {
        const table = tableOf(groups, 1);
        const read = reader(table, pageSize, changes);
        const seen = new Set<string>();
        let from = 0;
        let pages = 0;
        for await (const { rows, updatedTo } of readRound(read, { ...options, pageSize })) {
          for (const one of rows) seen.add(version(one));
          from = updatedTo;
          if (pages++ === stopAfter) break;
        }
        const rest = await collect(readRound(read, { ...options, pageSize, from }));
        expect(missed(table, [...seen, ...rest.seen])).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('with a coarse clock, the next round, from a tick before the first began, has what came too late for it', async () => {
    const tickMs = 10;
    await fc.assert(
      fc.asyncProperty(scenario, async ({ groups, pageSize, changes }) => {
        const table = tableOf(groups, tickMs);
        const startedAt = table.now;
        const read = reader(table, pageSize, changes);
        const first = await collect(readRound(read, { ...options, pageSize }));
        const second = await collect(
          readRound(reader(table, pageSize, []), {
            ...options,
            pageSize,
            from: Math.max(0, Math.min(first.updatedTo, startedAt) - tickMs),
          }),
        );
        expect(missed(table, [...first.seen, ...second.seen])).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('ends although the table changes before every request', async () => {
    const table = tableOf([1, 1, 1, 1, 1, 1, 1, 1], 1);
    const busy = async (query: PageQuery) => {
      table.put('r0');
      return table.page(query, 3);
    };
    const { seen } = await collect(readRound(busy, options));
    expect(missed(table, seen)).toEqual([]);
  });

  test('asks once when everything fits on one page', async () => {
    const queries: PageQuery[] = [];
    const table = tableOf([1, 1], 1);
    const read = async (query: PageQuery) => {
      queries.push(query);
      return table.page(query, 3);
    };
    await collect(readRound(read, options));
    expect(queries).toEqual([{ from: 0, to: null, pageNo: 1 }]);
  });

  test('an empty source gives no row and does not move the position', async () => {
    const { seen, updatedTo } = await collect(
      readRound(reader(new Table(0, 1), 3, []), { ...options, from: 7 }),
    );
    expect([seen.size, updatedTo]).toEqual([0, 7]);
  });

  test('reads on when the source caps its pages below the size asked for', async () => {
    const table = tableOf([1, 4, 1, 2, 5], 1);
    table.pageSizeCap = 2;
    const { seen } = await collect(readRound(reader(table, 200, []), { ...options, pageSize: 200 }));
    expect([...seen].sort()).toEqual(versions(table).sort());
  });

  test('needs no total as long as no page is filled by one update time', async () => {
    const table = tableOf([2, 1, 2, 2, 1, 2], 1);
    table.givesTotal = false;
    const { seen } = await collect(readRound(reader(table, 3, []), options));
    expect([...seen].sort()).toEqual(versions(table).sort());
  });

  test('without a total, a page full of one update time is an error and not a guess', async () => {
    const table = tableOf([9], 1);
    table.givesTotal = false;
    await expect(collect(readRound(reader(table, 3, []), options))).rejects.toMatchObject({
      code: 'HUB_SOURCE_PROTOCOL',
    });
  });

  test('a total that promises rows which never come is an error, after all that came was handed out', async () => {
    const rows = [row('a', 1), row('b', 2)];
    const read = async ({ from, to }: PageQuery): Promise<Page> => {
      const window = rows.filter((one) => one.updatedAt! >= from && (to === null || one.updatedAt! <= to));
      return { rows: window, total: window.length + 1 };
    };
    const seen: string[] = [];
    const round = (async () => {
      for await (const step of readRound(read, options)) seen.push(...step.rows.map(version));
    })();
    await expect(round).rejects.toMatchObject({ code: 'HUB_SOURCE_UNSTABLE', retriable: true });
    expect(new Set(seen)).toEqual(new Set(['a@1', 'b@2']));
  });

  test('falls back to whole passes when the source does not sort', async () => {
    const table = tableOf([2, 2, 2, 2], 1);
    table.sorts = false;
    table.put('r0');
    const shuffled = new Map([...table.rows].reverse());
    table.rows.clear();
    for (const [id, time] of shuffled) table.rows.set(id, time);
    const { seen, updatedTo } = await collect(readRound(reader(table, 3, []), options));
    expect([...seen].sort()).toEqual(versions(table).sort());
    expect(updatedTo).toBe(table.now);
  });

  test('rows without a readable update time are handed out and hold nothing up', async () => {
    const pages: Page[] = [
      { rows: [row('a', 1), row('b', null), row('c', 2)], total: 4 },
      { rows: [row('c', 2), row('d', 3)], total: 2 },
    ];
    const { seen, updatedTo } = await collect(readRound(async () => pages.shift()!, options));
    expect([[...seen], updatedTo]).toEqual([['a@1', 'b@null', 'c@2', 'd@3'], 3]);
  });
});

describe('completePass', () => {
  const window = { from: 0, to: 0 };

  test('passes again until the window stood still, and then has every row', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(), { maxLength: 2 }), { maxLength: 12 }),
        async (leavings) => {
          const table = tableOf([12], 1);
          const changes = leavings.map((picks) => picks.map((pick): Change => ({ kind: 'update', pick })));
          const { seen } = await collect(completePass(reader(table, 3, changes), window, options));
          const inWindow = versions(table).filter((one) => one.endsWith('@0'));
          expect([...seen]).toEqual(expect.arrayContaining(inWindow));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('gives up after maxPasses', async () => {
    let rows = 100;
    const shrinking = async ({ pageNo }: PageQuery): Promise<Page> => ({
      rows: [row(`r${pageNo}`, 0)],
      total: rows--,
    });
    const pass = collect(completePass(shrinking, window, { maxPasses: 4, where: 'complaint-report' }));
    await expect(pass).rejects.toMatchObject({ code: 'HUB_SOURCE_UNSTABLE', context: { passes: 4 } });
    expect(rows).toBe(100 - 2 * 4);
  });

  test('does not turn for ever in a source that ignores the page number', async () => {
    const stuck = async (): Promise<Page> => ({ rows: [row('a', 0), row('b', 0)], total: 5 });
    await expect(collect(completePass(stuck, window, options))).rejects.toMatchObject({
      code: 'HUB_SOURCE_UNSTABLE',
    });
  });
});
