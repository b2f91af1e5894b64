import type { NormalizeContext, NormalizedRecord, RawRecord } from '../../runtime/connector.ts';
import { next, type Outcome, reject } from '../../runtime/outcome.ts';
import { locate } from '../parsing/coordinates.ts';
import { asText } from '../parsing/json-object.ts';
import { parsePhone } from '../parsing/person.ts';
import { recordNumber } from '../parsing/record-number.ts';
import { decodeRecord, lineReader } from '../parsing/record-text.ts';
import { parseTime } from '../parsing/time.ts';
import { type AlarmFields, numberOf, parseAlarm, saidAt } from './alarm-shape.ts';
import { categoryOf, gradeOf, shipNameOf, stateOf } from './alarm-words.ts';
import { alarmKey, readInterval } from './intervals.ts';
import { readMmsi } from './mmsi.ts';
import { vesselRecord } from './vessel-record.ts';

const dayMs = 24 * 3_600_000;
/** Before it no such platform existed. */
const firstAlarm = Date.UTC(2010, 0, 1);
const maxLineLength = 100;

/** Minutes without a signal from which rule M06 looks anew: an hour inside a typhoon warning, six hours. Crossing one is a correction. */
const stages = [60, 360];

const flags = ['NO_PLACE', 'COORD_GUESSED', 'COORD_SWAPPED', 'ENCODING_FIXED', 'PHONE_MASKED', 'FUTURE_TIME'];

/**
 * One alarm of the platform to the hub's record (domain.md §3.6). Pure; never throws.
 *
 * Rejects with HUB_RECORD_ENCODING, HUB_RECORD_MALFORMED, HUB_RECORD_NO_ID (neither a number nor ship and type), HUB_RECORD_NO_TIME (no lastTime),
 * HUB_RECORD_TIME_IMPLAUSIBLE. Volatile, so no correction: lastTime, the last point, lostMin within a stage, wind, phone.
 */
export function normalizeAlarm(
  raw: RawRecord,
  { ingestedAt }: Pick<NormalizeContext<unknown>, 'ingestedAt'>,
): Outcome<NormalizedRecord> {
  const record = decodeRecord(raw.bytes);
  if (record.kind !== 'next') return record;
  const decoded = record.value;
  const { fields, problem } = parseAlarm(decoded.text);
  if (fields === undefined) return reject('HUB_RECORD_MALFORMED', problem);
  const said = saidAt(fields);
  if (said === null) {
    return reject('HUB_RECORD_NO_TIME', 'lastTime: no time, expected one like 2026-03-10 01:22:41');
  }
  const interval = readInterval(raw.correlationId) ?? { openedAt: said, saidAt: said };
  if (said < firstAlarm || said > ingestedAt + dayMs) {
    const found = said < firstAlarm ? 'before 2010' : 'more than a day in the future';
    return reject('HUB_RECORD_TIME_IMPLAUSIBLE', `lastTime: ${found}, expected when the ship was last heard`);
  }
  const id = recordIdOf(fields, interval.openedAt);
  if (id.kind !== 'next') return id;

  const quality = new Set<string>(decoded.repaired ? ['ENCODING_FIXED'] : []);
  const line = lineReader(maxLineLength, quality);
  const alarmType = line(fields.alarmType);
  const name = shipNameOf(line(fields.shipName)) || null;
  const mmsi = readMmsi(line(fields.mmsi));
  const [bdId, fenceId, level, phone] = [fields.bdId, fields.fenceId, fields.level, fields.phone].map(line);
  const [lostMin, crew, wind] = [fields.lostMin, fields.crewNum, fields.windLevel].map(numberOf);
  const { quality: doubts, ...point } = locate({
    x: fields.lastLon,
    y: fields.lastLat,
    system: 'CGCS2000',
    labelled: true,
  });
  for (const doubt of doubts) quality.add(doubt);
  if (point.lon === null) quality.add('NO_PLACE');
  if (phone !== '' && parsePhone(phone!).kind === 'MASKED') quality.add('PHONE_MASKED');
  if (said > ingestedAt + 10 * 60_000) quality.add('FUTURE_TIME');

  const category = categoryOf(alarmType);
  const grade = gradeOf(level!);
  const ship = name ?? mmsi ?? (bdId || '船名不详');
  const facts = [
    mmsi && `MMSI ${mmsi}`,
    bdId && `北斗 ${bdId}`,
    lostMin !== null && `已失去信号 ${lostMin} 分钟`,
    crew !== null && `在船 ${crew} 人`,
    wind !== null && `风力 ${wind} 级`,
    fenceId && `电子围栏 ${fenceId}`,
    level && `${level}级报警`,
  ].filter((fact) => typeof fact === 'string' && fact !== '');
  return next({
    ...vesselRecord({ name, mmsi, asset: mmsi ?? (bdId || name), point }),
    recordId: id.value,
    recordVersion: String(interval.saidAt),
    reportedAt: interval.openedAt,
    sourceUpdatedAt: interval.saidAt,
    occurredAt: parseTime(fields.lastTime)?.ms ?? null,
    title: `${alarmType || '船舶'}报警：${ship}`,
    body: `${ship}${alarmType}。${facts.join('，')}。`,
    reporter: {
      kind: 'VESSEL',
      ref: null,
      confidential: false,
      count: 1,
      name: null,
      phone: phone || null,
    },
    sourceCategory: { code: category, sourceCode: null, sourceName: alarmType || null },
    ...stateOf(line(fields.status)),
    ...grade,
    impact:
      crew === null
        ? null
        : { deaths: null, injured: null, missing: null, peopleAffected: crew!, amountCny: null },
    priority: category === 'SEA.DISTRESS' || grade.urgency === 'EXTRA_URGENT' ? 'URGENT' : 'NORMAL',
    quality: flags.filter((flag) => quality.has(flag)),
    ext: Object.fromEntries(
      [
        ['alarmType', alarmType],
        ['mmsi', mmsi],
        ['bdId', bdId],
        ['lostMin', lostMin],
        ['crewNum', crew],
        ['windLevel', wind],
        ['fenceId', fenceId],
        ['level', level],
      ].flatMap(([key, value]) => (value === null || value === '' ? [] : [[key, String(value)]])),
    ),
    content: {
      alarmType,
      name,
      mmsi,
      bdId,
      fenceId,
      level,
      crew,
      lostStage: lostMin === null ? null : stages.filter((limit) => lostMin! > limit).length,
    },
  });
}

/** The platform's number, else ship, type and open interval. */
function recordIdOf(fields: AlarmFields, openedAt: number): Outcome<string> {
  if (asText(fields.alarmId).trim() !== '') return recordNumber(fields.alarmId, 'alarmId', 'alarm');
  const key = alarmKey(fields);
  if (key === null) {
    return reject(
      'HUB_RECORD_NO_ID',
      'alarmId: missing, and no ship with an alarmType, expected one of them',
    );
  }
  return recordNumber(`${key}/${compactTime(openedAt)}`, 'alarmId', 'alarm');
}

/** 20260310T012241Z. */
export const compactTime = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+|[-:]/g, '');
