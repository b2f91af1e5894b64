import type { AisMessage } from '../parsing/ais/decode.ts';
import { kindOfMmsi, mmsiText } from './mmsi.ts';

/** What sends a distress signal: a search and rescue transmitter, a man overboard device, a radio beacon, or a ship itself. */
export type DistressType = 'SART' | 'MOB' | 'EPIRB' | 'SHIP';

/** One message that says so. */
export interface DistressSignal {
  readonly mmsi: string;
  readonly type: DistressType;
  readonly lon: number | null;
  readonly lat: number | null;
  /** 14 = active; null in a text. */
  readonly navStatus: number | null;
  readonly text: string | null;
}

const activeStatus = 14;
/** "Not defined": what a SART, MOB or EPIRB sends under test, beside the text "SART TEST" (IEC 61097-14). */
const testStatus = 15;
const devices: ReadonlySet<string> = new Set(['SART', 'MOB', 'EPIRB']);
const test = /\bTEST(ING)?\b/;
/** What a ship itself must say to be in distress: the words of a device, or the word itself. */
const distress = /\b(?:SART|MOB|EPIRB)[ -]?ACTIVE\b|\bMAYDAY\b|\bSOS\b/;

/**
 * A distress signal, or null (domain.md §3.6, ITU-R M.585 for the numbers, ITU-R M.1371-5 annex 9 for the messages):
 * - navigational status 14, whoever sends it and whatever a text beside it says;
 * - any other position of a device, except with status 15, which is a self-test;
 * - a safety text of a device, except one with TEST; of a ship, only one that names an active device, MAYDAY or SOS, and no TEST.
 */
export function distressOf(message: AisMessage): DistressSignal | null {
  const mmsi = mmsiText(message.mmsi);
  if (mmsi === null) return null;
  const kind = kindOfMmsi(mmsi);
  const isDevice = devices.has(kind);
  const type = isDevice ? (kind as DistressType) : 'SHIP';
  if (message.type <= 3 || message.type === 27) {
    const { lon, lat, status } = message as Extract<AisMessage, { readonly status: number }>;
    const isActive = status === activeStatus || (isDevice && status !== testStatus);
    return isActive ? { mmsi, type, lon, lat, navStatus: status, text: null } : null;
  }
  if (message.type !== 14 || message.text === null) return null;
  const isActive = !test.test(message.text) && (isDevice || distress.test(message.text));
  return isActive ? { mmsi, type, lon: null, lat: null, navStatus: null, text: message.text.trim() } : null;
}
