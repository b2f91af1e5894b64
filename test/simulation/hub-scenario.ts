import { DatabaseSync } from 'node:sqlite';
import { currentCatalogueVersion, organisationIds } from '../../processors/catalogue/index.ts';
import { pipeline as realPipeline } from '../../processors/index.ts';
import type { AttachmentStore } from '../../runtime/attachment-store/index.ts';
import type { Clock } from '../../runtime/clock.ts';
import { runConnector } from '../../runtime/connector-loop.ts';
import { openCommands } from '../../runtime/core/commands.ts';
import { baseIdOf, itemIdOf } from '../../runtime/core/ids.ts';
import { openIntake } from '../../runtime/core/intake.ts';
import { relinkingGroup, runRelinking } from '../../runtime/core/relinking-loop.ts';
import { resolverGroup, runResolver } from '../../runtime/core/resolver-loop.ts';
import { openSerde, type Serde } from '../../runtime/core/serde.ts';
import { runWarnings, warningsGroup } from '../../runtime/core/warning-loop.ts';
import { runWriter } from '../../runtime/core/writer-loop.ts';
import { byOrderKey, type DedupIndex } from '../../runtime/dedup-index/index.ts';
import type { Log } from '../../runtime/log/index.ts';
import { partitionOf } from '../../runtime/log/partition.ts';
import { embeddedSchemaRegistry } from '../../runtime/schema-registry/embedded.ts';
import { memoryCounters } from '../../runtime/telemetry.ts';
import { lanes, topicSpecs, topics } from '../../runtime/topics.ts';
import type { Item, ItemState } from '../../schemas/types.ts';
import { plainIndex } from '../support/plain-index.ts';
import type { SimBroker } from './broker.ts';
import { checkTopics, projection } from './hub-check.ts';
import { drawWorkload, normalizeTelling, rawOf, type Workload } from './hub-workload.ts';
import type { RunSeed, SeedOptions } from './scenario.ts';
import { broken, IndexServer } from './shared-index.ts';
import { splitCommit } from './split-commit.ts';
import { toyLinker } from './toy-linker.ts';
import { type Machine, type ProcessSpec, World, type WorldReport } from './world.ts';

const partitions = 3;
const source = 'complaint-report';
const pipeline = { ...realPipeline, linker: toyLinker };

/** The registry and the encoders have no state that a run could change: all runs of a thread share them. */
const serdeReady: Promise<Serde> = openSerde(embeddedSchemaRegistry(new DatabaseSync(':memory:')));

/**
 * The hub's own loops, unmodified, over a simulated log: a live connector, a backfill of old files, people's decisions, and several
 * item writers. Under every seed's disturbance the projection P (design.md §2) must be that of the undisturbed run with one writer.
 */
export const runHubSeed: RunSeed = async (seed, options) => {
  const workload = drawWorkload(seed);
  const serde = await serdeReady;
  const calm = await runOnce(seed, workload, serde, { disturbed: false, writers: 1 });
  const wild = await runOnce(seed, workload, serde, { disturbed: true, writers: 3, options });
  const failure =
    (calm.report.failure && `undisturbed: ${calm.report.failure}`) ??
    checkTopics(calm.broker, serde, workload) ??
    wild.report.failure ??
    checkTopics(wild.broker, serde, workload) ??
    difference(projection(calm.broker, serde), projection(wild.broker, serde));
  return { seed, ...wild.report, failure, trace: failure === null ? [] : wild.trace() };
};

/** P of an undisturbed run; throws where the topics do not hold together. */
export async function projectionOf(
  workload: Workload,
  writers: number,
): Promise<ReadonlyMap<string, string>> {
  const serde = await serdeReady;
  const { report, broker } = await runOnce(1, workload, serde, { disturbed: false, writers });
  const failure = report.failure ?? checkTopics(broker, serde, workload);
  if (failure !== null) throw new Error(failure);
  return projection(broker, serde);
}

interface Run {
  readonly disturbed: boolean;
  readonly writers: number;
  readonly options?: SeedOptions;
}

async function runOnce(seed: number, workload: Workload, serde: Serde, run: Run) {
  const { split, trace, break: how } = run.options ?? {};
  const index = (machine: Machine): DedupIndex => {
    const whole = server.connect(machine);
    return how === undefined || !run.disturbed ? whole : broken(whole, how);
  };
  const world = new World({
    seed,
    disturbed: run.disturbed,
    processes: [
      connector('live', 'LIVE', workload, serde),
      connector('backfill', 'BACKFILL', workload, serde),
      people(workload, serde),
      duty(workload, serde),
      ...Array.from({ length: run.writers }, (_, number) => writer(`w${number}`, serde, index)),
      ...Array.from({ length: run.disturbed ? 2 : 1 }, (_, number) => resolver(`r${number}`, serde)),
      ...Array.from({ length: run.disturbed ? 2 : 1 }, (_, number) => warnings(`h${number}`, serde)),
      ...Array.from({ length: run.disturbed ? 2 : 1 }, (_, number) => relinking(`l${number}`, serde, index)),
    ],
    quiet: (broker) => isDone(broker, workload),
    ...(split && { wrapLog: (log) => splitCommit(log, split) }),
    ...(trace && { trace }),
  });
  const server = new IndexServer(plainIndex(workload.k), world.faults, partitions);
  world.broker.ensureTopics([
    ...topicSpecs(partitions, [source], organisationIds(currentCatalogueVersion)),
    { name: 'sim.done', partitions: 1, compacted: true },
  ]);
  const report: WorldReport = await world.run();
  return { report, broker: world.broker, trace: () => world.trace.lines() };
}

