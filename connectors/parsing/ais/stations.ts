import { coarseLatitude, coarseLongitude, latitude, longitude, unless } from './measures.ts';
import type { Payload } from './payload.ts';

/** Types 4 (base station) and 11 (a ship's answer): position and UTC. */
export const utcReport = (payload: Payload, type: 4 | 11) => ({
  type,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  year: unless(0, payload.uint(38, 14)),
  month: unless(0, payload.uint(52, 4)),
  day: unless(0, payload.uint(56, 5)),
  hour: unless(24, payload.uint(61, 5)),
  minute: unless(60, payload.uint(66, 6)),
  second: unless(60, payload.uint(72, 6)),
  accuracy: payload.flag(78),
  lon: longitude(payload, 79),
  lat: latitude(payload, 107),
  epfd: payload.uint(134, 4),
  raim: payload.flag(148),
  radio: payload.uint(149, 19),
});

/** Type 10: asks a ship for its UTC and position. */
export const utcInquiry = (payload: Payload) => ({
  type: 10 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  addressee: payload.uint(40, 30),
});

/** Types 7 and 13: which ships' addressed messages have come, up to four. */
export const acknowledgement = (payload: Payload, type: 7 | 13) => ({
  type,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  addressees: [40, 72, 104, 136]
    .filter((from) => from < payload.bits)
    .map((from) => ({ mmsi: payload.uint(from, 30), sequence: payload.uint(from + 30, 2) })),
});

/** Type 15: asks one or two ships for messages. */
export const interrogation = (payload: Payload) => ({
  type: 15 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  asked: (
    [
      [40, 70],
      [40, 90],
      [110, 140],
    ] as const
  )
    .filter(([, from]) => from < payload.bits)
    .map(([who, from]) => ({
      mmsi: payload.uint(who, 30),
      type: payload.uint(from, 6),
      offset: payload.uint(from + 6, 12),
    })),
});

/** Type 16: assigns slots to one or two ships. */
export const assignment = (payload: Payload) => ({
  type: 16 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  assigned: [40, 92]
    .filter((from) => from + 52 <= payload.bits)
    .map((from) => ({
      mmsi: payload.uint(from, 30),
      offset: payload.uint(from + 30, 12),
      increment: payload.uint(from + 42, 10),
    })),
});

/** Type 17: corrections for satellite positioning. */
export const dgnss = (payload: Payload) => ({
  type: 17 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  lon: coarseLongitude(payload, 40),
  lat: coarseLatitude(payload, 58),
  data: payload.hex(80),
});

/** Type 20: slots that a base station reserves, up to four runs. */
export const slotReservation = (payload: Payload) => ({
  type: 20 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  reserved: [40, 70, 100, 130]
    .filter((from) => from + 30 <= payload.bits)
    .map((from) => ({
      offset: payload.uint(from, 12),
      number: payload.uint(from + 12, 4),
      timeout: payload.uint(from + 16, 3),
      increment: payload.uint(from + 19, 11),
    })),
});

/** The two corners of a region, north-east first. */
const corners = (payload: Payload, from: number) => ({
  northEast: { lon: coarseLongitude(payload, from), lat: coarseLatitude(payload, from + 18) },
  southWest: { lon: coarseLongitude(payload, from + 35), lat: coarseLatitude(payload, from + 53) },
});

/** Type 22: channels to use, for a region or for two ships. */
export const channelManagement = (payload: Payload) => {
  const isAddressed = payload.flag(139);
  return {
    type: 22 as const,
    repeat: payload.uint(6, 2),
    mmsi: payload.uint(8, 30),
    channelA: payload.uint(40, 12),
    channelB: payload.uint(52, 12),
    mode: payload.uint(64, 4),
    isLowPower: payload.flag(68),
    region: isAddressed ? null : corners(payload, 69),
    addressees: isAddressed ? [payload.uint(69, 30), payload.uint(104, 30)] : [],
    bandA: payload.flag(140),
    bandB: payload.flag(141),
    zoneSize: payload.uint(142, 3),
  };
};

/** Type 23: tells a group of ships how often to report. */
export const groupAssignment = (payload: Payload) => ({
  type: 23 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  region: corners(payload, 40),
  stationType: payload.uint(110, 4),
  shipType: unless(0, payload.uint(114, 8)),
  mode: payload.uint(144, 2),
  interval: payload.uint(146, 4),
  quietMinutes: payload.uint(150, 4),
});
