/**
 * Fills the window of a fresh data folder: `node test/bench/fill.ts FOLDER ITEMS` writes the first reports of the corpus into the
 * item writer's memory as it would stand had they been judged one by one: each with its true keys and features, none with a pair. What
 * would have been published of them is left out. A process of its own, so that the memory that it takes is not measured.
 */
import { assemblyOptions, registries } from '../../cli/assembly.ts';
import { organisationIds } from '../../processors/catalogue/index.ts';
import { pipeline } from '../../processors/index.ts';
import { systemClock } from '../../runtime/clock.ts';
import { loadConfig } from '../../runtime/config.ts';
import { decide } from '../../runtime/core/item-writer.ts';
import { linkRecords } from '../../runtime/core/link-records.ts';
import { Outputs } from '../../runtime/core/outputs.ts';
import { resolverGroup } from '../../runtime/core/resolver-loop.ts';
import { openSerde } from '../../runtime/core/serde.ts';
import { openDatabase } from '../../runtime/embedded/database.ts';
import { openItemStoreWriter } from '../../runtime/item-store/embedded.ts';
import { EmbeddedLog } from '../../runtime/log/embedded.ts';
import { partitionOf } from '../../runtime/log/partition.ts';
import { embeddedSchemaRegistry } from '../../runtime/schema-registry/embedded.ts';
import { silentLogger } from '../../runtime/telemetry.ts';
import { topicSpecs, topics } from '../../runtime/topics.ts';
import type { ItemInput, ItemState } from '../../schemas/types.ts';
import { inputOf } from './corpus-input.ts';

const [folder, count] = [process.argv[2]!, Number(process.argv[3])];
const perTransaction = 2_000;

const { partitions, sources, catalogueVersion } = assemblyOptions(folder, loadConfig(null, {}, registries));
const organisations = organisationIds(catalogueVersion);
const database = openDatabase(folder, 'write');
const log = new EmbeddedLog(database, { clock: systemClock, mode: 'write' });
await log.ensureTopics(topicSpecs(partitions, sources, organisations));
const serde = await openSerde(embeddedSchemaRegistry(database), organisations.map(topics.department));
const producer = await log.producer('fill');
const ingestedAt = systemClock.now();

for (let first = 0; first < count; first += perTransaction) {
  const out = new Outputs();
  for (let index = first; index < Math.min(count, first + perTransaction); index++) {
    const input = inputOf(1, index, { ingestedAt, catalogueVersion });
    const state = stateAfter(input);
    const { itemId: key, baseId } = state;
    const timestamp = ingestedAt;
    out.append(topics.state, partitionOf(baseId, partitions), {
      key,
      value: serde.encode('item-state', state),
      timestamp,
    });
    for (const [of, fact] of linkRecords(null, state, input))
      out.append(topics.links, 0, { key: of, value: fact && serde.encode('link-record', fact), timestamp });
  }
  await out.commit(producer);
}
// Facts of items that nobody is linked to change nothing: those who follow them need not read them all.
const { end } = await log.range(topics.links, 0);
const consumer = await log.consumer({ group: resolverGroup, topics: [topics.links], memberId: 'fill' });
await consumer.poll({ max: 1, waitMs: 0 });
await consumer.commit([{ topic: topics.links, partition: 0, next: end }]);
await consumer.close();
const [last] = await log.read(topics.links, 0, end - 1, 1);
const store = openItemStoreWriter(folder, silentLogger);
await store.apply({ items: [], events: [], clusters: [], pairs: [] }, [
  { topic: topics.links, partition: 0, from: 0, next: end, lastKey: last!.key, lastAt: last!.timestamp },
]);
await store.close();
await log.close();
database.close();

function stateAfter(input: ItemInput): ItemState {
  const verdict = decide(input, [], pipeline);
  if (verdict.kind !== 'decided') throw new Error(`${input.baseId} was not decided: ${verdict.reason}`);
  return verdict.decision.states[0]!;
}
