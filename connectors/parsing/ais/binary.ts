import { type Application, applicationOf } from './applications.ts';
import type { Payload } from './payload.ts';

/** Type 6: binary message to one ship. */
export const addressedBinary = (payload: Payload) => {
  const [dac, fid] = [payload.uint(72, 10), payload.uint(82, 6)];
  return {
    type: 6 as const,
    repeat: payload.uint(6, 2),
    mmsi: payload.uint(8, 30),
    sequence: payload.uint(38, 2),
    addressee: payload.uint(40, 30),
    isRetransmitted: payload.flag(70),
    ...contentOf(payload, 6, dac, fid, 88),
  };
};

/** Type 8: binary message to all. */
export const broadcastBinary = (payload: Payload) => {
  const [dac, fid] = [payload.uint(40, 10), payload.uint(50, 6)];
  return {
    type: 8 as const,
    repeat: payload.uint(6, 2),
    mmsi: payload.uint(8, 30),
    ...contentOf(payload, 8, dac, fid, 56),
  };
};

interface BinaryContent {
  /** Area whose authority has defined the application: 1 international, else the first digits of an MMSI. */
  readonly dac: number;
  readonly fid: number;
  /** What follows these two, in hexadecimal. */
  readonly data: string;
  readonly dataBits: number;
  /** The same, understood; null where the application is not known here. */
  readonly content: Application | null;
}

const contentOf = (payload: Payload, type: 6 | 8, dac: number, fid: number, from: number): BinaryContent => ({
  dac,
  fid,
  data: payload.hex(from),
  dataBits: Math.max(0, payload.bits - from),
  content: applicationOf(payload, type, dac, fid, from),
});

/** Types 25 (one slot) and 26 (up to five, with a communication state at the end). */
export const slotBinary = (payload: Payload, type: 25 | 26) => {
  const isAddressed = payload.flag(38);
  const isStructured = payload.flag(39);
  const afterAddress = isAddressed ? 70 : 40;
  const from = afterAddress + (isStructured ? 16 : 0);
  const to = type === 26 ? payload.bits - 20 : payload.bits;
  return {
    type,
    repeat: payload.uint(6, 2),
    mmsi: payload.uint(8, 30),
    addressee: isAddressed ? payload.uint(40, 30) : null,
    application: isStructured ? payload.uint(afterAddress, 16) : null,
    data: payload.hex(from, to),
    dataBits: Math.max(0, to - from),
    radio: type === 26 ? payload.uint(Math.max(0, to), 20) : null,
  };
};
