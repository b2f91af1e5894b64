import type { TopicSpec } from './log/index.ts';

const day = 24 * 3_600_000;

/** Topic names without the instance's prefix (design.md §3). */
export const topics = {
  raw: (source: string) => `hub.raw.${source}`,
  /** What a source sends without end, as received; for a rolling day. */
  stream: (source: string) => `hub.stream.${source}`,
  input: 'hub.input',
  inputUrgent: 'hub.input.urgent',
  inputHistory: 'hub.input.history',
  state: 'hub.state',
  /** Items that could not look for their links, each as the input that has it look again. */
  unlinked: 'hub.unlinked',
  links: 'hub.links',
  clusters: 'hub.clusters',
  items: 'hub.items',
  department: (organisation: string) => `hub.department.${organisation}`,
  events: 'hub.events',
  vessels: 'hub.vessels',
  warnings: 'hub.warnings',
  deadLetters: 'hub.dead-letters',
  positions: 'hub.positions',
} as const;

/** The lanes of the input, in the order in which they are polled. */
export const lanes = [topics.inputUrgent, topics.input, topics.inputHistory] as const;

/**
 * Every topic of an instance, with what is kept how long (design.md §3).
 *
 * @param partitions frozen at creation.
 * @param streaming those of the sources that have a stream topic.
 */
export function topicSpecs(
  partitions: number,
  sources: readonly string[],
  organisations: readonly string[],
  streaming: readonly string[] = [],
): readonly TopicSpec[] {
  const keep = (name: string, days: number | null): TopicSpec => ({
    name,
    partitions,
    retentionMs: days === null ? null : days * day,
  });
  return [
    ...sources.map((source) => keep(topics.raw(source), 180)),
    ...streaming.map((source) => keep(topics.stream(source), 1)),
    ...lanes.map((lane) => keep(lane, 60 + 30)),
    { name: topics.state, partitions, compacted: true },
    keep(topics.unlinked, 60 + 30),
    { name: topics.links, partitions: 1, compacted: true },
    { name: topics.clusters, partitions: 1, compacted: true },
    keep(topics.items, 5 * 365),
    ...organisations.map((organisation) => keep(topics.department(organisation), 5 * 365)),
    keep(topics.events, 6 * 365),
    { name: topics.vessels, partitions, compacted: true },
    // Few, and needed whole: a decision on an old item asks what was in force at its time.
    { name: topics.warnings, partitions: 1, retentionMs: null },
    keep(topics.deadLetters, null),
    { name: topics.positions, partitions: 1, compacted: true },
  ];
}
