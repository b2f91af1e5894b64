import { hexByte, xor } from './checksum.ts';

/**
 * `$PGHP,1,2010,6,11,11,46,11,390,231,45,992190934,1,2B*5B`: the receive time (UTC, with milliseconds) of the sentence that follows,
 * as Gatehouse's receivers write it. The last field is that sentence's checksum, by which the two belong together.
 */
export interface ReceiveTime {
  /** ms since epoch. */
  readonly at: number;
  /** Checksum of the sentence meant; -1 when it is not said. */
  readonly checksum: number;
}

const comma = 44;
/** year, month, day, hour, minute, second, ms: the second field to the eighth. */
const timeFields = 7;

/** @param start index of the `$`. */
export function readReceiveTime(bytes: Uint8Array, start: number, end: number): ReceiveTime | null {
  const star = bytes.indexOf(42, start + 1);
  if (star < 0 || star >= end || hexByte(bytes, star + 1, end) !== xor(bytes, start + 1, star)) return null;
  const fields: number[] = [];
  let at = bytes.indexOf(comma, start + 1) + 1;
  for (let value = 0; at < star && fields.length <= timeFields; at++) {
    const code = bytes[at]!;
    if (code === comma) {
      fields.push(value);
      value = 0;
    } else if (code >= 48 && code <= 57) value = value * 10 + code - 48;
    else return null;
  }
  const [kind, year, month, day, hour, minute, second, ms] = fields;
  if (kind !== 1 || ms === undefined) return null;
  const told = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!, ms);
  return Number.isNaN(told)
    ? null
    : { at: told, checksum: hexByte(bytes, bytes.lastIndexOf(comma, star) + 1, star) };
}
