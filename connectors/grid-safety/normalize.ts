import type { NormalizeContext, NormalizedRecord, RawRecord } from '../../runtime/connector.ts';
import { next, type Outcome, reject } from '../../runtime/outcome.ts';
import { attachmentsOf } from '../parsing/attachments.ts';
import { asText, type Scalar } from '../parsing/json-object.ts';
import { quotedNumbers } from '../parsing/quoted-numbers.ts';
import { recordNumber } from '../parsing/record-number.ts';
import { decodeRecord, lineReader } from '../parsing/record-text.ts';
import { cleanLine, cleanText } from '../parsing/text.ts';
import { parseTime } from '../parsing/time.ts';
import { readPlace } from './place.ts';
import { contentOf, type EventFields, parseEvent, referencesOf } from './shape.ts';
import { channelOf, isEmergencyType, isYes, kindOf, severityOf, stateOf } from './words.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Before it no such app existed: an earlier event is a wrong clock (HUB_RECORD_TIME_IMPLAUSIBLE). */
const firstEvent = Date.UTC(2000, 0, 1);

const maxBodyLength = 20_000;
const maxLineLength = 300;
const titleLength = 40;
/** More persons than live in the district are a number of something else. */
const mostPersons = 1_000_000;

/** What an event is doubted for, collected while its fields are read; published in this order. */
const qualityFlags = [
  'NO_PLACE',
  'COORD_GUESSED',
  'COORD_SWAPPED',
  'DATE_AMBIGUOUS',
  'TEXT_TRUNCATED',
  'ENCODING_FIXED',
  'FUTURE_TIME',
] as const;
type Quality = Set<(typeof qualityFlags)[number]>;

/**
 * One event, pushed or from the list of a day, to the hub's record (domain.md §3.2). Pure; never throws.
 *
 * Events have no version and no time of change: `ts` is the time of the push, and a retried push has a new one. So of two contents the later to
 * arrive is the newer; the daily pull puts right what arrives in the wrong order.
 *
 * Rejects with HUB_RECORD_ENCODING, HUB_RECORD_MALFORMED (not an object, a nested value where text belongs, neither text nor type nor file),
 * HUB_RECORD_NO_ID, HUB_RECORD_NO_TIME, HUB_RECORD_TIME_IMPLAUSIBLE. What is doubtful but readable goes on with a mark in `quality`.
 */
export function normalize(
  raw: RawRecord,
  context: Pick<NormalizeContext<unknown>, 'ingestedAt'>,
): Outcome<NormalizedRecord> {
  const record = decodeRecord(raw.bytes);
  if (record.kind !== 'next') return record;
  const decoded = record.value;
  const { fields, problem } = parseEvent(decoded.text);
  if (fields === undefined) return reject('HUB_RECORD_MALFORMED', problem);

  const id = recordNumber(fields.eventNo, 'eventNo', 'event');
  if (id.kind !== 'next') return id;
  const recordId = id.value;
  const quality: Quality = new Set(decoded.repaired ? ['ENCODING_FIXED'] : []);
  const reportedAt = readTime(fields.acceptDate, recordId, context.ingestedAt, quality);
  if (reportedAt.kind !== 'next') return reportedAt;
  const attachments = attachmentsOf(referencesOf(fields));
  if (attachments === null)
    return reject('HUB_RECORD_MALFORMED', 'files: inline data or no paths, expected at most 50 paths');

  const line = lineReader(maxLineLength, quality);
  const [type1, type2] = [line(fields.type1), line(fields.type2)];
  const body = cleanText(asText(fields.desc), maxBodyLength);
  if (body.truncated) quality.add('TEXT_TRUNCATED');
  if (body.repaired) quality.add('ENCODING_FIXED');
  if (body.text === '' && type2 === '' && attachments.length === 0) {
    return reject('HUB_RECORD_MALFORMED', 'desc, type2, files: all empty, expected one of them');
  }

  const { place, quality: doubts } = readPlace({
    gridCode: line(fields.gridCode),
    eventNo: recordId,
    mapLocation: line(fields.mapLocation),
    coordType: line(fields.coordType),
  });
  for (const doubt of doubts) quality.add(doubt);
  const level = line(fields.level);
  const isEmergency = isYes(line(fields.isEmergency));
  return next({
    channel: channelOf(line(fields.eventSource)),
    recordId,
    recordVersion: null,
    relatedIds: quotedNumbers([body.text], `grid-safety:${recordId}`),
    kind: kindOf(type1),
    reportedAt: reportedAt.value,
    sourceUpdatedAt: null,
    occurredAt: null,
    occurredPrecision: 'UNKNOWN',
    // The app asks for no title: the worker types one text.
    title: cleanLine(body.text, titleLength).text || type2 || type1,
    body: body.text,
    attachments,
    place,
    reporter: readReporter(fields, line),
    subject: null,
    sourceCategory: {
      code: null,
      sourceCode: null,
      sourceName: [type1, type2].filter((type) => type !== '').join('>') || null,
    },
    ...stateOf(line(fields.nodeValue)),
    statusNotes: null,
    severity: severityOf(line(fields.severity)),
    urgency: isEmergency ? 'URGENT' : 'NORMAL',
    impact: null,
    signals: isYes(line(fields.isGroup)) ? ['GROUP'] : [],
    priority: isEmergency || isEmergencyType(type2) ? 'URGENT' : 'NORMAL',
    quality: qualityFlags.filter((flag) => quality.has(flag)),
    // 一级 is the gravest in some vendors' lists and the lightest in others': shown, never judged by.
    ext: level === '' ? {} : { level },
    content: contentOf(fields),
  });
}

/** The day in the event's own number stands in for a time that cannot be read: it is the same in push and list, which `ts` is not. */
function readTime(
  acceptDate: Scalar,
  eventNo: string,
  ingestedAt: number,
  quality: Quality,
): Outcome<number> {
  const accepted = parseTime(acceptDate);
  const read = accepted ?? parseTime(/-(\d{8})-\d+$/.exec(eventNo)?.[1]);
  if (read === null) {
    const reason = 'acceptDate: no time, and none in eventNo; expected a time like 2026-03-10 08:40:05';
    return reject('HUB_RECORD_NO_TIME', reason);
  }
  if (read.ms < firstEvent || read.ms > ingestedAt + dayMs) {
    const found = read.ms < firstEvent ? 'before 2000' : 'more than a day in the future';
    return reject('HUB_RECORD_TIME_IMPLAUSIBLE', `acceptDate: ${found}, expected the time of the event`);
  }
  if (accepted === null || accepted.ambiguous) quality.add('DATE_AMBIGUOUS');
  if (read.ms > ingestedAt + 10 * minuteMs) quality.add('FUTURE_TIME');
  return next(read.ms);
}

/** Whoever told the grid worker is not named; how many they were may be. */
function readReporter(
  { gridWorker, personNum }: EventFields,
  line: (value: Scalar) => string,
): NormalizedRecord['reporter'] {
  const persons = Number(line(personNum));
  const isCount = Number.isInteger(persons) && persons >= 1 && persons <= mostPersons;
  return {
    kind: 'GRID_WORKER',
    ref: null,
    name: line(gridWorker) || null,
    phone: null,
    confidential: false,
    count: isCount ? persons : 1,
  };
}
