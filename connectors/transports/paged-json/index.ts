import type { RawRecord, ReadBatch, ReadContext } from '../../../runtime/connector.ts';
import { type Account, pagedJsonClient, type RowFields } from './client.ts';
import { type Row, readRound } from './pass.ts';
import { recentlyRead } from './recently-read.ts';

export type { RowFields } from './client.ts';
export { readListFile } from './list-file.ts';

/** A source that gives its rows as pages of JSON, filtered and sorted by update time, to who has logged in. */
export interface PagedJsonSource extends Account {
  readonly fields: RowFields;
  readonly pageSize: number;
  readonly pollIntervalMs: number;
  readonly overlapMs: number;
  readonly maxPasses: number;
  /** Where to begin on the first start; ms. */
  readonly since: number;
}

/** Every row updated before this has been committed; ms, the source's clock. */
export interface PagedJsonPosition {
  readonly updatedTo: number;
}

type Io = Pick<ReadContext<unknown, PagedJsonPosition>, 'clock' | 'signal'>;

/** Address, account and the right to read, by reading one row. Throws what `read` throws. */
export async function checkPagedJson(source: PagedJsonSource, io: Io): Promise<void> {
  const client = pagedJsonClient(source, source.fields, io);
  await client.logIn();
  await client.readPage({ from: 0, to: null, pageNo: 1 }, 1);
}

/**
 * Polls for ever: from `overlapMs` before the position to the newest row (`readRound`), then a pause. Each page is a batch.
 *
 * The position is a time of the source's clock, because that is what its filter compares; the two clocks may be minutes
 * apart. The hub's clock can only hold the position back, to the moment at which the round began: a row dated into the future is
 * delivered, but must not move the window past the rows before it; and where a round lasts, a row may still come to an update time that
 * the round has passed (the clock of its rows is coarse), so the next one begins before all that came meanwhile. The overlap
 * covers what the source commits late, and a source whose clock lags by up to that much behind such a held-back position.
 */
export async function* readPagedJson(
  source: PagedJsonSource,
  context: Io & { readonly position: PagedJsonPosition | null },
): AsyncGenerator<ReadBatch<PagedJsonPosition>, void, void> {
  const { clock, signal } = context;
  const client = pagedJsonClient(source, source.fields, context);
  const read = recentlyRead();
  const where = `${source.connector}: ${source.listPath}`;
  let updatedTo = context.position?.updatedTo ?? null;
  while (!signal.aborted) {
    const startedAt = clock.now();
    const from = updatedTo === null ? source.since : Math.max(0, updatedTo - source.overlapMs);
    read.forgetBefore(from);
    const round = readRound((query) => client.readPage(query, source.pageSize), { ...source, from, where });
    let page = 0;
    for await (const progress of round) {
      page += 1;
      const rows = progress.rows.filter((row) => !read.has(row));
      const reached = Math.max(updatedTo ?? 0, Math.min(progress.updatedTo, startedAt));
      if (rows.length === 0 && reached === updatedTo) continue;
      yield {
        records: rows.map((row) => rawRecord(row, `${startedAt}-${page}`)),
        position: { updatedTo: reached },
      };
      updatedTo = reached;
      for (const row of rows) read.add(row);
    }
    await clock.sleep(source.pollIntervalMs, signal);
  }
}

function rawRecord({ bytes }: Row, correlationId: string): RawRecord {
  return { bytes, format: 'JSON', correlationId };
}
