import { hexByte } from './checksum.ts';

/** One `!xxVDM` or `!xxVDO` sentence, by where its parts lie; nothing is copied. */
export interface Sentence {
  /** Two bytes of the talker (AI, BS, AB …) as one number. */
  readonly talker: number;
  /** VDO: of the own ship, as against received. */
  readonly isOwn: boolean;
  readonly fragments: number;
  /** 1 to `fragments`. */
  readonly fragment: number;
  /** Holds together the fragments of a message, 0-9; -1 when not said. */
  readonly group: number;
  /** Code of A, B, 1, 2; 0 when not said. */
  readonly channel: number;
  /** The armoured payload, from here to before `payloadEnd`. */
  readonly payload: number;
  readonly payloadEnd: number;
  readonly fillBits: number;
  readonly checksum: number;
}

/** Why a line is no sentence: not of its form, or its checksum is missing or wrong. */
export type SentenceFault = 'form' | 'checksum';

const comma = 44;
const star = 42;

/**
 * `!AIVDM,2,1,3,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn,0*1C`: talker, fragments, fragment, group, channel, payload, fill bits, checksum.
 * What stands behind the checksum (a receiver's own fields) is not looked at.
 *
 * @param start index of the `!`. @returns null for another kind of sentence.
 */
export function readSentence(bytes: Uint8Array, start: number, end: number): Sentence | SentenceFault | null {
  // !AIVDM,1,1,,,0,0*00 is the shortest.
  if (end - start < 7 || bytes[start + 3] !== 86 || bytes[start + 4] !== 68) return null;
  const formatter = bytes[start + 5];
  if ((formatter !== 77 && formatter !== 79) || bytes[start + 6] !== comma) return null;

  let sum = 0;
  let sumAt = start + 1;
  for (; sumAt < end; sumAt++) {
    const code = bytes[sumAt]!;
    if (code === star) break;
    sum ^= code;
  }
  const checksum = hexByte(bytes, sumAt + 1, end);
  if (checksum !== sum) return 'checksum';

  let at = start + 7;
  const fragments = digitAt(bytes, at);
  const fragment = digitAt(bytes, at + 2);
  if (bytes[at + 1] !== comma || bytes[at + 3] !== comma) return 'form';
  at += 4;
  let group = -1;
  if (bytes[at] !== comma) {
    group = digitAt(bytes, at++);
    if (group < 0 || bytes[at] !== comma) return 'form';
  }
  at += 1;
  let channel = 0;
  if (bytes[at] !== comma) channel = bytes[at++]!;
  if (bytes[at] !== comma) return 'form';
  const payload = at + 1;
  const payloadEnd = sumAt - 2;
  if (payloadEnd < payload || bytes[payloadEnd] !== comma) return 'form';
  const fillBits = digitAt(bytes, payloadEnd + 1);
  if (fragments < 1 || fragment < 1 || fragment > fragments || fillBits < 0 || fillBits > 5) return 'form';
  return {
    talker: (bytes[start + 1]! << 8) | bytes[start + 2]!,
    isOwn: formatter === 79,
    fragments,
    fragment,
    group,
    channel,
    payload,
    payloadEnd,
    fillBits,
    checksum,
  };
}

function digitAt(bytes: Uint8Array, at: number): number {
  const value = bytes[at]! - 48;
  return value >= 0 && value <= 9 ? value : -1;
}
