import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { normalize } from '../../connectors/complaint-report/normalize.ts';
import { reportedWindowMs } from '../../runtime/dedup-index/index.ts';
import { citizenMessages } from '../support/citizen-messages.ts';
import { sourceRecord } from '../support/records.ts';
import { sharedFolder } from '../support/shared.ts';
import { type Found, foundOf } from './figures.ts';
import { type Indexed, indexed, type LinkedPair, linkAll } from './linked.ts';

export interface RepostFigures {
  readonly messages: number;
  /** Messages without a time cannot be records: their pairs are left out, as are those from before `since`. */
  readonly pairsWithoutTime: number;
  /** Pairs further apart than the window: never compared. */
  readonly pairsBeyondWindow: number;
  readonly made: Found;
  readonly madeOrSuggested: Found;
  readonly forbidden: number;
  readonly medianFeatureBytes: number;
}

export interface Reposts {
  readonly items: readonly Indexed[];
  readonly figures: RepostFigures;
  /** The share of the listed pairs that these links have found. */
  readonly recallOf: (pairs: readonly LinkedPair[]) => {
    readonly made: number;
    readonly madeOrSuggested: number;
  };
  readonly unlisted: readonly LinkedPair[];
  readonly missed: readonly (readonly [Indexed, Indexed])[];
}

const sheets: Readonly<Record<string, string>> = {
  attachment2: 'A2',
  attachment3: 'A3',
  attachment4: 'A4',
  test: 'T',
};
const ingestedAt = Date.UTC(2026, 0, 1);

/**
 * The 7,148 messages of teddy2020c through complaint-report, against text_overlap_pairs.csv.
 * @param since ms; earlier messages are left out, with their pairs
 */
export async function linkReposts(since = 0): Promise<Reposts> {
  const items = new Map<string, Indexed>();
  const sinceYear = new Date(since).getUTCFullYear();
  for (const row of citizenMessages()) {
    if (Number(row.createTime?.slice(0, 4)) < sinceYear) continue;
    const outcome = normalize(
      { bytes: Buffer.from(JSON.stringify(row)), format: 'JSON', correlationId: 'teddy2020c' },
      { ingestedAt },
    );
    if (outcome.kind !== 'next') continue;
    const { content: _, ...record } = outcome.value;
    if (record.reportedAt < since) continue;
    items.set(record.recordId, indexed(sourceRecord({ ...record, ingestedAt })));
  }
  const rows: readonly Record<string, string>[] = parse(
    readFileSync(`${sharedFolder()}/data/teddy2020c/text_overlap_pairs.csv`),
    { columns: true },
  );
  const nameOf = (a: Indexed, b: Indexed): string => [a.itemId, b.itemId].sort().join(' ');
  const listed = new Map<string, readonly [Indexed, Indexed]>();
  let pairsWithoutTime = 0;
  let pairsBeyondWindow = 0;
  for (const row of rows) {
    const a = items.get(`${sheets[row.feed_a!]}-${row.id_a}`);
    const b = items.get(`${sheets[row.feed_b!]}-${row.id_b}`);
    if (a === undefined || b === undefined) pairsWithoutTime++;
    else if (Math.abs(a.orderKeyAt - b.orderKeyAt) > reportedWindowMs) pairsBeyondWindow++;
    else listed.set(nameOf(a, b), [a, b]);
  }
  const pairs = await linkAll([...items.values()]);
  const outcomes = new Map(
    pairs.map(({ later, earlier, scored }) => [nameOf(later, earlier), scored.outcome]),
  );
  const foundIn = (all: readonly LinkedPair[], wanted: readonly string[]): Found => {
    const found = all.filter(({ scored }) => wanted.includes(scored.outcome));
    const right = found.filter(({ later, earlier }) => listed.has(nameOf(later, earlier))).length;
    return foundOf(right, found.length - right, listed.size);
  };
  const count = (...wanted: readonly string[]): Found => foundIn(pairs, wanted);
  const isJoined = (outcome: string | undefined): boolean => outcome === 'MADE' || outcome === 'SUGGESTED';
  const bytes = [...items.values()].map(({ features }) => features.length).sort((a, b) => a - b);
  return {
    items: [...items.values()],
    recallOf: (all) => ({
      made: foundIn(all, ['MADE']).recall,
      madeOrSuggested: foundIn(all, ['MADE', 'SUGGESTED']).recall,
    }),
    figures: {
      messages: items.size,
      pairsWithoutTime,
      pairsBeyondWindow,
      made: count('MADE'),
      madeOrSuggested: count('MADE', 'SUGGESTED'),
      forbidden: [...listed.keys()].filter((name) => outcomes.get(name) === 'FORBIDDEN').length,
      medianFeatureBytes: bytes[bytes.length >> 1] ?? 0,
    },
    unlisted: pairs.filter(
      ({ later, earlier, scored }) => isJoined(scored.outcome) && !listed.has(nameOf(later, earlier)),
    ),
    missed: [...listed].filter(([name]) => !isJoined(outcomes.get(name))).map(([, pair]) => pair),
  };
}
