import type { Chances } from '../city/chances.ts';
import { draw, drawInt, drawOne } from '../city/draw.ts';
import { sentences } from './nmea.ts';
import type { Transmission } from './transmissions.ts';

export const receptionKinds = [
  /** The receiver does not hear the message. */
  'missed',
  /** A character is wrong, the checksum says so. */
  'garbled',
  /** One fragment of a long message is not heard. */
  'torn',
  /** A line that is no AIS. */
  'noise',
] as const;
export type ReceptionDisturbances = Chances<(typeof receptionKinds)[number]>;

export interface Heard {
  /** When the receiver hands it out, real time, ms. */
  readonly at: number;
  readonly line: string;
}

/** Nothing is handed out later than this after it was sent. */
export const longestDelayMs = 4_000;

const noise = [
  '$GPGGA,012519.00,2956.7912,N,12218.0870,E,1,08,1.0,12.0,M,,M,,*6F',
  '$PSTT,10A*6A',
  '\\s:demo-2,c:1773104519*00\\',
  '!AIVDM,1,1,,A,',
  '!AIVDO,1,1,,,,0*7F',
  '   ',
  '\u0000\u0007#!~',
  'RECEIVER RESTARTED',
];

/**
 * What one of the receivers makes of a message: the same sentences as the others, a little later, sometimes not at all. A function of
 * seed, receiver and message: whoever listens, and since when, changes nothing.
 */
export function heardBy(
  receiver: number,
  transmission: Transmission,
  seed: number,
  disturbances: ReceptionDisturbances,
): readonly Heard[] {
  const { name, at, channel } = transmission;
  const happens = (kind: keyof ReceptionDisturbances) =>
    draw(seed, receiver, name, kind) < (disturbances[kind] ?? 0);
  const heardAt = at + drawInt(20, receiver === 0 ? 900 : 2_500, seed, receiver, name, 'delay');
  const heard: Heard[] = [];
  if (happens('noise'))
    heard.push({ at: heardAt, line: drawOne(noise, seed, receiver, name, 'sort of noise') });
  if (happens('missed')) return heard;
  // Receivers count their long messages round; by time, so that two of them that mix do not share a number.
  const lines = sentences(transmission.payload(), channel, Math.floor(at / 700) % 10);
  const torn = happens('torn') ? drawInt(0, lines.length - 1, seed, receiver, name, 'which fragment') : -1;
  for (const [i, line] of lines.entries()) {
    if (lines.length > 1 && i === torn) continue;
    const isGarbled = i === 0 && happens('garbled');
    heard.push({
      at: heardAt + (i === 0 ? 0 : drawInt(30, 900, seed, receiver, name, 'fragment')),
      line: isGarbled ? garbled(line, drawInt(14, line.length - 6, seed, receiver, name, 'character')) : line,
    });
  }
  return heard;
}

const garbled = (line: string, i: number): string =>
  `${line.slice(0, i)}${line[i] === '7' ? '8' : '7'}${line.slice(i + 1)}`;