function writer(name: string, serde: Serde, index: (machine: Machine) => DedupIndex): ProcessSpec {
  return {
    name,
    run: (machine: Machine) => {
      const { log, clock, logger, signal } = machine;
      return runWriter({
        log,
        index: index(machine),
        partitions,
        serde,
        pipeline,
        clock,
        signal,
        counters: memoryCounters(),
        logger,
        memberId: name,
        maxBatch: 1 + Math.floor(clock.random() * 12),
      });
    },
  };
}

function resolver(name: string, serde: Serde): ProcessSpec {
  return {
    name,
    run: ({ log, clock, logger, signal }: Machine) =>
      runResolver({
        log,
        serde,
        clock,
        signal,
        partitions,
        counters: memoryCounters(),
        logger,
        memberId: name,
        maxBatch: 1 + Math.floor(clock.random() * 12),
      }),
  };
}

function relinking(name: string, serde: Serde, index: (machine: Machine) => DedupIndex): ProcessSpec {
  return {
    name,
    run: (machine: Machine) =>
      runRelinking({
        ...machine,
        serde,
        index: index(machine),
        linkerVersion: toyLinker.version,
        partitions,
        counters: memoryCounters(),
        catalogueVersion: currentCatalogueVersion,
        memberId: name,
      }),
  };
}

/** The look for items under a warning; the read model is the topic itself. */
function warnings(name: string, serde: Serde): ProcessSpec {
  return {
    name,
    run: ({ log, clock, logger, signal }: Machine) =>
      runWarnings({
        log,
        serde,
        pipeline,
        items: {
          page: async ({ categories, reportedFrom, reportedTo }, after, limit) => {
            const found = new Map<string, Item>();
            for (let partition = 0; partition < partitions; partition++) {
              for (const { value } of await log.read(topics.items, partition, 0, 1_000_000)) {
                if (value === null) continue;
                const item = serde.decode('item', value);
                found.set(item.itemId, item);
              }
            }
            return [...found.values()]
              .filter(({ itemId, category, reportedAt }) => {
                const isInTime = reportedFrom <= reportedAt && reportedAt < reportedTo;
                return isInTime && categories.includes(category.code) && itemId > after;
              })
              .sort((a, b) => (a.itemId < b.itemId ? -1 : 1))
              .slice(0, limit)
              .map(({ itemId, source: { system, recordId }, origin }) => ({
                itemId,
                baseId: baseIdOf(system, recordId),
                origin,
              }));
          },
        },
        clock,
        counters: memoryCounters(),
        logger,
        signal,
        partitions,
        catalogueVersion: currentCatalogueVersion,
        memberId: name,
      }),
  };
}

/** Says what there is to say of warnings, now and then; after a crash it says all of it again. */
function duty(workload: Workload, serde: Serde): ProcessSpec {
  async function run({ log, clock, signal }: Machine): Promise<void> {
    const options = { log, serde, clock, partitions, catalogueVersion: currentCatalogueVersion };
    const commands = await openCommands(options, 'duty');
    for (const warning of workload.warnings) {
      await clock.sleep(Math.floor(clock.random() * 400), signal);
      if (signal.aborted) return;
      await commands.warn(warning);
    }
    await markDone(log, clock, 'duty');
    while (!signal.aborted) await clock.sleep(60_000, signal);
  }
  return { name: 'duty', run };
}

async function markDone(log: Log, clock: Clock, who: string): Promise<void> {
  const producer = await log.producer(`${who}-done`);
  const transaction = producer.begin();
  transaction.append('sim.done', 0, [{ key: who, value: Buffer.from('1'), timestamp: clock.now() }]);
  await transaction.commit();
}

