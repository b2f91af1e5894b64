import type { Payload } from './payload.ts';

/** Longest text of a safety message, characters (ITU-R M.1371-5, table 55 and 57). */
const longestText = 161;

/** Type 12: safety text to one ship. */
export const addressedText = (payload: Payload) => ({
  type: 12 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  sequence: payload.uint(38, 2),
  addressee: payload.uint(40, 30),
  isRetransmitted: payload.flag(70),
  text: payload.text(72, longestText),
});

/** Type 14: safety text to all; a SART says SART ACTIVE or SART TEST here. */
export const safetyText = (payload: Payload) => ({
  type: 14 as const,
  repeat: payload.uint(6, 2),
  mmsi: payload.uint(8, 30),
  text: payload.text(40, longestText),
});
