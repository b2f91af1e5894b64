/** `PRAGMA application_id` of the hub's data file: "CHub". */
export const applicationId = 0x43487562;

/**
 * The log's part of the data file, version by version: entry i leads from format i to format i + 1 (`PRAGMA user_version`).
 * Append only; what is released is never edited. docs/data-format.md describes the result.
 *
 * Other parts of the hub that keep tables in this file create their own.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE topic (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     partitions INTEGER NOT NULL,
     compacted INTEGER NOT NULL,
     retention_ms INTEGER
   ) STRICT;
   CREATE TABLE topic_partition (
     topic_id INTEGER NOT NULL,
     partition INTEGER NOT NULL,
     start_offset INTEGER NOT NULL,
     end_offset INTEGER NOT NULL,
     PRIMARY KEY (topic_id, partition)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE segment (
     topic_id INTEGER NOT NULL,
     partition INTEGER NOT NULL,
     base_offset INTEGER NOT NULL,
     record_count INTEGER NOT NULL,
     first_timestamp REAL NOT NULL,
     last_timestamp REAL NOT NULL,
     keys BLOB NOT NULL,
     bytes BLOB NOT NULL,
     PRIMARY KEY (topic_id, partition, base_offset)
   ) STRICT;
   CREATE TABLE compacted (
     topic_id INTEGER NOT NULL,
     partition INTEGER NOT NULL,
     key TEXT NOT NULL,
     offset INTEGER NOT NULL,
     timestamp REAL NOT NULL,
     headers TEXT,
     value BLOB,
     PRIMARY KEY (topic_id, partition, key)
   ) STRICT;
   CREATE UNIQUE INDEX compacted_by_offset ON compacted (topic_id, partition, offset);
   CREATE INDEX compacted_tombstone ON compacted (topic_id, timestamp) WHERE value IS NULL;
   CREATE TABLE group_offset (
     group_id TEXT NOT NULL,
     topic_id INTEGER NOT NULL,
     partition INTEGER NOT NULL,
     next INTEGER NOT NULL,
     PRIMARY KEY (group_id, topic_id, partition)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE producer (
     transactional_id TEXT NOT NULL,
     epoch INTEGER NOT NULL,
     PRIMARY KEY (transactional_id)
   ) STRICT, WITHOUT ROWID;`,
];

export const formatVersion = migrations.length;
