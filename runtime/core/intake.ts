import { hash } from 'node:crypto';
import type { Item, ItemInput, SourceRecord, Warning } from '../../schemas/types.ts';
import type { AttachmentStore } from '../attachment-store/index.ts';
import type { Clock } from '../clock.ts';
import type { BesideRecords, Normalized, NormalizedRecord, RawRecord, RoutedWarnings } from '../connector.ts';
import type { Log, NewRecord, Producer } from '../log/index.ts';
import { partitionOf } from '../log/partition.ts';
import type { Counters } from '../telemetry.ts';
import { topics } from '../topics.ts';
import { deadLetter } from './dead-letter.ts';
import { baseIdOf, uuidOf, warningIdOf } from './ids.ts';
import { emptyInput, laneOf } from './inputs.ts';
import { Outputs } from './outputs.ts';
import { replaceWarnings } from './replace-warnings.ts';
import type { Serde } from './serde.ts';
import { WarningTopic } from './warning-topic.ts';

/** Raw bytes above this go into the attachment store; the log keeps a claim check (design.md §3). */
export const claimCheckBytes = 512 * 1024;

/** One raw record with what its connector's `normalize` made of it. */
export interface ReceivedRecord {
  readonly raw: RawRecord;
  readonly outcome: Normalized;
}

/** What a connector hands over at once: committed whole, or not at all. */
export interface IntakeBatch {
  readonly source: string;
  readonly origin: Item['origin'];
  /** Hub clock when the batch was read, ms. */
  readonly ingestedAt: number;
  readonly records: readonly ReceivedRecord[];
  /** Where the source is to be read from after this batch; JSON. `undefined` leaves the stored position as it is. */
  readonly position: unknown;
  readonly beside?: BesideRecords;
}

/** What became of the records of one batch. `repeated` = byte for byte what this intake has just accepted of that record. */
export interface IntakeReceipt {
  readonly accepted: number;
  readonly repeated: number;
  readonly dead: number;
  /** Vessels of whom there was something new. */
  readonly vessels: number;
}

export interface Intake {
  /** The position stored with the last committed batch; null when there is none. */
  position(): Promise<unknown>;
  /** Durable when it resolves. Rejects with HUB_DATA_WRITE (retriable: hand the same batch in again) or HUB_LOG_FENCED. */
  accept(batch: IntakeBatch): Promise<IntakeReceipt>;
}

export interface IntakeOptions {
  /** Key of the position and, with `intake-`, the transactional id: a second intake of the same name fences the first. */
  readonly name: string;
  readonly log: Log;
  readonly serde: Serde;
  readonly attachments: AttachmentStore;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly partitions: number;
  readonly catalogueVersion: string;
}

interface StoredPosition {
  /** `seq` of the newest input written; see ItemInput.seq. */
  readonly seq: number;
  readonly position: unknown;
}

/** How many of its newest records an intake remembers, so that an overlap window is not stored again at every poll. */
const rememberedRecords = 20_000;

/**
 * Opens the way in for one connector. Raw record, input (or dead letter), what the batch carries beside, and position go into one transaction; so a
 * process that dies on any line reads the batch again, and only a whole batch is ever seen.
 */
