import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findJava } from '../../services/java.ts';
import { javaClassPath } from '../../support/java-program.ts';
import type { Contender } from './contender.ts';

const peers = fileURLToPath(new URL('../peers', import.meta.url));
const hubProcess = fileURLToPath(new URL('./hub-process.ts', import.meta.url));

/** Of a stream application; what it keeps outside the heap (RocksDB, buffers) comes on top. */
const heap = '-Xmx512m';

/**
 * @param settings of Kafka Streams. Its defaults with exactly once commit every 100 ms, each time a transaction over all the
 * partitions that were written to.
 */
function streams(name: string, settings: readonly string[]): Contender {
  return {
    name,
    command: ({ brokers, registry, input, prefix, group, folder }) => [
      join(findJava(17).home, 'bin/java'),
      heap,
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
      ...['-cp', javaClassPath(`${peers}/kafka-streams`), 'peer.Main'],
      ...[brokers, registry, peers, input, prefix, group, folder],
      ...settings,
    ],
  };
}

/**
 * @param batch records of a transaction at most
 * @param keep ids remembered of each partition; null: all
 */
export const reducedHub = (batch: number, keep: number | null = null): Contender => ({
  name: 'reduced hub',
  command: (run, worker) => [process.execPath, hubProcess, JSON.stringify({ ...run, worker, batch, keep })],
});

export const contenders = {
  hub: reducedHub(10_000),
  'streams-defaults': streams('Kafka Streams as it comes', []),
  streams: streams('Kafka Streams, set for throughput', [
    'commit.interval.ms=1000',
    'consumer.max.poll.records=5000',
    'producer.batch.size=131072',
    'producer.linger.ms=20',
  ]),
  bare: {
    name: 'bare node-rdkafka loop',
    command: (run) => [process.execPath, `${peers}/bare-loop.ts`, JSON.stringify(run)],
  },
} as const satisfies Record<string, Contender>;

export type ContenderName = keyof typeof contenders;
