import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, figure } from '../figure.ts';
import { check } from './check.ts';
import { type Run, type Timed, timed } from './contender.ts';
import { type ContenderName, contenders } from './contenders.ts';
import { rules } from './rules.ts';
import type { BenchServers } from './servers.ts';

/**
 * Each contender does the same work on the same broker, in turn with the others, and what it wrote is checked every time.
 * @param area begins the name of all that they make on the broker
 */
export async function race(
  names: readonly ContenderName[],
  records: number,
  rounds: number,
  servers: BenchServers,
  area = 'hub.bench',
): Promise<readonly Figure[]> {
  const input = `${area}.input`;
  await servers.cluster.createTopics([input]);
  await servers.cluster.fill(input, 0, records);
  const all = new Map<ContenderName, Timed[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Nobody has the place behind the same other one every time.
    for (const [i] of names.entries()) {
      const name = names[(i + round) % names.length]!;
      all.get(name)!.push(await runOf(name, input, `${area}.${name}.${round}`, records, servers));
    }
  }
  return [...all].flatMap(([name, runs]) => figuresOf(name, runs, records, all.get('streams') ?? null));
}

async function runOf(
  name: ContenderName,
  input: string,
  group: string,
  records: number,
  { cluster, registry, brokerPid }: BenchServers,
): Promise<Timed> {
  const prefix = `${group}.`;
  const outputs = rules.departments.map((department) => prefix + department);
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-kafka-'));
  const run: Run = { brokers: cluster.brokers.join(), registry, input, prefix, group, folder };
  try {
    await cluster.createTopics(outputs);
    const measured = await timed(contenders[name], run, records, cluster, brokerPid);
    await check(cluster.brokers[0]!, registry, prefix, records);
    process.stderr.write(`${name}: ${Math.round(rate(measured, records))} records/s\n`);
    await cluster.deleteTopics(outputs);
    return measured;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const rate = ({ workMs }: Timed, records: number): number => (records / workMs) * 1_000;

/** @param peers the runs of Kafka Streams, to be held against; each run against the peer's of its own round. */
function figuresOf(
  name: ContenderName,
  runs: readonly Timed[],
  records: number,
  peers: readonly Timed[] | null,
): readonly Figure[] {
  const { name: who } = contenders[name];
  const peer = (of: (run: Timed) => number): number | null =>
    peers === null || name === 'streams' ? null : median(peers.map(of));
  const perRecord = (ms: number) => (ms / records) * 1_000;
  const rates = runs.map((run) => rate(run, records));
  const whole = (run: Timed) => (records / (run.startMs + run.workMs)) * 1_000;
  const ratios = peers === null ? [] : runs.map((run, i) => rate(run, records) / rate(peers[i]!, records));
  return [
    figure(
      who,
      median(rates),
      'records/s',
      peer((run) => rate(run, records)),
    ),
    figure(`${who}: slowest`, Math.min(...rates), 'records/s'),
    figure(`${who}: fastest`, Math.max(...rates), 'records/s'),
    ...(ratios.length === 0 || name === 'streams'
      ? []
      : [
          figure(`${who}: lowest of a round`, Math.min(...ratios), 'x Streams'),
          figure(`${who}: highest of a round`, Math.max(...ratios), 'x Streams'),
        ]),
    figure(
      `${who}: second half`,
      median(runs.map(({ lateRate }) => lateRate)),
      'records/s',
      peer(({ lateRate }) => lateRate),
    ),
    figure(`${who}: with its start`, median(runs.map(whole)), 'records/s', peer(whole)),
    figure(
      `${who}: its CPU`,
      median(runs.map(({ cpuMs }) => perRecord(cpuMs))),
      'us/record',
      peer(({ cpuMs }) => perRecord(cpuMs)),
    ),
    figure(
      `${who}: CPU of the broker`,
      median(runs.map(({ brokerCpuMs }) => perRecord(brokerCpuMs))),
      'us/record',
      peer(({ brokerCpuMs }) => perRecord(brokerCpuMs)),
    ),
    figure(`${who}: most memory`, median(runs.map(({ residentMb }) => residentMb)), 'MiB'),
  ];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
