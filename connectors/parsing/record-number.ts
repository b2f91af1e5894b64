import { next, type Outcome, reject } from '../../runtime/outcome.ts';
import { asText, type Scalar } from './json-object.ts';
import { cleanLine } from './text.ts';

const maxLength = 128;

/**
 * The source's own number of a record. Rejected (HUB_RECORD_NO_ID, HUB_RECORD_MALFORMED) where it is missing, and where it could make two records
 * one, or one record another's later use (`number#2`, domain.md §6, ID_REUSED).
 *
 * @param name of the field, for messages. @param what it numbers, for messages.
 */
export function recordNumber(value: Scalar, name: string, what: string): Outcome<string> {
  const { text, truncated, repaired } = cleanLine(asText(value), maxLength);
  if (text === '')
    return reject('HUB_RECORD_NO_ID', `${name}: missing or empty, expected the number of the ${what}`);
  const doubts: readonly (readonly [boolean, string])[] = [
    [typeof value === 'boolean', 'boolean'],
    [typeof value === 'number' && !Number.isSafeInteger(value), 'a number whose digits JSON has lost'],
    [truncated, `longer than ${maxLength} characters`],
    [repaired, 'half a character'],
    [/#\d+$/.test(text), 'ends in # and digits'],
  ];
  const doubt = doubts.find(([doubtful]) => doubtful);
  return doubt
    ? reject('HUB_RECORD_MALFORMED', `${name}: ${doubt[1]}, expected a number as text`)
    : next(text);
}
