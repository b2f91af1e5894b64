import { baseIdOf, uuidOf } from '../../runtime/core/ids.ts';
import { emptyInput } from '../../runtime/core/inputs.ts';
import { contentHash } from '../../runtime/core/intake.ts';
import type { ItemInput, SourceRecord } from '../../schemas/types.ts';

/** 2026-03-10T08:12:33+08:00 */
export const morning = Date.UTC(2026, 2, 10, 0, 12, 33);

/** A record as `complaint-report` gives it, with invented content; every field can be overridden. */
export function sourceRecord(over: Partial<SourceRecord> = {}): SourceRecord {
  const title = over.title ?? '东港菜场后门垃圾没人清';
  const body = over.body ?? '垃圾堆了三天,臭得很,没人管';
  return {
    system: 'complaint-report',
    channel: 'WECHAT',
    recordId: 'TS202603100047',
    recordVersion: String(over.sourceUpdatedAt ?? morning),
    relatedIds: [],
    rawFormat: 'JSON',
    rawRef: 'raw.complaint-report/TS202603100047@00',
    rawSha256: '00',
    contentHash: contentHash({ title, body, place: over.place?.address ?? null }),
    kind: 'COMPLAINT',
    occurredAt: null,
    occurredPrecision: 'UNKNOWN',
    reportedAt: morning,
    sourceUpdatedAt: morning,
    ingestedAt: morning + 60_000,
    title,
    body,
    attachments: [],
    place: {
      address: '东港街道海印路菜场后门',
      premise: null,
      adminCode: '330903003',
      districtCode: '330903',
      townCode: '330903003',
      communityCode: null,
      grids: [],
      lon: 122.30145,
      lat: 29.94652,
      accuracyM: null,
      coordSystem: 'GCJ02',
      rawX: 122.305605,
      rawY: 29.944131,
      locatedBy: 'SOURCE',
      assetId: null,
    },
    reporter: {
      ref: null,
      kind: 'CITIZEN',
      name: '王**',
      phone: '138****8000',
      confidential: false,
      count: 1,
    },
    subject: null,
    sourceCategory: { code: null, sourceCode: null, sourceName: null },
    sourceStatus: '待受理',
    sourceEvent: 'ITEM_RECEIVED',
    statusNotes: null,
    severity: 'MEDIUM',
    urgency: 'NORMAL',
    impact: null,
    signals: [],
    priority: 'NORMAL',
    quality: [],
    ext: {},
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    correlationId: 'page-1',
    ...over,
  };
}

let inputs = 0;

/** An input as the intake or the command line appends it. `seq` rises with every call. */
export function input(over: Partial<ItemInput> & Pick<ItemInput, 'kind'>): ItemInput {
  inputs += 1;
  const record = over.sourceRecord ?? null;
  return {
    inputId: uuidOf(`test-input:${inputs}`),
    causeId: null,
    baseId: record === null ? 'complaint-report:TS202603100047' : baseIdOf(record.system, record.recordId),
    at: record?.ingestedAt ?? morning + 3_600_000,
    seq: morning * 1000 + inputs,
    origin: 'LIVE',
    catalogueVersion: '2026.1',
    ...emptyInput,
    ...over,
  };
}

export const recordInput = (over: Partial<SourceRecord> = {}, around: Partial<ItemInput> = {}): ItemInput =>
  input({ kind: 'SOURCE_RECORD', sourceRecord: sourceRecord(over), ...around });
