/**
 * The patrol platform, as a process of its own; knows nothing of the hub. Pushes its events to a webhook and lists those of a day.
 * Prints `{"ready":true,"url":"http://127.0.0.1:PORT","pid":…}`, and with `--hours`, once all is told, `{"finished":true,…}`.
 */
import { parseArgs } from 'node:util';
import { parseChances } from '../city/chances.ts';
import {
  type CitySettings,
  cityArguments,
  citySettings,
  cityUsage,
  endWithLauncher,
  numberOf,
  say,
} from '../city/command-line.ts';
import { type Push, pushAll } from '../city/push.ts';
import { type TruthLine, truthOf, writeTruth } from '../city/truth.ts';
import { EventList } from './event-list.ts';
import { platform } from './platform.ts';
import { disturbanceKinds, type Upload, uploadsOf, usualDisturbances } from './uploads.ts';

const usage = `node demo/grid-safety/server.ts [options]
  --port N             of the list of a day, default 0: any free one
  --hook URL           where events are pushed to; asked until it answers. Default: nothing is pushed
  --secret TEXT        signs both, default demo-only-secret
  --disturb LIST       kind:probability,… see uploads.ts; default ${Object.entries(usualDisturbances)
    .map((pair) => pair.join(':'))
    .join(',')}
${cityUsage}`;

const { values } = parseArgs({
  options: {
    ...cityArguments,
    port: { type: 'string', default: '0' },
    hook: { type: 'string' },
    secret: { type: 'string', default: 'demo-only-secret' },
    disturb: { type: 'string' },
  },
});

/** Archived beyond it: some days at the usual speed. */
const keptEvents = 50_000;

/** Lost ones are left out: nobody pushes them, not even late. */
function* pushesOf(uploads: Iterable<Upload>, { clock }: CitySettings): Generator<Push> {
  for (const { at, versions, flaws } of uploads) {
    const events = versions.filter(({ isLost }) => !isLost).map(({ event }) => event);
    if (events.length === 0) continue;
    yield {
      dueAt: clock.realTime(at),
      keys: events.map(({ eventNo }) => eventNo),
      flaws,
      body(now) {
        const ts = Math.floor(clock.shownNow(now) / 1000);
        const stamped = events.map((event) => ({ ...event, ts }));
        return JSON.stringify(stamped.length === 1 ? stamped[0] : stamped);
      },
    };
  }
}

/** A line for each number of an event, whatever was told of it later. */
function linesOf(uploads: Iterable<Upload>, { clock }: CitySettings): readonly TruthLine[] {
  const lines = new Map<string, TruthLine>();
  for (const { versions, isLate } of uploads) {
    for (const { told, event, isLost, isRenumbered } of versions) {
      const delivery = isLost ? 'lost' : isRenumbered ? 'renumbered' : isLate ? 'late' : 'pushed';
      const known = lines.get(event.eventNo);
      lines.set(
        event.eventNo,
        known ?? truthOf('grid-safety', clock, told, { recordId: event.eventNo, delivery }),
      );
    }
  }
  return [...lines.values()];
}

if (values.help) {
  process.stdout.write(usage);
} else {
  const city = citySettings(values, Date.now());
  const disturbances =
    values.disturb === undefined ? usualDisturbances : parseChances(disturbanceKinds, values.disturb);
  const uploads = () => uploadsOf(city.programme('grid-safety'), { ...city, disturbances });
  const app = platform(values.secret, new EventList(uploads(), city.clock, keptEvents));
  const address = await app.listen({ host: '127.0.0.1', port: numberOf('port', values.port) });
  endWithLauncher(values.attached);
  say({ ready: true, url: address, pid: process.pid });
  if (values.hook !== undefined) {
    const pushed = await pushAll(pushesOf(uploads(), city), { url: values.hook, secret: values.secret });
    const lines = linesOf(uploads(), city);
    if (values.truth !== undefined) writeTruth(values.truth, lines);
    say({ finished: true, system: 'grid-safety', records: lines.length, pushes: pushed });
  }
}
