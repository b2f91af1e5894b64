import { placeWords } from '../../processors/dedup/place-words.ts';
import type { SourceRecord } from '../../schemas/types.ts';
import { type Random, seededRandom } from '../simulation/random.ts';
import { recordOf } from './source-records.ts';
import type { Matter, Telling } from './stories.ts';

/**
 * What else a district is told in the month of the stories: their texts cut up and mixed within a category, at other places, by
 * other people, on other days, through the same sources. No two of them are meant to be one matter; where one lies beside
 * a story by chance with the same trouble on the same day, nobody could tell.
 */
const seed = 20260301;
const firstDay = Date.UTC(2026, 2, 1);
const days = 30;

/** Sites that are spoken of: at 2,000 items a day some of them daily, most every few days. */
const sites = 6_000;
const spreadDegrees = 0.012;
/** Names are made of two of these: some 10,000, so that few places have one name by chance. */
const signs = [
  ...'昌翁岑册勾芦荷枫梧槐榆棠樱榕栀菱芙苇鸥雁鹤鹿麒骏骊珊珂瑾琼璞琅霁霖岚峦岱崧嵩沅湘澧淇汾洛渭泾洲荫泽源坪畈塍垟漕浦渚溪汀沚屿礁峙岗坡坎垅塘堰闸渡亭楼阁轩榭坊',
];
const roadKinds = ['路', '街', '弄', '大道'];
const estateKinds = ['小区', '家园', '新村', '花园', '公寓', '苑', '市场', '广场'];
const fillers = [...'也又还就都真'];
const openings = ['现在', '其实', '这几天', '听说', '跟你们讲', '再说', '本来', '还有', '请问', '总之'];

interface Site {
  readonly townCode: string | null;
  readonly lon: number;
  readonly lat: number;
  readonly names: readonly string[];
  readonly road: string | null;
  readonly estate: string | null;
}

/** So many give no name of the place, neither as its address nor in the text. */
const nameless = 0.15;
const nowhere = { names: ['这里'], road: null, estate: null } as const;

export interface BackgroundItem {
  readonly record: SourceRecord;
  /** What lies at two sites is never one matter; two items of one site may well be taken for one. */
  readonly site: number;
}

/** Number `index` of the background: the same on every machine. */
export function backgroundOf(matters: readonly Matter[]): (index: number) => BackgroundItem {
  const placed = matters.filter(({ place }) => place.lon !== null && place.townCode !== null);
  const known = Array.from({ length: sites }, (_, number) => siteOf(placed, number));
  const byCategory = Map.groupBy(
    matters.flatMap((matter) => matter.tellings.map((telling) => ({ matter, telling }))),
    ({ matter }) => matter.category,
  );
  const own = new Map(matters.map((matter) => [matter, namesOf(matter)]));
  return (index) => {
    const random = seededRandom(seed, `item ${index}`);
    const matter = random.pick(matters);
    const telling = random.pick(matter.tellings);
    const number = Math.floor(sites * random.next() ** 1.3);
    const place = known[number]!;
    const isNamed = !random.chance(nameless);
    const site = isNamed ? place : { ...place, ...nowhere };
    const tellings = byCategory.get(matter.category)!;
    const body = clausesOf(telling.body)
      .map((clause) => {
        if (random.chance(0.6)) return elsewhere(clause, own.get(matter)!, site, random);
        const other = random.pick(tellings);
        return elsewhere(random.pick(clausesOf(other.telling.body)), own.get(other.matter)!, site, random);
      })
      .map((clause) => reworded(clause, random))
      .join(',');
    const told: Telling = {
      ...telling,
      n: 1,
      afterMin: 0,
      reporter: telling.reporter === 'ANON' ? 'ANON' : reporterOf(index, random),
      title: reworded(elsewhere(telling.title, own.get(matter)!, site, random), random),
      body,
      addressAsSaid: addressOf(site, telling, random),
      quotes: null,
      relationToFirst: null,
    };
    const record = recordOf(
      {
        ...matter,
        matter: `BG-${index}`,
        place: {
          townCode: site.townCode,
          address: `${place.road}${place.estate}`,
          lon: matter.place.lon === null ? null : site.lon + (random.next() - 0.5) * 0.002,
          lat: matter.place.lat === null ? null : site.lat + (random.next() - 0.5) * 0.002,
        },
        start: startOf(random),
        tellings: [told],
        neverMergeWith: [],
        recurrenceOf: null,
      },
      told,
    );
    return { record, site: number };
  };
}

/** The town's own weight: as many sites as the stories tell of places there. */
function siteOf(placed: readonly Matter[], number: number): Site {
  const random = seededRandom(seed, `site ${number}`);
  const { place } = random.pick(placed);
  const name = () => `${random.pick(signs)}${random.pick(signs)}`;
  const names = [name(), name()];
  return {
    townCode: place.townCode,
    lon: place.lon! + (random.next() - 0.5) * spreadDegrees,
    lat: place.lat! + (random.next() - 0.5) * spreadDegrees,
    names,
    road: `${names[0]}${random.pick(roadKinds)}`,
    estate: `${names[1]}${random.pick(estateKinds)}`,
  };
}

const clausesOf = (text: string): string[] => text.split(/[,,。!!??;;]/).filter((clause) => clause !== '');

/** The names of places that a matter's tellings give. */
function namesOf({ place, tellings }: Matter): readonly string[] {
  const said = tellings.flatMap(({ addressAsSaid, title, body }) =>
    placeWords(addressAsSaid, `${title}\n${body}`, 100),
  );
  const own = [...placeWords(place.address, '', 100), ...said];
  return [...new Set(own.map(({ text }) => text))];
}

/** A matter's own names and all numbers become others. */
function elsewhere(text: string, own: readonly string[], { names }: Site, random: Random): string {
  let told = text;
  for (const [i, word] of own.entries()) told = told.replaceAll(word, names[i % names.length]!);
  return told.replace(/\d/g, () => String(random.below(10)));
}

/** No two people use one phrase to the letter. */
function reworded(clause: string, random: Random): string {
  const at = 2 + random.below(Math.max(1, clause.length - 2));
  const filled = random.chance(0.5)
    ? `${clause.slice(0, at)}${random.pick(fillers)}${clause.slice(at)}`
    : clause;
  return random.chance(0.2) ? `${random.pick(openings)}${filled}` : filled;
}

/** One in ten is told by somebody who tells ten times a month. */
const reporterOf = (index: number, random: Random): string =>
  random.chance(0.1) ? `BG-often-${random.below(600)}` : `BG-${index}`;

/** Items of other years as if they had been told in the month of the background; what lay within 30 days still does. */
export function inThatMonth<Entry extends { readonly orderKeyAt: number; readonly ingestedAt: number }>(
  entries: readonly Entry[],
): Entry[] {
  return entries.map((entry) => {
    const orderKeyAt = firstDay + (entry.orderKeyAt % (days * 86_400_000));
    return { ...entry, orderKeyAt, ingestedAt: orderKeyAt + 60_000 };
  });
}

function addressOf({ road, estate }: Site, { addressAsSaid }: Telling, random: Random): string | null {
  if (addressAsSaid === null) return null;
  return road === null ? '小区门口' : `${road}${1 + random.below(200)}号${estate}`;
}

/** Most call by day. */
function startOf(random: Random): string {
  const hour = 6 + Math.floor((random.next() + random.next()) * 9);
  const at = firstDay + random.below(days) * 86_400_000 + hour * 3_600_000 + random.below(60) * 60_000;
  return new Date(at).toISOString().slice(0, 16);
}
