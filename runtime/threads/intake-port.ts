import type { MessagePort } from 'node:worker_threads';
import type { Intake, IntakeBatch, IntakeReceipt, ReceivedRecord } from '../core/intake.ts';
import { connect, type Methods } from './rpc.ts';

/**
 * A batch as it crosses to the writer: the raw bytes of all its records lie end to end in one buffer of its own, which is
 * transferred. Cloning the records' views instead would clone the whole buffer behind each (a page, a file, Node's pool), and
 * transferring those buffers would take them away from the connector, and cost more than copying where records are small.
 */
export interface PackedBatch extends Omit<IntakeBatch, 'records'> {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly records: readonly PackedRecord[];
}

type PackedRecord = Pick<ReceivedRecord, 'outcome'> & {
  readonly format: ReceivedRecord['raw']['format'];
  readonly correlationId: string;
  readonly length: number;
};

export function pack(batch: IntakeBatch): PackedBatch {
  const total = batch.records.reduce((sum, { raw }) => sum + raw.bytes.length, 0);
  const bytes = new Uint8Array(total);
  let at = 0;
  const records = batch.records.map(({ raw, outcome }): PackedRecord => {
    bytes.set(raw.bytes, at);
    at += raw.bytes.length;
    return { outcome, format: raw.format, correlationId: raw.correlationId, length: raw.bytes.length };
  });
  return { ...batch, bytes, records };
}

export function unpack(packed: PackedBatch): IntakeBatch {
  const { bytes, records, ...rest } = packed;
  let at = 0;
  return {
    ...rest,
    records: records.map(({ outcome, format, correlationId, length }): ReceivedRecord => {
      at += length;
      return { outcome, raw: { bytes: bytes.subarray(at - length, at), format, correlationId } };
    }),
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
