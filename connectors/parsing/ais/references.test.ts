import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { sharedFolder } from '../../../test/support/shared.ts';
import { AisReader } from '../../transports/ais-tcp/reader.ts';
import type { AisMessage, MessageOf } from './decode.ts';
import { degreesPerMinute } from './measures.ts';

/**
 * Field by field against the decodings of others: gpsd (its own expectations), libais, pyais. Each reference's names stand beside ours
 * in `asReference`; what "not available" looks like there stands in `unknown`. Not compared, in any of them:
 * - words that gpsd and libais print beside a number (`status_text` …), and what says who printed it (class, device, scaled);
 * - libais: its reading of the communication state (`slot_timeout` …, we keep it as the one number `radio`), spare bits, and the
 *   content of two binary messages that we hand on as bits;
 * - gpsd's `.chk` of the sample: the same decodings without names; there type, repeat and MMSI only.
 */
const folder = `${sharedFolder()}/data/ais`;
const read = (name: string): string => readFileSync(`${folder}/${name}`, 'utf8');
const jsonLines = (name: string): Fields[] =>
  read(name)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Fields);

type Fields = Readonly<Record<string, unknown>>;

function decodeAll(text: string): AisMessage[] {
  const messages: AisMessage[] = [];
  const reader = new AisReader({ onMessage: (message) => messages.push(message) });
  reader.push(Buffer.from(text), 0);
  reader.end();
  return messages;
}

const pad = (value: number | null, unknown: number, width = 2) =>
  String(value ?? unknown).padStart(width, '0');

/** A message under gpsd's names, in its scaled units; null where we say "not available". */
function asReference(message: AisMessage): Fields {
  const { type, repeat, mmsi } = message;
  const head = { type, repeat, mmsi };
  const own: Fields = { ...message };
  switch (message.type) {
    case 4:
    case 11: {
      const { year, month, day, hour, minute, second } = message;
      const date = `${pad(year, 0, 4)}-${pad(month, 0)}-${pad(day, 0)}`;
      return { ...own, timestamp: `${date}T${pad(hour, 24)}:${pad(minute, 60)}:${pad(second, 60)}Z` };
    }
    case 5: {
      const { eta } = message;
      const date = `${pad(eta.month, 0)}-${pad(eta.day, 0)}`;
      return {
        ...under(own, statics),
        ...eta,
        eta: `${date}T${pad(eta.hour, 24)}:${pad(eta.minute, 60)}Z`,
        dte: message.dteReady ? 0 : 1,
        ais_version: message.aisVersion,
      };
    }
    case 6:
    case 8:
      return {
        ...head,
        dac: message.dac,
        fid: message.fid,
        data: `${message.dataBits}:${message.data}`,
        ...(message.type === 6 && addressed(message)),
        ...application(message),
      };
    case 7:
    case 13:
      return { ...head, ...numbered(4, (n) => ({ [`mmsi${n}`]: message.addressees[n - 1]?.mmsi ?? 0 })) };
    case 9:
      return { ...own, alt: message.altitude, dte: message.dteReady ? 0 : 1 };
    case 10:
      return { ...head, dest_mmsi: message.addressee };
    case 12:
      return { ...head, ...addressed(message), text: message.text };
    case 15: {
      const [first, second, third] = message.asked;
      return {
        ...head,
        mmsi1: first?.mmsi ?? 0,
        type1_1: first?.type ?? 0,
        offset1_1: first?.offset ?? 0,
        type1_2: second?.type ?? 0,
        offset1_2: second?.offset ?? 0,
        mmsi2: third?.mmsi ?? 0,
        type2_1: third?.type ?? 0,
        offset2_1: third?.offset ?? 0,
      };
    }
    case 16:
      return {
        ...head,
        ...numbered(2, (n) => {
          const ship = message.assigned[n - 1];
          return {
            [`mmsi${n}`]: ship?.mmsi ?? 0,
            [`offset${n}`]: ship?.offset ?? 0,
            [`increment${n}`]: ship?.increment ?? 0,
          };
        }),
      };
    case 17:
      return { ...own, data: `${message.data.length * 4}:${message.data}` };
    case 18:
      return { ...own, cs: message.carrierSense, msg22: message.message22 };
    case 19:
      return { ...under(own, statics), dte: message.dteReady ? 0 : 1 };
    case 20:
      return {
        ...head,
        ...numbered(4, (n) => {
          const run = message.reserved[n - 1];
          return {
            [`offset${n}`]: run?.offset ?? 0,
            [`number${n}`]: run?.number ?? 0,
            [`timeout${n}`]: run?.timeout ?? 0,
            [`increment${n}`]: run?.increment ?? 0,
          };
        }),
      };
    case 21:
      return {
        ...under(own, statics),
        aid_type: message.aidType,
        off_position: message.isOffPosition,
        virtual_aid: message.isVirtual,
      };
    case 22:
      return {
        ...own,
        ...region(message.region),
        channel_a: message.channelA,
        channel_b: message.channelB,
        txrx: message.mode,
        power: message.isLowPower,
        addressed: message.addressees.length > 0,
        dest1: message.addressees[0],
        dest2: message.addressees[1],
        band_a: message.bandA,
        band_b: message.bandB,
        zonesize: message.zoneSize,
      };
    case 23:
      return {
        ...under(own, statics),
        ...region(message.region),
        stationtype: message.stationType,
        station_type: message.stationType,
        txrx: message.mode,
        quiet: message.quietMinutes,
      };
    case 24:
      return { ...under(own, statics), vendorid: message.part === 'B' ? message.vendor : undefined };
    case 25:
    case 26:
      return {
        ...head,
        addressed: message.addressee !== null,
        structured: message.application !== null,
        dest_mmsi: message.addressee ?? 0,
        app_id: message.application ?? 0,
        dac: (message.application ?? 0) >> 6,
        fid: (message.application ?? 0) & 63,
        radio: message.radio,
        data: `${message.dataBits}:${message.data}`,
      };
    case 27:
      return { ...own, gnss: !message.isCurrent };
    default:
      return own;
  }
}