function connector(name: string, origin: 'LIVE' | 'BACKFILL', workload: Workload, serde: Serde): ProcessSpec {
  const tellings = origin === 'LIVE' ? workload.live : workload.backfill;
  async function run({ log, clock, logger, signal }: Machine): Promise<void> {
    const intake = await openIntake({
      name,
      log,
      serde,
      attachments: noAttachments,
      clock,
      counters: memoryCounters(),
      partitions,
      catalogueVersion: currentCatalogueVersion,
    });
    async function* read(position: unknown, stop: AbortSignal) {
      let from = typeof position === 'number' ? position : 0;
      while (!stop.aborted) {
        const batch = tellings.slice(from, from + 1 + Math.floor(clock.random() * 4));
        // Now and then a page is read again from before the position, as an overlap window does.
        const overlap = clock.random() < 0.2 ? tellings.slice(Math.max(0, from - 2), from) : [];
        from += batch.length;
        if (batch.length > 0) yield { records: [...overlap, ...batch].map(rawOf), position: from };
        await clock.sleep(batch.length > 0 ? 20 : 60_000, stop);
      }
    }
    await runConnector({
      source,
      origin,
      read,
      normalize: normalizeTelling,
      maxRecordBytes: 1024,
      intake,
      clock,
      signal,
      log: logger,
    });
  }
  return { name, run };
}

/** Does the deeds in their order, each as soon as the hub has come so far; after a crash it does all of them again. */
function people(workload: Workload, serde: Serde): ProcessSpec {
  async function run({ log, clock, signal }: Machine): Promise<void> {
    const commands = await openCommands({
      log,
      serde,
      clock,
      partitions,
      catalogueVersion: currentCatalogueVersion,
    });
    const reportedAt = new Map(workload.live.map((telling) => [telling.id, telling.reportedAt]));
    /** The later item owns the pair. */
    const inOrder = (one: string, other: string) => {
      const [a, b] = [one, other].map((recordId) => {
        const baseId = baseIdOf(source, recordId);
        return { baseId, itemId: itemIdOf(baseId, 1), orderKeyAt: reportedAt.get(recordId)! };
      });
      return byOrderKey(a!, b!) > 0 ? ([a!, b!] as const) : ([b!, a!] as const);
    };
    for (const [number, deed] of workload.deeds.entries()) {
      const baseId = baseIdOf(source, deed.recordId);
      const itemId = itemIdOf(baseId, 1);
      const stateOf = async (recordId: string): Promise<ItemState | null> => {
        const base = baseIdOf(source, recordId);
        const id = itemIdOf(base, 1);
        const value = (await log.latest(topics.state, partitionOf(base, partitions), [id])).get(id)?.value;
        return value ? serde.decode('item-state', value) : null;
      };
      const isTime = async (): Promise<boolean> => {
        const state = await stateOf(deed.recordId);
        if (state === null) return false;
        if (deed.what.kind === 'word' && (await stateOf(deed.what.other)) === null) return false;
        return (
          deed.when === 'exists' || state.recordVersion === String(workload.lastVersion.get(deed.recordId))
        );
      };
      while (!(await isTime())) {
        if (signal.aborted) return;
        await clock.sleep(200, signal);
      }
      const address = { baseId, itemId };
      const actor = '值班员';
      if (deed.what.kind === 'reclass') {
        const reclass = { itemClass: deed.what.itemClass, actor, reason: '核实' };
        await commands.reclass(address, reclass, `deed-${number}`);
      } else if (deed.what.kind === 'word') {
        const [owner, other] = inOrder(deed.recordId, deed.what.other);
        const word = { otherId: other.itemId, word: deed.what.word, actor, assignee: null, reason: '核实' };
        await commands.pairWord(owner, word, `deed-${number}`);
      } else {
        const event = { type: deed.what.type, organisation: 'town', actor, at: clock.now(), reason: null };
        await commands.departmentEvent(address, event, `deed-${number}`);
      }
    }
    await markDone(log, clock, 'people');
    while (!signal.aborted) await clock.sleep(60_000, signal);
  }
  return { name: 'people', run };
}

function isDone(broker: SimBroker, workload: Workload): boolean {
  const position = (name: string): number => {
    const stored = broker.partition(topics.positions, 0).latest([name]).get(name);
    return stored?.value ? (JSON.parse(Buffer.from(stored.value).toString()).position as number) : 0;
  };
  return (
    position('live') === workload.live.length &&
    position('backfill') === workload.backfill.length &&
    broker.partition('sim.done', 0).latest(['people', 'duty']).size === 2 &&
    broker.lag(warningsGroup, [topics.warnings]) === 0 &&
    broker.lag('writer', lanes) === 0 &&
    broker.lag(resolverGroup, [topics.links]) === 0 &&
    broker.lag(relinkingGroup, [topics.unlinked]) === 0
  );
}

export function difference(
  calm: ReadonlyMap<string, string>,
  wild: ReadonlyMap<string, string>,
): string | null {
  for (const key of new Set([...calm.keys(), ...wild.keys()])) {
    if (calm.get(key) !== wild.get(key))
      return `P differs at ${key}: ${calm.get(key)} undisturbed, ${wild.get(key)} here`;
  }
  return null;
}

const noAttachments: AttachmentStore = {
  put: () => Promise.reject(new Error('no record of this simulation is large')),
  get: () => Promise.reject(new Error('no record of this simulation is large')),
  has: () => Promise.resolve(false),
};
