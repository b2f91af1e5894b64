import type { Payload } from './payload.ts';

/** Fields of an application by name: physical units as in the layouts; null = not available. */
export type Application = Readonly<Record<string, number | boolean | string | null>>;

/** name, bits; then what makes a value of them. Characters of text have 6 bits each. */
type Field = readonly [name: string, bits: number, kind?: Kind];
interface Kind {
  readonly of: 'uint' | 'int' | 'flag' | 'text';
  readonly scale?: number;
  readonly offset?: number;
  /** Raw values from here on mean "not available". */
  readonly unknownFrom?: number;
}

interface Layout {
  /** Bits of the application's data that there must be. */
  readonly minBits: number;
  readonly maxBits: number;
  readonly fields: readonly Field[];
}

const count = (unknownFrom?: number): Kind => ({
  of: 'uint',
  ...(unknownFrom !== undefined && { unknownFrom }),
});
const scaled = (of: 'uint' | 'int', scale: number, offset = 0, unknownFrom?: number): Kind => ({
  of,
  scale,
  offset,
  ...(unknownFrom !== undefined && { unknownFrom }),
});
const flag: Kind = { of: 'flag' };
const text: Kind = { of: 'text' };
/** 1/1000 minute. */
const milliMinutes = (limit: number): Kind => scaled('int', 60_000, 0, limit * 60_000 + 1);

/** Currents, waves and swell stand alike in both forms of the weather message. Knots, degrees, metres, seconds. */
const sea: readonly Field[] = [
  ['currentSpeed', 8, scaled('uint', 10, 0, 255)],
  ['currentDirection', 9, count(360)],
  ['currentSpeed2', 8, scaled('uint', 10, 0, 255)],
  ['currentDirection2', 9, count(360)],
  ['currentDepth2', 5, count(31)],
  ['currentSpeed3', 8, scaled('uint', 10, 0, 255)],
  ['currentDirection3', 9, count(360)],
  ['currentDepth3', 5, count(31)],
  ['waveHeight', 8, scaled('uint', 10, 0, 255)],
  ['wavePeriod', 6, count(63)],
  ['waveDirection', 9, count(360)],
  ['swellHeight', 8, scaled('uint', 10, 0, 255)],
  ['swellPeriod', 6, count(63)],
  ['swellDirection', 9, count(360)],
];

const time: readonly Field[] = [
  ['day', 5, count()],
  ['hour', 5, count()],
  ['minute', 6, count()],
];
const monthAndTime: readonly Field[] = [['month', 4, count()], ...time];

const wind: readonly Field[] = [
  ['windSpeed', 7, count(127)],
  ['gust', 7, count(127)],
  ['windDirection', 9, count(360)],
  ['gustDirection', 9, count(360)],
];

/** IMO SN/Circ.236, 11: weather and water. Knots, °C, %, hPa, nautical miles, metres, ‰. */
const weather236: Layout = {
  minBits: 290,
  maxBits: 300,
  fields: [
    ['lat', 24, milliMinutes(90)],
    ['lon', 25, milliMinutes(180)],
    ...time,
    ...wind,
    ['airTemperature', 11, scaled('uint', 10, -60, 2047)],
    ['humidity', 7, count(127)],
    ['dewPoint', 10, scaled('uint', 10, -20, 1023)],
    ['pressure', 9, scaled('uint', 1, 800, 511)],
    ['pressureTrend', 2, count(3)],
    ['visibility', 8, scaled('uint', 10, 0, 255)],
    ['waterLevel', 9, scaled('uint', 10, -10, 511)],
    ['levelTrend', 2, count(3)],
    ...sea,
    ['seaState', 4, count(13)],
    ['waterTemperature', 10, scaled('uint', 10, -10, 1023)],
    ['precipitation', 3, count(7)],
    ['salinity', 9, scaled('uint', 10, 0, 511)],
    ['ice', 2, count(3)],
  ],
};

/** IMO SN.1/Circ.289, 31: the same, later. */
const weather289: Layout = {
  minBits: 294,
  maxBits: 312,
  fields: [
    ['lon', 25, milliMinutes(180)],
    ['lat', 24, milliMinutes(90)],
    ['accuracy', 1, flag],
    ...time,
    ...wind,
    ['airTemperature', 11, scaled('int', 10)],
    ['humidity', 7, count(101)],
    ['dewPoint', 10, scaled('int', 10, 0, 501)],
    ['pressure', 9, scaled('uint', 1, 799, 511)],
    ['pressureTrend', 2, count(3)],
    ['visibilityIsGreater', 1, flag],
    ['visibility', 7, scaled('uint', 10)],
    ['waterLevel', 12, scaled('uint', 100, -10, 4001)],
    ['levelTrend', 2, count(3)],
    ...sea,
    ['seaState', 4, count(13)],
    ['waterTemperature', 10, scaled('int', 10, 0, 501)],
    ['precipitation', 3, count(7)],
    ['salinity', 9, scaled('uint', 10, 0, 510)],
    ['ice', 2, count(3)],
  ],
};

