import { type Figure, figure } from '../figure.ts';
import { reducedHub } from './contenders.ts';
import type { BenchServers } from './servers.ts';
import { brokerCpuUsOf, cpuUsOf, rateOf, timed } from './timed.ts';

const batches = [100, 1_000, 10_000, 50_000];
const partitionCounts = [4, 12, 48];
const workerCounts = [1, 2, 4];
/** What the other two are while one is varied. */
const usual = { batch: 10_000, partitions: 12, workers: 1 };

/** The reduced hub over the size of its transactions, the partitions of its topics and the number of its processes. */
export async function curve(records: number, servers: BenchServers): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const input = (partitions: number): string => `hub.curve.input-${partitions}`;
  for (const partitions of partitionCounts) {
    await servers.cluster.createTopics([input(partitions)], partitions);
    await servers.cluster.fill(input(partitions), partitions, 0, records);
  }
  const measure = async (what: string, changed: Partial<typeof usual>): Promise<void> => {
    const { batch, partitions, workers } = { ...usual, ...changed };
    const work = { input: input(partitions), records, partitions, workers };
    const run = await timed(reducedHub(batch), work, `hub.curve.${figures.length}`, servers);
    figures.push(
      figure(what, rateOf(run), 'records/s'),
      figure(`${what}: its CPU`, cpuUsOf(run), 'us/record'),
      figure(`${what}: CPU of the broker`, brokerCpuUsOf(run), 'us/record'),
    );
  };
  for (const batch of batches) await measure(`transactions of ${batch} at most`, { batch });
  for (const partitions of partitionCounts) await measure(`${partitions} partitions`, { partitions });
  for (const workers of workerCounts) await measure(`${workers} processes`, { workers });
  return figures;
}