export async function openIntake(options: IntakeOptions): Promise<Intake> {
  const { name, log, serde, attachments, clock, counters, partitions, catalogueVersion } = options;
  const producer: Producer = await log.producer(`intake-${name}`);
  const stored = await readPosition(log, name);
  let seq = stored?.seq ?? 0;
  let position: unknown = stored?.position ?? null;
  const seen = new Map<string, string>();
  const said = new WarningTopic(log, serde);

  async function accept(batch: IntakeBatch): Promise<IntakeReceipt> {
    const startedAt = clock.now();
    const out = new Outputs();
    const fresh = new Map<string, string>();
    let own: OwnWarnings | null = null;
    let nextSeq = seq;
    let repeated = 0;
    let dead = 0;
    for (const { raw, outcome } of batch.records) {
      const sha256 = hash('sha256', raw.bytes, 'hex');
      const recordId = recordIdOf(outcome);
      // A repeat is one only while nothing else was accepted of that record in between: `seen` holds its last bytes.
      const identity = recordId ?? sha256;
      if ((fresh.get(identity) ?? seen.get(identity)) === sha256) {
        repeated += 1;
        continue;
      }
      fresh.set(identity, sha256);
      nextSeq = Math.max(nextSeq + 1, batch.ingestedAt * 1000);
      const baseId = baseIdOf(batch.source, recordId ?? sha256);
      const partition = partitionOf(baseId, partitions);
      const kept = await keep(raw, sha256);
      out.append(topics.raw(batch.source), partition, {
        key: recordId,
        value: kept.value,
        headers: {
          sha256,
          format: raw.format,
          correlationId: raw.correlationId,
          origin: batch.origin,
          ...kept.headers,
        },
        timestamp: batch.ingestedAt,
      });
      if (outcome.kind === 'next') {
        const input = toInput(batch, raw, outcome.value, sha256, nextSeq);
        out.append(laneOf(input), partition, {
          key: baseId,
          value: serde.encode('item-input', input),
          timestamp: batch.ingestedAt,
        });
      } else if (outcome.kind === 'route') {
        own ??= await ownWarnings(batch.source);
        appendWarnings(out, batch, outcome, own);
      } else if (outcome.kind === 'reject') {
        dead += 1;
        out.append(
          topics.deadLetters,
          partition,
          deadLetter({
            source: batch.source,
            stage: 'normalize',
            sha256,
            code: outcome.code,
            reason: outcome.reason,
            value: kept.value,
            at: batch.ingestedAt,
            headers: {
              correlationId: raw.correlationId,
              format: raw.format,
              origin: batch.origin,
              ...kept.headers,
            },
          }),
        );
      }
    }
    const vessels = appendBeside(out, batch);
    const nextPosition = batch.position === undefined ? position : batch.position;
    out.append(
      topics.positions,
      0,
      positionRecord(name, { seq: nextSeq, position: nextPosition }, clock.now()),
    );
    await out.commit(producer);

    seq = nextSeq;
    position = nextPosition;
    for (const [identity, sha256] of fresh) {
      seen.delete(identity);
      seen.set(identity, sha256);
    }
    for (const identity of seen.keys()) {
      if (seen.size <= rememberedRecords) break;
      seen.delete(identity);
    }
    const accepted = batch.records.length - repeated - dead;
    const labels = { source: batch.source, origin: batch.origin };
    counters.add('hub_intake_records_total', { ...labels, outcome: 'accepted' }, accepted);
    counters.add('hub_intake_records_total', { ...labels, outcome: 'repeated' }, repeated);
    counters.add('hub_intake_records_total', { ...labels, outcome: 'dead' }, dead);
    const tookMs = clock.now() - startedAt;
    counters.observe('hub_intake_batch_duration_seconds', { source: batch.source }, tookMs / 1_000);
    counters.add('hub_intake_vessels_total', { source: batch.source }, vessels);
    return { accepted, repeated, dead, vessels };
  }

  async function ownWarnings(source: string): Promise<OwnWarnings> {
    await said.book();
    const records = said.records().filter(({ issuer }) => issuer === source);
    return { records, sayings: new Set(records.map(sayingOf)) };
  }

  /**
   * What is on the topic already is not said again: a feed repeats its warnings at every poll, and a restart forgets what was `seen`.
   *
   * @param own adds to it, for the records behind this one in the batch
   */
  function appendWarnings(
    out: Outputs,
    { source, ingestedAt }: IntakeBatch,
    routed: RoutedWarnings,
    own: OwnWarnings,
  ): void {
    for (const one of replaceWarnings(routed, own.records)) {
      const warningId = warningIdOf(`${source}:${one.reference}`);
      const warning: Warning = { ...one, warningId, issuer: source, at: ingestedAt };
      const saying = sayingOf(warning);
      if (own.sayings.has(saying)) continue;
      own.records.push(warning);
      own.sayings.add(saying);
      const value = serde.encode('warning', warning);
      out.append(topics.warnings, 0, { key: warningId, value, timestamp: ingestedAt });
    }
  }

  function appendBeside(out: Outputs, { source, ingestedAt, beside }: IntakeBatch): number {
    for (const vessel of beside?.vessels ?? []) {
      out.append(topics.vessels, partitionOf(vessel.mmsi, partitions), {
        key: vessel.mmsi,
        value: serde.encode('vessel-position', vessel),
        timestamp: ingestedAt,
      });
    }
    for (const { key, bytes } of beside?.stream ?? []) {
      const record = { key, value: bytes, timestamp: ingestedAt };
      out.append(topics.stream(source), partitionOf(key, partitions), record);
    }
    return beside?.vessels.length ?? 0;
  }

  /** Large bytes are stored before the transaction: a crash in between leaves an attachment nobody refers to, no loss. */
  async function keep(
    raw: RawRecord,
    sha256: string,
  ): Promise<{ value: Uint8Array; headers: Readonly<Record<string, string>> }> {
    if (raw.bytes.length <= claimCheckBytes) return { value: raw.bytes, headers: {} };
    const claim = await attachments.put(raw.bytes);
    return {
      value: Buffer.from(JSON.stringify({ claim, sha256, sizeBytes: raw.bytes.length })),
      headers: { claim },
    };
  }

  function toInput(
    batch: IntakeBatch,
    raw: RawRecord,
    normalized: NormalizedRecord,
    sha256: string,
    inputSeq: number,
  ): ItemInput {
    const { content, ...fields } = normalized;
    const baseId = baseIdOf(batch.source, fields.recordId);
    const inputId = uuidOf(`input:${name}/${inputSeq}`);
    const sourceRecord: SourceRecord = {
      ...fields,
      system: batch.source,
      rawFormat: raw.format,
      rawRef: `raw.${batch.source}/${fields.recordId}@${sha256}`,
      rawSha256: sha256,
      ingestedAt: batch.ingestedAt,
      contentHash: contentHash(content),
      traceId: inputId.replaceAll('-', ''),
      correlationId: raw.correlationId,
    };
    return {
      inputId,
      kind: 'SOURCE_RECORD',
      causeId: null,
      baseId,
      at: batch.ingestedAt,
      seq: inputSeq,
      origin: batch.origin,
      catalogueVersion,
      ...emptyInput,
      sourceRecord,
    };
  }

  return { position: async () => position, accept };
}