const statics: Readonly<Record<string, string>> = {
  callSign: 'callsign',
  shipName: 'shipname',
  shipType: 'shiptype',
  toBow: 'to_bow',
  toStern: 'to_stern',
  toPort: 'to_port',
  toStarboard: 'to_starboard',
};
const under = (fields: Fields, names: Readonly<Record<string, string>>): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [names[name] ?? name, value]));

const numbered = (count: number, of: (n: number) => Fields): Fields =>
  Object.assign({}, ...Array.from({ length: count }, (_, i) => of(i + 1)));

const addressed = (message: MessageOf<6> | MessageOf<12>): Fields => ({
  seqno: message.sequence,
  dest_mmsi: message.addressee,
  retransmit: message.isRetransmitted,
});

const region = (corners: MessageOf<22>['region']): Fields =>
  corners === null
    ? {}
    : {
        ne_lon: corners.northEast.lon,
        ne_lat: corners.northEast.lat,
        sw_lon: corners.southWest.lon,
        sw_lat: corners.southWest.lat,
      };

/** gpsd's names of what applications carry. */
const applicationNames: Readonly<Record<string, string>> = {
  windSpeed: 'wspeed',
  gust: 'wgust',
  windDirection: 'wdir',
  gustDirection: 'wgustdir',
  airTemperature: 'airtemp',
  dewPoint: 'dewpoint',
  pressureTrend: 'pressuretend',
  visibilityIsGreater: 'visgreater',
  waterLevel: 'waterlevel',
  levelTrend: 'leveltrend',
  currentSpeed: 'cspeed',
  currentDirection: 'cdir',
  currentSpeed2: 'cspeed2',
  currentDirection2: 'cdir2',
  currentDepth2: 'cdepth2',
  currentSpeed3: 'cspeed3',
  currentDirection3: 'cdir3',
  currentDepth3: 'cdepth3',
  waveHeight: 'waveheight',
  wavePeriod: 'waveperiod',
  waveDirection: 'wavedir',
  swellHeight: 'swellheight',
  swellPeriod: 'swellperiod',
  swellDirection: 'swelldir',
  seaState: 'seastate',
  waterTemperature: 'watertemp',
  precipitation: 'preciptype',
  europeanNumber: 'vin',
  shipType: 'shiptype',
  speedIsGood: 'speed_q',
  courseIsGood: 'course_q',
  headingIsGood: 'heading_q',
  supply: 'ana_int',
  external1: 'ana_ext1',
  external2: 'ana_ext2',
  external: 'stat_ext',
  isOffPosition: 'off_pos',
  lastPort: 'lastport',
  nextPort: 'nextport',
  imdCategory: 'imdcat',
  unNumber: 'unid',
  portName: 'portname',
  fromHour: 'from_hour',
  fromMinute: 'from_min',
  toHour: 'to_hour',
  toMinute: 'to_min',
};

