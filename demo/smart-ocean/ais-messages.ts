import { Bits, type Payload } from './ais-bits.ts';

/** WGS-84, degrees; null where the ship does not know where it is: 181° E, 91° N on the air. */
export type Fix = { readonly lon: number; readonly lat: number } | null;

export interface Motion {
  readonly mmsi: number;
  readonly fix: Fix;
  /** Knots and degrees over ground; null: not known. */
  readonly speed: number | null;
  readonly course: number | null;
  /** Second of the minute, UTC. AIS has no date. */
  readonly second: number;
}

export interface Hull {
  readonly callSign: string;
  readonly name: string;
  /** 30 fishing, 31 towing, 50 pilot, 60 passenger, 70 cargo, 80 tanker. */
  readonly shipType: number;
  readonly lengthM: number;
  readonly widthM: number;
}

const head = (type: number, mmsi: number): Bits =>
  new Bits().unsigned(type, 6).unsigned(0, 2).unsigned(mmsi, 30);

function position(bits: Bits, fix: Fix): Bits {
  const minutes = (degrees: number) => Math.round(degrees * 600_000);
  return bits.signed(minutes(fix?.lon ?? 181), 28).signed(minutes(fix?.lat ?? 91), 27);
}

const tenths = (value: number | null, unknown: number): number =>
  value === null ? unknown : Math.round(value * 10);
const course = (value: number | null): number => tenths(value, 3600) % (value === null ? 3601 : 3600);
const heading = (value: number | null): number => (value === null ? 511 : Math.round(value) % 360);

function dimensions(bits: Bits, { lengthM, widthM }: Pick<Hull, 'lengthM' | 'widthM'>): Bits {
  const [bow, port] = [Math.ceil(lengthM * 0.7), widthM >> 1];
  return bits
    .unsigned(bow, 9)
    .unsigned(lengthM - bow, 9)
    .unsigned(port, 6)
    .unsigned(widthM - port, 6);
}

/** Types 1 and 3, class A. @param status 0 under way, 1 at anchor, 7 fishing, 14 SART active, 15 not defined (also a SART's test) */
export function positionA(type: 1 | 3, motion: Motion, status: number): Payload {
  const bits = head(type, motion.mmsi).unsigned(status, 4).signed(-128, 8);
  position(bits.unsigned(tenths(motion.speed, 1023), 10).spare(1), motion.fix);
  return bits
    .unsigned(course(motion.course), 12)
    .unsigned(heading(motion.course), 9)
    .unsigned(motion.second, 6)
    .spare(2 + 3 + 1 + 19)
    .armoured();
}

/** Type 4. @param at real time, ms */
export function baseStation(mmsi: number, fix: Fix, at: number): Payload {
  const date = new Date(at);
  const bits = head(4, mmsi)
    .unsigned(date.getUTCFullYear(), 14)
    .unsigned(date.getUTCMonth() + 1, 4)
    .unsigned(date.getUTCDate(), 5)
    .unsigned(date.getUTCHours(), 5)
    .unsigned(date.getUTCMinutes(), 6)
    .unsigned(date.getUTCSeconds(), 6)
    .unsigned(1, 1);
  return position(bits, fix)
    .unsigned(7, 4)
    .spare(10 + 1 + 19)
    .armoured();
}

/** Type 5: longer than a sentence, sent as two. */
export function voyage(mmsi: number, hull: Hull, destination: string): Payload {
  const bits = head(5, mmsi)
    .spare(2)
    .unsigned(0, 30)
    .text(hull.callSign, 7)
    .text(hull.name, 20)
    .unsigned(hull.shipType, 8);
  return dimensions(bits, hull)
    .unsigned(1, 4)
    .unsigned(0, 4)
    .unsigned(0, 5)
    .unsigned(24, 5)
    .unsigned(60, 6)
    .unsigned(Math.min(255, hull.widthM * 3), 8)
    .text(destination, 20)
    .spare(2)
    .armoured();
}

/** Type 14. */
export const safetyText = (mmsi: number, text: string): Payload =>
  head(14, mmsi).spare(2).text(text, text.length).armoured();

/** Type 18, class B. */
export function positionB(motion: Motion): Payload {
  const bits = head(18, motion.mmsi).spare(8).unsigned(tenths(motion.speed, 1023), 10).spare(1);
  return position(bits, motion.fix)
    .unsigned(course(motion.course), 12)
    .unsigned(heading(null), 9)
    .unsigned(motion.second, 6)
    .spare(2)
    .unsigned(0b1011, 4)
    .spare(1 + 1 + 1 + 20)
    .armoured();
}

/** Type 21. @param kind 14 cardinal north to 31 special mark, as in table 74 of ITU-R M.1371-5 */
export function aidToNavigation(mmsi: number, name: string, kind: number, fix: Fix, second: number): Payload {
  const bits = head(21, mmsi).unsigned(kind, 5).text(name, 20).spare(1);
  return dimensions(position(bits, fix), { lengthM: 4, widthM: 4 })
    .unsigned(1, 4)
    .unsigned(second, 6)
    .spare(1 + 8 + 1 + 1 + 1 + 1)
    .armoured();
}

/** Type 24, part A: the name. */
export const staticA = (mmsi: number, { name }: Hull): Payload =>
  head(24, mmsi).unsigned(0, 2).text(name, 20).armoured();

/** Type 24, part B: all but the name. */
export const staticB = (mmsi: number, hull: Hull): Payload =>
  dimensions(
    head(24, mmsi).unsigned(1, 2).unsigned(hull.shipType, 8).text('PTD', 3).spare(24).text(hull.callSign, 7),
    hull,
  )
    .spare(6)
    .armoured();
