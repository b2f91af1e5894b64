import { maxKeys } from '../../runtime/dedup-index/index.ts';
import { finish, hash32 } from './hash.ts';
import { type Features, maxQuoted } from './layout.ts';
import { isRoadCode, nameOfCode } from './place-words.ts';
import { textBands } from './text-sketch.ts';

/**
 * Blocking keys: items that share one are looked at as a pair (design.md §4 point 3). Sure ones first, as there is room
 * for twelve: own and quoted numbers, reporter, vessel, asset, cells, grid, names of places, problems of a town, and the
 * text's bands in what is left.
 */
export function keysOf(features: Features): number[] {
  const keys = new Set<number>();
  const { ref, vessel, point, marks } = features;
  const add = (kind: Kind, value: number, other = 0): void => {
    if (keys.size < maxKeys) keys.add(finish((value ^ Math.imul(other, 0x9e3779b1) ^ kind) >>> 0));
  };
  add(kind.number, features.own);
  for (const number of features.quoted.slice(0, maxQuoted)) add(kind.number, number);
  if (ref[0] !== 0 || ref[1] !== 0) add(kind.reporter, ref[0], ref[1]);
  else if (features.phone !== 0) add(kind.phone, features.phone);
  else if (features.name !== 0) add(kind.name, features.name);
  if (features.asset !== 0) add(kind.asset, features.asset);
  if (vessel.mmsi !== 0) add(kind.mmsi, vessel.mmsi);
  if (vessel.lastDigits !== 0) add(kind.vessel, vessel.lastDigits);
  if (marks.sea) add(kind.sea, hash32('sea'));
  if (point !== null && !marks.centroid) {
    for (const cell of cellsOf(point, marks.sea ? seaCellM : cellM)) add(kind.cell, cell);
  }
  if (features.grid !== 0) add(kind.grid, features.grid);
  for (const word of siteFirst(features.words).slice(0, placeWordKeys)) add(kind.word, nameOfCode(word));
  if (features.town !== 0) {
    if (marks.event) add(kind.event, features.town, features.category);
    for (const topic of features.topics.slice(0, topicKeys)) add(kind.topic, features.town, topic);
  }
  for (const band of textBands(features.text, clauseKeys)) add(kind.text, band);
  return [...keys];
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
  grid: 9,
  word: 10,
  topic: 11,
  event: 12,
  text: 13,
  sea: 14,
} as const;

const placeWordKeys = 3;
const topicKeys = 2;
const clauseKeys = 4;

const siteFirst = (words: readonly number[]): number[] => [
  ...words.filter((code) => !isRoadCode(code)),
  ...words.filter(isRoadCode),
];

/**
 * Side of a cell. Three grids lie a third of it apart, along both axes: of two points nearer than that third along each
 * axis a border can part them in one grid by latitude and in one by longitude, so in one grid at least they meet.
 */
const cellM = 900;
const seaCellM = 30_000;
const degreeM = 111_195;
const grids = 3;

function cellsOf({ lat, lon }: { lat: number; lon: number }, sideM: number): number[] {
  const height = sideM / degreeM;
  const cells: number[] = [];
  for (let grid = 0; grid < grids; grid++) {
    const row = Math.floor(lat / height + grid / grids);
    // One width for a whole degree of latitude, so that the columns of neighbouring rows stand in line.
    const width = height / Math.cos((Math.round(lat) * Math.PI) / 180);
    const column = Math.floor(lon / width + grid / grids);
    cells.push(hash32(`${sideM}/${grid}/${row}/${column}`));
  }
  return cells;
}
