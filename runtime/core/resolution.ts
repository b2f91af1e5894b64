import type { ClusterMemory, ItemFact, ItemInput, LinkRecord, PairFact } from '../../schemas/types.ts';
import type { LogRecord } from '../log/index.ts';
import { partitionOf } from '../log/partition.ts';
import { topics } from '../topics.ts';
import type { ClusterMemories } from './cluster-memory.ts';
import { joins, resolve } from './clusters.ts';
import { uuidOf } from './ids.ts';
import { emptyInput, laneOf } from './inputs.ts';
import { pairOfKey } from './link-records.ts';
import { isNewPlace, placesOf } from './memberships.ts';
import type { Outputs } from './outputs.ts';
import type { Serde } from './serde.ts';

/** What of a cause its commands inherit. */
type Cause = Pick<LinkRecord, 'causeId' | 'at' | 'origin' | 'catalogueVersion'>;

export interface ResolutionRun {
  readonly serde: Serde;
  readonly memories: ClusterMemories;
  readonly partitions: number;
  readonly nextSeq: () => number;
}

/**
 * One batch of the cluster resolver: takes in facts and verdicts, resolves the components that they touch, and tells the items whose
 * place has changed. Thrown away whole when its commit fails.
 */
export class Resolution {
  readonly #run: ResolutionRun;
  readonly #memories = new Map<string, ClusterMemory>();
  readonly #written = new Set<string>();
  /** Items whose component is to be resolved, with what caused it. */
  readonly #touched = new Map<string, Cause>();
  /** Owners of pairs that were scored on what the other item no longer says. */
  readonly #outdated = new Map<string, { readonly otherId: string; readonly cause: Cause }>();

  constructor(run: ResolutionRun) {
    this.#run = run;
  }

  /** Facts and verdicts in the order of the log; a null value takes a verdict back. */
  async take(records: readonly LogRecord[]): Promise<void> {
    const { serde, memories } = this.#run;
    await serde.prepare(
      'link-record',
      records.map(({ value }) => value),
    );
    const decoded = records.flatMap((record) =>
      record.key === null
        ? []
        : [{ record, key: record.key, value: record.value && serde.decode('link-record', record.value) }],
    );
    const paired = new Set<string>();
    const ids = new Set<string>();
    for (const { key } of decoded) {
      const pair = pairOfKey(key);
      for (const itemId of pair === null ? [key] : [pair.ownerId, pair.otherId]) {
        ids.add(itemId);
        if (pair !== null) paired.add(itemId);
      }
    }
    for (const [itemId, memory] of await memories.load([...ids])) {
      if (memory !== null) this.#memories.set(itemId, memory);
    }
    const strangers = [...paired].filter((itemId) => !this.#memories.has(itemId));
    const facts = await memories.facts(strangers);
    for (const itemId of strangers) {
      this.#memories.set(itemId, { itemId, fact: facts.get(itemId) ?? null, pairs: [], told: null });
    }
    for (const { record, key, value } of decoded) {
      const cause = value ?? { ...noCause, at: record.timestamp };
      const pair = pairOfKey(key);
      if (pair !== null) this.#takePair(pair, value?.pair ?? null, cause);
      else if (value?.item != null) this.#takeFact(value.item, cause);
    }
  }

  #takePair(
    { ownerId, otherId }: { readonly ownerId: string; readonly otherId: string },
    pair: PairFact | null,
    cause: Cause,
  ): void {
    for (const itemId of [ownerId, otherId]) {
      const memory = this.#memories.get(itemId)!;
      const rest = memory.pairs.filter((known) => known.ownerId !== ownerId || known.otherId !== otherId);
      this.#keep({ ...memory, pairs: pair === null ? rest : [...rest, pair] });
      this.#touched.set(itemId, cause);
    }
  }

