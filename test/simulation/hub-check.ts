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

/** P of design.md §2 as far as it goes without links: itemId → {content hash, class, fired rules, route}. */
export function projection(broker: SimBroker, serde: Serde): ReadonlyMap<string, string> {
  const projected = new Map<string, string>();
  for (const [itemId, state] of statesOf(broker, serde)) {
    const {
      contentHash,
      itemClass,
      procedure,
      firedRules,
      suggestedClass,
      leadDepartment,
      coDepartments,
      level,
    } = state;
    projected.set(
      itemId,
      JSON.stringify({
        contentHash,
        itemClass,
        procedure,
        firedRules,
        suggestedClass,
        leadDepartment,
        coDepartments,
        level,
      }),
    );
  }
  for (const { key } of all(broker, topics.deadLetters)) projected.set(`dead letter ${key}`, 'there');
  return projected;
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
    departmentsTrue(broker, serde, states)
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
