import avsc from 'avsc';
import { Decimal } from './decimal.ts';

/** How the hub reads and writes Avro everywhere: unions as plain `T | null`, times as ms, uuids and decimals as text. */
export function avroType(schema: unknown): avsc.Type {
  return avsc.Type.forSchema(schema as avsc.Schema, {
    wrapUnions: 'never',
    omitRecordMethods: true,
    logicalTypes: { decimal: Decimal },
    typeHook: (part) => (isString(part) ? utf8 : undefined),
  });
}

const isString = (part: unknown): boolean =>
  part === 'string' ||
  (part !== null && typeof part === 'object' && 'type' in part && part.type === 'string');

/** What avsc writes into; it enlarges `buf` and writes anew when `pos` ends up beyond it. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
  writeLong(value: number): void;
}

/**
 * Strings as valid UTF-8. avsc 5.7.9 writes half a surrogate pair (JSON sources may send one: `"\ud800"`) as three bytes
 * that are no UTF-8, which stricter readers refuse; here it becomes U+FFFD, as in every encoder of the web. It also loops
 * over bytes where it means characters, which costs Chinese text half of its time.
 */
class Utf8String extends avsc.types.StringType {
  _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'string') throw new TypeError('not a string');
    if (writeShort(tap, value)) return;
    const size = Buffer.byteLength(value);
    tap.writeLong(size);
    const start = tap.pos;
    tap.pos += size;
    if (tap.pos <= tap.buf.length) tap.buf.write(value, start, size);
  }
}

const utf8 = new Utf8String();

/** Longer text is written by one call out to native code, which costs as much as some fifty characters here. */
const maxShort = 200;

/**
 * Short text, where one look at its length tells how many bytes its size takes: up to 21 characters take less than 64 bytes
 * (one byte for the size) whatever they are, 64 and more take two. In between, and above 21, only ASCII is written here.
 */
function writeShort(tap: Tap, value: string): boolean {
  const { buf, pos } = tap;
  const { length } = value;
  const sizeBytes = length < 64 ? 1 : 2;
  if (length > maxShort || pos + sizeBytes + 3 * length > buf.length) return false;
  let at = pos + sizeBytes;
  for (let index = 0; index < length; index++) {
    const code = value.charCodeAt(index);
    if (code < 0x80) {
      buf[at++] = code;
    } else if (length > 21) {
      return false;
    } else if (code < 0x800) {
      buf[at++] = 0xc0 | (code >> 6);
      buf[at++] = 0x80 | (code & 0x3f);
    } else if (code < 0xd800 || code > 0xdfff) {
      buf[at++] = 0xe0 | (code >> 12);
      buf[at++] = 0x80 | ((code >> 6) & 0x3f);
      buf[at++] = 0x80 | (code & 0x3f);
    } else {
      return false;
    }
  }
  const zigzag = (at - pos - sizeBytes) * 2;
  if (sizeBytes === 1) buf[pos] = zigzag;
  else {
    buf[pos] = (zigzag & 0x7f) | 0x80;
    buf[pos + 1] = zigzag >> 7;
  }
  tap.pos = at;
  return true;
}
