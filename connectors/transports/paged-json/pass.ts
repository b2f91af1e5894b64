import { HubError } from '../../../runtime/errors.ts';

export interface Row {
  /** As received. */
  readonly bytes: Uint8Array;
  /** The source's own number; null when the row is broken or has none. */
  readonly id: string | null;
  /** The source's update time, ms by the source's clock; null when it cannot be read. */
  readonly updatedAt: number | null;
}

/** Rows whose update time lies in [from, to], both ends included; `to` null = no end. ms, the source's clock. */
export interface PageQuery {
  readonly from: number;
  readonly to: number | null;
  /** From 1. */
  readonly pageNo: number;
}

export interface Page {
  readonly rows: readonly Row[];
  /** Rows of the whole window, as the source says; null when it does not. */
  readonly total: number | null;
}

export interface RoundOptions {
  readonly from: number;
  readonly pageSize: number;
  readonly maxPasses: number;
  /** For messages: connector and address. */
  readonly where: string;
}

/** One page, and the update time before which every row has now been handed out. */
export interface Progress {
  readonly rows: readonly Row[];
  readonly updatedTo: number;
}

/**
 * Reads every row updated at or after `from`, once, until the source has no newer one. A row may come twice, none is missed,
 * although rows move while the pages are read: an updated row goes to the end, those behind it move up by one, and page 2
 * then skips the one that has slipped onto page 1.
 *
 * So no second page is asked for. The source sorts by update time, ascending; each answer is one snapshot; an update only
 * ever moves a row to a later time. Hence, after the *first* page of the window that starts at `from`, every row older than the
 * last row of that page has been seen in its present form or will be seen later: the next window starts at that row's time
 * (its own time included, because others may share it). Nothing here needs a stable total, so a busy source cannot starve the
 * reader, and each page is progress worth committing.
 *
 * Two kinds of windows cannot be walked that way: more rows of *one* update time than a page holds (a bulk import), and a
 * source that does not keep the order it promises. They are read by `completePass`.
 *
 * Not covered: a row that appears with an update time already passed (a late commit, or a busy source whose clock is coarse). The caller
 * begins its next round before this one began, with an overlap.
 * Throws HUB_SOURCE_UNSTABLE, HUB_SOURCE_PROTOCOL, and whatever `read` throws.
 */
export async function* readRound(
  read: (query: PageQuery) => Promise<Page>,
  options: RoundOptions,
): AsyncGenerator<Progress, void, void> {
  let from = options.from;
  for (;;) {
    const page = await read({ from, to: null, pageNo: 1 });
    if (!hasMore(page, options.pageSize)) {
      yield { rows: page.rows, updatedTo: Math.max(from, ...times(page.rows)) };
      return;
    }
    const last = isAscending(page.rows, from) ? lastTime(page.rows) : null;
    if (last !== null && last > from) {
      yield { rows: page.rows, updatedTo: last };
      from = last;
      continue;
    }
    const oneTime = last === from;
    let newest = from;
    for await (const { rows } of completePass(read, { from, to: oneTime ? from : null }, options)) {
      newest = Math.max(newest, ...times(rows));
      yield { rows, updatedTo: from };
    }
    if (!oneTime) {
      yield { rows: [], updatedTo: newest };
      return;
    }
    from += 1;
  }
}

/**
 * Reads a window page by page, again and again, until a pass is clean: every page gave the same total, no row came twice, and
 * as many came as the total says. The rows of a pass that was not are handed out all the same.
 *
 * In a window with an end that has passed, rows can only leave (an update takes them out), and each leaving lowers the total:
 * a clean pass has seen every row. Without an end, a row that leaves while another enters keeps the total and may
 * hide a third one; the double check on the ids finds this only where the row that moved was read before. Such windows are the
 * last resort, for a source that does not sort.
 */
export async function* completePass(
  read: (query: PageQuery) => Promise<Page>,
  window: Pick<PageQuery, 'from' | 'to'>,
  { maxPasses, where }: Pick<RoundOptions, 'maxPasses' | 'where'>,
): AsyncGenerator<Page, void, void> {
  for (let pass = 1; pass <= maxPasses; pass++) {
    const seen = new Set<string>();
    let total: number | null = null;
    let clean = true;
    for (let pageNo = 1; clean; pageNo++) {
      const page = await read({ ...window, pageNo });
      yield page;
      if (page.total === null) {
        throw new HubError(
          'HUB_SOURCE_PROTOCOL',
          `${where}: got no total, expected the number of rows: without it a pass over several pages cannot be proved complete`,
        );
      }
      total ??= page.total;
      const before = seen.size;
      for (const row of page.rows) seen.add(identity(row));
      clean = page.total === total && seen.size === before + page.rows.length;
      if (page.rows.length === 0 || seen.size >= total) break;
    }
    if (clean && seen.size === total) return;
  }
  throw new HubError(
    'HUB_SOURCE_UNSTABLE',
    `${where}: rows from ${window.from} to ${window.to ?? 'now'} (ms) shifted in each of ${maxPasses} passes, or their number is not the total given; expected one pass with a constant total (maxPasses)`,
    { context: { from: window.from, to: window.to, passes: maxPasses } },
  );
}

/** A total that promises more than came counts too: the source may cap its pages below the size asked for. */
function hasMore({ rows, total }: Page, pageSize: number): boolean {
  return rows.length >= pageSize || (total !== null && total > rows.length);
}

function isAscending(rows: readonly Row[], from: number): boolean {
  let last = from;
  for (const time of times(rows)) {
    if (time < last) return false;
    last = time;
  }
  return true;
}

const times = (rows: readonly Row[]) => rows.flatMap((row) => row.updatedAt ?? []);

const lastTime = (rows: readonly Row[]) => times(rows).at(-1) ?? null;

/** A row without a number is told from others by its text. */
const identity = (row: Row) => row.id ?? new TextDecoder().decode(row.bytes);
