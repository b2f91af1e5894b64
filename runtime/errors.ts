/**
 * Every way the hub can say "no". The list is closed: a code that is not here does not exist, and
 * docs/errors.md is printed from it. `HUB_<AREA>_<WHAT>`.
 */

import { codeOfDataFile, isDiskFull, wordsOf } from './foreign-error.ts';

/** What the machine and the operator need to know about a code. */
export interface ErrorKind {
  /** May the same call succeed later without anybody changing anything? The caller retries, never the callee. */
  readonly retriable: boolean;
  /** What happened, one sentence. */
  readonly meaning: string;
  /** The operator's next step, one sentence; names the command where there is one. */
  readonly fix: string;
}

export const errorKinds = {
  HUB_CONFIG_INVALID: {
    retriable: false,
    meaning: 'The configuration does not fit its schema.',
    fix: 'Correct every line listed (path, value, expectation) and start again; what they belong to was not started.',
  },
  HUB_CONFIG_UNREADABLE: {
    retriable: false,
    meaning: 'The configuration file, or a secret it refers to, cannot be read.',
    fix: 'Check the path and the rights, or set the environment variable named in the message.',
  },
  HUB_REGISTRY_DUPLICATE: {
    retriable: false,
    meaning: 'Two definitions carry the same name.',
    fix: 'Rename one of them: a name is config key, metric label and topic segment at once.',
  },
  HUB_REGISTRY_UNKNOWN: {
    retriable: false,
    meaning: 'A name in the configuration or on the command line is not registered.',
    fix: 'Use one of the names listed in the message.',
  },
  HUB_DATA_LOCKED: {
    retriable: true,
    meaning: 'Another process holds the data folder.',
    fix: 'Use the running hub, stop it, or choose another folder with --data.',
  },
  HUB_DATA_FORMAT: {
    retriable: false,
    meaning: 'The data folder was written by a newer hub, or is not a data folder of the hub.',
    fix: 'Start the newer version, or choose another folder with --data; an empty folder is filled by: hub up.',
  },
  HUB_DATA_WRITE: {
    retriable: true,
    meaning: 'The data folder, or a backup, cannot be written (disk full, read-only, no right, size limit).',
    fix: 'Free space, raise the limit or correct the rights; a running hub then goes on by itself, one that could not start is to be started again. Nothing accepted is lost.',
  },
  HUB_DATA_DAMAGED: {
    retriable: false,
    meaning:
      'The data file is damaged: parts of it do not fit together (a failing disk, or another program wrote into it).',
    fix: 'Stop the hub, keep a copy of the data folder, restore a backup into a new one (hub restore FILE) and start again; the sources then give again what came since, as far as they keep it.',
  },
  HUB_BACKUP_UNUSABLE: {
    retriable: false,
    meaning: 'The file is no whole backup of the hub: absent, cut off, changed, or something else.',
    fix: 'Take another backup, or another copy of this one; nothing was restored.',
  },
  HUB_BACKUP_TARGET_TAKEN: {
    retriable: false,
    meaning: 'A backup, or the folder to restore into, would overwrite what is there already.',
    fix: 'Name a file that does not exist, or with --data a folder that is empty; nothing was changed.',
  },
  HUB_LOG_FENCED: {
    retriable: false,
    meaning: 'A newer producer or consumer with the same identity has taken over.',
    fix: 'None: this worker stops, the newer one goes on.',
  },
  HUB_LOG_UNKNOWN_TOPIC: {
    retriable: false,
    meaning: 'A topic does not exist.',
    fix: 'Start the hub once with the catalogue that names it, or correct the name.',
  },
  HUB_LOG_OFFSET_OUT_OF_RANGE: {
    retriable: false,
    meaning: 'The records asked for are gone (retention) or not yet there.',
    fix: 'Read from the beginning or the end instead.',
  },
  HUB_LOG_CLOSED: {
    retriable: false,
    meaning: 'The log was closed while it was being used.',
    fix: 'None at run time: the part that used it is being stopped.',
  },
  HUB_LOG_PARTITIONS_FROZEN: {
    retriable: false,
    meaning: 'A topic exists with another number of partitions; the number is frozen at creation.',
    fix: 'Keep the configured number, or start with a new data folder, on Kafka with another instance; what differs there shows: hub topics plan.',
  },
  HUB_LOG_RECORD_TOO_LARGE: {
    retriable: false,
    meaning: 'A record is larger than its topic takes.',
    fix: 'Raise max.message.bytes of the topic named in the message, or have the source send less in one record.',
  },
  HUB_LOG_CORRUPT: {
    retriable: false,
    meaning: 'A stored segment does not follow its layout.',
    fix: 'Restore the data folder from a backup and report the segment named in the message.',
  },
  HUB_KAFKA_CLIENT_MISSING: {
    retriable: false,
    meaning: 'Kafka mode needs the native Kafka client, and there is none that fits the Node.js that runs.',
    fix: 'Run in the folder of the project, with that Node.js: npm run kafka:client (it compiles for some minutes; needs g++, make, python3 and libssl-dev); then start the hub again.',
  },
  HUB_KAFKA_UNREACHABLE: {
    retriable: true,
    meaning: 'No broker of the Kafka cluster, or not the server that gives tokens for it, answers.',
    fix: 'None at first, the hub retries; if it stays, check kafka.brokers, the network, and whether the brokers speak TLS.',
  },
  HUB_KAFKA_REFUSED: {
    retriable: false,
    meaning: 'The Kafka cluster refuses the credentials of the hub, or a right that it needs.',
    fix: 'Correct kafka.security in the configuration, or have the right granted; then start the hub again.',
  },
  HUB_KAFKA_TOO_OLD: {
    retriable: false,
    meaning:
      'The Kafka cluster is older than 2.5: it cannot fence a worker that was thought dead, so records could be counted twice.',
    fix: 'Upgrade the brokers to Kafka 2.5 or newer.',
  },
  HUB_KAFKA_TOO_FEW_BROKERS: {
    retriable: false,
    meaning: 'Fewer brokers, or fewer copies of a topic, than records must have to count as written.',
    fix: 'Start the brokers that are missing, or lower kafka.replication and kafka.minInSyncReplicas knowingly; copies are added with kafka-reassign-partitions.sh.',
  },
  HUB_KAFKA_TOPICS_UNFIT: {
    retriable: false,
    meaning: 'Topics of this hub are missing on the cluster, or kept otherwise than it needs.',
    fix: 'See what differs with: hub topics plan; then: hub topics apply.',
  },
  HUB_SERVICES_UNFIT: {
    retriable: false,
    meaning: 'Several things about the services of Kafka mode keep the hub from starting.',
    fix: 'Do what stands behind each line of the message, then start again.',
  },
  HUB_SCHEMA_REGISTRY_UNAVAILABLE: {
    retriable: true,
    meaning: 'The schema registry does not answer, fails, or is not what stands at the configured address.',
    fix: 'None at first, the hub retries; if it stays, check registry.url (with its path) and the registry itself.',
  },
  HUB_SCHEMA_REGISTRY_REFUSED: {
    retriable: false,
    meaning: 'The schema registry refuses the credentials of the hub, or its right to read or register.',
    fix: 'Correct registry.username and registry.password, or have the right granted; then start the hub again.',
  },
  HUB_SCHEMA_UNKNOWN_ID: {
    retriable: false,
    meaning: 'Bytes on one of our topics name a schema that the registry does not know.',
    fix: 'Find who writes to this topic; the bytes are in the dead letters.',
  },
  HUB_SCHEMA_NOT_OURS: {
    retriable: false,
    meaning: 'Bytes on one of our topics do not start with the magic byte, or do not decode.',
    fix: 'Find who writes to this topic; the bytes are in the dead letters.',
  },
  HUB_SCHEMA_INCOMPATIBLE: {
    retriable: false,
    meaning: 'A schema would break readers or writers of the versions before it (FULL_TRANSITIVE).',
    fix: 'Add fields with defaults and symbols to enums that have a default; never rename, remove or retype.',
  },
  HUB_INPUT_UNKNOWN_KIND: {
    retriable: false,
    meaning:
      'An input is of a kind that this version of the hub does not know; skipping it would lose a decision.',
    fix: 'Start the hub version that wrote it; the partition waits until then.',
  },
  HUB_INPUT_NO_SUCH_ITEM: {
    retriable: false,
    meaning: 'A decision names an item that the hub has never seen.',
    fix: 'Check the id with: hub trace ITEM.',
  },
  HUB_WARNING_UNKNOWN: {
    retriable: false,
    meaning: 'No warning of this id is known, or it is over.',
    fix: 'List those in force with: hub warning list.',
  },
  HUB_ITEM_UNKNOWN: {
    retriable: false,
    meaning: 'No item answers to this id or number.',
    fix: 'List what there is with: hub tap items --until-end; a record that could not be read: hub dead-letters list.',
  },
  HUB_ITEM_AMBIGUOUS: {
    retriable: false,
    meaning: 'Several items answer to this id or number.',
    fix: 'Give the whole item id, or source:recordId, of the one you mean.',
  },
  HUB_PAIR_IMPOSSIBLE: {
    retriable: false,
    meaning: 'These two cannot be linked or kept apart: they are one item, or two matters of one record.',
    fix: 'Name two items of different records; each one shows with: hub trace ITEM.',
  },
  HUB_REVIEW_UNKNOWN: {
    retriable: false,
    meaning: 'Nothing that waits for a person answers to this id, or somebody has decided it meanwhile.',
    fix: 'List what waits with: hub review list; what was decided about an item shows: hub why ITEM.',
  },
  HUB_RECORD_MALFORMED: {
    retriable: false,
    meaning: 'A record cannot be parsed (truncated, not the format, wrong types).',
    fix: 'Look at it with: hub dead-letters show ID; have the source corrected, then redrive.',
  },
  HUB_RECORD_ENCODING: {
    retriable: false,
    meaning: 'The bytes of a record are not valid text in the encoding of its source.',
    fix: 'Look at it with: hub dead-letters show ID; have the source corrected, then redrive.',
  },
  HUB_RECORD_NO_ID: {
    retriable: false,
    meaning: 'A record has no number of its own, so it could not be told from others.',
    fix: 'Ask the owner of the source; discard it or have it sent again.',
  },
  HUB_RECORD_NO_TIME: {
    retriable: false,
    meaning: 'A record has no time that could be the time of its report.',
    fix: 'Ask the owner of the source for the missing time, then redrive.',
  },
  HUB_RECORD_TIME_IMPLAUSIBLE: {
    retriable: false,
    meaning: 'The time of the report lies before 2000 or more than a day in the future.',
    fix: 'Have the clock of the source corrected, then redrive.',
  },
  HUB_RECORD_TOO_LARGE: {
    retriable: false,
    meaning: 'A record is larger than its source may send.',
    fix: 'Raise maxRecordBytes of this connector, then redrive; or have the source send attachments by reference.',
  },
  HUB_RECORD_NORMALIZE_FAILED: {
    retriable: false,
    meaning: "The connector's own normalize function threw: a bug in the connector, met by this record.",
    fix: 'Correct the connector, add the record to its fixtures, then redrive.',
  },
  HUB_PROCESS_FAILED: {
    retriable: false,
    meaning: 'A processor threw: a bug, met by this input.',
    fix: 'Correct the processor, then redrive; the item keeps its last good state until then.',
  },
  HUB_SOURCE_UNREACHABLE: {
    retriable: true,
    meaning: 'The source does not answer (connection refused, reset, or cut in the middle).',
    fix: 'None at first, the hub retries; if it stays, ask the owner of the source.',
  },
  HUB_SOURCE_TIMEOUT: {
    retriable: true,
    meaning: 'The source did not answer in time.',
    fix: 'None at first, the hub retries; if it stays, raise requestTimeoutMs or ask the owner.',
  },
  HUB_SOURCE_RATE_LIMITED: {
    retriable: true,
    meaning: 'The source asks to be left alone for a while (429).',
    fix: 'None, the hub waits as told; if it stays, raise pollIntervalMs or ask for a higher quota.',
  },
  HUB_SOURCE_FAILING: {
    retriable: true,
    meaning: 'The source answers with a failure of its own (5xx, or 200 with an error inside).',
    fix: 'None at first, the hub retries; if it stays, send the message to the owner of the source.',
  },
  HUB_SOURCE_LOGIN_PAGE: {
    retriable: true,
    meaning: 'Instead of data the source sent an HTML page, mostly its log-in page.',
    fix: 'Check that the address is the API and not the portal, and that no gateway stands between.',
  },
  HUB_SOURCE_REFUSED: {
    retriable: false,
    meaning: 'The source refuses the credentials or the right to read.',
    fix: 'Correct the credentials in the configuration, or have the right granted; then start the hub again.',
  },
  HUB_SOURCE_PROTOCOL: {
    retriable: true,
    meaning: 'The answer of the source is not what its interface promises.',
    fix: 'Compare with the README of the connector; the interface may have changed.',
  },
  HUB_SOURCE_UNSTABLE: {
    retriable: true,
    meaning:
      'Rows kept shifting between pages while the hub was reading, so a complete pass was not possible.',
    fix: 'None at first, the position does not move and the hub reads again; if it stays, raise maxPasses.',
  },
  HUB_SOURCE_NOT_LISTENING: {
    retriable: true,
    meaning:
      'The hub cannot listen where a source is to push (port taken, address not of this machine, no right).',
    fix: 'Do what the message says (listen.host, listen.port of this connector); the hub tries again, and the source sends again what it could not deliver.',
  },
  HUB_CONNECTOR_UNRESPONSIVE: {
    retriable: true,
    meaning: 'A connector gave no sign of life and was ended.',
    fix: 'None at first, it is restarted; if it repeats, look for an endless loop or a runaway regular expression.',
  },
  HUB_CONNECTOR_MEMORY: {
    retriable: true,
    meaning: 'A connector outgrew its memory and was ended.',
    fix: 'None at first, it is restarted; if it repeats, lower its page size or raise maxMemoryMb.',
  },
  HUB_CONNECTOR_CRASHED: {
    retriable: true,
    meaning: 'A connector threw outside its promise and was ended.',
    fix: 'None at first, it is restarted; the stack is in the log.',
  },
  HUB_SINK_FAILED: {
    retriable: true,
    meaning: 'A sink could not write.',
    fix: 'Correct the cause in the message; the sink goes on from the last record it has confirmed.',
  },
  HUB_SINK_CRASHED: {
    retriable: true,
    meaning: 'A sink threw outside its promise and was ended.',
    fix: 'None at first, it is restarted from its last confirmed record; the stack is in the log.',
  },
  HUB_SINK_UNRESPONSIVE: {
    retriable: true,
    meaning: 'A sink gave no sign of life and was ended.',
    fix: 'None at first, it is restarted from its last confirmed record; if it repeats, look for an endless loop.',
  },
  HUB_SINK_MEMORY: {
    retriable: true,
    meaning: 'A sink outgrew its memory and was ended.',
    fix: 'None at first, it is restarted from its last confirmed record; if it repeats, raise maxMemoryMb.',
  },
  HUB_ATTACHMENT_MISSING: {
    retriable: false,
    meaning: 'An attachment is referred to but not in the store.',
    fix: 'Restore the attachment folder from the backup that belongs to the data file.',
  },
  HUB_DEADLETTER_UNKNOWN: {
    retriable: false,
    meaning: 'There is no such dead letter.',
    fix: 'List them with: hub dead-letters list.',
  },
  HUB_CATALOGUE_INVALID: {
    retriable: false,
    meaning: 'A catalogue (categories, organisations, rules) does not fit its schema or contradicts itself.',
    fix: 'Correct what is listed; the hub does not start with half a catalogue.',
  },
  HUB_CATALOGUE_UNKNOWN_VERSION: {
    retriable: false,
    meaning: 'An input was stamped with a catalogue version that this installation does not hold.',
    fix: 'Install the catalogue of that version; the partition waits until then.',
  },
  HUB_CALENDAR_NO_DATA: {
    retriable: false,
    meaning: 'The working-day calendar does not cover a day that a deadline needs.',
    fix: "Install the State Council's list of that year; deadlines are provisional until then.",
  },
  HUB_CLI_USAGE: {
    retriable: false,
    meaning: 'The command line is not understood.',
    fix: 'See: hub help COMMAND.',
  },
  HUB_CONTROL_REFUSED: {
    retriable: false,
    meaning: 'The running hub refused a command from the command line.',
    fix: 'See the message; the command names the same data folder as the running hub must have.',
  },
  HUB_NODE_TOO_OLD: {
    retriable: false,
    meaning: 'The Node.js that was to run the hub is older than 24.15.',
    fix: 'Run npm install once in this folder, then start it through npm (npm run -s hub -- COMMAND), which takes the Node.js of this project; or install Node.js 24.15 or newer.',
  },
  HUB_NOTIFY_CHANNEL: {
    retriable: true,
    meaning: 'A channel for messages to whoever is on duty does not take them.',
    fix: 'Check address, account and quota of the channel named; the message goes by the next channel meanwhile, and this one is tried again with the next.',
  },
  HUB_INCIDENT_UNKNOWN: {
    retriable: false,
    meaning: 'No incident of the notify sink answers to this id.',
    fix: 'List those that are open with: hub ack.',
  },
  HUB_PORT_BUSY: {
    retriable: true,
    meaning: 'The address for HTTP cannot be listened on: mostly another program has the port.',
    fix: 'See with `ss -ltnp` which program has it and stop that, or choose another http.host or http.port in the configuration; the hub runs on, and tries again every 30 s.',
  },
  HUB_INDEX_UNAVAILABLE: {
    retriable: true,
    meaning: 'Redis, which holds the index of possible duplicates, does not answer, or not in time.',
    fix: 'Start Redis, or correct redis.url and the network in between; items go on without links meanwhile and look for them once it is back.',
  },
  HUB_INDEX_FULL: {
    retriable: true,
    meaning: 'Redis has no memory left for the index of possible duplicates (maxmemory).',
    fix: 'Raise maxmemory of Redis (docs/kafka.md says how much an item needs); items look for their links by themselves afterwards.',
  },
  HUB_INDEX_AHEAD: {
    retriable: false,
    meaning:
      'The index of possible duplicates is of another time than the log: it holds what the log does not know.',
    fix: 'Run: hub rebuild-index. Until then items go on without links; they look for them afterwards.',
  },
  HUB_INDEX_REBUILDING: {
    retriable: false,
    meaning: 'The index of possible duplicates is being rebuilt by another command.',
    fix: 'Wait for that one; where it has died, run again: hub rebuild-index.',
  },
  HUB_INDEX_SETTING: {
    retriable: false,
    meaning:
      'Redis refuses the hub, or is set so that it may drop parts of the index of possible duplicates without a word.',
    fix: 'Correct redis.username and redis.password, or set maxmemory-policy to noeviction, as the message says.',
  },
  HUB_ITEM_STORE_UNAVAILABLE: {
    retriable: true,
    meaning: 'PostgreSQL, in which items are looked up, does not answer, is starting, or has no room.',
    fix: 'None at first, the hub retries; if it stays, start PostgreSQL, or correct postgres.url and the network. Items are judged and delivered meanwhile.',
  },
  HUB_ITEM_STORE_SETTING: {
    retriable: false,
    meaning: 'PostgreSQL refuses the account, has no such database, or its database cannot hold the items.',
    fix: 'Correct account, password and database in postgres.url, or create the database in UTF8, as the message says.',
  },
  HUB_INTERNAL: {
    retriable: false,
    meaning: 'A bug of the hub.',
    fix: 'Report it with the stack from the log.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** An error with a code. The message says what was found and what was expected; `errorKinds[code].fix` what to do. */
export class HubError extends Error {
  readonly code: ErrorCode;
  readonly retriable: boolean;
  /** Facts for the log: connector, position, topic, path. Never secrets, never personal data. */
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly context?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.retriable = errorKinds[code].retriable;
    this.context = options.context ?? {};
  }
}

/**
 * Classifies anything that was thrown, without throwing: a HubError as it is, what disk and data file have to say as HUB_DATA_*,
 * everything else under `fallback`. The message of a foreign error is not taken over (see wordsOf); `cause` keeps it.
 */
export function toHubError(thrown: unknown, fallback?: ErrorCode): HubError {
  if (thrown instanceof HubError) return thrown;
  const otherwise = fallback ?? (isDiskFull(thrown) ? 'HUB_DATA_WRITE' : 'HUB_INTERNAL');
  return new HubError(codeOfDataFile(thrown) ?? otherwise, wordsOf(thrown), { cause: thrown });
}