/** gpsd says in words what pyais gives as 0, 1, 2. */
const trends: readonly unknown[] = ['steady', 'increasing', 'decreasing'];

function application({ content }: MessageOf<6> | MessageOf<8>): Fields {
  if (content === null) return {};
  const named = under(content, applicationNames);
  const moment = (prefix: '' | 'last' | 'next') => {
    const part = (name: string) =>
      pad(content[prefix === '' ? name.toLowerCase() : `${prefix}${name}`] as number, 0);
    return `${part('Month')}-${part('Day')}T${part('Hour')}:${part('Minute')}Z`;
  };
  const { lon, lat, from_hour, from_min, to_hour, to_min, cdir, cspeed } = named;
  return {
    ...named,
    ...('pressureTrend' in content && {
      pressuretend: content.pressureTrend,
      leveltrend: content.levelTrend,
    }),
    timestamp: 'day' in content ? moment('').replace(/^.*-/, '') : undefined,
    departure: 'lastPort' in content ? moment('last') : undefined,
    eta: 'lastPort' in content ? moment('next') : undefined,
    arrival: 'portName' in content ? moment('') : undefined,
    tidals: [{ lon, lat, from_hour, from_min, to_hour, to_min, cdir, cspeed }],
  };
}

/** "Not available" in the references' scaled units; positions also where they are on no globe. */
const unknown: Readonly<Record<string, (value: number) => boolean>> = {
  lon: (value) => Math.abs(value) > 180,
  lat: (value) => Math.abs(value) > 90,
  ne_lon: (value) => Math.abs(value) > 180,
  ne_lat: (value) => Math.abs(value) > 90,
  sw_lon: (value) => Math.abs(value) > 180,
  sw_lat: (value) => Math.abs(value) > 90,
  course: (value) => value >= 360,
  heading: (value) => value >= 360,
  second: (value) => value === 60,
  imo: (value) => value === 0,
  shiptype: (value) => value === 0,
  ship_type: (value) => value === 0,
  alt: (value) => value === 4095,
  wspeed: (value) => value === 127,
  wgust: (value) => value === 127,
  wdir: (value) => value >= 360,
  wgustdir: (value) => value >= 360,
  airtemp: (value) => value === 144.7,
  humidity: (value) => value === 127 || value === 101,
  dewpoint: (value) => value === 82.3 || value === 50.1,
  pressure: (value) => value === 1_311 || value === 1_310,
  visibility: (value) => value === 25.5,
  waterlevel: (value) => value === 41.1 || value === 30,
  cspeed: (value) => value === 25.5,
  cdir: (value) => value >= 360,
  cspeed2: (value) => value === 25.5,
  cdir2: (value) => value >= 360,
  cdepth2: (value) => value === 31,
  cspeed3: (value) => value === 25.5,
  cdir3: (value) => value >= 360,
  cdepth3: (value) => value === 31,
  waveheight: (value) => value === 25.5,
  waveperiod: (value) => value === 63,
  wavedir: (value) => value >= 360,
  swellheight: (value) => value === 25.5,
  swellperiod: (value) => value === 63,
  swelldir: (value) => value >= 360,
  seastate: (value) => value >= 13,
  watertemp: (value) => value === 92.3 || value === 50.1,
  preciptype: (value) => value === 7,
  salinity: (value) => value === 51.1 || value === 51,
  ice: (value) => value === 3,
  pressuretend: (value) => value === 3,
  leveltrend: (value) => value === 3,
};

