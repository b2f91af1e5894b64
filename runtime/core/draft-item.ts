import { schemaVersion } from '../../schemas/index.ts';
import type { Item, ItemInput, ItemState, SourceRecord } from '../../schemas/types.ts';
import type { Pipeline } from '../processor.ts';
import { clusterIdOf } from './ids.ts';
import { linksOf } from './pairs.ts';

/**
 * A record in the shape of an item, before anything is judged: what the source said, what the hub remembers, and
 * harmless values where a processor will decide. Unmasked.
 */
export function draftItem(
  record: SourceRecord,
  known: {
    readonly itemId: string;
    readonly before: ItemState | null;
    readonly input: ItemInput;
    readonly idReused: boolean;
    readonly pipeline: Pipeline;
  },
): Item {
  const { itemId, before, input, idReused, pipeline } = known;
  return {
    itemId,
    revision: before?.revision ?? 0,
    contentRevision: before?.contentRevision ?? 1,
    schemaVersion,
    kind: record.kind,
    source: {
      system: record.system,
      channel: record.channel,
      recordId: record.recordId,
      recordVersion: record.recordVersion,
      relatedIds: record.relatedIds,
      rawFormat: record.rawFormat,
      rawRef: record.rawRef,
      rawSha256: record.rawSha256,
    },
    occurredAt: record.occurredAt,
    occurredPrecision: record.occurredPrecision,
    reportedAt: record.reportedAt,
    sourceUpdatedAt: record.sourceUpdatedAt,
    ingestedAt: record.ingestedAt,
    title: record.title,
    body: record.body,
    attachments: record.attachments,
    place: record.place,
    reporter: {
      ref: record.reporter.ref,
      kind: record.reporter.kind,
      nameMasked: null,
      phoneMasked: null,
      contactRef: null,
      confidential: record.reporter.confidential,
      count: record.reporter.count,
    },
    subject: record.subject,
    category: {
      code: 'UNK.OTHER',
      method: 'RULE',
      confidence: 0,
      subject: [],
      sourceCode: record.sourceCategory.sourceCode,
      sourceName: record.sourceCategory.sourceName,
    },
    status: before?.status ?? 'RECEIVED',
    sourceStatus: record.sourceStatus,
    statusNotes: record.statusNotes,
    severity: record.severity,
    urgency: record.urgency,
    impact: record.impact,
    signals: record.signals,
    ...clusterOf(itemId, before),
    links: before === null ? [] : linksOf(before),
    classification: {
      itemClass: 'UNCLASSIFIED',
      procedure: 'NONE',
      reasons: [],
      decidedBy: 'RULE',
      decidedAt: input.at,
      previousClass: null,
    },
    priority: record.priority,
    route: { leadDepartment: '', coDepartments: [], level: 'DISTRICT', reason: '' },
    deadlines: {
      signBy: null,
      contactBy: null,
      acceptBy: null,
      resolveBy: null,
      extendedTo: null,
      slaId: '',
      calendarId: '',
    },
    lineage: {
      traceId: record.traceId,
      correlationId: record.correlationId,
      steps: [
        {
          step: 'connector',
          component: record.system,
          version: schemaVersion,
          at: record.ingestedAt,
          inputRef: record.rawRef,
        },
        ...pipeline.processors.map((processor) => ({
          step: 'processor',
          component: processor.name,
          version: processor.version,
          at: input.at,
          inputRef: input.inputId,
        })),
      ],
    },
    quality:
      idReused && !record.quality.includes('ID_REUSED') ? [...record.quality, 'ID_REUSED'] : record.quality,
    removed: null,
    origin: input.kind === 'SOURCE_RECORD' || before === null ? input.origin : before.origin,
    ext: record.ext,
  };
}

function clusterOf(
  itemId: string,
  before: ItemState | null,
): Pick<Item, 'clusterId' | 'clusterSize' | 'primaryItemId'> {
  const membership = before?.membership ?? null;
  if (membership === null) return { clusterId: clusterIdOf(itemId), clusterSize: 1, primaryItemId: null };
  const { clusterId, primaryItemId, reporters } = membership;
  return primaryItemId === itemId
    ? { clusterId, clusterSize: reporters, primaryItemId: null }
    : { clusterId, clusterSize: null, primaryItemId };
}
