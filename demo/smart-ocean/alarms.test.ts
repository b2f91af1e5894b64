import { describe, expect, test } from '@jest/globals';
import { CityClock } from '../city/clock.ts';
import { programmeOf } from '../city/programme.ts';
import { type Alarm, type Sending, sendingsOf } from './alarms.ts';
import { isBeacon } from './beacons.ts';

const hourMs = 3_600_000;
const begin = Date.parse('2026-03-01T08:00:00+08:00');
const until = 24 * 40 * hourMs;
const seed = 5;

function sendings({
  speed = 1,
  calendar = begin as number | null,
  disturbances = {},
} = {}): readonly Sending[] {
  const clock = new CityClock({ begin, speed, calendar });
  const programme = programmeOf('smart-ocean', { seed, background: 0.5, rounds: 1 });
  const told = programme.filter((one) => !isBeacon(one));
  return [...sendingsOf(told, { seed, clock, speed, until, disturbances })];
}

function byAlarm(told: readonly Sending[]): ReadonlyMap<string, readonly Alarm[]> {
  return Map.groupBy(
    told.map(({ alarm }) => alarm),
    ({ alarmId }) => alarmId,
  );
}

const story = (told: readonly Sending[], matter: string): readonly Alarm[] =>
  told.filter((one) => one.told.matter.matter === matter).map(({ alarm }) => alarm);

describe('the alarms of the fishing platform', () => {
  test('are told each minute until they are handled, and then once more', () => {
    for (const alarms of byAlarm(sendings()).values()) {
      const statuses = alarms.map(({ status }) => status);
      expect(['已处置', '已解除']).toContain(statuses.pop());
      expect(new Set(statuses)).toEqual(new Set(['未处置']));
      expect(statuses.length).toBeGreaterThanOrEqual(5);
    }
  });

  test('count the minutes since the ship was last seen, whatever clock the records show', () => {
    for (const told of [sendings(), sendings({ speed: 2500, calendar: null })]) {
      const alarms = story(told, 'M-C-008');
      expect(alarms[0]).toMatchObject({ alarmType: '失联', lostMin: 134, mmsi: '412999566', crewNum: 6 });
      const minutes = alarms.map(({ lostMin }) => lostMin);
      expect(minutes).toEqual([...new Set(minutes)].sort((a, b) => a - b));
    }
    // In life, all of them go back to the same moment.
    const lastTimes = new Set(story(sendings(), 'M-C-008').map(({ lastTime }) => lastTime));
    expect(lastTimes.size).toBe(1);
  });

  test('are not told more than once a second of real time, however fast the stories are', () => {
    for (const sent of Map.groupBy(sendings({ speed: 2500 }), ({ alarm }) => alarm.alarmId).values()) {
      // But for the last one, which comes when somebody has handled it.
      const times = sent.slice(0, -1).map(({ at }) => at);
      for (const [i, at] of times.slice(1).entries())
        expect((at - times[i]!) / 2500).toBeGreaterThanOrEqual(1000);
    }
  });

  test('read the same in the end, and in the order of time, whatever goes wrong with their requests', () => {
    const [plain, disturbed] = [sendings(), sendings({ disturbances: { unheard: 0.5, forged: 0.5 } })];
    expect(disturbed.map(({ at, alarm }) => ({ at, alarm }))).toEqual(
      plain.map(({ at, alarm }) => ({ at, alarm })),
    );
    expect(disturbed.map(({ flaws }) => flaws)).not.toEqual(plain.map(({ flaws }) => flaws));
    expect(plain.map(({ at }) => at)).toEqual(plain.map(({ at }) => at).sort((a, b) => a - b));
  });

  test('spell the name of a ship in three ways, and one alarm always in one', () => {
    const alarms = byAlarm(sendings());
    const names = [...alarms.values()].map((told) => [...new Set(told.map(({ shipName }) => shipName))]);
    expect(names.filter((spellings) => spellings.length > 1)).toEqual([]);
    const spellings = names.flat().map((name) => name?.replace(/\d{5}/, '#'));
    expect(new Set(spellings)).toEqual(new Set(['浙普渔#', 'ZHEPUYU#', '浙普渔 #号', undefined]));
  });

  test('say what the stories say', () => {
    const told = sendings();
    expect(story(told, 'M-C-001')[0]).toMatchObject({
      alarmType: 'SOS',
      mmsi: '412999512',
      windLevel: 8,
      level: '红',
      lastLon: 122.545,
      lostMin: 0,
    });
    expect(story(told, 'M-C-010')[0]).toMatchObject({ alarmType: '越界', fenceId: 'FC-07' });
    expect(story(told, 'M-C-014')[0]).toMatchObject({
      alarmType: '溢油',
      shipName: null,
      mmsi: null,
      phone: null,
    });
    expect(story(told, 'M-C-003')).toEqual([]);
  });
});
