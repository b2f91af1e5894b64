import { draw, drawInt, drawOne } from './draw.ts';
import { type EverydayForm, everydayForms, seaForms, streets } from './everyday.ts';
import type { Matter, Telling, Told } from './stories.ts';

export interface BackgroundOptions {
  readonly seed: number;
  readonly round: number;
  /** Of the round, ms. */
  readonly lengthMs: number;
  /** Matters an hour. */
  readonly perHour: number;
}

const [minuteMs, hourMs] = [60_000, 3_600_000];
const citizenChannels = ['WECHAT', 'WEB', 'PHONE', 'PHONE', 'APP'];
/** Share of the small matters that happen at sea. */
const atSea = 0.08;

/**
 * The ordinary days between the stories: small matters, most told once, some by two or three people. In the form of the stories, so
 * that every system tells them by the same means; drawn by seed, round and number alone. Two of them may well look alike: that they
 * are not the same is known here and nowhere else.
 */
export function backgroundOf({ seed, round, lengthMs, perHour }: BackgroundOptions): readonly Told[] {
  const count = Math.floor((lengthMs / hourMs) * perHour);
  return Array.from({ length: count }, (_, i) => {
    const name = `N-${round}-${String(i + 1).padStart(4, '0')}`;
    const at = Math.floor(((i + draw(seed, name, 'moment')) / count) * lengthMs);
    const matter = draw(seed, name, 'sea') < atSea ? seaMatter(seed, name) : townMatter(seed, name);
    return matter.tellings
      .map((telling) => ({ matter, telling, at: at + telling.afterMin * minuteMs }))
      .filter((told) => told.at < lengthMs);
  }).flat();
}

function townMatter(seed: number, name: string): Matter {
  const form = drawOne(everydayForms, seed, name, 'form');
  const street = drawOne(streets, seed, name, 'street');
  const house = drawInt(1, 200, seed, name, 'house');
  const along = house / 200;
  const spot = `${street.name}${house}号`;
  const tellings = tellersOf(seed, name, form).map((isPatrol, i) =>
    tellingOf({ seed, name, form, spot, town: street.town, townCode: street.townCode, isPatrol, n: i + 1 }),
  );
  return {
    ...blank(name, tellings),
    category: form.category,
    itemClass: form.itemClass,
    place: {
      townCode: street.townCode,
      lon: Number((street.lon + street.run[0] * along).toFixed(5)),
      lat: Number((street.lat + street.run[1] * along).toFixed(5)),
    },
  };
}

/** Who tells it, in order: whether it is a patrol. */
function tellersOf(seed: number, name: string, form: EverydayForm): readonly boolean[] {
  const repeats = draw(seed, name, 'repeats');
  return Array.from({ length: repeats < 0.7 ? 1 : repeats < 0.92 ? 2 : 3 }, (_, i) => {
    return form.patrol.length > 0 && draw(seed, name, 'teller', i) < 0.45;
  });
}

function tellingOf(given: {
  readonly seed: number;
  readonly name: string;
  readonly form: EverydayForm;
  readonly spot: string;
  readonly town: string;
  readonly townCode: string;
  readonly isPatrol: boolean;
  readonly n: number;
}): Telling {
  const { seed, name, form, spot, isPatrol, n } = given;
  const words = isPatrol ? form.patrol : form.citizens;
  const [word, title, body] = drawOne(words, seed, name, 'words', n);
  const worker = `R-G-${given.townCode}-${drawInt(1, 3, seed, name, 'worker')}`;
  return {
    n,
    source: isPatrol ? 'grid-safety' : 'complaint-report',
    channel: isPatrol ? 'PATROL' : drawOne(citizenChannels, seed, name, 'channel', n),
    afterMin: n === 1 ? 0 : drawInt(20, 600, seed, name, 'after', n),
    reporter: isPatrol ? worker : draw(seed, name, 'anonymous', n) < 0.1 ? 'ANON' : `R-${name}-${n}`,
    kind: isPatrol ? (word.startsWith('矛盾纠纷') ? 'DISPUTE' : 'HAZARD') : word,
    title,
    body: body.replace('{spot}', spot),
    addressAsSaid: `${given.town}${spot}`,
    point: isPatrol ? 'exact' : drawOne(['exact', 'rough', 'rough', 'none'], seed, name, 'point', n),
    sourceCategory: isPatrol ? word : '',
    quotes: null,
    persons: 1,
    itemClass: form.itemClass,
    relationToFirst: n === 1 ? null : 'SAME_MATTER',
  };
}

function seaMatter(seed: number, name: string): Matter {
  const { type, category, words } = drawOne(seaForms, seed, name, 'form');
  const ship = drawInt(99_000, 99_399, seed, name, 'ship');
  const place = {
    townCode: null,
    lon: drawInt(122_400, 122_950, seed, name, 'lon') / 1000,
    lat: drawInt(29_620, 30_180, seed, name, 'lat') / 1000,
  };
  const details = words
    .replace('{min}', String(drawInt(30, 200, seed, name, 'lost')))
    .replace('{crew}', String(drawInt(3, 9, seed, name, 'crew')));
  const telling: Telling = {
    n: 1,
    source: 'smart-ocean',
    channel: 'SENSOR',
    afterMin: 0,
    reporter: `R-${name}-1`,
    kind: 'ALERT',
    title: `${type}报警`,
    body: `浙普渔${ship} ${details}`,
    addressAsSaid: null,
    point: 'exact',
    sourceCategory: type,
    quotes: null,
    persons: 1,
    itemClass: 'SPECIALIZED',
    relationToFirst: null,
  };
  return { ...blank(name, [telling]), category, itemClass: 'SPECIALIZED', place };
}

const blank = (matter: string, tellings: readonly Telling[]) => ({
  matter,
  tellings: [...tellings]
    .sort((a, b) => a.afterMin - b.afterMin)
    .map((telling, i) => ({ ...telling, n: i + 1 })),
  // Only stories quote the numbers of earlier calls, which is what this is for.
  start: '2026-03-01T08:00',
});
