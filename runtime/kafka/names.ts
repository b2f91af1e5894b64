/**
 * What an instance's things are called on the cluster. Everything it owns there begins with `prefix`, which begins no other instance's:
 * so rights by prefix keep two instances on one cluster apart. The rest of the hub sees topics without the instance (`hub.input`).
 */
export interface KafkaNames {
  /** `hub.` for the instance `hub`, `east.hub.` for the instance `east`. An instance's name holds no dot. */
  readonly prefix: string;
  /** Topic of the hub (`hub.input`) → topic on the cluster (`east.hub.input`). */
  topic(name: string): string;
  /** The way back; null for a topic of somebody else. */
  own(clusterTopic: string): string | null;
  /** Consumer group on the cluster, from its name within the hub (`writer` → `east.hub.writer`). */
  group(name: string): string;
  /** Transactional id on the cluster, from role and slot (`writer-3` → `east.hub.writer-3`). */
  transactionalId(name: string): string;
  /** How the group ids of those who read an organisation's topic begin. */
  departmentGroups(organisation: string): string;
  /** How the group ids of analysts begin. */
  readonly analystGroups: string;
}

/** The instance that needs no prefix of its own. */
const defaultInstance = 'hub';

export function kafkaNames(instance: string): KafkaNames {
  const before = instance === defaultInstance ? '' : `${instance}.`;
  const prefix = `${before}hub.`;
  return {
    prefix,
    topic: (name) => before + name,
    own: (clusterTopic) => (clusterTopic.startsWith(prefix) ? clusterTopic.slice(before.length) : null),
    group: (name) => prefix + name,
    transactionalId: (name) => prefix + name,
    departmentGroups: (organisation) => `${prefix}department.${organisation}.`,
    analystGroups: `${prefix}analysts.`,
  };
}
