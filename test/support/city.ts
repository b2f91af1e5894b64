import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { startChild } from '../../demo/city/child.ts';
import type { TruthLine } from '../../demo/city/truth.ts';
import { checkData, type DataCheck, type HubProcess, settled, until } from './hub-process.ts';

export interface CityOptions {
  /** Of the stories; then nothing more is told. */
  readonly hours: number;
  readonly speed: number;
  /** When the telling begins, ms; a hub that reads by then misses nothing on the air. */
  readonly begin: number;
  /** What the records show at the beginning, ms. Cities of one calendar and one seed tell the same, number for number. */
  readonly calendar: number;
  /** Where the truth is written; made when missing. */
  readonly folder: string;
}

export interface City {
  /** `connectors` of a hub.yaml that reads all three systems. */
  readonly connectors: Readonly<Record<string, object>>;
  /**
   * Resolves when all is told and all pushes are taken, with what a hub must hold then, sorted (see `recordsIn`). Only now the platform of the grid
   * workers lists its days, with what was never pushed: until then it answers no pull.
   */
  told(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** The demo city, told to its end (demo/README.md), its usual disturbances among it. */
export async function startCity({ folder, ...options }: CityOptions): Promise<City> {
  mkdirSync(folder, { recursive: true });
  const truth = join(folder, 'truth.jsonl');
  const { ready, finished, exited, release } = await startChild('city/launcher.ts', [
    ...['--seed', '9', '--truth', truth],
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ]);
  const portal = (ready['complaint-report'] as { readonly url: string }).url;
  const grid = ready['grid-safety'] as { readonly url: string; readonly hook: string };
  const ocean = ready['smart-ocean'] as { readonly receivers: readonly string[]; readonly hook: string };
  const lists = await closedDoor(Number(new URL(grid.url).port));
  const listening = (hook: string) => {
    const { port, pathname: path } = new URL(hook);
    return { listen: { port: Number(port) }, path, secrets: [ready.secret] };
  };
  const since = new Date(options.calendar - dayMs).toISOString().slice(0, 10);
  const allTold = finished.then(async () => {
    const last = await tellLastReport(portal);
    lists.open();
    const lines = readFileSync(truth, 'utf8').trim().split('\n');
    return [last, ...lines.flatMap((line) => recordOf(JSON.parse(line) as TruthLine))].sort();
  });
  allTold.catch(() => {});
  return {
    connectors: {
      'complaint-report': {
        ...{ baseUrl: portal, username: 'demo', password: 'demo-only' },
        ...{ pageSize: 10, pollIntervalMs: 1_000 },
      },
      'grid-safety': {
        ...{ baseUrl: lists.url, ...listening(grid.hook) },
        ...{ pullTime: '00:00', since, pollIntervalMs: 1_000, retryPauseMs: 1_000 },
      },
      'smart-ocean': { receivers: ocean.receivers, ...listening(ocean.hook) },
    },
    told: () => allTold,
    async stop() {
      release();
      await exited;
      lists.close();
    },
  };
}

const dayMs = 24 * 3_600_000;

/** As `recordsIn` names it. A beacon of a test is nobody's matter. */
const recordOf = ({ system, recordId, delivery }: TruthLine): readonly string[] => {
  if (delivery === 'ais-test') return [];
  return [delivery === 'ais' ? `${system}:AIS/${recordId}` : `${system}:${recordId}`];
};

/** `source:number` of each item of a data folder, sorted; without the time in the number of a distress, which is when it was heard. */
export const recordsIn = ({ items }: DataCheck): readonly string[] => Object.values(items).map(nameOf).sort();

const nameOf = ({ baseId, generation }: DataCheck['items'][string]): string => {
  const name = baseId.replace(/(?<=:AIS\/\d+)\/.*/, '');
  return generation === 1 ? name : `${name}, generation ${generation}`;
};

/** Resolves when each of `records` is an item and the hub has nothing left to do. Throws an Error that names those that are none. */
export async function untilAllIn(hub: HubProcess, data: string, records: readonly string[]): Promise<void> {
  const isIdle = settled(data, 1);
  let missing: readonly string[] = records;
  try {
    await until(hub, 'every record of the city is an item', async () => {
      if (!(await isIdle())) return false;
      const found = new Set(recordsIn(await checkData(data)));
      missing = records.filter((record) => !found.has(record));
      return missing.length === 0;
    });
  } catch (cause) {
    throw new Error(`no items of: ${missing.join(', ')}`, { cause });
  }
}

/**
 * One report after all others: the portal is read in the order of its changes, so whoever has this one has them all.
 * @returns as `recordsIn` names it
 */
async function tellLastReport(portal: string): Promise<string> {
  const control = (action: string) => new URL(`/control/${action}`, portal);
  const { rows } = (await (await fetch(control('rows'))).json()) as { rows: { updatedAt: number }[] };
  const updatedAt = Math.max(...rows.map((row) => row.updatedAt)) + 1;
  const report = {
    id: 'TS-LAST',
    title: '没有别的事了',
    content: '没有别的事了',
    type: '建议',
    channel: '网站',
  };
  const shown = new Date(updatedAt + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  const text = JSON.stringify({ ...report, createTime: shown, updateTime: updatedAt, status: '0' });
  const answer = await fetch(control('put'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rows: [{ id: report.id, updatedAt, text }] }),
  });
  if (!answer.ok) throw new Error(`the portal does not take it: ${await answer.text()}`);
  return `complaint-report:${report.id}`;
}

/** A door to a server of this machine: who comes before it is open is cut off. */
async function closedDoor(target: number) {
  let isOpen = false;
  const door = createServer((socket) => {
    socket.on('error', () => {});
    if (!isOpen) return void socket.destroy();
    const through = connect(target, '127.0.0.1');
    through.on('error', () => socket.destroy());
    socket.pipe(through).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  return {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    open() {
      isOpen = true;
    },
    close: () => void door.close(),
  };
}
