import { next, type Outcome, reject } from '../../runtime/outcome.ts';
import { asText, type Scalar } from './json-object.ts';
import { cleanLine, type DecodedText, decodeText } from './text.ts';

/** A raw record's bytes as text; rejects with HUB_RECORD_ENCODING. */
export function decodeRecord(bytes: Uint8Array): Outcome<DecodedText> {
  const decoded = decodeText(bytes);
  return decoded === null
    ? reject('HUB_RECORD_ENCODING', `${bytes.length} bytes, neither UTF-8 nor plausible GB 18030`)
    : next(decoded);
}

/** Reads fields as one clean line each, of `maxLength` characters at most; what had to be repaired is marked in `quality`. */
export const lineReader =
  (maxLength: number, quality: { add(flag: 'ENCODING_FIXED'): unknown }) =>
  (value: Scalar): string => {
    const { text, repaired } = cleanLine(asText(value), maxLength);
    if (repaired) quality.add('ENCODING_FIXED');
    return text;
  };
