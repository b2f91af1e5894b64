import type { NormalizeContext, NormalizedRecord, RawRecord } from '../../runtime/connector.ts';
import { next, type Outcome, reject } from '../../runtime/outcome.ts';
import { adminCodes, splitPremise } from '../parsing/address.ts';
import { attachmentsOf } from '../parsing/attachments.ts';
import { locate } from '../parsing/coordinates.ts';
import { asText, type Scalar } from '../parsing/json-object.ts';
import { parsePhone } from '../parsing/person.ts';
import { quotedNumbers } from '../parsing/quoted-numbers.ts';
import { recordNumber } from '../parsing/record-number.ts';
import { decodeRecord, lineReader } from '../parsing/record-text.ts';
import { cleanLine, cleanText } from '../parsing/text.ts';
import { parseTime } from '../parsing/time.ts';
import { type ComplaintFields, contentOf, parseComplaint } from './shape.ts';
import { channelOf, isEmergencyCategory, isNo, isYes, kindOf, stateOf, urgencyOf } from './words.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Before it no such portal existed: an earlier report is a wrong clock (HUB_RECORD_TIME_IMPLAUSIBLE). */
const firstReport = Date.UTC(2000, 0, 1);
/** Before it nothing can have happened that is still complained of. */
const firstHappening = Date.UTC(1949, 9, 1);

const maxTitleLength = 200;
const maxBodyLength = 20_000;
const maxLineLength = 300;
const titleFromBodyLength = 40;

/** What a record is doubted for, collected while its fields are read; published in this order whatever the order of reading. */
const qualityFlags = [
  'NO_PLACE',
  'COORD_GUESSED',
  'COORD_SWAPPED',
  'DATE_AMBIGUOUS',
  'TEXT_TRUNCATED',
  'ENCODING_FIXED',
  'PHONE_MASKED',
  'FUTURE_TIME',
] as const;
type Quality = Set<(typeof qualityFlags)[number]>;

/**
 * One object of `data.list` to the hub's record (domain.md §3.1). Pure; never throws.
 *
 * Rejects with HUB_RECORD_ENCODING, HUB_RECORD_MALFORMED (not an object, a nested value where text belongs, no text at all),
 * HUB_RECORD_NO_ID, HUB_RECORD_NO_TIME (neither createTime nor updateTime is a time), HUB_RECORD_TIME_IMPLAUSIBLE.
 * What is doubtful but readable goes on with a mark in `quality`.
 */
export function normalize(
  raw: RawRecord,
  context: Pick<NormalizeContext<unknown>, 'ingestedAt'>,
): Outcome<NormalizedRecord> {
  const record = decodeRecord(raw.bytes);
  if (record.kind !== 'next') return record;
  const decoded = record.value;
  const { fields, problem } = parseComplaint(decoded.text);
  if (fields === undefined) return reject('HUB_RECORD_MALFORMED', problem);

  const id = recordNumber(fields.id, 'id', 'complaint');
  if (id.kind !== 'next') return id;
  const quality: Quality = new Set(decoded.repaired ? ['ENCODING_FIXED'] : []);
  const times = readTimes(fields, context.ingestedAt, quality);
  if (times.kind !== 'next') return times;
  const attachments = attachmentsOf(Array.isArray(fields.imgs) ? fields.imgs : asText(fields.imgs));
  if (attachments === null)
    return reject('HUB_RECORD_MALFORMED', 'imgs: inline data or no paths, expected at most 50 paths');
  const line = lineReader(maxLineLength, quality);
  const { title, body } = readTexts(fields, quality);
  if (title === '' && body === '' && attachments.length === 0) {
    return reject('HUB_RECORD_MALFORMED', 'title, content, imgs: all empty, expected one of them');
  }

  const recordId = id.value;
  const category = line(fields.category);
  const urgent = isYes(line(fields.urgent));
  const urgency = urgencyOf(line(fields.level), urgent);
  const place = readPlace(fields, line, quality);
  const reporter = readReporter(fields, line, quality);
  return next({
    channel: channelOf(line(fields.channel)),
    recordId,
    relatedIds: quotedNumbers([title, body], `complaint-report:${recordId}`),
    kind: kindOf(line(fields.type)),
    ...times.value,
    title: title || line(fields.type),
    body,
    attachments,
    place,
    reporter,
    subject: null,
    sourceCategory: { code: null, sourceCode: null, sourceName: category || null },
    ...stateOf(line(fields.status)),
    statusNotes: null,
    severity: 'MEDIUM',
    urgency,
    impact: null,
    signals: [],
    priority: urgent || urgency === 'EXTRA_URGENT' || isEmergencyCategory(category) ? 'URGENT' : 'NORMAL',
    quality: qualityFlags.filter((flag) => quality.has(flag)),
    ext: {},
    content: contentOf(fields),
  });
}

