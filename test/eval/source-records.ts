import gcoordModule from 'gcoord';
import { normalize } from '../../connectors/complaint-report/normalize.ts';
import { adminCodes, splitPremise } from '../../connectors/parsing/address.ts';
import { pseudonym } from '../../connectors/parsing/person.ts';
import { dashed } from '../../demo/city/beijing.ts';
import { draw, drawInt, drawOne } from '../../demo/city/draw.ts';
import type { NormalizedRecord } from '../../runtime/index.ts';
import type { Place, SourceRecord, Subject } from '../../schemas/types.ts';
import { sourceRecord } from '../support/records.ts';
import { type Matter, type Telling, toldAt } from './stories.ts';

const gcoord = gcoordModule as unknown as typeof gcoordModule.default;

/** A telling as its source hands it over, with that source's losses (domain.md §3). */
export function recordOf(matter: Matter, telling: Telling): SourceRecord {
  const at = toldAt(matter, telling);
  const normalized =
    telling.source === 'complaint-report' ? complaintReport(matter, telling) : asTold(matter, telling);
  const { content: _, ...record } = normalized;
  return sourceRecord({
    ...record,
    system: telling.source,
    rawRef: `raw.${telling.source}/${record.recordId}@00`,
    ingestedAt: at + 60_000,
  });
}

type Record = Omit<NormalizedRecord, 'content'> & { readonly content?: unknown };

const seed = 2026;
const nameOf = (matter: Matter, telling: Telling): string => `${matter.matter}/${telling.n}`;

/** The source's own number, in its form (domain.md §3). */
export function recordIdOf(matter: Matter, telling: Telling): string {
  const day = dashed(toldAt(matter, telling)).slice(0, 10).replaceAll('-', '');
  const serial = (digits: number): string =>
    String(drawInt(0, 10 ** digits - 1, seed, nameOf(matter, telling), 'serial')).padStart(digits, '0');
  const forms: Readonly<{ [source: string]: string }> = {
    'complaint-report': `TS${day}${serial(4)}`,
    'grid-safety': `WG${matter.place.townCode ?? '330903000'}-${day}-${serial(4)}`,
    'hotline-12345': `PT${day}${serial(6)}`,
    'four-platforms': `SPT330903-${day.slice(2)}${serial(4)}`,
    'smart-city': `${day}-CG-${serial(6)}`,
    'smart-ocean': `YJ${day}-${serial(4)}`,
    'smart-tourism': `LY${day.slice(2)}${serial(4)}`,
    'legal-12348': `FL${day.slice(2)}${serial(5)}`,
    'court-12368': `12368-330903-${day}-${serial(4)}`,
    'market-12315': `1330903${serial(6)}${serial(7)}`,
  };
  return forms[telling.source]!;
}

function quotedId(matter: Matter, telling: Telling): string | null {
  const quoted = matter.tellings.find(({ n }) => n === telling.quotes);
  return quoted === undefined ? null : `${quoted.source}:${recordIdOf(matter, quoted)}`;
}