/** CCNR vessel tracking on inland waters, 200/10: static data of an inland ship. */
const inlandShip: Layout = {
  minBits: 112,
  maxBits: 112,
  fields: [
    ['europeanNumber', 48, text],
    /** Metres. */
    ['length', 13, scaled('uint', 10)],
    ['beam', 10, scaled('uint', 10)],
    ['shipType', 14, count()],
    ['hazard', 3, count()],
    ['draught', 11, scaled('uint', 100)],
    ['loaded', 2, count()],
    ['speedIsGood', 1, flag],
    ['courseIsGood', 1, flag],
    ['headingIsGood', 1, flag],
  ],
};

/** General Lighthouse Authorities of the British Isles, 235/10: state of an aid to navigation. Volts. */
const aidMonitoring: Layout = {
  minBits: 48,
  maxBits: 48,
  fields: [
    ['supply', 10, scaled('uint', 20)],
    ['external1', 10, scaled('uint', 20)],
    ['external2', 10, scaled('uint', 20)],
    ['racon', 2, count()],
    ['light', 2, count()],
    ['alarm', 1, flag],
    ['external', 8, count()],
    ['isOffPosition', 1, flag],
  ],
};

const named = (prefix: string, fields: readonly Field[]): readonly Field[] =>
  fields.map(([name, bits, kind]) => [
    `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`,
    bits,
    kind ?? count(),
  ]);

/** IMO SN/Circ.236, 12: dangerous cargo. */
const dangerousCargo: Layout = {
  minBits: 0,
  maxBits: 272,
  fields: [
    ['lastPort', 30, text],
    ...named('last', monthAndTime),
    ['nextPort', 30, text],
    ...named('next', monthAndTime),
    ['dangerous', 120, text],
    ['imdCategory', 24, text],
    ['unNumber', 13, count()],
    ['amount', 10, count()],
    ['unit', 2, count()],
  ],
};

/** Of a list of tidal windows the first; longer ones are rare, and their bits are in `data`. */
const tidalWindow = (position: readonly Field[], speedBits: number): Layout => ({
  minBits: 9,
  maxBits: 1_000,
  fields: [
    ['month', 4, count()],
    ['day', 5, count()],
    ...position,
    ['fromHour', 5, count()],
    ['fromMinute', 6, count()],
    ['toHour', 5, count()],
    ['toMinute', 6, count()],
    ['currentDirection', 9, count()],
    ['currentSpeed', speedBits, scaled('uint', 10)],
  ],
});

/** IMO SN.1/Circ.289, 18: clearance time to enter a port. */
const clearance: Layout = {
  minBits: 0,
  maxBits: 272,
  fields: [
    ['linkage', 10, count()],
    ...monthAndTime,
    ['portName', 120, text],
    ['destination', 30, text],
    ['lon', 25, milliMinutes(180)],
    ['lat', 24, milliMinutes(90)],
  ],
};

/** IMO SN.1/Circ.289, 30: text. */
const description: Layout = {
  minBits: 10,
  maxBits: 1_000,
  fields: [
    ['linkage', 10, count()],
    ['text', 930, text],
  ],
};

/** By message type, area and number. What is not here is handed on as bits. */
const layouts: Readonly<Record<string, Layout>> = {
  '6/1/12': dangerousCargo,
  '6/1/14': tidalWindow(
    [
      ['lat', 27, scaled('int', 600_000, 0, 90 * 600_000 + 1)],
      ['lon', 28, scaled('int', 600_000, 0, 180 * 600_000 + 1)],
    ],
    7,
  ),
  '6/1/18': clearance,
  '6/1/30': description,
  '6/1/32': tidalWindow(
    [
      ['lon', 25, milliMinutes(180)],
      ['lat', 24, milliMinutes(90)],
    ],
    8,
  ),
  '6/235/10': aidMonitoring,
  '6/250/10': aidMonitoring,
  '8/1/11': weather236,
  '8/1/31': weather289,
  '8/200/10': inlandShip,
};

export function applicationOf(
  payload: Payload,
  type: 6 | 8,
  dac: number,
  fid: number,
  from: number,
): Application | null {
  const layout = layouts[`${type}/${dac}/${fid}`];
  const bits = payload.bits - from;
  if (layout === undefined || bits < layout.minBits || bits > layout.maxBits) return null;
  const content: Record<string, number | boolean | string | null> = {};
  let at = from;
  for (const [name, width, kind = count()] of layout.fields) {
    content[name] = fieldValue(payload, at, width, kind);
    at += width;
  }
  return content;
}

function fieldValue(
  payload: Payload,
  at: number,
  width: number,
  kind: Kind,
): number | boolean | string | null {
  if (kind.of === 'text') return payload.text(at, Math.floor(width / 6));
  if (kind.of === 'flag') return payload.flag(at);
  const raw = kind.of === 'int' ? payload.int(at, width) : payload.uint(at, width);
  if (kind.unknownFrom !== undefined && Math.abs(raw) >= kind.unknownFrom) return null;
  return raw / (kind.scale ?? 1) + (kind.offset ?? 0);
}
