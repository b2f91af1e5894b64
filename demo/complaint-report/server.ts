/**
 * A portal for complaints and reports, as a process of its own; knows nothing of the hub. Prints one line when it is ready:
 * `{"ready":true,"url":"http://127.0.0.1:PORT/api","pid":…}`, and ends on SIGTERM or SIGINT.
 */
import { parseArgs } from 'node:util';
import { parseChances } from '../city/chances.ts';
import { CityClock } from '../city/clock.ts';
import {
  cityArguments,
  citySettings,
  cityUsage,
  endWithLauncher,
  numberOf,
  say,
  wakeAt,
} from '../city/command-line.ts';
import { programmeOf } from '../city/programme.ts';
import { truthOf, writeTruth } from '../city/truth.ts';
import { disturbanceKinds } from './disturbances.ts';
import { portal } from './portal.ts';
import { loadRecords } from './record-file.ts';
import { endOf, idOf, Reports } from './reports.ts';
import { Table } from './table.ts';

const usage = `node demo/complaint-report/server.ts [options]
  --port N             default 0: any free one
${cityUsage}  --frozen             all reports of the stories are there at once and nothing moves
  --now MS             with --frozen: the time of the newest change, ms since 1970; default: the start
  --records FILE       serve the lines of FILE (one object of data.list each) instead of the stories
  --username, --password   default demo, demo-only
  --token-life-ms N    default 7200000 (2 h)
  --disturb LIST       kind:probability,… see disturbances.ts
  --slow-ms N          how late a slow answer comes; default 2000
`;

const { values } = parseArgs({
  options: {
    ...cityArguments,
    port: { type: 'string', default: '0' },
    frozen: { type: 'boolean', default: false },
    now: { type: 'string' },
    records: { type: 'string' },
    username: { type: 'string', default: 'demo' },
    password: { type: 'string', default: 'demo-only' },
    'token-life-ms': { type: 'string', default: String(2 * 3_600_000) },
    disturb: { type: 'string', default: '' },
    'slow-ms': { type: 'string', default: '2000' },
  },
});

/** Archived beyond it: about a day at the usual speed. */
const keptRows = 50_000;

/** Fills the table, and gives the clock that keeps it filled. */
function fill(table: Table): () => number {
  const frozenAt = (fallback: number) => (values.now === undefined ? fallback : numberOf('now', values.now));
  if (values.records !== undefined) {
    loadRecords(values.records, table);
    return () => (values.frozen ? frozenAt(table.newest) : Date.now());
  }
  const city = citySettings(values, Date.now());
  if (values.frozen) {
    const end = frozenAt(Date.now());
    const once = () => programmeOf('complaint-report', { seed: city.seed, background: 0, rounds: 1 });
    const length = Math.floor(endOf(city.seed, once()) / city.speed);
    const clock = new CityClock({ begin: end - length, speed: city.speed, calendar: null });
    new Reports(once(), table, { seed: city.seed, clock }).advanceTo(end);
    return () => end;
  }
  const reports = new Reports(city.programme('complaint-report'), table, city);
  const end = city.clock.realTime(city.until);
  const now = () => {
    const real = Math.min(Date.now(), end - 1);
    reports.advanceTo(real);
    return city.clock.shownNow(real);
  };
  if (Number.isFinite(end)) wakeAt(end, () => finish(city));
  return now;
}

/** All is told; who has not read it yet still can. */
function finish({ clock, programme }: ReturnType<typeof citySettings>): void {
  const lines = [...programme('complaint-report')].map((told) =>
    truthOf('complaint-report', clock, told, { recordId: idOf(clock, told), delivery: 'listed' }),
  );
  if (values.truth !== undefined) writeTruth(values.truth, lines);
  say({ finished: true, system: 'complaint-report', records: lines.length });
}

if (values.help) {
  process.stdout.write(usage);
} else {
  const table = new Table(values.records === undefined ? keptRows : Number.MAX_SAFE_INTEGER);
  const now = fill(table);
  now();
  const app = portal({
    seed: numberOf('seed', values.seed),
    username: values.username,
    password: values.password,
    tokenLifeMs: numberOf('token-life-ms', values['token-life-ms']),
    slowMs: numberOf('slow-ms', values['slow-ms']),
    disturbances: parseChances(disturbanceKinds, values.disturb),
    table,
    now,
  });
  const address = await app.listen({ host: '127.0.0.1', port: numberOf('port', values.port) });
  endWithLauncher(values.attached);
  say({ ready: true, url: `${address}/api`, pid: process.pid });
}
