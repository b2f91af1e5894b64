import { deadLetterId } from '../../runtime/core/dead-letter.ts';
import type { Serde } from '../../runtime/core/serde.ts';
import type { LogRecord } from '../../runtime/log/index.ts';
import { topics } from '../../runtime/topics.ts';
import type { ItemState } from '../../schemas/types.ts';
import type { SimBroker } from './broker.ts';
import { rawOf, type Workload } from './hub-workload.ts';

const all = (broker: SimBroker, topic: string): readonly LogRecord[] =>
  broker.partitionsOf(topic).flatMap((stored) => stored.read(0, Number.MAX_SAFE_INTEGER));

/** Last state of each item. */
function statesOf(broker: SimBroker, serde: Serde): ReadonlyMap<string, ItemState> {
  const states = new Map<string, ItemState>();
  for (const { key, value } of all(broker, topics.state)) {
    if (key !== null && value !== null) states.set(key, serde.decode('item-state', value));
  }
  return states;
}

/** P of design.md §2: itemId → {content hash, made and suggested pairs, cluster, class, fired rules, route}. */
export function projection(broker: SimBroker, serde: Serde): ReadonlyMap<string, string> {
  const projected = new Map<string, string>();
  const states = statesOf(broker, serde);
  for (const [itemId, state] of states) {
    const { contentHash, ownClass, firedRules, suggestedClass, closedAt } = state;
    projected.set(
      itemId,
      JSON.stringify({
        contentHash,
        ownClass,
        closedAt,
        // Whether a lower class waits for a person depends on when a department has signed; what the rules want does not.
        itemClass: suggestedClass ?? state.itemClass,
        firedRules: firedRules.filter((rule) => rule !== 'SUGGEST_LOWER'),
        route: state.signedBy.length === 0 ? routeOf(state) : null,
        pairs: state.pairs.map((pair) => [pair.otherId, pair.outcome, pair.relation]),
        cluster: clusterOf(itemId, state),
      }),
    );
  }
  for (const { key } of all(broker, topics.deadLetters)) projected.set(`dead letter ${key}`, 'there');
  return projected;
}

const routeOf = ({ procedure, leadDepartment, coDepartments, level }: ItemState) => ({
  procedure,
  leadDepartment,
  coDepartments,
  level,
});

/** Null for a lone item, whether it was ever told so or not. */
function clusterOf(itemId: string, { membership }: ItemState) {
  if (membership === null) return null;
  const { clusterId, primaryItemId, members, reporters7d } = membership;
  const isAlone = primaryItemId === itemId && members.length === 0;
  return isAlone
    ? null
    : { clusterId, primaryItemId, members: members.map((one) => one.itemId), reporters7d };
}

/**
 * What must hold of the topics whatever has happened: nothing lost, revisions and events without gap or repeat, and each
 * organisation's last record of an item true. Null, or the first thing that does not hold.
 */
export function checkTopics(broker: SimBroker, serde: Serde, workload: Workload): string | null {
  const states = statesOf(broker, serde);
  return (
    nothingLost(broker, states, workload) ??
    withoutGap(
      'revision',
      all(broker, topics.items).map(({ value }) => {
        const { itemId, revision } = serde.decode('item', value!);
        return { itemId, number: revision };
      }),
      new Map([...states].map(([itemId, state]) => [itemId, state.revision])),
    ) ??
    withoutGap(
      'event',
      all(broker, topics.events).map(({ value }) => {
        const { itemId, seq } = serde.decode('item-event', value!);
        return { itemId, number: seq };
      }),
      new Map([...states].map(([itemId, state]) => [itemId, state.eventSeq])),
    ) ??
    departmentsTrue(broker, serde, states) ??
    clustersTrue(states)
  );
}

function nothingLost(
  broker: SimBroker,
  states: ReadonlyMap<string, ItemState>,
  workload: Workload,
): string | null {
  const raw = new Set(
    all(broker, topics.raw('complaint-report')).map(({ value }) => Buffer.from(value!).toString()),
  );
  const letters = new Set(all(broker, topics.deadLetters).map(({ key }) => key));
  const known = new Set([...states.values()].map((state) => state.record.recordId));
  for (const telling of [...workload.live, ...workload.backfill]) {
    const { bytes } = rawOf(telling);
    if (!raw.has(Buffer.from(bytes).toString()))
      return `version ${telling.version} of ${telling.id} is not among the raw records`;
    if (telling.broken) {
      const sha256 = all(broker, topics.deadLetters)[0]?.headers.sha256 ?? '';
      if (!letters.has(deadLetterId('complaint-report', 'normalize', sha256)))
        return `${telling.id} is no dead letter`;
    } else if (!known.has(telling.id)) return `${telling.id} is no item`;
  }
  for (const [recordId, version] of workload.lastVersion) {
    const newest = [...states.values()]
      .filter((state) => state.record.recordId === recordId)
      .map((state) => Number(state.recordVersion));
    if (Math.max(...newest) !== version)
      return `${recordId}: last version is ${version}, the hub has ${newest}`;
  }
  return null;
}

