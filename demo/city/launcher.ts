/**
 * Starts the demo city: each of its systems as a process of its own, all on one clock. Prints one line when all are ready,
 * `{"ready":true,"pid":…,"secret":…,"complaint-report":{"url":…},"grid-safety":{"url":…,"hook":…},"smart-ocean":{"receivers":[…],"hook":…}}`, and with
 * `--hours`, once all is told, `{"finished":true,"records":{…}}`. Ends on SIGTERM or SIGINT, and its systems with it, even by kill -9.
 */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startChild } from './child.ts';
import { cityArguments, cityUsage, endWithLauncher, headStartMs, numberOf, say } from './command-line.ts';
import { type System, systems } from './stories.ts';
import { type TruthLine, writeTruth } from './truth.ts';

const usage = `node demo/city/launcher.ts [options]
  --grid-safety-hook URL, --smart-ocean-hook URL   where the two push to; default: free ports of this machine, told
                       when ready: a hub that listens there is found
  --secret TEXT        signs pushes and lists; default demo-only-secret
  --undisturbed        nothing is late, lost, repeated or garbled; the city reads the same in the end
  --until-end          with --hours: end once all is told; otherwise its lists are still there to be read
${cityUsage
  .replace(
    'default: half a minute before the start',
    'default: half a minute before the start, with --hours: the start',
  )
  .replace(
    'default: the real clock',
    'default: the real clock, with --hours:\n                       as many hours before the start',
  )
  .replace('beside the stories; default 0', 'beside the stories; default 1')}`;

const { values } = parseArgs({
  options: {
    ...cityArguments,
    background: { type: 'string', default: '1' },
    'grid-safety-hook': { type: 'string' },
    'smart-ocean-hook': { type: 'string' },
    secret: { type: 'string', default: 'demo-only-secret' },
    undisturbed: { type: 'boolean', default: false },
    'until-end': { type: 'boolean', default: false },
  },
});

/** A port that is free now. Who listens there next is not held back by us. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const hookOf = async (system: 'grid-safety' | 'smart-ocean'): Promise<string> =>
  values[`${system}-hook`] ?? `http://127.0.0.1:${await freePort()}/${system}`;

async function launch(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'demo-city-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const truthFile = (system: System) => join(folder, `${system}.jsonl`);
  const now = Date.now();
  const hours = values.hours === undefined ? null : numberOf('hours', values.hours);
  const begin = values.begin ?? String(hours === null ? now - headStartMs : now);
  const calendar = values.calendar ?? (hours === null ? null : String(Number(begin) - hours * 3_600_000));
  const shared = [
    ...['--seed', values.seed, '--speed', values.speed, '--begin', begin, '--background', values.background],
    ...(calendar === null ? [] : ['--calendar', calendar]),
    ...(hours === null ? [] : ['--hours', String(hours)]),
    ...(values.undisturbed ? ['--disturb', ''] : []),
  ];
  const hooks = { 'grid-safety': await hookOf('grid-safety'), 'smart-ocean': await hookOf('smart-ocean') };
  const pushing = (system: keyof typeof hooks) => ['--hook', hooks[system], '--secret', values.secret];
  const own: Readonly<Record<System, readonly string[]>> = {
    'complaint-report': [],
    'grid-safety': pushing('grid-safety'),
    'smart-ocean': pushing('smart-ocean'),
  };
  const children = await Promise.all(
    systems.map((system) =>
      startChild(`${system}/server.ts`, [...shared, ...own[system], '--truth', truthFile(system)]),
    ),
  );
  const [complaint, grid, ocean] = children.map(({ ready }) => ready);
  say({
    ready: true,
    pid: process.pid,
    secret: values.secret,
    'complaint-report': { url: complaint!.url },
    'grid-safety': { url: grid!.url, hook: hooks['grid-safety'] },
    'smart-ocean': { receivers: ocean!.receivers, hook: hooks['smart-ocean'] },
  });
  // A city of which a system has died is no city: whoever has started it shall see it.
  for (const { exited } of children) void exited.then(() => process.exit(1));
  if (hours === null) return;
  await Promise.all(children.map(({ finished }) => finished));
  const lines = systems.flatMap((system) => linesIn(truthFile(system)));
  if (values.truth !== undefined) writeTruth(values.truth, lines);
  const records = systems.map((system) => [system, lines.filter((line) => line.system === system).length]);
  say({ finished: true, records: Object.fromEntries(records) });
  if (values['until-end']) process.exit(0);
}

const linesIn = (file: string): readonly TruthLine[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TruthLine);

if (values.help) {
  process.stdout.write(usage);
} else {
  endWithLauncher(values.attached);
  await launch();
}
