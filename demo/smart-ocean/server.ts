/**
 * Receivers of AIS as TCP servers, and the alarms of the fishing platform, as one process; knows nothing of the hub. Prints
 * `{"ready":true,"receivers":["127.0.0.1:PORT",…],"pid":…}`, and with `--hours`, once all alarms are told, `{"finished":true,…}`.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
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
import type { Occurrence } from '../city/programme.ts';
import { flawKinds, type Push, pushAll } from '../city/push.ts';
import { type TruthLine, truthOf, writeTruth } from '../city/truth.ts';
import { alarmIdOf, type Sending, sendingsOf } from './alarms.ts';
import { type Beacon, beaconOf, isBeacon } from './beacons.ts';
import { fleetOf } from './fleet.ts';
import { receiver } from './receiver.ts';
import { type Heard, heardBy, longestDelayMs, receptionKinds } from './reception.ts';
import { transmissionsBetween } from './transmissions.ts';

const disturbanceKinds = [...receptionKinds, ...flawKinds] as const;
const usualDisturbances = 'missed:0.07,garbled:0.005,torn:0.02,noise:0.003,unheard:0.03';

const usage = `node demo/smart-ocean/server.ts [options]
  --ports LIST         of the receivers, default 0,0: two, any free ones
  --vessels N          default 180
  --hook URL           where alarms are pushed to; asked until it answers. Default: nothing is pushed
  --secret TEXT        signs them, default demo-only-secret
  --disturb LIST       kind:probability,… see reception.ts (of the receivers) and ../city/push.ts (of the alarms);
                       default ${usualDisturbances}
${cityUsage}`;

const { values } = parseArgs({
  options: {
    ...cityArguments,
    ports: { type: 'string', default: '0,0' },
    vessels: { type: 'string', default: '180' },
    hook: { type: 'string' },
    secret: { type: 'string', default: 'demo-only-secret' },
    disturb: { type: 'string', default: usualDisturbances },
  },
});

/** Beacons of the stories as they come, without those that have ended. */
class Air {
  readonly #told: Iterator<Occurrence>;
  readonly #city: CitySettings;
  #next: Occurrence | undefined;
  #beacons: readonly Beacon[] = [];

  constructor(city: CitySettings) {
    this.#city = city;
    this.#told = city.programme('smart-ocean').filter(isBeacon);
    this.#next = this.#take();
  }

  /** Those that transmit at some time in [from, to), real time, ms; `from` never goes back further than once before. */
  beacons(from: number, to: number): readonly Beacon[] {
    const { clock } = this.#city;
    for (; this.#next !== undefined && clock.realTime(this.#next.at) < to; this.#next = this.#take())
      this.#beacons = [...this.#beacons, beaconOf(clock, this.#next)];
    this.#beacons = this.#beacons.filter((beacon) => beacon.to > from);
    return this.#beacons;
  }

  #take(): Occurrence | undefined {
    const { value, done } = this.#told.next();
    return done ? undefined : value;
  }
}

function hearing(number: number, city: CitySettings): (from: number, to: number) => readonly Heard[] {
  const { seed } = city;
  const disturbances = parseChances(disturbanceKinds, values.disturb);
  const fleet = fleetOf(seed, numberOf('vessels', values.vessels));
  const air = new Air(city);
  return (from, to) => {
    const since = from - longestDelayMs;
    return transmissionsBetween(seed, fleet, air.beacons(since, to), since, to)
      .flatMap((transmission) => heardBy(number, transmission, seed, disturbances))
      .filter(({ at }) => at >= from && at < to)
      .sort((a, b) => a.at - b.at);
  };
}

async function listen(number: number, port: number, city: CitySettings): Promise<string> {
  const server = receiver(hearing(number, city)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const sendings = (city: CitySettings): Generator<Sending> =>
  sendingsOf(
    city.programme('smart-ocean').filter((told) => !isBeacon(told)),
    { ...city, disturbances: parseChances(disturbanceKinds, values.disturb) },
  );

function* pushesOf(told: Iterable<Sending>, { clock }: CitySettings): Generator<Push> {
  for (const { at, alarm, flaws } of told)
    yield {
      dueAt: clock.realTime(at),
      keys: [alarm.alarmId],
      flaws,
      body: () => JSON.stringify(alarm),
    };
}

const linesOf = (city: CitySettings): readonly TruthLine[] =>
  [...city.programme('smart-ocean')].map((told) => {
    if (!isBeacon(told))
      return truthOf('smart-ocean', city.clock, told, {
        recordId: alarmIdOf(city.clock, told),
        delivery: 'pushed',
      });
    const { mmsi, isTest } = beaconOf(city.clock, told);
    return truthOf('smart-ocean', city.clock, told, {
      recordId: String(mmsi),
      delivery: isTest ? 'ais-test' : 'ais',
    });
  });

if (values.help) {
  process.stdout.write(usage);
} else {
  const city = citySettings(values, Date.now());
  const ports = values.ports.split(',').map((port) => numberOf('ports', port));
  const receivers = await Promise.all(ports.map((port, number) => listen(number, port, city)));
  endWithLauncher(values.attached);
  say({ ready: true, receivers, pid: process.pid });
  if (values.hook !== undefined) {
    const pushed = await pushAll(pushesOf(sendings(city), city), { url: values.hook, secret: values.secret });
    const lines = linesOf(city);
    if (values.truth !== undefined) writeTruth(values.truth, lines);
    say({ finished: true, system: 'smart-ocean', records: lines.length, pushes: pushed });
  }
}