const surnames = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗'];
const given = [...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚'];
const nets = ['135', '138', '139', '158', '187'];

/** The same reporter key is the same person in every source: one invented phone, one invented name. */
const phoneOf = (reporter: string): string =>
  `${drawOne(nets, seed, reporter, 'net')}${String(drawInt(0, 99_999_999, seed, reporter, 'phone')).padStart(8, '0')}`;
const surnameOf = (reporter: string): string => drawOne(surnames, seed, reporter, 'surname');
const fullNameOf = (reporter: string): string =>
  `${surnameOf(reporter)}${drawOne(given, seed, reporter, 'first')}${drawOne(given, seed, reporter, 'second')}`;
const masked = (phone: string): string => `${phone.slice(0, 3)}****${phone.slice(-4)}`;

const complaintTypes: Readonly<{ [kind: string]: string }> = {
  COMPLAINT: '投诉',
  REPORT: '举报',
  CONSULTATION: '咨询',
  HELP: '求助',
  SUGGESTION: '建议',
  PRAISE: '表扬',
};

/** Through the connector's own `normalize`: GCJ-02 without a label, masked phone, no reporter of an anonymous report. */
function complaintReport(matter: Matter, telling: Telling): Record {
  const at = toldAt(matter, telling);
  const isAnonymous = telling.reporter === 'ANON';
  const point = pointOf(matter, telling);
  const quoted = quotedId(matter, telling);
  const [lng, lat] =
    point === null ? ['', ''] : gcoord.transform([point.lon, point.lat], gcoord.WGS84, gcoord.GCJ02);
  const row = {
    id: recordIdOf(matter, telling),
    title: telling.title,
    content: quoted === null ? telling.body : `${telling.body}(单号${quoted.split(':')[1]})`,
    type: complaintTypes[telling.kind] ?? '投诉',
    channel: telling.channel,
    reporterName: isAnonymous ? '匿名' : `${surnameOf(telling.reporter)}**`,
    reporterTel: isAnonymous ? '' : masked(phoneOf(telling.reporter)),
    anonymous: isAnonymous ? '1' : '0',
    addr: telling.addressAsSaid ?? '',
    lng: String(lng),
    lat: String(lat),
    happenTime: dashed(at - 30 * 60_000),
    createTime: dashed(at),
    updateTime: at,
    status: '0',
    imgs: '',
  };
  const outcome = normalize(
    { bytes: Buffer.from(JSON.stringify(row)), format: 'JSON', correlationId: 'stories' },
    { ingestedAt: at + 60_000 },
  );
  if (outcome.kind !== 'next') throw new Error(`${nameOf(matter, telling)}: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

function asTold(matter: Matter, telling: Telling): Record {
  const { source } = telling;
  const address = telling.addressAsSaid ?? '';
  const at = toldAt(matter, telling);
  const split = splitPremise(address);
  const isCourt = source === 'court-12368';
  const quoted = quotedId(matter, telling);
  const tellsTown = ['grid-safety', 'four-platforms', 'smart-city'].includes(source);
  const codes =
    tellsTown && matter.place.townCode !== null
      ? { adminCode: matter.place.townCode, districtCode: '330903', townCode: matter.place.townCode }
      : adminCodes(address);
  const place: Place = {
    ...sourceRecord().place,
    address: isCourt ? null : split.address,
    premise: isCourt ? null : split.premise,
    ...codes,
    grids: gridsOf(matter, telling),
    ...located(matter, telling),
    // A gate counter hangs at its scenic spot.
    assetId:
      source === 'smart-tourism' && telling.kind === 'ALERT' ? `spot:${matter.place.address ?? ''}` : null,
  };
  const record = sourceRecord();
  return {
    channel: telling.channel,
    recordId: recordIdOf(matter, telling),
    recordVersion: '1',
    relatedIds: quoted === null ? [] : [quoted],
    kind: telling.kind,
    occurredAt: null,
    occurredPrecision: 'UNKNOWN',
    reportedAt: at,
    sourceUpdatedAt: at,
    // Neither content nor parties of court matters leave the court (domain.md §3.9).
    title: isCourt ? telling.sourceCategory : telling.title,
    body: isCourt ? '' : telling.body,
    attachments: [],
    place,
    reporter: reporterOf(telling),
    subject: subjectOf(matter, telling),
    sourceCategory: { code: null, sourceCode: null, sourceName: telling.sourceCategory },
    sourceStatus: null,
    sourceEvent: 'ITEM_RECEIVED',
    statusNotes: null,
    severity: 'MEDIUM',
    urgency: 'NORMAL',
    impact:
      telling.amountCny === null
        ? null
        : {
            deaths: null,
            injured: null,
            missing: null,
            peopleAffected: null,
            amountCny: telling.amountCny.toFixed(2),
          },
    signals: [],
    priority: record.priority,
    quality: [],
    ext: {},
  };
}

/** Who of a person is known: the hotline alone has clear phones; the others mask, or name nobody. */
function reporterOf(telling: Telling): SourceRecord['reporter'] {
  const { source, reporter, reporterKind: kind, persons: count } = telling;
  const nobody = { ref: null, kind, name: null, phone: null, confidential: false, count };
  if (reporter === 'ANON') return { ...nobody, kind: 'ANONYMOUS' };
  if (source === 'hotline-12345') {
    const phone = phoneOf(reporter);
    return { ...nobody, ref: pseudonym('stories', 1, `+86${phone}`), name: fullNameOf(reporter), phone };
  }
  if (source === 'grid-safety') return { ...nobody, name: `网格员${reporter.split('-').at(-1)}` };
  if (source === 'market-12315' || (source === 'smart-tourism' && kind === 'CITIZEN'))
    return { ...nobody, name: `${surnameOf(reporter)}*`, phone: masked(phoneOf(reporter)) };
  if (source === 'legal-12348')
    return { ...nobody, name: `${surnameOf(reporter)}女士`, phone: `${phoneOf(reporter).slice(0, 7)}****` };
  if (source === 'four-platforms') return { ...nobody, kind: 'UNKNOWN' };
  return nobody;
}

/** 12315 knows the firm by its code; the fishing platform knows the ship. */
function subjectOf(matter: Matter, telling: Telling): Subject | null {
  if (telling.source === 'market-12315') {
    const serial = drawInt(0, 99_999_999, seed, matter.place.address ?? matter.matter, 'firm');
    return { kind: 'ORG', name: null, ref: `91330903MA${String(serial).padStart(8, '0')}` };
  }
  if (telling.source !== 'smart-ocean') return null;
  const text = `${telling.title} ${telling.body}`;
  const name = /浙\S渔\s?\d{5}/.exec(text)?.[0] ?? null;
  const ref = /(?:41[2-4]|97[024])\s?\d{3}\s?\d{3}/.exec(text)?.[0].replace(/\s/g, '') ?? null;
  return name === null && ref === null ? null : { kind: 'VESSEL', name, ref };
}

const metreInDegrees = 1 / 111_195;

/** WGS-84 of the telling: exact within 15 m, rough 100–300 m off, a middle of something 300–800 m off. */
function pointOf(matter: Matter, telling: Telling): { lon: number; lat: number } | null {
  const { lon, lat } = matter.place;
  if (lon === null || lat === null || telling.point === 'none') return null;
  const [least, most] = { exact: [0, 15], rough: [100, 300], centroid: [300, 800] }[telling.point] as [
    number,
    number,
  ];
  const angle = draw(seed, nameOf(matter, telling), 'angle') * 2 * Math.PI;
  const metres = drawInt(least, most, seed, nameOf(matter, telling), 'off');
  return {
    lat: lat + metres * Math.cos(angle) * metreInDegrees,
    lon: lon + (metres * Math.sin(angle) * metreInDegrees) / Math.cos((lat * Math.PI) / 180),
  };
}

/** What a point is worth: a telephonist's pin on the street is not a worker's phone at the spot. */
function located(
  matter: Matter,
  telling: Telling,
): Pick<Place, 'lon' | 'lat' | 'accuracyM' | 'locatedBy' | 'coordSystem' | 'rawX' | 'rawY'> {
  const point = pointOf(matter, telling);
  const none = { coordSystem: null, rawX: null, rawY: null } as const;
  if (point === null) return { lon: null, lat: null, accuracyM: null, locatedBy: 'NONE', ...none };
  if (telling.point === 'centroid') return { ...point, accuracyM: null, locatedBy: 'GRID_CENTROID', ...none };
  if (telling.source === 'smart-ocean') return { ...point, accuracyM: null, locatedBy: 'VESSEL', ...none };
  const isOwn = ['grid-safety', 'smart-city', 'four-platforms'].includes(telling.source);
  return {
    ...point,
    accuracyM: telling.point === 'exact' ? 30 : 300,
    locatedBy: isOwn ? 'SOURCE' : 'GEOCODED',
    ...none,
  };
}

/** Grids as the two nets draw them: squares of 600 m here, each net with its own borders and numbers. */
function gridsOf(matter: Matter, telling: Telling): Place['grids'] {
  const { townCode, lon, lat } = matter.place;
  const scheme = { 'grid-safety': 'SOCIAL', 'smart-city': 'CITY_UNIT' }[telling.source] as
    | 'SOCIAL'
    | 'CITY_UNIT'
    | undefined;
  if (scheme === undefined || townCode === null || lon === null || lat === null) return [];
  const shift = scheme === 'SOCIAL' ? 0 : 0.37;
  const number = (degrees: number, perDegree: number): string =>
    String(Math.floor((degrees * perDegree + shift) % 1000)).padStart(3, '0');
  return [{ code: `${townCode}${number(lat, 185)}${number(lon, 161)}`, scheme, kind: 'BASIC' }];
}
