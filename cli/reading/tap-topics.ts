import { nearest } from '../../runtime/did-you-mean.ts';
import { HubError } from '../../runtime/errors.ts';
import { lanes, topics } from '../../runtime/topics.ts';
import type { Messages } from '../messages/index.ts';

/** A name on the command line, and the topics of the log behind it. */
export interface TapTopic {
  readonly name: string;
  readonly topics: readonly string[];
}

/** Everything that can be tapped in a log with these topics. */
export function tapTopics(existing: readonly string[]): readonly TapTopic[] {
  const named: TapTopic[] = [
    { name: 'items', topics: [topics.items] },
    { name: 'events', topics: [topics.events] },
    { name: 'vessels', topics: [topics.vessels] },
    { name: 'dead-letters', topics: [topics.deadLetters] },
    { name: 'input', topics: lanes },
    { name: 'state', topics: [topics.state] },
  ];
  for (const prefix of [topics.department(''), topics.raw(''), topics.stream('')]) {
    for (const topic of existing.filter((name) => name.startsWith(prefix)).sort()) {
      named.push({ name: topic.slice('hub.'.length), topics: [topic] });
    }
  }
  return named.filter((tap) => tap.topics.every((topic) => existing.includes(topic)));
}

/** Throws HUB_LOG_UNKNOWN_TOPIC, which lists what there is. @param asked also with the prefix `hub.` */
export function tapTopic(asked: string, existing: readonly string[], t: Messages): TapTopic {
  const known = tapTopics(existing);
  const name = asked.replace(/^hub\./, '');
  const found = known.find((tap) => tap.name === name);
  if (found !== undefined) return found;
  const names = known.map((tap) => tap.name);
  const guess = nearest(name, names);
  const hint = guess === null ? '' : `; ${t.usage.didYouMean(guess)}`;
  throw new HubError('HUB_LOG_UNKNOWN_TOPIC', t.tap.unknownTopic(asked, names.join(', ')) + hint);
}
