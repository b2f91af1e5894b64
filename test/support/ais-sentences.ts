import { sixBits } from '../../connectors/parsing/ais/payload.ts';

/** One field of a message: bits and value. */
export type Bits = readonly [width: number, value: number];

const armour: readonly string[] = Array.from({ length: 64 }, (_, value) =>
  String.fromCharCode(sixBits.indexOf(value)),
);

/** `!AIVDM` of a message of one sentence, filled up to whole characters. */
export function aisSentence(fields: readonly Bits[]): string {
  const bits = fields
    .map(([width, value]) => BigInt.asUintN(width, BigInt(value)).toString(2).padStart(width, '0'))
    .join('');
  const fill = (6 - (bits.length % 6)) % 6;
  const sixes = `${bits}${'0'.repeat(fill)}`.match(/.{6}/g) ?? [];
  const payload = sixes.map((six) => armour[Number.parseInt(six, 2)]).join('');
  return withChecksum(`AIVDM,1,1,,A,${payload},${fill}`);
}

export function withChecksum(body: string): string {
  const sum = [...body].reduce((x, char) => x ^ char.charCodeAt(0), 0);
  return `!${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}`;
}

export interface PositionReport {
  readonly mmsi: number;
  /** Degrees; 181 and 91 are "not available". */
  readonly lon?: number;
  readonly lat?: number;
  readonly status?: number;
  /** Tenths of a knot. */
  readonly speed?: number;
  readonly second?: number;
}

/** Type 1. */
export const positionSentence = (report: PositionReport): string =>
  aisSentence([
    [6, 1],
    [2, 0],
    [30, report.mmsi],
    [4, report.status ?? 0],
    [8, -128],
    [10, report.speed ?? 1023],
    [1, 0],
    [28, Math.round((report.lon ?? 181) * 600_000)],
    [27, Math.round((report.lat ?? 91) * 600_000)],
    [12, 3_600],
    [9, 511],
    [6, report.second ?? 60],
    [25, 0],
  ]);

const letters = '@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !"#$%&\'()*+,-./0123456789:;<=>?';
const characters = (text: string): readonly Bits[] => [...text].map((char) => [6, letters.indexOf(char)]);

/** Type 14. */
export const safetySentence = (mmsi: number, text: string): string =>
  aisSentence([[6, 14], [2, 0], [30, mmsi], [2, 0], ...characters(text)]);

/** Type 24, part A. */
export const nameSentence = (mmsi: number, name: string): string =>
  aisSentence([[6, 24], [2, 0], [30, mmsi], [2, 0], ...characters(name.padEnd(20, '@'))]);
