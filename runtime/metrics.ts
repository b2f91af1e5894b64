/**
 * Every number that the hub shows at `/metrics`. The list is closed: docs/metrics.md is printed from it, the alert rules in deploy/ may name no
 * other. Names: `<space>_<thing>_<unit>`, counters end with `_total`. Labels are bounded by the configuration and the catalogue: no item, person or
 * message is ever one.
 */

export interface MetricKind {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** One sentence; what it counts, with its unit. */
  readonly help: string;
  readonly labels: readonly string[];
}

const counter = (help: string, ...labels: readonly string[]) => ({ type: 'counter', help, labels }) as const;
const gauge = (help: string, ...labels: readonly string[]) => ({ type: 'gauge', help, labels }) as const;
const histogram = (help: string, ...labels: readonly string[]) =>
  ({ type: 'histogram', help, labels }) as const;

export const metricKinds = {
  hub_intake_records_total: counter(
    'Records from sources since the start, by outcome: accepted, repeated (the same bytes again), dead (unreadable).',
    'source',
    'origin',
    'outcome',
  ),
  hub_intake_vessels_total: counter(
    'Newest states of vessels stored beside records since the start: at most one a vessel and batch.',
    'source',
  ),
  hub_intake_batch_duration_seconds: histogram('Time to store one batch of a source, seconds.', 'source'),
  hub_writer_inputs_total: counter(
    'Inputs judged since the start, by outcome: decided, revision, item (its first revision), dead, or why one changed nothing (redelivered, stale, …).',
    'source',
    'origin',
    'outcome',
  ),
  hub_writer_batch_duration_seconds: histogram('Time to judge and commit one batch of inputs, seconds.'),
  hub_writer_unlinked_items_total: counter(
    'Items that went on without links since the start, because the index could not be asked or was not whole.',
  ),
  hub_writer_relinked_items_total: counter(
    'Such items that were told to look for their links since the start.',
  ),
  hub_writer_silence_seconds: gauge("Since the writer's last sign of life, seconds."),
  hub_resolver_records_total: counter('Facts and verdicts the cluster resolver has heard since the start.'),
  hub_warnings_told_total: counter('Items told to look again at the warnings since the start.'),
  hub_resolver_batch_duration_seconds: histogram(
    'Time to resolve and commit one batch of facts and verdicts, seconds.',
  ),

  hub_source_records_total: counter(
    'Records ever received of a source, the unreadable ones among them.',
    'source',
  ),
  hub_source_unreadable_records_total: counter('Records of a source that could not be read, ever.', 'source'),
  hub_source_silence_seconds: gauge(
    'Since the last record of a source that is no history (for one that may rightly be calm: or answer), or since the start when there was none, seconds.',
    'source',
  ),
  hub_source_silence_limit_seconds: gauge(
    'So long a source may be silent, seconds; absent where it may be for ever.',
    'source',
  ),
  hub_source_answer_age_seconds: gauge(
    'Since a connector last had an answer of its source, seconds.',
    'source',
  ),

  hub_lane_waiting_records: gauge('Inputs that wait for the item writer, by lane.', 'lane'),
  hub_lane_oldest_seconds: gauge('For how long the first of them waits, seconds; 0 when none does.', 'lane'),
  hub_resolver_waiting_records: gauge('Facts and verdicts that wait for the cluster resolver.'),
  hub_resolver_oldest_seconds: gauge('For how long the first of them waits, seconds; 0 when none does.'),
  hub_sink_waiting_records: gauge('Records that a sink has not delivered.', 'sink'),
  hub_sink_oldest_seconds: gauge('For how long the first of them waits, seconds; 0 when none does.', 'sink'),
  hub_projection_waiting_records: gauge('Records that the read model has not taken in.'),

  hub_items: gauge('Items, by class.', 'class'),
  hub_major_unsigned_items: gauge('MAJOR items that wait for a signature, without those from history.'),
  hub_major_unsigned_overdue_items: gauge('Those of them that should have been signed by now.'),
  hub_review_waiting_pairs: gauge('Suggested links that wait for a person, without those between history.'),
  hub_review_overdue_pairs: gauge('Those of them that somebody should have looked at by now.'),
  hub_dead_letters_open: gauge('Dead letters that nobody has redriven or discarded.'),

  hub_part_up: gauge('1 while the thread of a connector or sink works, else 0.', 'kind', 'part'),
  hub_part_restarts_total: counter('Restarts of a connector or sink since the start.', 'kind', 'part'),
  hub_part_memory_bytes: gauge('Heap and buffers of its thread, bytes.', 'kind', 'part'),
  hub_part_records_total: counter('Records it has handed over since the start.', 'kind', 'part'),

  hub_notify_messages_total: counter(
    'Messages to whoever is on duty since the start, by channel and outcome: sent, failed.',
    'sink',
    'channel',
    'outcome',
  ),

  hub_disk_free_bytes: gauge('Free on the disk of the data folder, bytes.'),
  hub_disk_size_bytes: gauge('Size of that disk, bytes.'),
  hub_data_bytes: gauge('Size of the data file, bytes.'),

  hub_status_lines: gauge('Lines of the status, by level: green, yellow, red.', 'level'),
  hub_status_age_seconds: gauge('Since the facts above were gathered, seconds; absent while there are none.'),
  hub_status_readable: gauge('1 when they could be gathered just now, else 0.'),
  hub_front_up: gauge('1 while the duty page listens, else 0.'),

  process_cpu_seconds_total: counter('CPU time of the process, user and system, seconds.'),
  process_resident_memory_bytes: gauge('Resident memory of the process, bytes.'),
  process_start_time_seconds: gauge('When the process was started, seconds since 1970.'),
} as const satisfies Readonly<Record<string, MetricKind>>;

export type MetricName = keyof typeof metricKinds;

type NamesOf<T extends MetricKind['type']> = {
  [N in MetricName]: (typeof metricKinds)[N]['type'] extends T ? N : never;
}[MetricName];
export type CounterName = NamesOf<'counter'>;
export type HistogramName = NamesOf<'histogram'>;

/** Upper bounds of the buckets of every histogram, seconds: from a small commit to a disk that stalls. */
export const bucketSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

export type Labels = Readonly<Record<string, string>>;

/** One number: its series as Prometheus writes it (`name{label="value"}`), and its value. */
export type Series = readonly [series: string, value: number];

export function seriesOf(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return `${name}{${pairs.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/**
 * The text format of Prometheus, in the order of the list. Series of names that are not in it are left out.
 *
 * By hand, not with `@prometheus-io/client`: all numbers are read from other threads and from the data folder at the moment of asking, so a registry
 * would be emptied and filled again for each answer, and its histograms cannot be added up across threads.
 */
export function exposition(series: Iterable<Series>): string {
  const byFamily = Map.groupBy(series, ([key]) => familyOf(key.slice(0, key.indexOf('{'))));
  const lines = Object.entries(metricKinds).flatMap(([name, { type, help }]) => {
    const own = byFamily.get(name) ?? [];
    if (own.length === 0) return [];
    const said = help.replaceAll('\\', '\\\\');
    return [
      `# HELP ${name} ${said}`,
      `# TYPE ${name} ${type}`,
      ...own.map(([key, value]) => `${key.replace('{}', '')} ${value}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}

const familyOf = (name: string): string =>
  Object.hasOwn(metricKinds, name) ? name : name.replace(/_(bucket|sum|count)$/, '');