const noTime: Readonly<Record<string, number>> = { year: 0, month: 0, day: 0, hour: 24, minute: 60 };

function isUnknown(name: string, value: unknown, type: number): boolean {
  if (value === null || value === '' || value === 'N/A' || value === 'n/a') return true;
  const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number') return false;
  if (name === 'speed') return number === (type === 9 ? 1_023 : type === 27 ? 63 : 102.3);
  if (name === 'turn') return number === -128;
  if (name in noTime) return (type === 4 || type === 5) && number === noTime[name];
  if (name === 'draught') return type === 5 && number === 0;
  return unknown[name]?.(number) ?? false;
}

/** Degrees: gpsd prints four decimals of type 27, one of type 17. */
const coarse: Readonly<Record<number, number>> = { 17: 0.051, 27: 0.000_06 };

/** How far two decodings of one value may be apart: half a unit of the digits that the reference prints. */
const tolerance = (name: string, type: number, degrees: number): number => {
  if (/lon|lat/.test(name)) return coarse[type] ?? degrees;
  return /^(waterlevel|ana_)/.test(name) ? 0.051 : 0.005;
};

/** One line per field that differs; empty when all are equal. */
function differences(
  reference: Fields,
  ours: Fields,
  skipped: (name: string) => boolean,
  degrees = 0.000_001,
): string[] {
  const type = reference.type as number;
  return Object.entries(reference).flatMap(([name, theirs]) => {
    if (skipped(name)) return [];
    if (!(name in ours) || ours[name] === undefined) return [`${type} ${name}: ${theirs}, not decoded`];
    return isSame(name, theirs, ours[name], type, degrees)
      ? []
      : [`${type} ${name}: ${theirs}, ours ${ours[name]}`];
  });
}

function isSame(name: string, theirs: unknown, ours: unknown, type: number, degrees = 0.000_001): boolean {
  if (name === 'tidals') {
    const [reference, window] = [(theirs as Fields[])[0]!, (ours as Fields[])[0]!];
    return Object.keys(reference).every(
      (key) =>
        (window[key] === null && isUnknown(key, reference[key], type)) ||
        isSame(key, reference[key], window[key], type),
    );
  }
  if (ours === null || isUnknown(name, theirs, type)) return ours === null && isUnknown(name, theirs, type);
  if (name === 'turn') return isSameTurn(theirs, ours as number);
  if (trends.includes(theirs)) return trends[ours as number] === theirs;
  if (name === 'data') return wholeDigits(theirs) === wholeDigits(ours);
  // gpsd reads seven characters, of which the last four are now model and serial number.
  if (name === 'vendorid') return (theirs as string).slice(0, 3) === ours;
  if (typeof ours === 'number') return Math.abs(Number(theirs) - ours) <= tolerance(name, type, degrees);
  return theirs === ours;
}

/** `bits:hexadecimal`; gpsd fills its last digit up with what follows, where we have zeros. */
function wholeDigits(data: unknown): string {
  const [bits = '', digits = ''] = (data as string).split(':');
  return `${bits}:${digits.slice(0, Number(bits) >> 2)}`;
}

/** gpsd in words and degrees a minute, pyais and libais in degrees a minute: ours is the indicator itself. */
function isSameTurn(theirs: unknown, ours: number): boolean {
  if (theirs === 'fastright' || theirs === 127) return ours === 127;
  if (theirs === 'fastleft' || theirs === -127) return ours === -127;
  return Math.abs(Number(theirs) - degreesPerMinute(ours)!) <= 0.5;
}

const gpsdWords = /^(class|device|scaled|.*_text)$/;

