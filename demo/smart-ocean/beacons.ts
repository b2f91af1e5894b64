import type { CityClock } from '../city/clock.ts';
import { nameOf, type Told } from '../city/stories.ts';

/** A small transmitter that goes into the water with people, or was set off by hand. */
export interface Beacon {
  readonly name: string;
  /** 970 SART, 972 man overboard, 974 EPIRB. */
  readonly mmsi: number;
  readonly isTest: boolean;
  readonly lon: number;
  readonly lat: number;
  /** Real time, ms. */
  readonly from: number;
  readonly to: number;
}

const beaconWords = new Set(['搜救应答器', '示位标', '落水示位']);
/** Real time: long enough to be heard by who connects late. A test is one burst. */
const [activeMs, testMs] = [600_000, 15_000];

/** The telling is heard on the air and nowhere else. */
export const isBeacon = ({ telling }: Told): boolean => beaconWords.has(telling.sourceCategory);

/** Throws an Error where the story names no transmitter or no place. */
export function beaconOf(clock: CityClock, told: Told): Beacon {
  const words = `${told.telling.title} ${told.telling.body}`;
  const mmsi = /\b97[024]\d{6}/.exec(words)?.[0];
  const { lon, lat } = told.matter.place;
  if (mmsi === undefined || lon === null || lat === null)
    throw new Error(`${nameOf(told)}: a beacon needs an MMSI 970, 972 or 974 and a place`);
  const isTest = /TEST|测试|自检/.test(words);
  const from = clock.realTime(told.at);
  return {
    name: `beacon-${nameOf(told)}-${from}`,
    mmsi: Number(mmsi),
    isTest,
    lon,
    lat,
    from,
    to: from + (isTest ? testMs : activeMs),
  };
}
