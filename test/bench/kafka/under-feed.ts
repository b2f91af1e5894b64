import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Contender, type Run, type Started, start } from './contender.ts';
import { rules } from './rules.ts';
import type { BenchServers } from './servers.ts';

const partitions = 4;

/** What came to the twelve topics: when it was due at the source, and when a reader of committed records had it. */
export interface Arrival {
  readonly dueAt: number;
  readonly arrivedAt: number;
}

/**
 * Feeds a contender `rate` records a second while `during` runs, with a reader of all that it writes.
 * @param area begins the names of its topics; not used before
 */
export async function underFeed<T>(
  contender: Contender,
  rate: number,
  area: string,
  { cluster, registry }: BenchServers,
  during: (started: Started, arrivals: readonly Arrival[]) => Promise<T>,
): Promise<T> {
  const input = `${area}.input`;
  const prefix = `${area}.`;
  const outputs = rules.departments.map((department) => prefix + department);
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-kafka-'));
  const brokers = cluster.brokers.join();
  const run: Run = { brokers, registry, input, partitions, prefix, group: area, folder };
  await cluster.createTopics([input, ...outputs], partitions);
  const arrivals: Arrival[] = [];
  const over = new AbortController();
  const reader = read(brokers, `${area}.reader`, outputs, (dueAt) => {
    arrivals.push({ dueAt, arrivedAt: Date.now() });
  });
  const started = start(contender, run);
  const feeding = cluster.feed(input, partitions, rate, over.signal);
  try {
    await started.running;
    return await during(started, arrivals);
  } finally {
    over.abort();
    await feeding;
    await started.stop();
    await reader.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A client that is nobody's (kcat) reads what is committed, and tells the time of each record. */
function read(brokers: string, group: string, topics: readonly string[], take: (timestamp: number) => void) {
  const committed = ['-X', 'isolation.level=read_committed', '-X', 'auto.offset.reset=earliest'];
  // -u: each line at once. -G comes last, it takes the topics behind it.
  const args = ['-q', '-u', '-b', brokers, ...committed, '-f', '%T\\n', '-G', group, ...topics];
  const kcat = spawn('kcat', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(kcat, 'exit');
  createInterface({ input: kcat.stdout }).on('line', (line) => take(Number(line)));
  return {
    async stop(): Promise<void> {
      kcat.kill('SIGTERM');
      await ended;
    },
  };
}
