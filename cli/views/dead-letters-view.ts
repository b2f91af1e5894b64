import type { DeadLetterHistory } from '../../runtime/control/dead-letters.ts';
import type { RedriveResult } from '../../runtime/control/redrive.ts';
import type { ErrorCode } from '../../runtime/errors.ts';
import { errorKinds } from '../../runtime/errors.ts';
import { meaningOf } from '../explain.ts';
import type { Language } from '../language.ts';
import { type Messages, messagesIn } from '../messages/index.ts';
import { readable } from '../reading/json-record.ts';
import { clockTime, isoTime } from '../time.ts';
import { named } from './item-head.ts';
import { labelled, table } from './layout.ts';

/** Enough of an id to name one among a million. */
const shortId = (id: string): string => id.slice(0, 13);

export function lettersTable(letters: readonly DeadLetterHistory[], t: Messages): string[] {
  return table(
    letters.map(({ id, lastAt, source, stage, code, count, state, reason }) => [
      shortId(id),
      clockTime(lastAt),
      source,
      stage,
      code,
      `×${count}`,
      t.names.letterStates[state],
      reason,
    ]),
  );
}

export const letterJson = ({ firstAt, lastAt, resolution, ...letter }: DeadLetterHistory) => ({
  ...letter,
  firstAt: isoTime(firstAt),
  lastAt: isoTime(lastAt),
  resolution: resolution === null ? null : { ...resolution, at: isoTime(resolution.at) },
});

const shownBytes = 4_096;

/** One letter: where and why it died, what was done, what to do, and its bytes as far as they can be read. */
export function letterView(letter: DeadLetterHistory, bytes: Uint8Array, language: Language): string[] {
  const t = messagesIn(language);
  const { id, source, stage, code, reason, sha256, count, firstAt, lastAt, state, resolution, headers } =
    letter;
  const times =
    count === 1 ? clockTime(lastAt) : t.deadLetters.between(clockTime(firstAt), clockTime(lastAt));
  const content = readable(bytes);
  const isText = 'text' in content;
  const known = Object.hasOwn(errorKinds, code) ? meaningOf(code as ErrorCode, language) : null;
  const done =
    resolution === null
      ? null
      : `${t.names.letterStates[resolution.kind]}, ${clockTime(resolution.at)}, ${resolution.actor}: ${resolution.reason}`;
  return [
    ...labelled([
      [t.deadLetters.letter, id],
      [t.item.source, `${source}  ${headers.baseId ?? headers.correlationId ?? ''}`.trimEnd()],
      [t.deadLetters.died, `${times}, ${t.deadLetters.times(count)}`],
      [t.deadLetters.stage_, named(t.names.stages, stage)],
      [t.deadLetters.code_, code],
      [t.trace.reason, reason],
      [t.error.meaning, known?.meaning ?? null],
      [t.error.fix, known?.fix ?? null],
      [t.deadLetters.state, done ?? t.names.letterStates[state]],
      ['sha256', sha256],
    ]),
    '',
    `${t.deadLetters.bytes} (${t.trace.bytes(bytes.length)}${isText ? '' : `; ${t.deadLetters.noText}`})`,
    isText ? content.text : Buffer.from(bytes.subarray(0, shownBytes)).toString('hex'),
  ];
}

export function redriveView(results: readonly RedriveResult[], t: Messages): string[] {
  const count = (wanted: RedriveResult['outcome']) =>
    results.filter(({ outcome }) => outcome === wanted).length;
  return [
    ...results.map(({ id, outcome, code, reason }) =>
      [shortId(id), t.deadLetters[outcome], code ?? '', reason ?? ''].join('  ').trimEnd(),
    ),
    t.deadLetters.sum(count('redriven'), count('dead'), count('waiting')),
  ];
}