describe('the decoder against gpsd', () => {
  /** gpsd prints type 24 once, when both parts have come, with the fields of both. */
  function withJoinedParts(messages: readonly AisMessage[]): Fields[] {
    const names = new Map<number, AisMessage>();
    return messages.flatMap((message) => {
      if (message.type !== 24) return [asReference(message)];
      if (message.part === 'A') {
        names.set(message.mmsi, message);
        return [];
      }
      const partA = names.get(message.mmsi);
      names.delete(message.mmsi);
      return partA === undefined ? [] : [{ ...asReference(partA), ...asReference(message) }];
    });
  }

  /**
   * gpsd's units where they are not ours: it leaves the measures of an inland ship as they stand on the air, and takes the
   * ten-thousandths of a minute of the tidal window of Circ.236 (14) for the thousandths of Circ.289 (32).
   */
  function inOurUnits(fields: Fields): Fields {
    if ('vin' in fields) {
      const { length, beam, draught } = fields as Record<string, number>;
      return { ...fields, length: length! / 10, beam: beam! / 10, draught: draught! / 100 };
    }
    if (fields.fid !== 14) return fields;
    const [window] = fields.tidals as Record<string, number>[];
    return { ...fields, tidals: [{ ...window, lon: window!.lon! / 10, lat: window!.lat! / 10 }] };
  }

  /** gpsd's integers as they stand on the air, in the units of its scaled form. */
  function scaled(fields: Fields): Fields {
    const scales: Readonly<Record<string, number>> =
      fields.type === 27
        ? { lon: 600, lat: 600 }
        : { lon: 600_000, lat: 600_000, course: 10, draught: 10, ...(fields.type !== 9 && { speed: 10 }) };
    return Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === 'number' && scales[name] !== undefined ? value / scales[name] : value,
      ]),
    );
  }

  const sample = withJoinedParts(decodeAll(read('gpsd_sample.aivdm')));

  test('reads every field of every message of the sample as its .js.chk does', () => {
    const expected = jsonLines('gpsd_sample.aivdm.js.chk');
    expect(sample).toHaveLength(expected.length);
    // gpsd 26 takes the communication state off the end of the data, as we do, but prints 0 for it.
    const differing = expected.flatMap((fields, i) =>
      differences(
        inOurUnits(fields),
        sample[i]!,
        (name) => gpsdWords.test(name) || (fields.type === 26 && name === 'radio'),
      ),
    );
    expect(differing).toEqual([]);
  });

  test('sees the same messages in the same order as the .chk of the sample', () => {
    const heads = read('gpsd_sample.aivdm.chk')
      .trim()
      .split('\n')
      .map((line) => line.split('|', 3).map(Number));
    expect(sample.map(({ type, repeat, mmsi }) => [type, repeat, mmsi])).toEqual(heads);
  });

  test.each(['gpsd_ais-raw-messages.log', 'gpsd_ais-18-27.log'])(
    'reads every field of every message of %s as its .chk does, unscaled',
    (name) => {
      const expected = jsonLines(`${name}.chk`);
      const messages = withJoinedParts(decodeAll(read(name)));
      expect(messages).toHaveLength(expected.length);
      const differing = expected.flatMap((fields, i) =>
        differences(
          { ...scaled(fields), ...(fields.type === 1 || fields.type === 3 ? { turn: undefined } : {}) },
          messages[i]!,
          (field) => gpsdWords.test(field) || field === 'turn',
        ),
      );
      expect(differing).toEqual([]);
      const turns = expected.flatMap(({ turn }, i) =>
        turn === undefined ? [] : [[turn, messages[i]!.turn ?? -128]],
      );
      expect(turns.filter(([theirs, ours]) => theirs !== ours)).toEqual([]);
    },
  );
});

