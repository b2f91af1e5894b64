import type { TopicSpec } from '../log/index.ts';
import type { KafkaNames } from './names.ts';
import type { Right } from './rights.ts';
import { topicSettings } from './topic-settings.ts';

/** What an instance wants of a cluster. */
export interface Wanted {
  readonly names: KafkaNames;
  readonly topics: readonly TopicSpec[];
  /** Null: rights are looked after by somebody else. */
  readonly rights: readonly Right[] | null;
  readonly replication: number;
  readonly minInSyncReplicas: number;
}

export interface FoundTopic {
  /** On the cluster. */
  readonly name: string;
  readonly partitions: number;
  /** Partitions up to the last one that holds a record; told only of topics with more partitions than are wanted. */
  readonly usedPartitions?: number;
  /** Of the partition with the fewest. */
  readonly replicas: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** What a cluster has. */
export interface Found {
  /** Those whose names begin as the instance's do. */
  readonly topics: readonly FoundTopic[];
  /** Null: the brokers ask nobody for rights (no authorizer). */
  readonly rights: readonly FoundRight[] | null;
}

/** Any ACL on the cluster. */
export interface FoundRight extends Omit<Right, 'resource' | 'operation' | 'pattern'> {
  readonly resource: string;
  readonly operation: string;
  readonly pattern: string;
  readonly host: string;
  readonly isDenial: boolean;
}

export type Step =
  | {
      readonly kind: 'create';
      readonly topic: string;
      readonly partitions: number;
      readonly replicas: number;
      readonly settings: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'set';
      readonly topic: string;
      readonly setting: string;
      readonly from: string | null;
      readonly to: string;
    }
  | { readonly kind: 'grant'; readonly right: Right };

/** What keeps a plan from being applied: it would take records their place, or the place their records. */
export interface Refusal {
  readonly kind: 'partitions' | 'compaction';
  readonly topic: string;
  readonly found: string;
  readonly wanted: string;
}

/** What somebody should know; nothing is done about it. */
export type Note =
  | {
      readonly kind: 'unused-partitions';
      readonly topic: string;
      readonly found: number;
      readonly wanted: number;
    }
  | { readonly kind: 'replicas'; readonly topic: string; readonly found: number; readonly wanted: number }
  | { readonly kind: 'kept-topic'; readonly topic: string }
  | { readonly kind: 'foreign-right'; readonly right: FoundRight }
  | { readonly kind: 'no-authorizer' };

export interface Plan {
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
  readonly notes: readonly Note[];
}

/**
 * The difference between what is wanted and what there is. Nothing is ever deleted or taken away: topics and rights that nobody wants are
 * notes. A number of partitions is frozen at creation, because it decides which records keep their order; more of them than wanted are
 * somebody's addition, unused and harmless, as long as they hold no record.
 */
export function planOf(wanted: Wanted, found: Found): Plan {
  const there = new Map(found.topics.map((topic) => [topic.name, topic]));
  const specs = wanted.topics.map((spec) => ({ spec, name: wanted.names.topic(spec.name) }));
  const known = new Set(specs.map(({ name }) => name));
  const plans = [
    ...specs.map(({ spec, name }) => {
      const topic = there.get(name);
      return topic === undefined
        ? { steps: [creation(name, spec, wanted)] }
        : comparison(topic, spec, wanted);
    }),
    {
      notes: found.topics
        .filter(({ name }) => !known.has(name))
        .map(({ name }): Note => ({ kind: 'kept-topic', topic: name })),
    },
    rightsPlan(wanted, found),
  ] as readonly Partial<Plan>[];
  return {
    steps: plans.flatMap(({ steps = [] }) => steps),
    refusals: plans.flatMap(({ refusals = [] }) => refusals),
    notes: plans.flatMap(({ notes = [] }) => notes),
  };
}

const creation = (topic: string, spec: TopicSpec, { replication, minInSyncReplicas }: Wanted): Step => ({
  kind: 'create',
  topic,
  partitions: spec.partitions,
  replicas: replication,
  settings: topicSettings(spec, minInSyncReplicas),
});

function comparison(topic: FoundTopic, spec: TopicSpec, { replication, minInSyncReplicas }: Wanted): Plan {
  const { name, partitions, usedPartitions = partitions, replicas, settings } = topic;
  const isCompacted = (settings['cleanup.policy'] ?? '').includes('compact');
  const refusals: Refusal[] = [];
  const notes: Note[] = [];
  if (partitions < spec.partitions || usedPartitions > spec.partitions) {
    refusals.push({
      kind: 'partitions',
      topic: name,
      found: String(partitions),
      wanted: String(spec.partitions),
    });
  } else if (partitions > spec.partitions) {
    notes.push({ kind: 'unused-partitions', topic: name, found: partitions, wanted: spec.partitions });
  }
  const target = topicSettings(spec, minInSyncReplicas);
  if (isCompacted !== (spec.compacted ?? false)) {
    refusals.push({
      kind: 'compaction',
      topic: name,
      found: settings['cleanup.policy'] ?? '',
      wanted: target['cleanup.policy']!,
    });
  }
  if (replicas < replication)
    notes.push({ kind: 'replicas', topic: name, found: replicas, wanted: replication });
  const steps = Object.entries(target)
    .filter(([setting, to]) => settings[setting] !== to)
    .map(
      ([setting, to]): Step => ({ kind: 'set', topic: name, setting, from: settings[setting] ?? null, to }),
    );
  return { steps, refusals, notes };
}

function rightsPlan({ rights, names }: Wanted, found: Found): Plan {
  if (rights === null) return { steps: [], refusals: [], notes: [] };
  if (found.rights === null) return { steps: [], refusals: [], notes: [{ kind: 'no-authorizer' }] };
  const granted = new Set(found.rights.filter(({ isDenial, host }) => !isDenial && host === '*').map(keyOf));
  const wanted = new Set(rights.map(keyOf));
  const foreign = found.rights.filter(
    (right) =>
      touches(right, names.prefix) && (right.isDenial || right.host !== '*' || !wanted.has(keyOf(right))),
  );
  return {
    steps: rights
      .filter((right) => !granted.has(keyOf(right)))
      .map((right): Step => ({ kind: 'grant', right })),
    refusals: [],
    notes: foreign.map((right): Note => ({ kind: 'foreign-right', right })),
  };
}

const keyOf = ({ principal, resource, name, pattern, operation }: FoundRight | Right): string =>
  JSON.stringify([principal, resource, name, pattern, operation]);

/** Is it about anything that begins with `prefix`? */
function touches({ name, pattern, resource }: FoundRight, prefix: string): boolean {
  if (!['TOPIC', 'GROUP', 'TRANSACTIONAL_ID'].includes(resource)) return false;
  if (pattern === 'PREFIXED') return name.startsWith(prefix) || prefix.startsWith(name);
  return name === '*' || name.startsWith(prefix);
}
