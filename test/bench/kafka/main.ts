import { parseArgs } from 'node:util';
import { table } from '../figure.ts';
import { type ContenderName, contenders } from './contenders.ts';
import { race } from './race.ts';
import { startServers } from './servers.ts';

const names = Object.keys(contenders) as ContenderName[];

const usage = `npm run bench:kafka -- [options]
  --records N   in the input topic (default 500000)
  --rounds R    how often each does all of it, in turn with the others (default 3)
  --only NAME   ${names.join(' | ')}; may be given several times (default: all of them)
  --json        one object a figure, a line each; without it a table`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      records: { type: 'string', default: '500000' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: names },
      json: { type: 'boolean', default: false },
    },
  });
  const records = Number(values.records);
  const rounds = Number(values.rounds);
  const wrong = values.only.find((name) => !isContender(name));
  if (wrong !== undefined) return refuse(`--only: there is no ${wrong}`);
  if (!(Number.isSafeInteger(records) && records >= 1_000))
    return refuse(`--records must be a whole number from 1000 on, got ${values.records}`);
  if (!(Number.isSafeInteger(rounds) && rounds >= 1))
    return refuse(`--rounds must be a whole number from 1 on, got ${values.rounds}`);
  const servers = await startServers();
  const figures = await race(values.only.filter(isContender), records, rounds, servers).finally(servers.stop);
  if (values.json) for (const one of figures) process.stdout.write(`${JSON.stringify(one)}\n`);
  else process.stdout.write(`${table(figures)}\n`);
}

const isContender = (name: string): name is ContenderName => Object.hasOwn(contenders, name);

function refuse(why: string): void {
  process.stderr.write(`${why}\n${usage}\n`);
  process.exitCode = 2;
}

await main();
