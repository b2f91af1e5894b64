import { maxKeys } from '../../runtime/dedup-index/index.ts';
import { finish } from './hash.ts';
import { type Features, maxQuoted } from './layout.ts';
import { isBareCode, isRoadCode, nameOfCode } from './place-words.ts';
import { commonTopicNumbers } from './topics.ts';

/**
 * Blocking keys: items that share one are looked at as a pair (design.md §4 point 3). The index keeps the K nearest of a block,
 * so a key must be one that few share in the days in which a matter is told again: a place alone or a problem alone
 * is shared by hundreds, a problem at a place by a handful. Sure ones first, as there is room for twelve.
 */
export function keysOf(features: Features): number[] {
  // Whoever reports on an official is not to be found beside others.
  if (features.marks.conduct) return [];
  const keys: number[] = [];
  const { ref, vessel, point, marks, text } = features;
  const add = (kind: Kind, value: number, other = 0): void => {
    if (keys.length === maxKeys) return;
    const key = finish((value ^ Math.imul(other, 0x9e3779b1) ^ kind) >>> 0);
    if (!keys.includes(key)) keys.push(key);
  };
  add(kind.number, features.own);
  for (const number of features.quoted.slice(0, maxQuoted)) add(kind.number, number);
  if (ref[0] !== 0 || ref[1] !== 0) add(kind.reporter, ref[0], ref[1]);
  // Another source may give the phone alone, and masked.
  if (features.phone !== 0) add(kind.phone, features.phone);
  else if (ref[0] === 0 && ref[1] === 0 && features.name !== 0) add(kind.name, features.name);
  if (features.asset !== 0) add(kind.asset, features.asset);
  if (vessel.mmsi !== 0) add(kind.mmsi, vessel.mmsi);
  if (vessel.lastDigits !== 0) add(kind.vessel, vessel.lastDigits);
  for (const clause of text.clauses.slice(0, 1)) add(kind.text, clause);
  const cells = point === null || marks.centroid ? [] : cellsOf(point, marks.sea ? seaCellM : cellM);
  const words = [...new Set(siteFirst(features.words).map(nameOfCode))].slice(0, placeWordKeys);
  const themes = themesOf(features);
  for (const theme of themes) {
    for (const word of words) add(kind.word, word, theme);
    if (theme <= mostTopics || themes.length === 1 || marks.sea)
      for (const cell of cells) add(kind.cell, cell, theme);
  }
  if (features.town !== 0) {
    if (marks.event) add(kind.event, features.town, features.category);
    // Problems of every day fill a town's block within hours.
    for (const topic of features.topics.slice(0, themeCount))
      if (!commonTopicNumbers.has(topic)) add(kind.topic, features.town, topic);
  }
  for (const band of text.bands) add(kind.text, band);
  for (const clause of text.clauses) add(kind.text, clause);
  return keys;
}

/** Numbers of topics are below. */
const mostTopics = 0xff;
/** What a record is about: two problems, and the group of its category, where the words for one thing differ. */
function themesOf({ topics, group }: Features): readonly number[] {
  return [...topics.slice(0, themeCount), ...(group === 0 ? [] : [mostTopics + group])];
}

type Kind = (typeof kind)[keyof typeof kind];
const kind = {
  number: 1,
  reporter: 2,
  phone: 3,
  name: 4,
  asset: 5,
  mmsi: 6,
  vessel: 7,
  cell: 8,
  word: 10,
  topic: 11,
  event: 12,
  text: 13,
} as const;

const placeWordKeys = 2;
const themeCount = 2;

/** What is named with its kind first, then bare names (a house's number among them), roads last. */
const siteFirst = (words: readonly number[]): number[] => [
  ...words.filter((code) => !isRoadCode(code) && !isBareCode(code)),
  ...words.filter(isBareCode),
  ...words.filter(isRoadCode),
];

/**
 * Side of a cell. Three grids lie a third of it apart, along both axes: of two points nearer than that third along each
 * axis a border can part them in one grid by latitude and in one by longitude, so in one grid at least they meet.
 */
const cellM = 900;
const seaCellM = 30_000;
const degreeM = 111_195;
const grids = 2;

function cellsOf({ lat, lon }: { lat: number; lon: number }, sideM: number): number[] {
  const height = sideM / degreeM;
  const cells: number[] = [];
  for (let grid = 0; grid < grids; grid++) {
    const row = Math.floor(lat / height + grid / grids);
    // One width for a whole degree of latitude, so that the columns of neighbouring rows stand in line.
    const width = height / Math.cos((Math.round(lat) * Math.PI) / 180);
    const column = Math.floor(lon / width + grid / grids);
    cells.push(
      finish(Math.imul(row, 0x85ebca6b) ^ Math.imul(column, 0x27d4eb2f) ^ Math.imul(grid + 1, sideM)),
    );
  }
  return cells;
}