/** SHA-256 over the declared fields in the order of their names; the values as JSON. */
export function contentHash(content: Readonly<Record<string, unknown>>): string {
  const lines = Object.keys(content)
    .sort()
    .map((key) => `${JSON.stringify([key, content[key]])}\n`);
  return hash('sha256', lines.join(''), 'hex');
}

/** All that one source has ever said of warnings, in the order of hub.warnings. Read once a batch: it is the history of years. */
interface OwnWarnings {
  readonly records: Warning[];
  /** See sayingOf. */
  readonly sayings: Set<string>;
}

/** All that a warning's record says, but for when it was heard. */
const sayingOf = ({ at: _at, ...saying }: Warning): string =>
  JSON.stringify(Object.entries(saying).sort(([a], [b]) => (a < b ? -1 : 1)));

function recordIdOf(outcome: Normalized): string | null {
  if (outcome.kind === 'next') return outcome.value.recordId;
  return outcome.kind === 'route' ? outcome.recordId : null;
}

async function readPosition(log: Log, name: string): Promise<StoredPosition | null> {
  const found = (await log.latest(topics.positions, 0, [name])).get(name);
  return found?.value ? (JSON.parse(Buffer.from(found.value).toString()) as StoredPosition) : null;
}

function positionRecord(name: string, stored: StoredPosition, timestamp: number): NewRecord {
  return { key: name, value: Buffer.from(JSON.stringify(stored)), timestamp };
}