function withoutGap(
  what: string,
  published: readonly { readonly itemId: string; readonly number: number }[],
  last: ReadonlyMap<string, number>,
): string | null {
  const reached = new Map<string, number>();
  for (const { itemId, number } of published) {
    const expected = (reached.get(itemId) ?? 0) + 1;
    if (number !== expected) return `${itemId}: ${what} ${number} where ${expected} was due`;
    reached.set(itemId, number);
  }
  for (const [itemId, number] of last) {
    if ((reached.get(itemId) ?? 0) !== number)
      return `${itemId}: ${what}s up to ${reached.get(itemId)}, the state says ${number}`;
  }
  return null;
}

function departmentsTrue(
  broker: SimBroker,
  serde: Serde,
  states: ReadonlyMap<string, ItemState>,
): string | null {
  const holders = new Map<string, Set<string>>();
  for (const { name } of broker.topics()) {
    if (!name.startsWith('hub.department.')) continue;
    const organisation = name.slice('hub.department.'.length);
    const last = new Map<string, boolean>();
    const revisions = new Map<string, number>();
    for (const { value } of all(broker, name)) {
      const { itemId, removed, revision } = serde.decode('item', value!);
      if (revision <= (revisions.get(itemId) ?? 0))
        return `${organisation}: revision ${revision} of ${itemId} is out of order`;
      revisions.set(itemId, revision);
      last.set(itemId, removed === null);
    }
    for (const [itemId, held] of last) {
      if (held) holders.set(itemId, (holders.get(itemId) ?? new Set()).add(organisation));
    }
  }
  for (const [itemId, state] of states) {
    const expected = [...state.departments].sort().join();
    const found = [...(holders.get(itemId) ?? [])].sort().join();
    if (found !== expected) return `${itemId}: held by [${found}], the state says [${expected}]`;
  }
  return null;
}

/** For each item a name of those that persons have linked, through others too. */
function linkedByPersons(states: ReadonlyMap<string, ItemState>): (itemId: string) => string {
  const above = new Map<string, string>();
  const find = (itemId: string): string => {
    const next = above.get(itemId);
    return next === undefined ? itemId : find(next);
  };
  for (const [itemId, { pairWords }] of states) {
    for (const { otherId, word } of pairWords) {
      if (word === 'LINK' && find(itemId) !== find(otherId)) above.set(find(itemId), find(otherId));
    }
  }
  return find;
}

/** A member follows a primary that lists it, and no organisation has it; two that must not meet are not in one cluster. */
function clustersTrue(states: ReadonlyMap<string, ItemState>): string | null {
  const byPerson = linkedByPersons(states);
  for (const [itemId, { membership, departments, pairs, pairWords }] of states) {
    if (membership === null) continue;
    const { primaryItemId, clusterId, members } = membership;
    if (primaryItemId !== itemId) {
      const primary = states.get(primaryItemId)?.membership;
      if (primary?.primaryItemId !== primaryItemId || !primary.members.some((one) => one.itemId === itemId))
        return `${itemId} follows ${primaryItemId}, which does not list it`;
      if (departments.length > 0) return `${itemId} follows another and is still at [${departments}]`;
    }
    for (const { itemId: member } of members) {
      if (states.get(member)?.membership?.primaryItemId !== itemId)
        return `${itemId} lists ${member}, which does not follow it`;
    }
    const words = new Map(pairWords.map(({ otherId, word }) => [otherId, word]));
    for (const { otherId, outcome } of pairs) {
      const isTogether = states.get(otherId)?.membership?.clusterId === clusterId;
      const isForbidden = outcome === 'FORBIDDEN' || outcome === 'APART';
      if (isTogether && isForbidden && byPerson(itemId) !== byPerson(otherId))
        return `${itemId} is in one cluster with ${otherId}, which is ${outcome}`;
    }
    for (const [otherId, word] of words) {
      if (word === 'UNLINK' && states.get(otherId)?.membership?.clusterId === clusterId)
        return `${itemId} is in one cluster with ${otherId}, from which a person has un-linked it`;
    }
  }
  return null;
}
