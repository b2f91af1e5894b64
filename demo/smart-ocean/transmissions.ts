import { drawInt } from '../city/draw.ts';
import type { Payload } from './ais-bits.ts';
import {
  aidToNavigation,
  baseStation,
  positionA,
  positionB,
  safetyText,
  staticA,
  staticB,
  voyage,
} from './ais-messages.ts';
import type { Beacon } from './beacons.ts';
import { motionOf, type Vessel } from './fleet.ts';

/** One message on the air. */
export interface Transmission {
  /** Real time, ms since 1970. */
  readonly at: number;
  /** Unique; what chance about its reception is drawn by. */
  readonly name: string;
  readonly channel: 'A' | 'B';
  payload(): Payload;
}

interface Rhythm {
  readonly name: string;
  readonly everyMs: number;
  payload(at: number, k: number): Payload;
}

const [minuteMs, staticEveryMs] = [60_000, 360_000];
const stations = [
  { mmsi: 4_139_901, lon: 122.3012, lat: 29.9503 },
  { mmsi: 4_139_902, lon: 122.6921, lat: 30.1942 },
];
const aids = [
  { mmsi: 994_139_901, name: 'DEMO XIAZHIMEN 7', kind: 24, lon: 122.392, lat: 29.741 },
  { mmsi: 994_139_902, name: 'DEMO ZHUJIAJIAN E', kind: 20, lon: 122.452, lat: 29.882 },
];

/** All that is on the air in a stretch of real time, [from, to), in no order. Depends on the seed and the time alone. */
export function transmissionsBetween(
  seed: number,
  fleet: readonly Vessel[],
  beacons: readonly Beacon[],
  from: number,
  to: number,
): readonly Transmission[] {
  const rhythms = [...fleet.flatMap((vessel) => rhythmsOf(seed, vessel)), ...ashore];
  return [
    ...rhythms.flatMap((rhythm) => played(seed, rhythm, from, to)),
    ...beacons.flatMap((beacon) => burstsOf(beacon, from, to)),
  ];
}

/** Class A under way each 6 to 10 s, at anchor each 3 min; class B each 30 s; names each 6 min (ITU-R M.1371-5, annex 1). */
function rhythmsOf(seed: number, vessel: Vessel): readonly Rhythm[] {
  const { name, mmsi, hull, status } = vessel;
  const motion = (at: number) => motionOf(seed, vessel, at);
  if (vessel.isClassB)
    return [
      { name: `${name}/18`, everyMs: 30_000, payload: (at) => positionB(motion(at)) },
      {
        name: `${name}/24`,
        everyMs: staticEveryMs / 2,
        payload: (_, k) => (k % 2 === 0 ? staticA(mmsi, hull) : staticB(mmsi, hull)),
      },
    ];
  const everyMs = status === 1 ? 3 * minuteMs : drawInt(60, 100, seed, name, 'rhythm') * 100;
  return [
    { name: `${name}/1`, everyMs, payload: (at, k) => positionA(k % 5 === 4 ? 3 : 1, motion(at), status) },
    { name: `${name}/5`, everyMs: staticEveryMs, payload: () => voyage(mmsi, hull, vessel.destination) },
  ];
}

const ashore: readonly Rhythm[] = [
  ...stations.map(({ mmsi, lon, lat }) => ({
    name: `station-${mmsi}`,
    everyMs: 10_000,
    payload: (at: number) => baseStation(mmsi, { lon, lat }, at),
  })),
  ...aids.map(({ mmsi, name, kind, lon, lat }) => ({
    name: `aid-${mmsi}`,
    everyMs: 3 * minuteMs,
    payload: (at: number) => aidToNavigation(mmsi, name, kind, { lon, lat }, Math.floor(at / 1000) % 60),
  })),
];

function played(
  seed: number,
  { name, everyMs, payload }: Rhythm,
  from: number,
  to: number,
): readonly Transmission[] {
  const phase = drawInt(0, everyMs - 1, seed, name, 'phase');
  const made: Transmission[] = [];
  for (let k = Math.ceil((from - phase) / everyMs); phase + k * everyMs < to; k++) {
    const at = phase + k * everyMs;
    made.push({
      at,
      name: `${name}/${k}`,
      channel: k % 2 === 0 ? 'A' : 'B',
      payload: () => payload(at, k),
    });
  }
  return made;
}

/**
 * A burst of eight within 14 s of each minute: where it is, and twice in words what it is (IEC 61097-14). A test says so in words, and
 * its status is 15.
 */
function burstsOf(beacon: Beacon, from: number, to: number): readonly Transmission[] {
  const { mmsi, isTest, lon, lat } = beacon;
  const kind = { 970: 'SART', 972: 'MOB', 974: 'EPIRB' }[Math.floor(mmsi / 1_000_000)] ?? 'SART';
  const words = `${kind} ${isTest ? 'TEST' : 'ACTIVE'}`;
  const made: Transmission[] = [];
  for (
    let at = beacon.from, i = 0;
    at < Math.min(to, beacon.to);
    i++, at += i % 8 === 0 ? minuteMs - 14_000 : 2_000
  ) {
    if (at < from) continue;
    const sentAt = at;
    const motion = { mmsi, fix: { lon, lat }, speed: 0, course: null, second: Math.floor(at / 1000) % 60 };
    made.push({
      at,
      name: `${beacon.name}/${i}`,
      channel: sentAt % 2 === 0 ? 'A' : 'B',
      payload: i % 4 === 3 ? () => safetyText(mmsi, words) : () => positionA(1, motion, isTest ? 15 : 14),
    });
  }
  return made;
}
