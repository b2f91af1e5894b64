import type { DatabaseSync } from 'node:sqlite';
import { HubError } from '../errors.ts';
import type { TopicSpec } from './index.ts';

export interface Topic extends Required<TopicSpec> {
  readonly id: number;
}

/** The topics of a data file. Those once seen are remembered: number of partitions and kind never change. */
export class Topics {
  readonly #db: DatabaseSync;
  #known: ReadonlyMap<string, Topic> = new Map();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** By name, as stored now. */
  all(): readonly Topic[] {
    const rows = this.#db
      .prepare('SELECT id, name, partitions, compacted, retention_ms AS retentionMs FROM topic ORDER BY name')
      .all() as unknown as (Omit<Topic, 'compacted'> & { compacted: number })[];
    const topics = rows.map((row) => ({ ...row, compacted: row.compacted === 1 }));
    this.#known = new Map(topics.map((topic) => [topic.name, topic]));
    return topics;
  }

  /** Throws HUB_LOG_UNKNOWN_TOPIC. */
  get(name: string): Topic {
    if (!this.#known.has(name)) this.all();
    const topic = this.#known.get(name);
    if (topic) return topic;
    throw new HubError('HUB_LOG_UNKNOWN_TOPIC', `There is no topic ${name}`, { context: { topic: name } });
  }

  /** Throws HUB_LOG_UNKNOWN_TOPIC when the topic, or that partition of it, does not exist. */
  at(name: string, partition: number): Topic {
    const topic = this.get(name);
    if (partition >= 0 && partition < topic.partitions) return topic;
    throw new HubError(
      'HUB_LOG_UNKNOWN_TOPIC',
      `Topic ${name} has ${topic.partitions} partitions, not number ${partition}`,
      {
        context: { topic: name, partition },
      },
    );
  }

  /** Within a transaction. Throws HUB_LOG_PARTITIONS_FROZEN. */
  ensure(specs: readonly TopicSpec[]): void {
    const existing = new Map(this.all().map((topic) => [topic.name, topic]));
    const keep = this.#db.prepare('UPDATE topic SET retention_ms = ? WHERE id = ?');
    const create = this.#db.prepare(
      'INSERT INTO topic (name, partitions, compacted, retention_ms) VALUES (?, ?, ?, ?) RETURNING id',
    );
    const addPartition = this.#db.prepare(
      'INSERT INTO topic_partition (topic_id, partition, start_offset, end_offset) VALUES (?, ?, 0, 0)',
    );
    for (const { name, partitions, compacted = false, retentionMs = null } of specs) {
      const topic = existing.get(name);
      if (topic) {
        if (topic.partitions !== partitions || topic.compacted !== compacted)
          throw frozen(topic, partitions, compacted);
        if (topic.retentionMs !== retentionMs) keep.run(retentionMs, topic.id);
        continue;
      }
      const { id } = create.get(name, partitions, compacted ? 1 : 0, retentionMs) as { id: number };
      for (let partition = 0; partition < partitions; partition += 1) addPartition.run(id, partition);
    }
  }
}

function frozen(topic: Topic, partitions: number, compacted: boolean): HubError {
  const shape = (count: number, table: boolean) => `${count} partitions${table ? ', compacted' : ''}`;
  return new HubError(
    'HUB_LOG_PARTITIONS_FROZEN',
    `Topic ${topic.name} exists with ${shape(topic.partitions, topic.compacted)}; asked for ${shape(partitions, compacted)}`,
    { context: { topic: topic.name } },
  );
}
