import { organisationIds } from '../../processors/catalogue/index.ts';
import { pipeline as realPipeline } from '../../processors/index.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import type { NormalizedRecord } from '../../runtime/connector.ts';
import { inFlight } from '../../runtime/control/in-flight.ts';
import { type Commands, openCommands } from '../../runtime/core/commands.ts';
import { baseIdOf, itemIdOf } from '../../runtime/core/ids.ts';
import { openIntake } from '../../runtime/core/intake.ts';
import { runRelinking } from '../../runtime/core/relinking-loop.ts';
import { runResolver } from '../../runtime/core/resolver-loop.ts';
import { openSerde, type Serde } from '../../runtime/core/serde.ts';
import { runWarnings } from '../../runtime/core/warning-loop.ts';
import { runWriter } from '../../runtime/core/writer-loop.ts';
import { openEmbeddedDedupIndex } from '../../runtime/dedup-index/embedded.ts';
import type { DedupIndex } from '../../runtime/dedup-index/index.ts';
import { openDatabase } from '../../runtime/embedded/database.ts';
import { next } from '../../runtime/index.ts';
import { openItemStore, openItemStoreWriter } from '../../runtime/item-store/embedded.ts';
import { followLog, runProjection } from '../../runtime/item-store/projection.ts';
import { projectedTopics } from '../../runtime/item-store/rows.ts';
import { warnedItems } from '../../runtime/item-store/warned-items.ts';
import { EmbeddedLog } from '../../runtime/log/embedded.ts';
import type { Log } from '../../runtime/log/index.ts';
import { partitionOf } from '../../runtime/log/partition.ts';
import { embeddedSchemaRegistry } from '../../runtime/schema-registry/embedded.ts';
import { memoryCounters, silentLogger } from '../../runtime/telemetry.ts';
import { topicSpecs, topics } from '../../runtime/topics.ts';
import type { Item, ItemEvent, ItemState, SourceRecord } from '../../schemas/types.ts';
import { temporaryFolder } from './embedded-log.ts';
import { sourceRecord } from './records.ts';

const partitions = 4;
const catalogueVersion = '2026.1';
const sources = ['complaint-report', 'hotline-12345', 'four-platforms', 'grid-safety', 'smart-ocean'];

/** The hub's loops over an embedded log in one thread, without connectors, sinks or HTTP: a test hands records in and looks at what comes out. */
export interface SmallHub {
  readonly commands: Commands;
  readonly home: SmallHubHome;
  /** Hands records in as one batch; they are of one source. Durable when it resolves, not yet judged. */
  accept(...records: readonly Partial<SourceRecord>[]): Promise<void>;
  /** Until nothing waits any more. */
  settle(): Promise<void>;
  state(baseId: string): Promise<ItemState>;
  /** All records on a topic of items, in their order within partitions. */
  items(topic: string): Promise<readonly Item[]>;
  events(baseId: string): Promise<readonly ItemEvent[]>;
  close(): Promise<void>;
}

/** What an index, or its rebuilding, needs of the hub. */
export interface SmallHubHome {
  readonly log: Log;
  readonly serde: Serde;
  readonly clock: Clock;
  readonly partitions: number;
  readonly linkerVersion: string;
  readonly lookAgain: Commands['lookAgain'];
}