type LineReader = (value: Scalar) => string;

type Times = Pick<
  NormalizedRecord,
  'reportedAt' | 'sourceUpdatedAt' | 'recordVersion' | 'occurredAt' | 'occurredPrecision'
>;

function readTimes(fields: ComplaintFields, ingestedAt: number, quality: Quality): Outcome<Times> {
  const [created, updated] = [parseTime(fields.createTime), parseTime(fields.updateTime)];
  const plausible = (ms: number) => ms >= firstReport && ms <= ingestedAt + dayMs;
  // A version from a clock far ahead would make every later correction stale: better none.
  const updatedAt = updated !== null && plausible(updated.ms) ? updated.ms : null;
  if (updatedAt === null && asText(fields.updateTime) !== '') {
    quality.add(updated !== null && updated.ms > ingestedAt ? 'FUTURE_TIME' : 'DATE_AMBIGUOUS');
  }

  const reportedAt = created?.ms ?? updatedAt;
  if (reportedAt === null) {
    const found =
      updated === null ? 'createTime, updateTime: no time' : 'createTime: no time; updateTime: not plausible';
    return reject('HUB_RECORD_NO_TIME', `${found}, expected a time like 2026-03-10 08:12:33`);
  }
  if (!plausible(reportedAt)) {
    const found = reportedAt < firstReport ? 'before 2000' : 'more than a day in the future';
    return reject('HUB_RECORD_TIME_IMPLAUSIBLE', `createTime: ${found}, expected the time of the report`);
  }
  if (created === null || created.ambiguous) quality.add('DATE_AMBIGUOUS');
  if (Math.max(reportedAt, updatedAt ?? 0) > ingestedAt + 10 * minuteMs) quality.add('FUTURE_TIME');

  const happened = parseTime(fields.happenTime);
  const possible = happened !== null && happened.ms >= firstHappening && happened.ms <= reportedAt + dayMs;
  if ((!possible && asText(fields.happenTime).trim() !== '') || happened?.ambiguous)
    quality.add('DATE_AMBIGUOUS');
  return next({
    reportedAt,
    sourceUpdatedAt: updatedAt,
    recordVersion: updatedAt === null ? null : String(updatedAt),
    occurredAt: possible ? happened.ms : null,
    occurredPrecision: possible ? happened.precision : 'UNKNOWN',
  });
}

/** A missing title is the beginning of the text, as the portal itself shows it in its lists. */
function readTexts(fields: ComplaintFields, quality: Quality): { title: string; body: string } {
  const title = cleanLine(asText(fields.title), maxTitleLength);
  const body = cleanText(asText(fields.content), maxBodyLength);
  if (title.truncated || body.truncated) quality.add('TEXT_TRUNCATED');
  if (title.repaired || body.repaired) quality.add('ENCODING_FIXED');
  return { title: title.text || cleanLine(body.text, titleFromBodyLength).text, body: body.text };
}

function readPlace(fields: ComplaintFields, line: LineReader, quality: Quality): NormalizedRecord['place'] {
  const said = line(fields.addr);
  const { address, premise } = splitPremise(said);
  // The portal's map is a GCJ-02 one; its records do not say so.
  const { quality: doubts, ...point } = locate({
    x: fields.lng,
    y: fields.lat,
    system: 'GCJ02',
    labelled: false,
  });
  for (const doubt of doubts) quality.add(doubt);
  // Nothing to put on the map: said nowhere, or delivered and unusable (zeros of a form left empty).
  if (point.lon === null && (said === '' || point.coordSystem !== null)) quality.add('NO_PLACE');
  return {
    address,
    premise,
    ...adminCodes(said),
    communityCode: null,
    grids: [],
    ...point,
    accuracyM: null,
    assetId: null,
  };
}

/** The portal masks phones itself, so there is never a `ref`; of an anonymous reporter nothing is kept, not even that. */
function readReporter(
  fields: ComplaintFields,
  line: LineReader,
  quality: Quality,
): NormalizedRecord['reporter'] {
  const unknown = { ref: null, confidential: false, count: 1, name: null, phone: null };
  if (!isNo(line(fields.anonymous))) return { ...unknown, kind: 'ANONYMOUS' };
  const [name, phone] = [line(fields.reporterName) || null, line(fields.reporterTel) || null];
  if (phone !== null && parsePhone(phone).kind === 'MASKED') quality.add('PHONE_MASKED');
  return { ...unknown, kind: name === null && phone === null ? 'UNKNOWN' : 'CITIZEN', name, phone };
}
