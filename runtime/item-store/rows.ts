import { partOf } from '../../schemas/part.ts';
import type { Item, ItemEvent, PairFact } from '../../schemas/types.ts';
import { clusterIdOf } from '../core/ids.ts';
import { pairOfKey } from '../core/link-records.ts';
import type { Serde } from '../core/serde.ts';
import type { LogRecord } from '../log/index.ts';
import type { Decoder } from '../schema-registry/wire.ts';
import type { Logger } from '../telemetry.ts';
import { topics } from '../topics.ts';

/** What the projection is made from. */
export const projectedTopics = [topics.items, topics.events, topics.links] as const;

/** What some records have to say, as it is stored. To be written in this order: none of them depends on another. */
export interface Rows {
  /** One an item: its newest revision. */
  readonly items: readonly RowOfItem[];
  /** Each number of an item once. */
  readonly events: readonly RowOfEvent[];
  /** Each once; what was stored before stays. */
  readonly clusters: readonly RowOfCluster[];
  /** One a pair: its last verdict. */
  readonly pairs: readonly RowOfPair[];
}

export interface RowOfItem {
  readonly itemId: string;
  readonly baseId: string;
  readonly recordId: string;
  readonly partition: number;
  readonly source: string;
  readonly itemClass: string;
  readonly category: string;
  readonly lead: string;
  readonly status: string;
  /** ms. */
  readonly reportedAt: number;
  readonly title: string;
  readonly clusterId: string;
  /** The item as it stands on the unified stream: wire bytes. */
  readonly value: Uint8Array;
}

/** Where an event lies in the log. */
export interface RowOfEvent {
  readonly itemId: string;
  readonly seq: number;
  readonly partition: number;
  readonly offset: number;
}

export interface RowOfCluster {
  readonly clusterId: string;
  readonly itemId: string;
}

export interface RowOfPair {
  readonly ownerId: string;
  readonly otherId: string;
  /** Null: it has been taken back. */
  readonly verdict: Pick<PairFact, 'outcome' | 'word'> | null;
}

/** What the rows show of an item; the rest is read from its value when somebody asks for it. */
interface PartOfItem {
  readonly itemId: string;
  readonly source: Pick<Item['source'], 'system' | 'recordId'>;
  readonly classification: Pick<Item['classification'], 'itemClass'>;
  readonly category: Pick<Item['category'], 'code'>;
  readonly route: Pick<Item['route'], 'leadDepartment'>;
  readonly status: string;
  readonly reportedAt: number;
  readonly title: string;
  readonly clusterId: string;
  readonly primaryItemId: string | null;
}
type PartOfEvent = Pick<ItemEvent, 'itemId' | 'seq'>;
interface PartOfLink {
  readonly pair: Pick<PairFact, 'outcome' | 'word'> | null;
}

const partOfItem = partOf('item', {
  itemId: true,
  source: { system: true, recordId: true },
  classification: { itemClass: true },
  category: { code: true },
  route: { leadDepartment: true },
  status: true,
  reportedAt: true,
  title: true,
  clusterId: true,
  primaryItemId: true,
});
const partOfEvent = partOf('item-event', { itemId: true, seq: true });
const partOfLink = partOf('link-record', { pair: { outcome: true, word: true } });

/**
 * From records of the projected topics to rows: each partition's records in their order, the partitions mixed as they come. Only the
 * schemas that the values name are fetched. A value that is not ours is left out, with a line in the log: it has no place in a store
 * of items, and must not hold up those that come after it.
 */
export function rowsOf(
  serde: Serde,
  logger: Pick<Logger, 'warn'>,
): (records: readonly LogRecord[]) => Promise<Rows> {
  const ofItem = serde.decoder<PartOfItem>(partOfItem);
  const ofEvent = serde.decoder<PartOfEvent>(partOfEvent);
  const ofLink = serde.decoder<PartOfLink>(partOfLink);

  function read<T>(
    decoder: Decoder<T>,
    { topic, partition, offset }: LogRecord,
    value: Uint8Array,
  ): T | null {
    const outcome = decoder.decode(value);
    if (outcome.kind === 'next') return outcome.value;
    logger.warn('the item store leaves out a record', { topic, partition, offset, reason: outcome.reason });
    return null;
  }

  return async (records) => {
    const of = (topic: string) => records.filter((record) => record.topic === topic);
    const [itemRecords, eventRecords, linkRecords] = projectedTopics.map(of) as [
      LogRecord[],
      LogRecord[],
      LogRecord[],
    ];
    await ofItem.prepare(itemRecords.map(bytesOf));
    await ofEvent.prepare(eventRecords.map(bytesOf));
    await ofLink.prepare(linkRecords.map(bytesOf));

    const items = new Map<string, RowOfItem>();
    const clusters = new Map<string, RowOfCluster>();
    for (const record of itemRecords) {
      const part = record.value && read(ofItem, record, record.value);
      if (part === null) continue;
      items.set(part.itemId, itemRow(part, record.partition, record.value!));
      for (const row of clusterRows(part)) clusters.set(`${row.clusterId} ${row.itemId}`, row);
    }
    const events = new Map<string, RowOfEvent>();
    for (const record of eventRecords) {
      const part = record.value && read(ofEvent, record, record.value);
      if (part === null) continue;
      const { itemId, seq } = part;
      events.set(`${itemId} ${seq}`, { itemId, seq, partition: record.partition, offset: record.offset });
    }
    const pairs = new Map<string, RowOfPair>();
    for (const record of linkRecords) {
      const pair = record.key === null ? null : pairOfKey(record.key);
      if (pair === null) continue;
      const part = record.value && read(ofLink, record, record.value);
      // Of a value that is not ours nothing is known; a null one takes the verdict back.
      if (part === null && record.value !== null) continue;
      pairs.set(record.key!, { ...pair, verdict: part?.pair ?? null });
    }
    return {
      items: [...items.values()],
      events: [...events.values()],
      clusters: [...clusters.values()],
      pairs: [...pairs.values()],
    };
  };
}

const bytesOf = (record: LogRecord): Uint8Array | null => record.value;

function itemRow(part: PartOfItem, partition: number, value: Uint8Array): RowOfItem {
  const { itemId, source, status, reportedAt, title, clusterId } = part;
  return {
    itemId,
    baseId: `${source.system}:${source.recordId}`,
    recordId: source.recordId,
    partition,
    source: source.system,
    itemClass: part.classification.itemClass,
    category: part.category.code,
    lead: part.route.leadDepartment,
    status,
    reportedAt,
    title,
    clusterId,
    value,
  };
}

/**
 * Which clusters the item belongs to in this revision. One that follows nobody costs nothing here: those who follow it tell of both,
 * and the id that each had on its own.
 */
function* clusterRows({ itemId, clusterId, primaryItemId }: PartOfItem): Generator<RowOfCluster> {
  if (primaryItemId === null) return;
  for (const member of [itemId, primaryItemId]) {
    yield { clusterId, itemId: member };
    yield { clusterId: clusterIdOf(member), itemId: member };
  }
}
