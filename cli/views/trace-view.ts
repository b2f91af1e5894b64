import type { StoredItem } from '../../runtime/item-store/index.ts';
import type { ItemEvent } from '../../schemas/types.ts';
import type { Language } from '../language.ts';
import { type Messages, messagesIn } from '../messages/index.ts';
import type { KeptRaw } from '../reading/raw-records.ts';
import { clockTime } from '../time.ts';
import { itemHead, named } from './item-head.ts';
import { indented, table } from './layout.ts';
import { type Catalogue, eventReasonIn, evidenceIn } from './reasons.ts';

/**
 * The events of several items by time; those of one item in their own order, which its times need not follow (a source tells late).
 * What the hub does at the same moment comes behind what has led to it.
 */
export function interleaved(lives: readonly (readonly ItemEvent[])[]): readonly ItemEvent[] {
  const waiting = lives.map((events) => [...events]);
  const merged: ItemEvent[] = [];
  for (;;) {
    let first: ItemEvent[] | null = null;
    for (const events of waiting) {
      const [event] = events;
      if (event !== undefined && (first === null || isBefore(event, first[0]!))) first = events;
    }
    if (first === null) return merged;
    merged.push(first.shift()!);
  }
}

const isBefore = (a: ItemEvent, b: ItemEvent): boolean =>
  a.at < b.at || (a.at === b.at && a.actorKind !== 'HUB' && b.actorKind === 'HUB');

/**
 * The life of an item: what was received, what happened, who did it and why; of a cluster the events of all its items, each with the
 * number of its record in front. Times at +08:00.
 */
export function traceView(
  trace: {
    readonly stored: StoredItem;
    /** Whose events are shown; the item itself when it is alone. */
    readonly members: readonly StoredItem[];
    readonly raw: readonly KeptRaw[];
    readonly events: readonly ItemEvent[];
    readonly catalogue: Catalogue;
  },
  language: Language,
): string[] {
  const t = messagesIn(language);
  const { stored, members, raw, events, catalogue } = trace;
  const { rawRef } = stored.item.source;
  const isAlone = members.length === 1;
  // The same bytes may have been received more than once: the last of them counts.
  const current = raw.findLast(({ ref }) => ref === rawRef);
  const rawLines = raw.map((one) => rawLine(one, one === current, t));
  if (current === undefined) rawLines.push(t.trace.gone(rawRef));
  return [
    ...itemHead(stored, catalogue, language),
    ...(isAlone ? [] : ['', t.trace.members(members.length), ...indented(memberRows(members, t))]),
    '',
    t.trace.rawRecords,
    ...indented(rawLines),
    '',
    t.trace.events,
    ...(events.length === 0
      ? indented([t.trace.noEvents])
      : indented(
          events.flatMap((event) => {
            const lines = eventLines(event, catalogue, language);
            return isAlone ? lines : [`${event.baseId}  ${lines[0]}`, ...lines.slice(1)];
          }),
        )),
  ];
}

/** Who leads stands first; of an id that several clusters have had, whose items are spread, each has its leader. */
const memberRows = (members: readonly StoredItem[], t: Messages): string[] =>
  table(
    members.map(({ itemId, baseId, item }) => [
      baseId,
      itemId,
      item.primaryItemId === null ? t.trace.leads : t.trace.follows,
      named(t.names.statuses, item.status),
      item.title,
    ]),
  );

function rawLine(
  { ref, format, origin, receivedAt, sizeBytes }: KeptRaw,
  isCurrent: boolean,
  t: Messages,
): string {
  const size = sizeBytes === null ? '?' : t.trace.bytes(sizeBytes);
  const current = isCurrent ? `  [${t.trace.current}]` : '';
  return `${clockTime(receivedAt)}  ${format}  ${size}  ${origin}  ${ref}${current}`;
}

/** A source's event may be told long after it happened: then both times are shown. */
const notableDelayMs = 60_000;

function eventLines(event: ItemEvent, catalogue: Catalogue, language: Language): string[] {
  const t = messagesIn(language);
  const { seq, type, at, ingestedAt, actorKind, actor, reason, evidence, late, data } = event;
  const notes = [
    Math.abs(ingestedAt - at) > notableDelayMs ? t.trace.learned(clockTime(ingestedAt)) : '',
    late ? t.trace.late : '',
  ].filter((note) => note !== '');
  const head = `${String(seq).padStart(2)}  ${clockTime(at)}  ${named(t.names.events, type)}  ${t.names.actors[actorKind]} ${actor}`;
  const facts = Object.entries(data)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`);
  const lines = [
    facts.join('  '),
    reason === null || reason === '' ? '' : `${t.trace.reason}: ${eventReasonIn(event, catalogue, language)}`,
    ...evidence.map((text) => `${t.trace.evidence}: ${evidenceIn(text, catalogue, language)}`),
  ].filter((line) => line !== '');
  const noted = notes.length === 0 ? head : `${head}  (${notes.join(', ')})`;
  return [noted, ...lines.map((line) => `      ${line}`)];
}
