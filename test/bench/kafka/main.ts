import { parseArgs } from 'node:util';
import { type Figure, table } from '../figure.ts';
import { type ContenderName, contenders } from './contenders.ts';
import { curve } from './curve.ts';
import { latency } from './latency.ts';
import { race } from './race.ts';
import { type BenchServers, startServers } from './servers.ts';
import { soak } from './soak.ts';

const names = Object.keys(contenders) as ContenderName[];

interface Options {
  readonly records: number | null;
  readonly rounds: number;
  readonly minutes: number;
  readonly only: readonly ContenderName[];
}

/** What is measured, each on a broker of its own. */
const benches = {
  race: ({ records, rounds, only }: Options, servers: BenchServers) =>
    race(only, records ?? 500_000, rounds, servers),
  curve: ({ records }: Options, servers: BenchServers) => curve(records ?? 200_000, servers),
  latency: ({ records, only }: Options, servers: BenchServers) => latency(only, records ?? 60_000, servers),
  soak: ({ minutes }: Options, servers: BenchServers) => soak(minutes, servers),
} as const;
type BenchName = keyof typeof benches;
const benchNames = Object.keys(benches) as BenchName[];
/** The soak takes its time, and is asked for by name. */
const usual = benchNames.filter((name) => name !== 'soak');

const usage = `npm run bench:kafka -- [options]
  --bench NAME  ${benchNames.join(' | ')}; may be given several times (default: ${usual.join(', ')})
  --records N   instead of each bench's own number
  --rounds R    race: how often each does all of it, in turn with the others (default 3)
  --minutes M   soak: how long (default 30)
  --only NAME   race, latency: ${names.join(' | ')}; may be given several times (default: all of them)
  --json        one object a figure, a line each; without it a table`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      bench: { type: 'string', multiple: true, default: usual },
      records: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      minutes: { type: 'string', default: '30' },
      only: { type: 'string', multiple: true, default: names },
      json: { type: 'boolean', default: false },
    },
  });
  const records = values.records === undefined ? null : Number(values.records);
  const rounds = Number(values.rounds);
  const minutes = Number(values.minutes);
  const noBench = values.bench.find((name) => !Object.hasOwn(benches, name));
  if (noBench !== undefined) return refuse(`--bench: there is no ${noBench}`);
  const nobody = values.only.find((name) => !Object.hasOwn(contenders, name));
  if (nobody !== undefined) return refuse(`--only: there is no ${nobody}`);
  if (records !== null && !(Number.isSafeInteger(records) && records >= 1_000))
    return refuse(`--records must be a whole number from 1000 on, got ${values.records}`);
  if (!(Number.isSafeInteger(rounds) && rounds >= 1))
    return refuse(`--rounds must be a whole number from 1 on, got ${values.rounds}`);
  if (!(minutes >= 0.5)) return refuse(`--minutes must be a number from 0.5 on, got ${values.minutes}`);
  const all: Figure[] = [];
  for (const name of values.bench as BenchName[]) {
    const servers = await startServers();
    const only = values.only as ContenderName[];
    const figures = await benches[name]({ records, rounds, minutes, only }, servers).finally(servers.stop);
    if (values.json) for (const one of figures) process.stdout.write(`${JSON.stringify(one)}\n`);
    all.push(...figures);
  }
  if (!values.json) process.stdout.write(`${table(all)}\n`);
}

function refuse(why: string): void {
  process.stderr.write(`${why}\n${usage}\n`);
  process.exitCode = 2;
}

await main();
