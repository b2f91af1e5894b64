import { type Figure, figure } from '../figure.ts';
import { type ContenderName, contenders } from './contenders.ts';
import type { BenchServers } from './servers.ts';
import { brokerCpuUsOf, cpuUsOf, rateOf, type Timed, timed } from './timed.ts';

/** Of the input and of every output; as few as a small installation has. */
const partitions = 4;

/**
 * Each contender does the same work on the same broker, in turn with the others, and what it wrote is checked every time.
 * @param area begins the name of all that they make on the broker
 */
export async function race(
  names: readonly ContenderName[],
  records: number,
  rounds: number,
  servers: BenchServers,
  area = 'hub.race',
): Promise<readonly Figure[]> {
  const input = `${area}.input`;
  await servers.cluster.createTopics([input], partitions);
  await servers.cluster.fill(input, partitions, 0, records);
  const all = new Map<ContenderName, Timed[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Nobody has the place behind the same other one every time.
    for (const [i] of names.entries()) {
      const name = names[(i + round) % names.length]!;
      const own = `${area}.${name}.${round}`;
      const run = await timed(contenders[name], { input, records, partitions }, own, servers);
      process.stderr.write(`${contenders[name].name}: ${Math.round(rateOf(run))} records/s\n`);
      all.get(name)!.push(run);
    }
  }
  return [...all].flatMap(([name, runs]) => figuresOf(name, runs, all.get('streams') ?? null));
}

/** @param streams the runs to hold these against, each against that of its own round */
function figuresOf(
  name: ContenderName,
  runs: readonly Timed[],
  streams: readonly Timed[] | null,
): readonly Figure[] {
  const who = contenders[name].name;
  const peers = name === 'streams' ? null : streams;
  const held = (what: string, unit: string, of: (run: Timed) => number): Figure =>
    figure(who + what, median(runs.map(of)), unit, peers === null ? null : median(peers.map(of)));
  const rates = runs.map(rateOf);
  const ratios = (peers ?? []).map((peer, round) => rates[round]! / rateOf(peer));
  return [
    held('', 'records/s', rateOf),
    figure(`${who}: slowest`, Math.min(...rates), 'records/s'),
    figure(`${who}: fastest`, Math.max(...rates), 'records/s'),
    ...(ratios.length === 0
      ? []
      : [
          figure(`${who}: least of a round`, Math.min(...ratios), 'times Streams'),
          figure(`${who}: most of a round`, Math.max(...ratios), 'times Streams'),
        ]),
    held(': second half', 'records/s', ({ lateRate }) => lateRate),
    held(
      ': with its start',
      'records/s',
      ({ records, startMs, workMs }) => (records / (startMs + workMs)) * 1_000,
    ),
    held(': its CPU', 'us/record', cpuUsOf),
    held(': CPU of the broker', 'us/record', brokerCpuUsOf),
    held(': most memory', 'MiB', ({ residentMb }) => residentMb),
  ];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
