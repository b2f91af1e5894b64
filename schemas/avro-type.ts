import avsc from 'avsc';
import { Decimal } from './decimal.ts';

/** How the hub reads and writes Avro everywhere: unions as plain `T | null`, times as ms, uuids and decimals as text. */
export function avroType(schema: unknown): avsc.Type {
  return avsc.Type.forSchema(schema as avsc.Schema, {
    wrapUnions: 'never',
    omitRecordMethods: true,
    logicalTypes: { decimal: Decimal },
    typeHook: (part, options) =>
      isOf(part, 'string')
        ? utf8
        : isOf(part, 'long')
          ? wholeNumber
          : isOptional(part)
            ? new OptionalType(part, options)
            : undefined,
  });
}

const isOf = (part: unknown, primitive: string): boolean =>
  part === primitive ||
  (part !== null && typeof part === 'object' && 'type' in part && part.type === primitive);

const isOptional = (part: unknown): part is avsc.Schema[] =>
  Array.isArray(part) && part.length === 2 && part[0] === 'null';

/** What avsc writes into; it enlarges `buf` and writes anew when `pos` ends up beyond it. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
  writeLong(value: number): void;
}

/** How avsc writes a value of a type; it throws what does not fit. */
interface Writer {
  _write(tap: Tap, value: unknown): void;
}

/**
 * `T | null`. avsc looks for the branch of a value by what kind of value it is; here null is the one and all else the other, whose own
 * check refuses what does not fit.
 */
class OptionalType extends avsc.types.UnwrappedUnionType {
  _write(tap: Tap, value: unknown): void {
    tap.buf[tap.pos++] = value === null ? 0 : 2;
    if (value !== null) (this.types[1] as unknown as Writer)._write(tap, value);
  }
}

/** Times in ms are too large for avsc's quick way; its other one divides broken numbers. */
class LongType extends avsc.types.LongType {
  _write(tap: Tap, value: unknown): void {
    if (!Number.isSafeInteger(value) || Math.abs(value as number) > limit)
      throw new TypeError('not a whole number');
    const number = value as number;
    if (number < quick || number >= slow) {
      tap.writeLong(number);
      return;
    }
    const { buf } = tap;
    // Zigzag in two numbers: the lower 28 bits, in four bytes of seven, and what lies above them.
    let low = (number % half) * 2;
    let high = Math.floor(number / half);
    for (let i = 0; i < 4; i++, low >>>= 7) buf[tap.pos++] = (low & 0x7f) | 0x80;
    for (; high > 0x7f; high >>>= 7) buf[tap.pos++] = (high & 0x7f) | 0x80;
    buf[tap.pos++] = high;
  }
}
/** avsc's own: it reads no larger ones. */
const limit = 2 ** 53 - 2;
const quick = 2 ** 30;
const half = 2 ** 27;
const slow = 2 ** 52;

/**
 * Strings as valid UTF-8. avsc 5.7.9 writes half a surrogate pair (JSON sources may send one: `"\ud800"`) as three bytes
 * that are no UTF-8, which stricter readers refuse; here it becomes U+FFFD, as in every encoder of the web. It also loops
 * over bytes where it means characters, which costs Chinese text half of its time.
 */
class Utf8String extends avsc.types.StringType {
  _write(tap: Tap, value: unknown): void {
    if (typeof value !== 'string') throw new TypeError('not a string');
    if (writeShort(tap, value) || writeAtOnce(tap, value)) return;
    const size = Buffer.byteLength(value);
    tap.writeLong(size);
    const start = tap.pos;
    tap.pos += size;
    if (tap.pos <= tap.buf.length) tap.buf.write(value, start, size);
  }
}

const utf8 = new Utf8String();
const wholeNumber = new LongType();

/**
 * Where there is room for whatever its characters take, the text is written behind room for its size, so that nothing has to be asked
 * of it before; seldom the size takes less than that.
 */
function writeAtOnce(tap: Tap, value: string): boolean {
  const { buf, pos } = tap;
  const room = sizeBytes(3 * value.length);
  if (pos + room + 3 * value.length > buf.length) return false;
  const size = buf.write(value, pos + room);
  const needed = sizeBytes(size);
  if (needed < room) buf.copyWithin(pos + needed, pos + room, pos + room + size);
  tap.writeLong(size);
  tap.pos += size;
  return true;
}

/** Of a length of so many bytes: seven bits a byte, of which the first one has the sign. */
const sizeBytes = (length: number): number =>
  length < 2 ** 6 ? 1 : length < 2 ** 13 ? 2 : length < 2 ** 20 ? 3 : length < 2 ** 27 ? 4 : 5;

/** Longer text is written by one call out to native code, which costs as much as some ten characters here. */
const maxShort = 12;

/** Short text without half a surrogate pair: whatever its characters, one byte tells their size. */
function writeShort(tap: Tap, value: string): boolean {
  const { buf, pos } = tap;
  const { length } = value;
  if (length > maxShort || pos + 1 + 3 * length > buf.length) return false;
  let at = pos + 1;
  for (let index = 0; index < length; index++) {
    const code = value.charCodeAt(index);
    if (code < 0x80) {
      buf[at++] = code;
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
  buf[pos] = (at - pos - 1) * 2;
  tap.pos = at;
  return true;
}
