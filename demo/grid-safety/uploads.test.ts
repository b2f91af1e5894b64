import { describe, expect, test } from '@jest/globals';
import { CityClock } from '../city/clock.ts';
import { programmeOf } from '../city/programme.ts';
import type { GridEvent } from './event.ts';
import { EventList } from './event-list.ts';
import { type Disturbances, type Upload, uploadsOf, usualDisturbances } from './uploads.ts';

const hourMs = 3_600_000;
const until = 60 * hourMs;
const begin = Date.parse('2026-03-01T08:00:00+08:00');
const clock = new CityClock({ begin, speed: 2500, calendar: begin });
const all: Disturbances = { late: 0.5, lost: 0.3, unheard: 0.3, forged: 0.3, stale: 0.3, halved: 0.3 };

const uploads = (disturbances: Disturbances, seed = 7): readonly Upload[] => {
  const programme = programmeOf('grid-safety', { seed, background: 4, until });
  return [...uploadsOf(programme, { seed, clock, until, disturbances })];
};

/** Each event as it was told last, by its number. */
function atTheEnd(told: readonly Upload[]): readonly GridEvent[] {
  const list = new EventList(told.values(), clock, Number.MAX_SAFE_INTEGER);
  list.advanceTo(clock.realTime(until));
  const events = ['2026-03-01', '2026-03-02', '2026-03-03'].flatMap((day) => list.of(day));
  return events.sort((a, b) => (a.eventNo < b.eventNo ? -1 : 1));
}

describe('what reaches the patrol platform', () => {
  test('is the same in every run of a seed, and another with another seed', () => {
    expect(uploads(usualDisturbances)).toEqual(uploads(usualDisturbances));
    expect(atTheEnd(uploads(usualDisturbances, 8))).not.toEqual(atTheEnd(uploads(usualDisturbances)));
  });

  test('reads the same in the end whatever was late, lost or told badly', () => {
    const undisturbed = atTheEnd(uploads({}));
    expect(undisturbed.length).toBeGreaterThan(80);
    expect(atTheEnd(uploads(usualDisturbances))).toEqual(undisturbed);
    expect(atTheEnd(uploads(all))).toEqual(undisturbed);
  });

  test('comes in order of time, and of one event in the order of its versions', () => {
    const told = uploads(all);
    expect(told.map(({ at }) => at)).toEqual(told.map(({ at }) => at).sort((a, b) => a - b));
    const known = new Map<string, string>();
    for (const { event } of told.flatMap(({ versions }) => versions)) {
      const before = known.get(event.eventNo);
      if (before !== undefined) expect(event.desc.startsWith(before)).toBe(true);
      known.set(event.eventNo, event.desc);
    }
    expect(told.flatMap(({ versions }) => versions).length).toBeGreaterThan(known.size);
  });

  test('comes in bursts, hours late, where a town had no network', () => {
    const late = uploads(all).filter(({ isLate }) => isLate);
    expect(Math.max(...late.map(({ versions }) => versions.length))).toBeGreaterThan(2);
    for (const { at, versions } of late)
      for (const { told } of versions) {
        expect(at).toBeGreaterThan(told.at);
        expect(at - told.at).toBeLessThanOrEqual(5.5 * hourMs);
      }
  });

  test('has the dirt of such platforms', () => {
    const events = atTheEnd(uploads({}));
    expect(events.filter(({ type2, desc }) => type2 === '其他隐患' && /垃圾/.test(desc))).not.toEqual([]);
    expect(events.filter(({ personNum }) => personNum === null)).not.toEqual([]);
    expect(events.filter(({ gridCode }) => gridCode.length === 14)).not.toEqual([]);
    expect(new Set(events.map(({ eventNo }) => eventNo)).size).toBe(events.length);
    // A new number for a new grid: the same words under two numbers.
    const renumbered = uploads({}).flatMap(({ versions }) => versions.filter((one) => one.isRenumbered));
    expect(renumbered).not.toEqual([]);
    for (const { event, told } of renumbered) {
      const former = events.filter(({ eventNo, desc }) => desc === event.desc && eventNo !== event.eventNo);
      expect({ told: told.serial, former: former.length > 0 }).toEqual({ told: told.serial, former: true });
    }
  });
});
