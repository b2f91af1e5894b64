import { dimensions, latitude, longitude, second, unless } from './measures.ts';
import type { Payload } from './payload.ts';

/** Type 5: class A static and voyage data. */
export const staticA = (payload: Payload) => ({
  type: 5 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  aisVersion: payload.uint(38, 2),
  imo: unless(0, payload.uint(40, 30)),
  callSign: payload.text(70, 7),
  shipName: payload.text(112, 20),
  shipType: unless(0, payload.uint(232, 8)),
  ...dimensions(payload, 240),
  epfd: payload.uint(270, 4),
  /** UTC, without a year. */
  eta: {
    month: unless(0, payload.uint(274, 4)),
    day: unless(0, payload.uint(278, 5)),
    hour: unless(24, payload.uint(283, 5)),
    minute: unless(60, payload.uint(288, 6)),
  },
  /** Metres. */
  draught: unless(0, payload.uint(294, 8) / 10),
  destination: payload.text(302, 20),
  dteReady: !payload.flag(422),
});

/** Type 24, part A: a name. */
export const staticBPartA = (payload: Payload) => ({
  type: 24 as const,
  part: 'A' as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  shipName: payload.text(40, 20),
});

/** Type 24, part B. A craft of a mother ship (MMSI 98…) has that ship's MMSI where others have their dimensions. */
export const staticBPartB = (payload: Payload) => {
  const mmsi = payload.uint(8, 30);
  const isAuxiliary = Math.floor(mmsi / 10_000_000) === 98;
  return {
    type: 24 as const,
    part: 'B' as const,
    repeat: payload.uint(6, 2),
    mmsi,
    shipType: unless(0, payload.uint(40, 8)),
    vendor: payload.text(48, 3),
    model: payload.uint(66, 4),
    serial: payload.uint(70, 20),
    callSign: payload.text(90, 7),
    motherShip: isAuxiliary ? payload.uint(132, 30) : null,
    ...(isAuxiliary ? { toBow: 0, toStern: 0, toPort: 0, toStarboard: 0 } : dimensions(payload, 132)),
  };
};

/** Type 21: aid to navigation. The name runs on behind the fixed fields where it has more than 20 characters. */
export const aidToNavigation = (payload: Payload) => {
  const name = payload.text(43, 20);
  const rest = name?.length === 20 ? payload.text(272, 14) : null;
  return {
    type: 21 as const,
    repeat: payload.uint(6, 2),
    mmsi: payload.uint(8, 30),
    aidType: payload.uint(38, 5),
    name: name === null ? null : name + (rest ?? ''),
    accuracy: payload.flag(163),
    lon: longitude(payload, 164),
    lat: latitude(payload, 192),
    ...dimensions(payload, 219),
    epfd: payload.uint(249, 4),
    second: second(payload, 253),
    isOffPosition: payload.flag(259),
    regional: payload.uint(260, 8),
    raim: payload.flag(268),
    isVirtual: payload.flag(269),
    assigned: payload.flag(270),
  };
};
