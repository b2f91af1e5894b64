import { addressedBinary, broadcastBinary, slotBinary } from './binary.ts';
import { Payload } from './payload.ts';
import { positionA, positionAircraft, positionB, positionBExtended, positionLongRange } from './positions.ts';
import { aidToNavigation, staticA, staticBPartA, staticBPartB } from './static-data.ts';
import {
  acknowledgement,
  assignment,
  channelManagement,
  dgnss,
  groupAssignment,
  interrogation,
  slotReservation,
  utcInquiry,
  utcReport,
} from './stations.ts';
import { addressedText, safetyText } from './texts.ts';

/** Bits that a message of each type has, at least and at most (ITU-R M.1371-5, annex 8); the type is the index. */
const lengths: readonly (readonly [number, number])[] = [
  [0, -1],
  [163, 174],
  [163, 174],
  [163, 174],
  [168, 174],
  [420, 442],
  [88, 1_008],
  [72, 174],
  [56, 1_008],
  [168, 174],
  [72, 78],
  [168, 174],
  [72, 1_008],
  [72, 174],
  [40, 1_008],
  [88, 168],
  [92, 174],
  [80, 822],
  [168, 174],
  [308, 318],
  [70, 186],
  [270, 368],
  [168, 174],
  [154, 174],
  [160, 174],
  [40, 174],
  [60, 1_064],
  [95, 174],
];

/** Why a payload is no message. */
export type PayloadFault = 'characters' | 'type' | 'length';

export type AisMessage = Exclude<ReturnType<typeof decodePayload>, null>;
export type MessageOf<T extends AisMessage['type']> = Extract<AisMessage, { readonly type: T }>;

/**
 * A message's payload, decoded after ITU-R M.1371-5; units and meanings stand at each field. What a sender marks as not available is
 * null. Never throws. @returns the message, or why it is none.
 */
export type AisDecoder = (
  bytes: Uint8Array,
  start: number,
  end: number,
  fillBits: number,
) => AisMessage | PayloadFault;

/** Each decoder has a state of its own, but none between two messages. */
export function aisDecoder(): AisDecoder {
  const payload = new Payload();
  return (bytes, start, end, fillBits) => {
    if (payload.at(bytes, start, end, fillBits) === null) return 'characters';
    const length = lengths[payload.uint(0, 6)];
    if (payload.bits < 6 || length === undefined || length[1] < 0) return 'type';
    if (payload.bits < length[0] || payload.bits > length[1]) return 'length';
    return decodePayload(payload) ?? 'type';
  };
}

function decodePayload(payload: Payload) {
  const type = payload.uint(0, 6);
  switch (type) {
    case 1:
    case 2:
    case 3:
      return positionA(payload, type);
    case 4:
    case 11:
      return utcReport(payload, type);
    case 5:
      return staticA(payload);
    case 6:
      return addressedBinary(payload);
    case 7:
    case 13:
      return acknowledgement(payload, type);
    case 8:
      return broadcastBinary(payload);
    case 9:
      return positionAircraft(payload);
    case 10:
      return utcInquiry(payload);
    case 12:
      return addressedText(payload);
    case 14:
      return safetyText(payload);
    case 15:
      return interrogation(payload);
    case 16:
      return assignment(payload);
    case 17:
      return dgnss(payload);
    case 18:
      return positionB(payload);
    case 19:
      return positionBExtended(payload);
    case 20:
      return slotReservation(payload);
    case 21:
      return aidToNavigation(payload);
    case 22:
      return channelManagement(payload);
    case 23:
      return groupAssignment(payload);
    case 24:
      if (payload.uint(38, 2) === 0) return staticBPartA(payload);
      return payload.uint(38, 2) === 1 && payload.bits >= 162 ? staticBPartB(payload) : null;
    case 25:
    case 26:
      return slotBinary(payload, type);
    case 27:
      return positionLongRange(payload);
    default:
      return null;
  }
}