  /** Items without a pair are not remembered: there is nothing to resolve. */
  #takeFact(fact: ItemFact, cause: Cause): void {
    const memory = this.#memories.get(fact.itemId);
    if (memory === undefined) return;
    for (const { ownerId, otherId, otherHash } of memory.pairs) {
      if (otherId === fact.itemId && otherHash !== fact.hash) this.#outdated.set(ownerId, { otherId, cause });
    }
    this.#keep({ ...memory, fact });
    this.#touched.set(fact.itemId, cause);
  }

  #keep(memory: ClusterMemory): void {
    this.#memories.set(memory.itemId, memory);
    this.#written.add(memory.itemId);
  }

  /** Resolves what was touched and gathers commands and memories. */
  async write(out: Outputs): Promise<void> {
    for (const { items, cause } of await this.#components()) {
      const facts = items.flatMap(({ fact }) => (fact === null ? [] : [fact]));
      const pairs = pairsAmong(items);
      for (const cluster of resolve({ items: facts, pairs })) {
        for (const [itemId, place] of placesOf(cluster)) {
          const memory = this.#memories.get(itemId)!;
          if (!isNewPlace(memory.told, place, itemId)) continue;
          const told = { epoch: (memory.told?.epoch ?? 0) + 1, at: cause.at, ...place };
          this.#keep({ ...memory, told });
          const inputId = uuidOf(`cluster:${itemId}/${told.epoch}`);
          const cluster = { itemId, membership: told };
          this.#append(out, memory.fact!, cause, { kind: 'CLUSTER', inputId, cluster });
        }
      }
    }
    await this.#load([...this.#outdated.keys()]);
    for (const [itemId, { otherId, cause }] of this.#outdated) {
      const fact = this.#memories.get(itemId)?.fact ?? null;
      const inputId = uuidOf(`reassess:${itemId}/${otherId}/resolver/${cause.causeId}`);
      if (fact !== null)
        this.#append(out, fact, cause, {
          kind: 'REASSESS',
          inputId,
          reassess: { itemId, otherId, bothWays: false },
        });
    }
    for (const itemId of this.#written) {
      const memory = this.#memories.get(itemId)!;
      const isOver = memory.pairs.length === 0 && memory.told === null;
      out.append(topics.clusters, 0, {
        key: itemId,
        value: isOver ? null : this.#run.serde.encode('cluster-memory', memory),
        timestamp: this.#touched.get(itemId)?.at ?? memory.told?.at ?? 0,
      });
    }
  }

  /** To be told to the cache after the commit. */
  *written(): Generator<ClusterMemory> {
    for (const itemId of this.#written) yield this.#memories.get(itemId)!;
  }

  /** Everything that made pairs connect to a touched item, stale verdicts included: what they held together may now part. */
  async #components(): Promise<{ items: ClusterMemory[]; cause: Cause }[]> {
    const components: { items: ClusterMemory[]; cause: Cause }[] = [];
    const seen = new Set<string>();
    for (const [start, startCause] of this.#touched) {
      if (seen.has(start)) continue;
      seen.add(start);
      const items: ClusterMemory[] = [];
      let cause = startCause;
      let frontier = [start];
      while (frontier.length > 0) {
        await this.#load(frontier);
        const next: string[] = [];
        for (const itemId of frontier) {
          const memory = this.#memories.get(itemId);
          if (memory === undefined) continue;
          items.push(memory);
          cause = moreUrgent(cause, this.#touched.get(itemId));
          for (const pair of memory.pairs) {
            const other = pair.ownerId === itemId ? pair.otherId : pair.ownerId;
            if (!joins(pair) || seen.has(other)) continue;
            seen.add(other);
            next.push(other);
          }
        }
        frontier = next;
      }
      components.push({ items, cause });
    }
    return components;
  }

  async #load(itemIds: readonly string[]): Promise<void> {
    const missing = itemIds.filter((itemId) => !this.#memories.has(itemId));
    if (missing.length === 0) return;
    for (const [itemId, memory] of await this.#run.memories.load(missing)) {
      if (memory !== null) this.#memories.set(itemId, memory);
    }
  }

  #append(
    out: Outputs,
    { baseId }: ItemFact,
    { causeId, at, origin, catalogueVersion }: Cause,
    command: Pick<ItemInput, 'kind' | 'inputId'> & Partial<ItemInput>,
  ): void {
    const { serde, partitions, nextSeq } = this.#run;
    const about = { causeId, at, origin, catalogueVersion, baseId, seq: nextSeq() };
    const input: ItemInput = { ...emptyInput, ...about, ...command };
    out.append(laneOf(input), partitionOf(baseId, partitions), {
      key: baseId,
      value: serde.encode('item-input', input),
      timestamp: at,
    });
  }
}

/** A verdict that is taken back says no more than that. */
const noCause: Cause = { causeId: '', at: 0, origin: 'LIVE', catalogueVersion: '' };

/** What is live does not wait behind history; of two, the later counts. */
function moreUrgent(a: Cause, b: Cause | undefined): Cause {
  if (b === undefined || a === b) return a;
  if ((a.origin === 'LIVE') !== (b.origin === 'LIVE')) return a.origin === 'LIVE' ? a : b;
  return b.at > a.at ? b : a;
}

/** Each verdict once, and only where both items are in the component. */
function pairsAmong(items: readonly ClusterMemory[]): readonly PairFact[] {
  const ids = new Set(items.map(({ itemId }) => itemId));
  return items.flatMap(({ itemId, pairs }) =>
    pairs.filter((pair) => pair.ownerId === itemId && ids.has(pair.otherId)),
  );
}
