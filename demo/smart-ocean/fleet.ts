import { draw, drawInt, drawOne } from '../city/draw.ts';
import type { Fix, Hull, Motion } from './ais-messages.ts';

type Point = readonly [lon: number, lat: number];

export interface Vessel {
  /** What chance about it is drawn by. */
  readonly name: string;
  readonly mmsi: number;
  readonly isClassB: boolean;
  readonly status: number;
  readonly hull: Hull;
  readonly destination: string;
  /** A round trip; one point: it lies still. */
  readonly route: readonly Point[];
  /** Knots. */
  readonly speed: number;
}

const metresADegree = 111_320;
const knot = 1852 / 3600;
const lanes: readonly (readonly Point[])[] = [
  // Xiazhimen, in from the sea and out again.
  [
    [123.1, 29.71],
    [122.72, 29.69],
    [122.45, 29.715],
    [122.36, 29.755],
    [122.45, 29.705],
    [122.72, 29.68],
  ],
  // Along the coast, outside the islands.
  [
    [122.95, 30.3],
    [122.85, 29.95],
    [122.75, 29.58],
    [122.83, 29.95],
  ],
];
const ferries: readonly (readonly Point[])[] = [
  [
    [122.3105, 29.9385],
    [122.352, 29.941],
    [122.3885, 29.9745],
    [122.353, 29.9395],
  ],
  [
    [122.312, 29.936],
    [122.45, 30.03],
    [122.683, 30.188],
    [122.46, 30.025],
  ],
];
const anchorages: readonly Point[] = [
  [122.815, 30.04],
  [122.47, 29.66],
  [122.355, 29.905],
];

/** The ships in the waters off Putuo, invented: names, numbers and call signs belong to nobody. */
export function fleetOf(seed: number, count: number): readonly Vessel[] {
  const fleet = Array.from({ length: count }, (_, i) => vesselOf(seed, i));
  // Set up by hand and never right: one ship without a number, and one with the number of another.
  return fleet.map((vessel, i) => {
    if (i === 11) return { ...vessel, mmsi: 0 };
    if (i === 12) return { ...vessel, mmsi: fleet[0]!.mmsi };
    return vessel;
  });
}

function vesselOf(seed: number, i: number): Vessel {
  const name = `vessel-${i}`;
  const within = (what: string, from: number, to: number) => drawInt(from, to, seed, name, what);
  const part = i % 20;
  const base = {
    name,
    isClassB: false,
    destination: 'ZHOUSHAN',
    speed: within('speed', 80, 140) / 10,
  };
  const hull = (words: string, shipType: number, lengthM: number, widthM: number): Hull => ({
    callSign: `BZ${String(i).padStart(4, '0')}`,
    name: `${words} ${i}`,
    shipType,
    lengthM,
    widthM,
  });
  if (part < 11) {
    const ship = 99_000 + i;
    const ground: Point = [within('lon', 122_480, 123_050) / 1000, within('lat', 29_600, 30_220) / 1000];
    const corner = (n: number): Point => [
      ground[0] + within(`east ${n}`, -60, 60) / 1000,
      ground[1] + within(`north ${n}`, -50, 50) / 1000,
    ];
    return {
      ...base,
      mmsi: Number(`4129${ship}`),
      isClassB: draw(seed, name, 'class') < 0.45,
      status: 7,
      hull: { ...hull('', 30, within('length', 24, 45), 7), name: `ZHEPUYU ${ship}` },
      destination: 'FISHING',
      route: [corner(0), corner(1), corner(2), corner(3)],
      speed: within('speed', 15, 45) / 10,
    };
  }
  const mmsi = 413_990_000 + i;
  if (part < 15)
    return {
      ...base,
      mmsi,
      status: 0,
      hull: hull('DEMO CARGO', 70, 180, 28),
      route: drawOne(lanes, seed, name, 'lane'),
    };
  if (part < 17)
    return {
      ...base,
      mmsi,
      status: 0,
      hull: hull('DEMO FERRY', 60, 40, 9),
      route: drawOne(ferries, seed, name, 'lane'),
    };
  if (part < 18) {
    const lane = drawOne(ferries, seed, name, 'lane');
    return { ...base, mmsi, isClassB: true, status: 0, hull: hull('DEMO PILOT', 50, 18, 5), route: lane };
  }
  const [lon, lat] = drawOne(anchorages, seed, name, 'anchorage');
  const place: Point = [lon + within('east', -20, 20) / 1000, lat + within('north', -15, 15) / 1000];
  return { ...base, mmsi, status: 1, hull: hull('DEMO TANKER', 80, 150, 24), route: [place], speed: 0 };
}

/**
 * Where a ship is and where it goes at a real time (ms since 1970). The sea is not told faster than life: nobody would believe a ship
 * that sails a mile between two reports.
 */
export function motionOf(seed: number, vessel: Vessel, at: number): Motion {
  const second = Math.floor(at / 1000) % 60;
  const { mmsi, route, speed } = vessel;
  if (hasNoFix(seed, vessel, at)) return { mmsi, fix: null, speed: null, course: null, second };
  if (route.length === 1) return { mmsi, fix: pointAt(route[0]!), speed: 0, course: null, second };
  const legs = route.map((from, i) => legOf(from, route[(i + 1) % route.length]!));
  const whole = legs.reduce((sum, { metres }) => sum + metres, 0);
  const start = draw(seed, vessel.name, 'start') * whole;
  let left = (start + (at / 1000) * speed * knot) % whole;
  let i = 0;
  for (; left > legs[i]!.metres; i++) left -= legs[i]!.metres;
  const { from, to, metres, course } = legs[i]!;
  const part = left / metres;
  const fix = pointAt([from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]);
  return { mmsi, fix, speed, course, second };
}

/** Some receivers on board lose the satellites for ten minutes at a time. */
const hasNoFix = (seed: number, vessel: Vessel, at: number): boolean =>
  draw(seed, vessel.name, 'bad aerial') < 0.05 &&
  draw(seed, vessel.name, 'fix', Math.floor(at / 600_000)) < 0.4;

const pointAt = ([lon, lat]: Point): Fix => ({ lon, lat });

function legOf(from: Point, to: Point) {
  const east = (to[0] - from[0]) * metresADegree * Math.cos((from[1] * Math.PI) / 180);
  const north = (to[1] - from[1]) * metresADegree;
  return {
    from,
    to,
    metres: Math.hypot(east, north),
    course: ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360,
  };
}
