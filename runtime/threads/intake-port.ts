import type { MessagePort } from 'node:worker_threads';
import type { BesideRecords } from '../connector.ts';
import type { Intake, IntakeBatch, IntakeReceipt, ReceivedRecord } from '../core/intake.ts';
import { connect, type Methods } from './rpc.ts';

/**
 * A batch as it crosses to the writer: the raw bytes of all its records, then of the pieces of its stream, lie end to end in one buffer of its own, which is
 * transferred. Cloning the records' views instead would clone the whole buffer behind each (a page, a file, Node's pool), and
 * transferring those buffers would take them away from the connector, and cost more than copying where records are small.
 */
export interface PackedBatch extends Omit<IntakeBatch, 'records' | 'beside'> {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly records: readonly PackedRecord[];
  readonly vessels: BesideRecords['vessels'];
  readonly stream: readonly { readonly key: string; readonly length: number }[];
}

type PackedRecord = Pick<ReceivedRecord, 'outcome'> & {
  readonly format: ReceivedRecord['raw']['format'];
  readonly correlationId: string;
  readonly length: number;
};

const nothingBeside: BesideRecords = { vessels: [], stream: [] };

export function pack(batch: IntakeBatch): PackedBatch {
  const { beside = nothingBeside, ...rest } = batch;
  const pieces = [...batch.records.map(({ raw }) => raw), ...beside.stream];
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.bytes.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece.bytes, at);
    at += piece.bytes.length;
  }
  return {
    ...rest,
    bytes,
    records: batch.records.map(({ raw: { format, correlationId, bytes: raw }, outcome }) => ({
      outcome,
      format,
      correlationId,
      length: raw.length,
    })),
    vessels: beside.vessels,
    stream: beside.stream.map((piece) => ({ key: piece.key, length: piece.bytes.length })),
  };
}

export function unpack(packed: PackedBatch): IntakeBatch {
  const { bytes, records, vessels, stream, ...rest } = packed;
  let at = 0;
  const next = (length: number): Uint8Array => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  return {
    ...rest,
    records: records.map(
      ({ outcome, format, correlationId, length }): ReceivedRecord => ({
        outcome,
        raw: { bytes: next(length), format, correlationId },
      }),
    ),
    beside: { vessels, stream: stream.map(({ key, length }) => ({ key, bytes: next(length) })) },
  };
}

/** The intake as a connector's thread sees it: one batch in flight, answered when it is committed. */
export function intakeOver(port: MessagePort): Intake {
  const remote = connect(port);
  return {
    position: () => remote.call('position'),
    accept: async (batch) => {
      const packed = pack(batch);
      return (await remote.call('accept', packed, [packed.bytes.buffer])) as IntakeReceipt;
    },
  };
}

/**
 * The writer's end. The intake is opened with the first request, which fences that of an earlier thread of the same
 * connector; when opening fails, the next request tries again.
 */
export function intakeMethods(open: () => Promise<Intake>): Methods {
  let opened: Promise<Intake> | null = null;
  async function intake(): Promise<Intake> {
    opened ??= open();
    try {
      return await opened;
    } catch (error) {
      opened = null;
      throw error;
    }
  }
  return {
    position: async () => (await intake()).position(),
    accept: async (packed: PackedBatch) => (await intake()).accept(unpack(packed)),
  };
}
