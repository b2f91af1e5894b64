import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { NormalizedRecord } from '../../runtime/connector.ts';
import { contentHash } from '../../runtime/core/intake.ts';
import { AlarmIntervals } from './intervals.ts';
import { normalize } from './normalize.ts';

const ingestedAt = Date.parse('2026-03-10T08:00:00+08:00');
const sample = {
  alarmId: 'YJ20260310-0093',
  alarmType: '失联',
  shipName: '浙普渔99902',
  mmsi: '412999902',
  bdId: '0312345',
  lastLon: 122.5002,
  lastLat: 29.7311,
  lastTime: '2026-03-10 01:22:41',
  lostMin: 372,
  crewNum: 7,
  windLevel: 8,
  fenceId: null,
  level: '红',
  status: '未处置',
  phone: '139****0000',
};
type Alarm = Partial<Record<keyof typeof sample, unknown>>;
const rawOf = (alarm: Alarm) => ({
  bytes: Buffer.from(JSON.stringify(alarm)),
  format: 'JSON' as const,
  correlationId: 'push-1',
});
const judge = (alarm: Alarm) => normalize(rawOf({ ...sample, ...alarm }), { ingestedAt });

function accepted(alarm: Alarm = {}): NormalizedRecord {
  const outcome = judge(alarm);
  if (outcome.kind !== 'next') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

describe('fixtures', () => {
  const folder = new URL('./fixtures/records/', import.meta.url);
  const expected = readdirSync(folder).filter((file) => file.endsWith('.expected.json'));

  test.each(expected)('%s', (file) => {
    const source = readdirSync(folder).find(
      (other) => other !== file && other.startsWith(file.replace('.expected.json', '.')),
    )!;
    const format = source.endsWith('.nmea') ? ('NMEA' as const) : ('JSON' as const);
    const bytes = readFileSync(new URL(source, folder));
    const outcome = normalize({ bytes, format, correlationId: 'file-1' }, { ingestedAt });
    expect(outcome).toEqual(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
  });
});

describe('what cannot be understood', () => {
  const folder = new URL('./fixtures/records/', import.meta.url);
  const broken = readdirSync(folder).filter((file) => /broken|no-|truncated/.test(file));

  test.each(broken)('%s is a dead letter', (file) => {
    const bytes = readFileSync(new URL(file, folder));
    const outcome = normalize({ bytes, format: 'JSON', correlationId: '' }, { ingestedAt });
    expect(outcome).toMatchObject({ kind: 'reject', code: expect.stringMatching(/^HUB_RECORD_/) });
  });

  test('any bytes have an outcome, twice the same', () => {
    const texts = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .record({ alarmId: fc.jsonValue(), mmsi: fc.jsonValue(), lastTime: fc.jsonValue() })
        .map((alarm) => Buffer.from(JSON.stringify({ ...sample, ...alarm }))),
    );
    fc.assert(
      fc.property(
        texts,
        fc.constantFrom('JSON' as const, 'NMEA' as const),
        fc.string(),
        (bytes, format, correlationId) => {
          const judged = () => normalize({ bytes, format, correlationId }, { ingestedAt });
          expect(judged()).toEqual(judged());
        },
      ),
    );
  });
});

describe('an open alarm that is sent again each minute', () => {
  const same = (a: Alarm, b: Alarm) => {
    const [first, second] = [accepted(a), accepted(b)];
    return first.recordId === second.recordId && contentHash(first.content) === contentHash(second.content);
  };

  test('is the same record with other minutes, time, point, wind, phone and spelling of the ship', () => {
    expect(
      same(
        {},
        {
          lostMin: 373,
          lastTime: '2026-03-10 01:22:42',
          lastLon: '122.5010',
          lastLat: '29.7315',
          windLevel: 9,
          phone: '138****0001',
          shipName: 'ZHEPUYU 99902',
        },
      ),
    ).toBe(true);
    expect(same({}, { shipName: '浙普渔 99902号' })).toBe(true);
  });

  test('is a newer version each minute', () => {
    const [first, second] = [accepted({ lostMin: 372 }), accepted({ lostMin: 373 })];
    expect(Number(second.recordVersion) - Number(first.recordVersion)).toBe(60_000);
  });

  test.each([
    ['the first hour is over', { lostMin: 60 }, { lostMin: 61 }],
    ['six hours are over, so that rule M06 sees it', { lostMin: 360 }, { lostMin: 361 }],
    ['its level changes', { level: '橙' }, { level: '红' }],
    ['its crew becomes known', { crewNum: null }, { crewNum: 7 }],
  ])('is corrected when %s', (_, before, after) => {
    expect(same(before, after)).toBe(false);
  });

  test('is an event, no correction, when its status alone changes', () => {
    expect(same({}, { status: '已处置' })).toBe(true);
    expect(accepted({ status: '已处置' })).toMatchObject({ sourceStatus: '已处置', sourceEvent: 'CLOSED' });
    expect(accepted({ status: '待研判' })).toMatchObject({ sourceStatus: '待研判', sourceEvent: null });
  });
});

describe('what the platform writes', () => {
  test.each([
    ['失联', 'SEA.LOST'],
    ['离线报警', 'SEA.LOST'],
    ['越界', 'SEA.FENCE'],
    ['禁渔期作业', 'SEA.FENCE'],
    ['台风召回未回港', 'SEA.FENCE'],
    ['碰撞风险', 'SEA.COLLISION'],
    ['油污', 'SEA.COLLISION'],
    ['SOS', 'SEA.DISTRESS'],
    ['sos报警', 'SEA.DISTRESS'],
    ['人员落水', 'SEA.DISTRESS'],
    ['12395来电', 'SEA.DISTRESS'],
    ['设备缺电', 'UNK.OTHER'],
    ['SOS测试', 'UNK.OTHER'],
    ['', 'UNK.OTHER'],
  ])('%s is %s', (alarmType, code) => {
    expect(accepted({ alarmType }).sourceCategory.code).toBe(code);
  });

  test.each([
    ['红', 'CRITICAL', 'EXTRA_URGENT', 'URGENT'],
    ['橙色', 'HIGH', 'URGENT', 'NORMAL'],
    ['Ⅱ级', 'HIGH', 'URGENT', 'NORMAL'],
    ['黄', 'MEDIUM', 'NORMAL', 'NORMAL'],
    ['蓝', 'LOW', 'NORMAL', 'NORMAL'],
    ['', 'MEDIUM', 'NORMAL', 'NORMAL'],
  ])('level %s is %s, %s', (level, severity, urgency, priority) => {
    expect(accepted({ level })).toMatchObject({ severity, urgency, priority });
  });

  test('distress is urgent, whatever its colour', () => {
    expect(accepted({ alarmType: 'SOS', level: '黄' }).priority).toBe('URGENT');
  });

  test.each(['000000000', '0', '', null, '41299990', '999999999'])('MMSI %s is nobody', (mmsi) => {
    const record = accepted({ mmsi });
    expect(record.subject).toEqual({ kind: 'VESSEL', name: '浙普渔99902', ref: null });
    expect(record.place.assetId).toBe('0312345');
    expect(record.ext.mmsi).toBeUndefined();
  });

  test('a masked phone is marked and identifies nobody', () => {
    const record = accepted();
    expect(record.quality).toContain('PHONE_MASKED');
    expect(record.reporter.ref).toBeNull();
  });

  test('points are of the vessel and never shifted; 181/91 and zeros are none', () => {
    expect(accepted().place).toMatchObject({ lon: 122.5002, lat: 29.7311, locatedBy: 'VESSEL' });
    for (const point of [
      { lastLon: 181, lastLat: 91 },
      { lastLon: 0, lastLat: 0 },
      { lastLon: null, lastLat: null },
    ]) {
      expect(accepted(point)).toMatchObject({
        place: { lon: null, locatedBy: 'NONE' },
        quality: expect.arrayContaining(['NO_PLACE']),
      });
    }
  });

  test.each([
    [{ lastTime: null }, 'HUB_RECORD_NO_TIME'],
    [{ lastTime: '2031-01-01 00:00:00' }, 'HUB_RECORD_TIME_IMPLAUSIBLE'],
    [{ alarmId: '', alarmType: '' }, 'HUB_RECORD_NO_ID'],
    [{ alarmId: null, mmsi: null, bdId: null, shipName: null }, 'HUB_RECORD_NO_ID'],
    [{ alarmId: { a: 1 } }, 'HUB_RECORD_MALFORMED'],
  ])('%j is a dead letter: %s', (alarm, code) => {
    expect(judge(alarm)).toMatchObject({ kind: 'reject', code });
  });
});

describe('an alarm without the platform’s number', () => {
  const endsAfterMs = 6 * 3_600_000;
  const own = { ...sample, alarmId: null };
  /** Record ids of copies that are pushed one after the other, with a restart before each. */
  function idsOf(copies: readonly Alarm[]): string[] {
    let open = new AlarmIntervals(endsAfterMs, []).open;
    return copies.map((copy) => {
      const intervals = new AlarmIntervals(endsAfterMs, JSON.parse(JSON.stringify(open)));
      const [record] = intervals.mark([rawOf({ ...own, ...copy })]);
      open = intervals.open;
      const outcome = normalize(record!, { ingestedAt: ingestedAt + 3 * 24 * 3_600_000 });
      return outcome.kind === 'next' ? outcome.value.recordId : outcome.kind;
    });
  }

  test('is one as long as it is sent again, over midnight and restarts too', () => {
    const ids = idsOf([{ lostMin: 1 }, { lostMin: 200 }, { lostMin: 500 }, { lostMin: 800 }]);
    expect(new Set(ids)).toEqual(new Set(['412999902/失联/20260309T172341Z']));
  });

  test('is another after a silence, and after its end', () => {
    const later = { lastTime: '2026-03-11 01:22:41', lostMin: 1 };
    expect(new Set(idsOf([{}, later])).size).toBe(2);
    const soon = { lastTime: '2026-03-10 08:30:00', lostMin: 0 };
    expect(new Set(idsOf([{}, { lostMin: 373, status: '已解除' }, soon])).size).toBe(2);
  });

  test('stays one when its end is told again, and when an old copy comes late', () => {
    const over = { lostMin: 373, status: '已解除' };
    expect(new Set(idsOf([{}, over, over, { lostMin: 371 }])).size).toBe(1);
  });

  test('of another ship or type is another', () => {
    expect(new Set(idsOf([{}, { mmsi: '412999903' }, { alarmType: '越界' }])).size).toBe(3);
  });
});

test('an alarm that is over is never older than its last copy, though its minutes are gone', () => {
  const intervals = new AlarmIntervals(1_000, []);
  const versions = [{}, { lostMin: null, status: '已解除' }].map((alarm) => {
    const [record] = intervals.mark([rawOf({ ...sample, ...alarm })]);
    const outcome = normalize(record!, { ingestedAt });
    return outcome.kind === 'next' ? Number(outcome.value.recordVersion) : 0;
  });
  expect(versions[1]).toBe(versions[0]);
});
