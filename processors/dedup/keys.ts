import { maxKeys } from '../../runtime/dedup-index/index.ts';
import { finish, hash32 } from './hash.ts';
import { type Features, maxQuoted } from './layout.ts';
import { isRoadCode } from './place-words.ts';
import { textBands } from './text-sketch.ts';

/**
 * Blocking keys: items that share one are looked at as a pair (design.md §4 point 3). Sure ones first, as there is room
 * for twelve: own and quoted numbers, reporter, vessel, asset, place words, cells and grids with the group of the category,
 * and the text's bands in what is left.
 */
export function keysOf(features: Features, text: string): number[] {
  const keys = new Set<number>();
  const { ref, vessel, group, point, marks } = features;
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
  if (point !== null && !marks.centroid && group !== 0) {
    for (const cell of cellsOf(point, marks.sea ? seaCellM : cellM)) add(kind.cell, cell, group);
  }
  if (features.grid !== 0) add(kind.grid, features.grid, group);
  for (const word of features.words.filter((code) => !isRoadCode(code)).slice(0, placeWordKeys))
    add(kind.word, word);
  for (const word of features.words.filter(isRoadCode).slice(0, roadWordKeys)) add(kind.road, word, group);
  if (marks.event && features.town !== 0) add(kind.event, features.town, features.category);
  for (const band of textBands(text, features.text, clauseKeys)) add(kind.text, band);
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
  road: 11,
  event: 12,
  text: 13,
  sea: 14,
} as const;

const placeWordKeys = 3;
const roadWordKeys = 1;
const clauseKeys = 4;

/**
 * Side of a cell. Three grids lie a third of it apart, along both axes: of two points nearer than that third along each
 * axis a border can part them in one grid by latitude and in one by longitude, so in one grid at least they meet.
 */
const cellM = 1200;
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