export async function openSmallHub(
  /** `warnings`: with the read model and the look for items under a warning. */
  options: {
    readonly workers?: number;
    readonly pipeline?: typeof realPipeline;
    readonly k?: number;
    readonly warnings?: boolean;
    /** Default: the embedded index. */
    readonly openIndex?: (home: SmallHubHome) => DedupIndex;
  } = {},
): Promise<SmallHub> {
  const { workers = 1, pipeline = realPipeline, k = 32, warnings = false } = options;
  const folder = temporaryFolder();
  const database = openDatabase(folder.path, 'write');
  const clock = systemClock;
  const log = new EmbeddedLog(database, { clock, mode: 'write' });
  const organisations = organisationIds(catalogueVersion);
  await log.ensureTopics(topicSpecs(partitions, sources, organisations));
  const serde = await openSerde(embeddedSchemaRegistry(database), organisations.map(topics.department));
  const commands = await openCommands({ log, serde, clock, partitions, catalogueVersion });
  const stop = new AbortController();
  const common = {
    log,
    serde,
    clock,
    partitions,
    counters: memoryCounters(),
    logger: silentLogger,
    signal: stop.signal,
  };
  const linkerVersion = pipeline.linker.version;
  const home = { log, serde, clock, partitions, linkerVersion, lookAgain: commands.lookAgain };
  const index = options.openIndex?.(home) ?? openEmbeddedDedupIndex({ k });
  const loops = [
    ...Array.from({ length: workers }, (_, number) =>
      runWriter({ ...common, pipeline, index, memberId: `w${number}` }),
    ),
    runResolver({ ...common, memberId: 'r' }),
    runRelinking({
      ...common,
      index,
      linkerVersion,
      catalogueVersion,
      memberId: 'l',
    }),
    ...(warnings ? [project(), lookAgain()] : []),
  ];
  async function project(): Promise<void> {
    const store = openItemStoreWriter(folder.path, silentLogger);
    await runProjection({ ...common, store, source: followLog(log, projectedTopics) });
    await store.close();
  }
  async function lookAgain(): Promise<void> {
    const store = openItemStore(folder.path, log, serde);
    const items = warnedItems(log, store);
    await runWarnings({ ...common, pipeline, items, catalogueVersion, memberId: 'h' });
    await store.close();
  }
  const failed = Promise.all(loops);
  failed.catch(() => {});
  const attachments = {
    put: () => Promise.reject(new Error('no record here is large')),
    get: () => Promise.reject(new Error('no record here is large')),
    has: async () => false,
  };

  async function read<T>(topic: string, decode: (value: Uint8Array) => Promise<T>): Promise<T[]> {
    const found: T[] = [];
    for (let partition = 0; partition < partitions; partition++) {
      for (let next = 0; ; ) {
        const records = await log.read(topic, partition, next, 1_000);
        if (records.length === 0) break;
        for (const { value } of records) if (value !== null) found.push(await decode(value));
        next = records.at(-1)!.offset + 1;
      }
    }
    return found;
  }

  return {
    commands,
    home,
    async accept(...records) {
      const [first] = records;
      const source = first?.system ?? 'complaint-report';
      const intake = await openIntake({
        name: source,
        log,
        serde,
        attachments,
        clock,
        counters: common.counters,
        partitions,
        catalogueVersion,
      });
      const received = records.map((over) => {
        const record = sourceRecord(over);
        const normalized: NormalizedRecord = { ...record, content: contentOf(record) };
        const bytes = Buffer.from(JSON.stringify(record));
        const raw = { bytes, format: 'JSON' as const, correlationId: 'test' };
        return { raw, outcome: next(normalized) };
      });
      const ingestedAt = first?.ingestedAt ?? clock.now();
      await intake.accept({ source, origin: 'LIVE', ingestedAt, records: received, position: null });
    },
    async settle() {
      while ((await inFlight(log)) > 0)
        await Promise.race([
          clock.sleep(5),
          failed.then(() => Promise.reject(new Error('a loop has ended'))),
        ]);
    },
    async state(baseId) {
      const itemId = itemIdOf(baseId, 1);
      const partition = partitionOf(baseId, partitions);
      const value = (await log.latest(topics.state, partition, [itemId])).get(itemId)?.value;
      if (!value) throw new Error(`there is no item ${baseId}`);
      return serde.decode('item-state', value);
    },
    items: (topic) => read(topic, async (value) => serde.decode('item', value)),
    async events(baseId) {
      const all = await read(topics.events, async (value) => serde.decode('item-event', value));
      return all.filter((event) => event.baseId === baseId).sort((a, b) => a.seq - b.seq);
    },
    async close() {
      stop.abort();
      await failed;
      await log.close();
      database.close();
      folder.remove();
    },
  };
}

export const baseOf = (record: Partial<SourceRecord>): string =>
  baseIdOf(record.system ?? 'complaint-report', record.recordId ?? 'TS202603100047');

const contentOf = ({ title, body, place, reporter, relatedIds, subject }: SourceRecord) => ({
  title,
  body,
  place,
  reporter,
  relatedIds,
  subject,
});
