import {
  coarseLatitude,
  coarseLongitude,
  course,
  dimensions,
  heading,
  latitude,
  longitude,
  second,
  speed,
  turn,
  unless,
} from './measures.ts';
import type { Payload } from './payload.ts';

/** Types 1, 2, 3: class A position. */
export const positionA = (payload: Payload, type: 1 | 2 | 3) => ({
  type,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  /** 0 under way, 1 at anchor, 5 moored, 7 fishing, 14 active SART, MOB or EPIRB, 15 not defined (also: SART under test) … */
  status: payload.uint(38, 4),
  turn: turn(payload, 42),
  speed: speed(payload, 50),
  /** Better than 10 m. */
  accuracy: payload.flag(60),
  lon: longitude(payload, 61),
  lat: latitude(payload, 89),
  course: course(payload, 116),
  heading: heading(payload, 128),
  second: second(payload, 137),
  maneuver: payload.uint(143, 2),
  raim: payload.flag(148),
  /** 19 bits; of a message cut short, those that are there. */
  radio: payload.uint(149, Math.min(19, payload.bits - 149)),
});

/** Type 9: search and rescue aircraft. Speed in whole knots. */
export const positionAircraft = (payload: Payload) => ({
  type: 9 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  /** Metres; 4094 = or more. */
  altitude: unless(4095, payload.uint(38, 12)),
  speed: unless(1023, payload.uint(50, 10)),
  accuracy: payload.flag(60),
  lon: longitude(payload, 61),
  lat: latitude(payload, 89),
  course: course(payload, 116),
  second: second(payload, 128),
  regional: payload.uint(134, 8),
  dteReady: !payload.flag(142),
  assigned: payload.flag(146),
  raim: payload.flag(147),
  radio: payload.uint(148, 20),
});

/** Type 18: class B position. */
export const positionB = (payload: Payload) => ({
  type: 18 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  reserved: payload.uint(38, 8),
  speed: speed(payload, 46),
  accuracy: payload.flag(56),
  lon: longitude(payload, 57),
  lat: latitude(payload, 85),
  course: course(payload, 112),
  heading: heading(payload, 124),
  second: second(payload, 133),
  regional: payload.uint(139, 2),
  carrierSense: payload.flag(141),
  display: payload.flag(142),
  dsc: payload.flag(143),
  band: payload.flag(144),
  message22: payload.flag(145),
  assigned: payload.flag(146),
  raim: payload.flag(147),
  radio: payload.uint(148, 20),
});

/** Type 19: class B position with static data. */
export const positionBExtended = (payload: Payload) => ({
  type: 19 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  reserved: payload.uint(38, 8),
  speed: speed(payload, 46),
  accuracy: payload.flag(56),
  lon: longitude(payload, 57),
  lat: latitude(payload, 85),
  course: course(payload, 112),
  heading: heading(payload, 124),
  second: second(payload, 133),
  regional: payload.uint(139, 4),
  shipName: payload.text(143, 20),
  shipType: unless(0, payload.uint(263, 8)),
  ...dimensions(payload, 271),
  epfd: payload.uint(301, 4),
  raim: payload.flag(305),
  dteReady: !payload.flag(306),
  assigned: payload.flag(307),
});

/** Type 27: class A position for satellites; tenths of a minute, whole knots and degrees. */
export const positionLongRange = (payload: Payload) => ({
  type: 27 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  accuracy: payload.flag(38),
  raim: payload.flag(39),
  status: payload.uint(40, 4),
  lon: coarseLongitude(payload, 44),
  lat: coarseLatitude(payload, 62),
  speed: unless(63, payload.uint(79, 6)),
  course: wholeCourse(payload.uint(85, 9)),
  /** Fix from the satellite system, not older than 5 s. */
  isCurrent: !payload.flag(94),
});

const wholeCourse = (degrees: number): number | null => (degrees >= 360 ? null : degrees);
