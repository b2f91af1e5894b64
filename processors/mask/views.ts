import type { Draft, Views } from '../../runtime/index.ts';
import type { Item, SourceRecord } from '../../schemas/types.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { isFullName, maskName } from './names.ts';
import { maskPhone } from './phone.ts';
import { coarsePlace, districtOnly, exactPlace, placeWithoutPremise } from './place.ts';
import { type Known, type Scrubbed, scrub } from './scrub.ts';

/**
 * Who looks: UNIFIED everybody (and supervision, which watches the procedure, not the place); HELPER a co-department, which must
 * find the place; COMMAND the duty office, which must send people to the door; LEAD who handles it. The table is in README.md.
 */
type Audience = 'UNIFIED' | 'HELPER' | 'COMMAND' | 'LEAD';

/** Everything that a view may differ in; the rest of the item is the same for all. */
type Shown = Pick<
  Item,
  | 'title'
  | 'body'
  | 'statusNotes'
  | 'attachments'
  | 'place'
  | 'reporter'
  | 'subject'
  | 'classification'
  | 'ext'
>;

/** Masked views of a decided item; views that show the same are one object. */
export function viewsOf({ item, record }: Draft, catalogue: Catalogue): Views {
  const category = catalogue.category(item.category.code);
  const secrecy: Secrecy = {
    confidential: item.reporter.confidential || category.confidential,
    /** On no other topic: the stream shows that there is one, and its state. */
    closed: category.confidential,
    coarse: category.coarseLocation || item.reporter.confidential || category.confidential,
    title: category.zh,
  };
  const texts = scrubAll(item, record, secrecy);
  const made = new Map<Audience, Item>();
  const viewFor = (audience: Audience): Item => {
    const known = made.get(audience);
    if (known !== undefined) return known;
    const shown = show(item, record, texts, secrecy, audience);
    const view = made.values().find((other) => showsTheSame(other, shown)) ?? { ...item, ...shown };
    made.set(audience, view);
    return view;
  };

  const unified = viewFor('UNIFIED');
  const departments = new Map<string, Item>();
  for (const id of [item.route.leadDepartment, ...item.route.coDepartments]) {
    if (!departments.has(id)) departments.set(id, viewFor(audienceOf(id, item, catalogue)));
  }
  return { unified, departments };
}

function showsTheSame(view: Item, shown: Shown): boolean {
  for (const name in shown) {
    if (!isSame(view[name as keyof Shown], shown[name as keyof Shown])) return false;
  }
  return true;
}

/** Equality of plain data: texts, numbers, null, lists and objects of them. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((one, index) => isSame(one, b[index]));
  }
  const one = a as Readonly<Record<string, unknown>>;
  const other = b as Readonly<Record<string, unknown>>;
  let names = 0;
  for (const name in one) {
    if (!isSame(one[name], other[name])) return false;
    names += 1;
  }
  for (const _ in other) names -= 1;
  return names === 0;
}

interface Secrecy {
  readonly confidential: boolean;
  readonly closed: boolean;
  readonly coarse: boolean;
  readonly title: string;
}

function audienceOf(organisation: string, item: Item, catalogue: Catalogue): Audience {
  if (organisation === item.route.leadDepartment) return 'LEAD';
  const kind = catalogue.kindOf(organisation);
  return kind === 'duty-office' ? 'COMMAND' : kind === 'supervision-office' ? 'UNIFIED' : 'HELPER';
}

interface Texts {
  readonly title: Scrubbed;
  readonly body: Scrubbed;
  readonly notes: Scrubbed;
  readonly address: Scrubbed;
  readonly reasons: readonly { readonly text: Scrubbed; readonly evidence: Scrubbed }[];
  readonly ext: Readonly<Record<string, string>>;
}

function scrubAll(item: Item, record: SourceRecord, secrecy: Secrecy): Texts {
  const { address } = item.place;
  const known: Known = {
    names: [record.reporter.name].flatMap((name) =>
      name !== null && isFullName(name.trim()) ? [name.trim()] : [],
    ),
    phone: record.reporter.phone,
    subject:
      item.subject?.kind === 'PERSON' && item.subject.name !== null && isFullName(item.subject.name)
        ? item.subject.name
        : null,
    address: secrecy.coarse && address !== null && address.length >= 4 ? address : null,
  };
  const clean = (text: string | null) => scrub(text ?? '', known);
  const title = clean(item.title);
  const body = clean(item.body);
  const notes = clean(item.statusNotes);
  const place = scrub(address ?? '', { ...known, address: null });
  const count = title.count + body.count + notes.count + place.count;
  const ext = Object.fromEntries(
    Object.entries(item.ext).map(([name, value]) => [name, clean(value).unified]),
  );
  return {
    title,
    body,
    notes,
    address: place,
    reasons: item.classification.reasons.map(({ text, evidence }) => ({
      text: clean(text),
      evidence: clean(evidence),
    })),
    ext: count === 0 ? ext : { ...ext, scrubbed: String(count) },
  };
}

function show(item: Item, record: SourceRecord, texts: Texts, secrecy: Secrecy, audience: Audience): Shown {
  const full = audience === 'LEAD' || audience === 'COMMAND';
  const hidden = secrecy.closed && audience !== 'LEAD';
  const read = (text: Scrubbed): string => (full ? text.department : text.unified);
  return {
    title: hidden ? secrecy.title : read(texts.title),
    body: hidden ? '' : read(texts.body),
    statusNotes: hidden || item.statusNotes === null ? null : read(texts.notes),
    attachments: secrecy.confidential && audience !== 'LEAD' ? [] : item.attachments,
    place: placeFor(item, texts, secrecy, audience),
    reporter: reporterFor(item, record, secrecy, audience),
    subject: hidden ? null : subjectFor(item, full),
    classification: {
      ...item.classification,
      reasons: item.classification.reasons.map((reason, index) => ({
        ...reason,
        text: read(texts.reasons[index]!.text),
        evidence: hidden ? '' : read(texts.reasons[index]!.evidence),
      })),
    },
    ext: hidden ? {} : texts.ext,
  };
}

function placeFor(
  item: Item,
  { address }: Texts,
  { closed, coarse }: Secrecy,
  audience: Audience,
): Item['place'] {
  const { place } = item;
  const shown = (text: string) => (place.address === null ? null : text);
  if (audience === 'LEAD' || audience === 'COMMAND') return exactPlace(place, shown(address.department));
  if (closed) return districtOnly(place);
  if (coarse && audience === 'UNIFIED') return coarsePlace(place);
  return placeWithoutPremise(place, shown(address.unified));
}

function reporterFor(
  item: Item,
  record: SourceRecord,
  { confidential }: Secrecy,
  audience: Audience,
): Item['reporter'] {
  return {
    ...item.reporter,
    ref: confidential ? null : item.reporter.ref,
    nameMasked: confidential ? null : maskName(record.reporter.name),
    phoneMasked: confidential ? null : maskPhone(record.reporter.phone),
    contactRef: audience === 'LEAD' ? item.reporter.contactRef : null,
    confidential,
  };
}

/** A person is never named; a vehicle's plate is for who handles it. */
function subjectFor({ subject }: Item, full: boolean): Item['subject'] {
  if (subject === null) return null;
  if (subject.kind === 'PERSON') return { ...subject, name: maskName(subject.name), ref: null };
  if (subject.kind === 'VEHICLE' && !full) return { ...subject, name: null, ref: null };
  return subject;
}
