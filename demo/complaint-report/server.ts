/**
 * A portal for complaints and reports, as a process of its own; knows nothing of the hub. Prints one line when it is ready:
 * `{"ready":true,"url":"http://127.0.0.1:PORT/api","pid":…}`, and ends on SIGTERM or SIGINT.
 */
import { parseArgs } from 'node:util';
import { City } from './city.ts';
import { parseDisturbances } from './disturbances.ts';
import { portal } from './portal.ts';
import { loadRecords } from './record-file.ts';
import { Table } from './table.ts';
import { loadTellings } from './tellings.ts';

const usage = `node demo/complaint-report/server.ts [options]
  --port N             default 0: any free one
  --seed N             default 1; the same seed gives the same reports and the same disturbances
  --speed N            how many times faster than life the stories are told; default 2500: a new report every 1-2 s
  --frozen             all reports of the stories are there at once and nothing moves
  --now MS             with --frozen: the time of the newest change, ms since 1970; default: the start
  --records FILE       serve the lines of FILE (one object of data.list each) instead of the stories
  --username, --password   default demo, demo-only
  --token-life-ms N    default 7200000 (2 h)
  --disturb LIST       kind:probability,… see disturbances.ts
  --attached           end when standard input ends: whoever has started it is gone, even by kill -9
  --slow-ms N          how late a slow answer comes; default 2000
`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    speed: { type: 'string', default: '2500' },
    frozen: { type: 'boolean', default: false },
    now: { type: 'string' },
    records: { type: 'string' },
    username: { type: 'string', default: 'demo' },
    password: { type: 'string', default: 'demo-only' },
    'token-life-ms': { type: 'string', default: String(2 * 3_600_000) },
    disturb: { type: 'string', default: '' },
    attached: { type: 'boolean', default: false },
    'slow-ms': { type: 'string', default: '2000' },
    help: { type: 'boolean', default: false },
  },
});

/** Reports that are there from the beginning, ms of real time before the start. */
const headStartMs = 30_000;
/** Archived beyond it: about a day at the usual speed. */
const keptRows = 50_000;

const number = (
  name: 'port' | 'seed' | 'speed' | 'now' | 'token-life-ms' | 'slow-ms',
  fallback = 0,
): number => {
  const text = values[name] ?? String(fallback);
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new Error(`--${name}: got ${text}, expected a number from 0`);
  return value;
};

/** Fills the table, and gives the clock that keeps it filled. */
function fill(table: Table): () => number {
  if (values.records !== undefined) {
    loadRecords(values.records, table);
    return () => (values.frozen ? number('now', table.newest) : Date.now());
  }
  const told = loadTellings(new URL('../stories/', import.meta.url));
  const options = { seed: number('seed'), speed: Math.max(1e-6, number('speed')) };
  if (values.frozen) {
    const end = number('now', Date.now());
    const length = new City(told, table, { ...options, base: 0 }).firstLoopEnds;
    new City(told, table, { ...options, base: end - length }).advanceTo(end, 1);
    return () => end;
  }
  const city = new City(told, table, { ...options, base: Date.now() - headStartMs });
  return () => {
    const now = Date.now();
    city.advanceTo(now);
    return now;
  };
}

if (values.help) {
  process.stdout.write(usage);
} else {
  const table = new Table(values.records === undefined ? keptRows : Number.MAX_SAFE_INTEGER);
  const now = fill(table);
  now();
  const app = portal({
    seed: number('seed'),
    username: values.username,
    password: values.password,
    tokenLifeMs: number('token-life-ms'),
    slowMs: number('slow-ms'),
    disturbances: parseDisturbances(values.disturb),
    table,
    now,
  });
  const address = await app.listen({ host: '127.0.0.1', port: number('port') });
  // Nothing to finish: an answer that is held back on purpose must not hold the end back.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
  if (values.attached) process.stdin.once('end', () => process.exit(0)).resume();
  process.stdout.write(`${JSON.stringify({ ready: true, url: `${address}/api`, pid: process.pid })}\n`);
}
