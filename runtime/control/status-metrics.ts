import { type Labels, type MetricName, type Series, seriesOf } from '../metrics.ts';
import type { PartStatus } from '../threads/watched-part.ts';
import { lastSignAt, type StatusFacts } from './status-facts.ts';
import { statusLines } from './status-verdict.ts';

/** The facts of the status as series. Pure. @param now to say how old they are, ms */
export function factSeries(facts: StatusFacts, now: number): readonly Series[] {
  const { at, running, sources, lanes, sinks, resolver, review, items, disk } = facts;
  const lines = statusLines(facts);
  const ageSeconds = (since: number | null) => (since === null ? 0 : Math.max(0, at - since) / 1_000);
  const overdue = lines.reduce((sum, { about }) => sum + (about.kind === 'unsigned' ? about.overdue : 0), 0);
  return [
    ...sources.flatMap((about): Series[] => {
      const { source, received, unreadable, askedAt, silentAfterMs } = about;
      return [
        one('hub_source_records_total', received, { source }),
        one('hub_source_unreadable_records_total', unreadable, { source }),
        ...(silentAfterMs === null || running === null
          ? []
          : [
              one('hub_source_silence_seconds', ageSeconds(lastSignAt(about) ?? running.startedAt), {
                source,
              }),
              one('hub_source_silence_limit_seconds', silentAfterMs / 1_000, { source }),
            ]),
        ...(askedAt === null ? [] : [one('hub_source_answer_age_seconds', ageSeconds(askedAt), { source })]),
      ];
    }),
    ...lanes.flatMap(({ lane: topic, waiting, oldestAt }): Series[] => {
      const lane = topic.replace(/^hub\./, '');
      return [
        one('hub_lane_waiting_records', waiting, { lane }),
        one('hub_lane_oldest_seconds', ageSeconds(oldestAt), { lane }),
      ];
    }),
    one('hub_resolver_waiting_records', resolver.waiting),
    one('hub_resolver_oldest_seconds', ageSeconds(resolver.oldestAt)),
    ...sinks.flatMap(({ sink, waiting, oldestAt }): Series[] => [
      one('hub_sink_waiting_records', waiting, { sink }),
      one('hub_sink_oldest_seconds', ageSeconds(oldestAt), { sink }),
    ]),
    one('hub_projection_waiting_records', facts.projection.behind),
    ...Object.entries(items.byClass).map(([itemClass, count]) =>
      one('hub_items', count, { class: itemClass }),
    ),
    one('hub_major_unsigned_items', facts.unsigned.length),
    one('hub_major_unsigned_overdue_items', overdue),
    one('hub_review_waiting_pairs', review.live),
    one('hub_review_overdue_pairs', review.overdue),
    one('hub_dead_letters_open', facts.deadLetters.open),
    one('hub_disk_free_bytes', disk.freeBytes),
    one('hub_disk_size_bytes', disk.sizeBytes),
    one('hub_data_bytes', disk.dataBytes),
    ...(['green', 'yellow', 'red'] as const).map((level) =>
      one('hub_status_lines', lines.filter((line) => line.level === level).length, { level }),
    ),
    one('hub_status_age_seconds', Math.max(0, now - at) / 1_000),
  ];
}

/** Of the parts as they are this moment, however old the facts are. */
export const partSeries = (parts: readonly PartStatus[]): readonly Series[] =>
  parts.flatMap(({ kind, name: part, state, restarts, memoryBytes, records, counted = {} }): Series[] => [
    ...Object.entries(counted),
    one('hub_part_up', state === 'RUNNING' ? 1 : 0, { kind, part }),
    one('hub_part_restarts_total', restarts, { kind, part }),
    one('hub_part_memory_bytes', memoryBytes, { kind, part }),
    one('hub_part_records_total', records, { kind, part }),
  ]);

/** Of the whole process, under the names that Prometheus has for them. @param startedAt ms since epoch */
export function processSeries(startedAt: number): readonly Series[] {
  const { user, system } = process.cpuUsage();
  return [
    one('process_cpu_seconds_total', (user + system) / 1_000_000),
    one('process_resident_memory_bytes', process.memoryUsage.rss()),
    one('process_start_time_seconds', startedAt / 1_000),
  ];
}

export const one = (name: MetricName, value: number, labels: Labels = {}): Series => [
  seriesOf(name, labels),
  value,
];
