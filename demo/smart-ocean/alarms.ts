import { agendaOf } from '../city/agenda.ts';
import { dashed, dayOf } from '../city/beijing.ts';
import type { Chances } from '../city/chances.ts';
import type { CityClock } from '../city/clock.ts';
import { draw, drawInt, drawOne } from '../city/draw.ts';
import { keyOf, type Occurrence } from '../city/programme.ts';
import { type Flaw, flawKinds } from '../city/push.ts';

const [secondMs, minuteMs] = [1_000, 60_000];
const levels = ['蓝', '黄', '橙', '红'] as const;

/** An alarm as it is told once; it is told again each minute until it is handled. */
export interface Sending {
  /** ms on the axis of the stories. */
  readonly at: number;
  readonly told: Occurrence;
  readonly alarm: Alarm;
  readonly flaws: readonly Flaw[];
}

export interface AlarmOptions {
  readonly seed: number;
  readonly clock: CityClock;
  readonly speed: number;
  /** Nothing is told from this point of the axis on, ms. */
  readonly until: number;
  readonly disturbances: Chances<Flaw>;
}

/** The alarms of the fishing platform, each minute of the stories; not more than one a second in real time, however fast they are told. */
export function sendingsOf(programme: Iterable<Occurrence>, options: AlarmOptions): Generator<Sending> {
  const { seed, speed, until, disturbances } = options;
  const everyMs = Math.max(minuteMs, secondMs * speed);
  return agendaOf(programme, (told) => {
    const key = keyOf(told);
    const isMajor = told.telling.itemClass === 'MAJOR';
    const openMs = drawInt(isMajor ? 60 : 5, isMajor ? 240 : 40, seed, key, 'open') * minuteMs;
    const times = [];
    for (let after = 0; after < openMs; after += everyMs) times.push(after);
    return [...times, openMs]
      .filter((after) => after === 0 || told.at + after < until)
      .map((after, i) => {
        return {
          at: told.at + after,
          told,
          alarm: renderAlarm(options, told, after, openMs),
          flaws: flawKinds.filter((kind) => draw(seed, key, i, kind) < (disturbances[kind] ?? 0)),
        };
      });
  });
}

/** The platform's number of an alarm: YJ20260310-0093. */
export const alarmIdOf = (clock: CityClock, { at, serial }: Occurrence): string =>
  `YJ${dayOf(clock.shown(at)).replaceAll('-', '')}-${String(serial + 1).padStart(4, '0')}`;

/**
 * An alarm as the platform tells it (domain.md §3.6), dirt included. A function of seed, telling and how long it has been open.
 * @param after since it was told first, on the axis of the stories, ms
 * @param openMs after which somebody has handled it
 */
export function renderAlarm(
  { seed, clock }: Pick<AlarmOptions, 'seed' | 'clock'>,
  told: Occurrence,
  after: number,
  openMs: number,
) {
  const { telling, matter } = told;
  const words = `${telling.title} ${telling.body}`;
  const chance = (what: string) => draw(seed, keyOf(told), what);
  const ship = shipIn(words);
  const lostMin = lostMinutes(words);
  const isLost = lostMin !== null;
  const minutes = Math.floor(after / minuteMs);
  // How long ago is told as in life even where the calendar runs slower than the stories.
  const lastSeen = clock.shown(told.at + after) - (isLost ? lostMin + minutes : 0) * minuteMs;
  const isRaised = after >= openMs / 2 && chance('raised') < 0.15;
  const level =
    telling.itemClass === 'MAJOR' ? 3 : drawInt(0, 2, seed, keyOf(told), 'level') + Number(isRaised);
  const crew = /在船(\d+)/.exec(words)?.[1] ?? (ship === null ? null : drawInt(3, 11, seed, ship, 'crew'));
  return {
    alarmId: alarmIdOf(clock, told),
    alarmType: typeOf(telling.sourceCategory),
    shipName: ship === null ? null : spelled(seed, ship, keyOf(told)),
    mmsi: ship === null ? null : (mmsiIn(words) ?? `4129${ship}`),
    bdId: ship === null ? null : String(drawInt(300_000, 399_999, seed, ship, 'beidou')).padStart(7, '0'),
    lastLon: matter.place.lon,
    lastLat: matter.place.lat,
    lastTime: dashed(lastSeen),
    lostMin: isLost ? lostMin + minutes : 0,
    crewNum: crew === null ? null : Number(crew),
    windLevel: Number(/(\d+)级/.exec(words)?.[1] ?? drawInt(3, 7, seed, keyOf(told), 'wind')),
    fenceId: /FC-\d+/.exec(words)?.[0] ?? null,
    level: levels[level],
    status: after >= openMs ? (chance('over') < 0.5 ? '已处置' : '已解除') : '未处置',
    phone: ship === null ? null : `139****${String(drawInt(0, 9999, seed, ship, 'phone')).padStart(4, '0')}`,
  };
}

export type Alarm = ReturnType<typeof renderAlarm>;

const typeOf = (word: string): string => ({ SOS报警: 'SOS', 信号中断: '失联' })[word] ?? word;

/** Last five digits of a ship's name; the stories spell it in several ways too. */
function shipIn(words: string): string | null {
  const name = /(?:浙普渔|ZHEPUYU|ZPY)\s?(\d{5})/.exec(words)?.[1];
  return name ?? mmsiIn(words)?.slice(4) ?? /(?<!\d)(99\d{3})(?!\d)/.exec(words)?.[1] ?? null;
}

const mmsiIn = (words: string): string | null =>
  /(?<!\d)41[2-4] ?\d{3} ?\d{3}(?!\d)/.exec(words)?.[0].replaceAll(' ', '') ?? null;

/** Null where the alarm is about something else than silence. */
function lostMinutes(words: string): number | null {
  const said = /(?:失联|离线)\s?(\d+)\s?(?:分|min)|(\d+)\s?min 无/.exec(words);
  if (said !== null) return Number(said[1] ?? said[2]);
  return /失联|离线|信号中断/.test(words) ? 0 : null;
}

/** Whoever registered it, registered it his way: three spellings of one ship. */
const spelled = (seed: number, ship: string, key: string): string =>
  drawOne([`浙普渔${ship}`, `浙普渔${ship}`, `ZHEPUYU${ship}`, `浙普渔 ${ship}号`], seed, key, 'spelling');