describe('the decoder against pyais', () => {
  /** pyais under its own names; null where it says so itself of what the message is too short for. */
  const names: Readonly<Record<string, string>> = {
    ship_type: 'shiptype',
    callsign: 'callsign',
    shipname: 'shipname',
  };
  /** pyais reads these corners and points in tenths of minutes but divides by ten only. */
  const sixtyTimes = /^(lon|lat|ne_lon|ne_lat|sw_lon|sw_lat)$/;

  function differing(reference: Fields, ours: Fields): string[] {
    const { type } = ours as { type: number };
    const fields = { ...reference, type: reference.msg_type };
    const isScaled = type !== 17 && type !== 23;
    const renamed = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        names[name] ?? name,
        !isScaled && sixtyTimes.test(name) ? (value as number) / 60 : value,
      ]),
    );
    // pyais takes spaces off both ends of a text.
    const trimmed = Object.fromEntries(
      Object.entries(ours).map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value]),
    );
    return differences(renamed, { ...trimmed, msg_type: type }, (name) => skipped(name, renamed, ours));
  }

  /**
   * Not compared: acknowledgements' sequence numbers, null of a message too short where gpsd and we say 0, reserved bits under other
   * names, the bytes of binary messages (pyais drops leading zeros of some), `partno`, the joined name of an aid, ship types that
   * have no name there (pyais makes 0 of them).
   */
  const skipped = (name: string, reference: Fields, ours: Fields): boolean =>
    /^(mmsiseq\d|reserved_\d|partno|name_ext|full_name|data)$/.test(name) ||
    (reference[name] === null && (ours[name] === 0 || ours[name] === undefined)) ||
    (name === 'shiptype' && reference[name] === 0) ||
    (name === 'dte' && typeof reference[name] === 'boolean');

  test.each(['aislib_stream.pyais.jsonl', 'pyais_nmea_data_sample.pyais.jsonl'])(
    'reads every field of every message of %s as pyais does',
    (name) => {
      const lines = read(name)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { raw: string; decoded: Fields });
      const all = lines.flatMap(({ raw, decoded }) => {
        const [message] = decodeAll(`${raw}\n`);
        return message === undefined ? [`${raw}: no message`] : differing(decoded, asReference(message));
      });
      expect(all).toEqual([]);
    },
  );
});

describe('the decoder against libais', () => {
  const words =
    /^(class|device|scaled|.*_text|spare\d?|tagblock_.*|slot_.*|slots_.*|sync_state|received_stations|utc_.*|keep_flag|commstate.*|transmission_ctl|unit|mode|part_num|notice_.*|sub_areas|link_id|duration_minutes|ack_required|msg_seq|alt_sensor|type2_2|offset2_2|msg_2)$/;
  /** Where libais differs from the recommendation, and from gpsd and pyais. */
  const mistaken: Readonly<Record<string, string>> = {
    '6 retransmit': 'says the opposite',
    '12 retransmit': 'says the opposite',
    '27 gnss': 'says the opposite',
    '9 speed': 'whole knots, divided by ten',
    '6 text': 'the content of 1/0, which we hand on as bits',
    '21 name': 'two of the 64 characters are others there: _ and the apostrophe',
    '1 timestamp': 'the tag block again',
    '5 timestamp': 'the tag block again',
  };
  const skipped = (type: unknown) => (name: string) =>
    words.test(name) || mistaken[`${type} ${name}`] !== undefined;

  /** libais calculates in single precision, and gives some flags and numbers as another type. */
  function doubled(fields: Fields): Fields {
    return Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        /^band_/.test(name) ? value === 1 : name === 'imo' ? Number(value) : value,
      ]),
    );
  }

  test.each(['libais_typeexamples', 'libais_tagblock'])('reads %s as libais does', (name) => {
    const ours = decodeAll(read(`${name}.nmea`)).map(asReference);
    const left = [...ours];
    const all = jsonLines(`${name}.json`).flatMap((fields) => {
      const at = left.findIndex(({ mmsi, type }) => mmsi === fields.mmsi && type === fields.type);
      const [message] = at < 0 ? [] : left.splice(at, 1);
      return message === undefined
        ? [`${fields.type} ${fields.mmsi}: no message`]
        : differences(doubled(fields), message, skipped(fields.type), 0.000_02);
    });
    expect(all).toEqual([]);
    expect(left).toEqual([]);
  });
});
