import {
  type DeadLetterFilter,
  type DeadLetterHistory,
  matches,
} from '../../runtime/control/dead-letters.ts';
import { HubError } from '../../runtime/errors.ts';
import type { Messages } from '../messages/index.ts';

/** The letter with this id, or the only one whose id begins so. Throws HUB_DEADLETTER_UNKNOWN. */
export function letterBy(id: string, letters: readonly DeadLetterHistory[], t: Messages): DeadLetterHistory {
  const found = letters.filter((letter) => id !== '' && letter.id.startsWith(id.toLowerCase()));
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  const { unknown, several } = t.deadLetters;
  const message =
    first === undefined ? unknown(id) : several(id, found.map((letter) => letter.id).join(', '));
  throw new HubError('HUB_DEADLETTER_UNKNOWN', message, { context: { id } });
}

/** Those named, or else the open ones that the filter chooses. Throws HUB_CLI_USAGE when nothing chooses. */
export function chooseLetters(
  ids: readonly string[],
  filter: Pick<DeadLetterFilter, 'code' | 'source'>,
  letters: readonly DeadLetterHistory[],
  t: Messages,
): readonly DeadLetterHistory[] {
  if (ids.length === 0 && filter.code === undefined && filter.source === undefined) {
    throw new HubError('HUB_CLI_USAGE', t.usage.nothingChosen);
  }
  if (ids.length === 0) return letters.filter((letter) => matches(letter, { ...filter, openOnly: true }));
  const named = ids.map((id) => letterBy(id, letters, t)).filter((letter) => matches(letter, filter));
  return [...new Set(named)];
}
