import type { Warning } from '../../schemas/types.ts';
import type { KnownWarning } from '../processor.ts';

/** What is known of all warnings at one point of hub.warnings. Never changes: a newer one is another book. */
export interface WarningBook {
  /** Records known: the end of the topic. Rises with every record, so a decision names by it what it knew. */
  readonly version: number;
  /** Over or not; those that end last come first. */
  readonly known: readonly KnownWarning[];
}

export const noWarnings: WarningBook = { version: 0, known: [] };

/**
 * Folds the records of each warning. The newest by `issuedAt` sets it, a clearing that is not older than that ends it; a tie is the
 * later offset's. So an Update or a Cancel that arrives before what it changes counts all the same.
 *
 * @param records of hub.warnings in their order, from its beginning
 */
export function foldWarnings(records: readonly Warning[], version: number): WarningBook {
  const known: KnownWarning[] = [];
  for (const [warningId, of] of Map.groupBy(records, (record) => record.warningId)) {
    const set = newest(of.filter(({ status }) => status === 'SET'));
    if (set === null) continue;
    const cleared = newest(
      of.filter(({ status, issuedAt }) => status === 'CLEARED' && issuedAt >= set.issuedAt),
    );
    const { type, level, areas, from, until } = set;
    // Cleared and set again by one and the same time: the order on the topic decides.
    const isOver =
      cleared !== null && (cleared.issuedAt > set.issuedAt || of.indexOf(cleared) > of.indexOf(set));
    known.push({
      warningId,
      type,
      level,
      areas,
      from,
      until: isOver ? Math.min(until ?? Number.MAX_SAFE_INTEGER, cleared.until ?? cleared.issuedAt) : until,
    });
  }
  return {
    version,
    known: known.sort((a, b) => endOf(b) - endOf(a) || (a.warningId < b.warningId ? -1 : 1)),
  };
}

const endOf = ({ until }: KnownWarning): number => until ?? Number.MAX_SAFE_INTEGER;

function newest(records: readonly Warning[]): Warning | null {
  let found: Warning | null = null;
  for (const record of records) if (found === null || record.issuedAt >= found.issuedAt) found = record;
  return found;
}

/** Was the warning in force at some moment of [from, to], both included? One that ended before it began never was. */
export const inForce = (warning: Pick<KnownWarning, 'from' | 'until'>, from: number, to: number): boolean =>
  warning.from <= to && (warning.until === null || (warning.until > from && warning.until > warning.from));
