import type { RawRecord } from '../../runtime/connector.ts';
import { writeTagBlock } from '../transports/ais-tcp/index.ts';
import type { DistressSignal, DistressType } from './distress.ts';
import { nauticalMiles } from './track.ts';

/** A distress that goes on; survives a restart in the connector's position. */
export interface OpenDistress {
  readonly mmsi: string;
  readonly type: DistressType;
  /** Of the first signal, ms since epoch, whole seconds: with `mmsi` and `type` the number of the item. */
  readonly openedAt: number;
  heardAt: number;
  /** When a record of it was last made, and with which place. */
  toldAt: number;
  toldLon: number | null;
  toldLat: number | null;
  /** The sentences that opened it, each under a tag block with receiver and time. */
  readonly opening: string;
  /** The newest sentences with a place, and with a text. */
  place: string | null;
  text: string | null;
}

/** Beyond it the one silent for longest is given up: so many at once are a flood of made-up numbers. */
export const maxOpen = 200;
/** A castaway drifts about two miles an hour: a rescuer should not go by a place older than that. */
const movedNm = 0.5;
const tellAgainMs = 10 * 60_000;

/**
 * One record for each (MMSI, type, open interval), and another when its place becomes known or moves by half a mile, not more often than every ten minutes: a
 * correction of the same item. The interval ends when nothing was heard for `endsAfterMs`; what comes then is another item.
 */
export class DistressWatch {
  readonly #endsAfterMs: number;
  readonly #open: Map<string, OpenDistress>;
  #records: RawRecord[] = [];

  constructor(endsAfterMs: number, open: readonly OpenDistress[]) {
    this.#endsAfterMs = endsAfterMs;
    this.#open = new Map(open.map((distress) => [keyOf(distress), { ...distress }]));
  }

  hear(signal: DistressSignal, at: number, receiver: string, lines: readonly Uint8Array[]): void {
    const sentences = lines.map((line) => withTag(line, receiver, at)).join('\n');
    const key = keyOf(signal);
    const known = this.#open.get(key);
    const isSame = known !== undefined && at - known.heardAt <= this.#endsAfterMs;
    const distress = isSame ? known : opened(signal, at, sentences);
    this.#open.delete(key);
    this.#open.set(key, distress);
    distress.heardAt = Math.max(distress.heardAt, at);
    if (signal.lon !== null && signal.lat !== null) distress.place = sentences;
    if (signal.text !== null) distress.text = sentences;
    if (!isSame || this.#isNews(distress, signal, at)) this.#tell(distress, signal, at);
    if (this.#open.size > maxOpen) this.#open.delete(this.#open.keys().next().value!);
  }

  /** What is to be committed together: records made since the last call, and the state after them. */
  take(now: number): { readonly records: readonly RawRecord[]; readonly open: readonly OpenDistress[] } {
    for (const [key, { heardAt }] of this.#open) {
      if (now - heardAt > this.#endsAfterMs) this.#open.delete(key);
    }
    const records = this.#records;
    this.#records = [];
    return { records, open: [...this.#open.values()].map((distress) => ({ ...distress })) };
  }

  #isNews({ toldAt, toldLon, toldLat }: OpenDistress, { lon, lat }: DistressSignal, at: number): boolean {
    if (lon === null || lat === null) return false;
    if (toldLon === null || toldLat === null) return true;
    return (
      at - toldAt >= tellAgainMs && nauticalMiles({ lon: toldLon, lat: toldLat }, { lon, lat }) >= movedNm
    );
  }

  #tell(distress: OpenDistress, { lon, lat }: DistressSignal, at: number): void {
    distress.toldAt = at;
    if (lon !== null && lat !== null) {
      distress.toldLon = lon;
      distress.toldLat = lat;
    }
    const lines = new Set([distress.opening, distress.place, distress.text].filter((line) => line !== null));
    this.#records.push({
      bytes: Buffer.from(`${[...lines].join('\n')}\n`, 'latin1'),
      format: 'NMEA',
      correlationId: `distress/${distress.mmsi}/${distress.type}/${distress.openedAt}`,
    });
  }
}

const keyOf = ({ mmsi, type }: Pick<DistressSignal, 'mmsi' | 'type'>): string => `${mmsi} ${type}`;

const opened = ({ mmsi, type }: DistressSignal, at: number, opening: string): OpenDistress => ({
  mmsi,
  type,
  openedAt: Math.floor(at / 1_000) * 1_000,
  heardAt: at,
  toldAt: at,
  toldLon: null,
  toldLat: null,
  opening,
  place: null,
  text: null,
});

/** The line with receiver and time of receipt right before its sentence: the last tag block counts. */
function withTag(line: Uint8Array, receiver: string, at: number): string {
  const text = Buffer.from(line).toString('latin1');
  const mark = text.indexOf('!');
  return `${text.slice(0, mark)}${writeTagBlock(receiver, at)}${text.slice(mark)}`;
}
