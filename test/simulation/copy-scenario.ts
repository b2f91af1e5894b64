import { toHubError } from '../../runtime/errors.ts';
import type { TopicSpec } from '../../runtime/log/index.ts';
import { partitionOf } from '../../runtime/log/partition.ts';
import type { SimBroker } from './broker.ts';
import { seededRandom } from './random.ts';
import type { RunSeed } from './scenario.ts';
import { splitCommit } from './split-commit.ts';
import { type Machine, type ProcessSpec, World } from './world.ts';

const partitions = 4;
const topicSpecs: readonly TopicSpec[] = [
  { name: 'in', partitions },
  { name: 'out', partitions },
  { name: 'positions', partitions: 1, compacted: true },
];

interface Message {
  readonly key: string;
  readonly value: string;
}

/** The smallest system that needs all of the machinery: a feeder with a position, and workers that copy. */
export const runCopySeed: RunSeed = async (seed, options) => {
  const random = seededRandom(seed, 'workload');
  const source: readonly Message[] = Array.from({ length: 20 + random.below(60) }, (_, number) => {
    const key = `key-${random.below(8)}`;
    return { key, value: `${key}/${number}` };
  });
  const processes = [feeder(source), copier('copier-1'), copier('copier-2'), copier('copier-3')];
  const { split, trace } = options;
  const world = new World({
    seed,
    disturbed: true,
    processes,
    quiet: (broker) => fedUpTo(broker) === source.length && broker.lag('copiers', ['in']) === 0,
    ...(split && { wrapLog: (log) => splitCommit(log, split) }),
    ...(trace && { trace }),
  });
  world.broker.ensureTopics(topicSpecs);
  const report = await world.run();
  const failure = report.failure ?? compare(world.broker, source);
  return { seed, ...report, failure, trace: failure === null ? [] : world.trace.lines() };
};

function fedUpTo(broker: SimBroker): number {
  const stored = broker.partition('positions', 0).latest(['feeder']).get('feeder');
  return stored?.value ? Number(Buffer.from(stored.value).toString()) : 0;
}

function feeder(source: readonly Message[]): ProcessSpec {
  async function run({ log, clock, signal }: Machine): Promise<void> {
    const producer = await log.producer('feeder');
    const stored = (await log.latest('positions', 0, ['feeder'])).get('feeder');
    let position = stored?.value ? Number(Buffer.from(stored.value).toString()) : 0;
    while (!signal.aborted) {
      const batch = source.slice(position, position + 1 + Math.floor(clock.random() * 10));
      if (batch.length > 0) {
        const transaction = producer.begin();
        for (const { key, value } of batch) {
          const record = { key, value: Buffer.from(value), timestamp: clock.now() };
          transaction.append('in', partitionOf(key, partitions), [record]);
        }
        const after = position + batch.length;
        const value = Buffer.from(String(after));
        transaction.append('positions', 0, [{ key: 'feeder', value, timestamp: clock.now() }]);
        if (await succeeds(transaction.commit())) position = after;
      }
      await clock.sleep(50, signal);
    }
  }
  return { name: 'feeder', run };
}

function copier(name: string): ProcessSpec {
  async function run({ log, signal }: Machine): Promise<void> {
    const producer = await log.producer(name);
    const consumer = await log.consumer({ group: 'copiers', topics: ['in'], memberId: name });
    let fenced = 0;
    while (!signal.aborted) {
      const { records } = await consumer.poll({ max: 10, waitMs: 500, signal });
      if (records.length === 0) continue;
      const transaction = producer.begin();
      const next = new Map<number, number>();
      for (const record of records) {
        transaction.append('out', record.partition, [record]);
        next.set(record.partition, record.offset + 1);
      }
      transaction.sendOffsets(
        consumer,
        [...next].map(([partition, offset]) => ({ topic: 'in', partition, next: offset })),
      );
      try {
        await transaction.commit();
        fenced = 0;
      } catch (thrown) {
        const error = toHubError(thrown);
        // A revoked partition fences once. Again and again means that a zombie has taken the producer's name, though not the
        // member's: the poll would never tell, and only a restart takes the name back (seed 9695).
        if (error.code === 'HUB_LOG_FENCED' ? ++fenced > 3 : !error.retriable) throw error;
        await consumer.rewind();
      }
    }
    await consumer.close();
  }
  return { name, run };
}

/** False on a retriable error; rejects with any other. */
async function succeeds(commit: Promise<void>): Promise<boolean> {
  try {
    await commit;
    return true;
  } catch (error) {
    if (toHubError(error).retriable) return false;
    throw error;
  }
}

/** Every message of the source exactly once, those of one key in the order of the source. */
function compare(broker: SimBroker, source: readonly Message[]): string | null {
  const expected = Map.groupBy(source, ({ key }) => key);
  const records = broker.partitionsOf('out').flatMap((stored) => stored.read(0, Number.MAX_SAFE_INTEGER));
  const copied = Map.groupBy(records, ({ key }) => key ?? '');
  for (const key of new Set([...expected.keys(), ...copied.keys()])) {
    const want = (expected.get(key) ?? []).map(({ value }) => value).join(' ');
    const got = (copied.get(key) ?? []).map(({ value }) => Buffer.from(value ?? []).toString()).join(' ');
    if (got !== want) return `${key}: expected [${want}], got [${got}]`;
  }
  return null;
}
