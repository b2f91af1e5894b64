import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleVesselPosition } from '../../schemas/examples.ts';
import type { Intake, IntakeBatch, ReceivedRecord } from '../core/intake.ts';
import { HubError } from '../errors.ts';
import { reject } from '../outcome.ts';
import { intakeMethods, intakeOver, pack, unpack } from './intake-port.ts';
import { serve } from './rpc.ts';

const outcome = reject('HUB_RECORD_MALFORMED', 'not looked at');
const batchOf = (...bytes: readonly Uint8Array[]): IntakeBatch => ({
  source: 'complaint-report',
  origin: 'LIVE',
  ingestedAt: 1_000,
  position: { page: 2 },
  beside: {
    vessels: [exampleVesselPosition],
    stream: bytes.map((piece, n) => ({ key: `r${n}`, bytes: piece })),
  },
  records: bytes.map(
    (raw, index): ReceivedRecord => ({
      outcome,
      raw: { bytes: raw, format: 'JSON', correlationId: `page ${index}` },
    }),
  ),
});

/** Bytes by value, whatever kind of view holds them. */
const plain = (batch: IntakeBatch) => ({
  ...batch,
  records: batch.records.map(({ raw, ...rest }) => ({ ...rest, raw: { ...raw, bytes: [...raw.bytes] } })),
  beside: {
    ...batch.beside,
    stream: batch.beside?.stream.map(({ key, bytes }) => ({ key, bytes: [...bytes] })),
  },
});

describe('a packed batch', () => {
  test('unpacks to the same batch', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), (all) => {
        const batch = batchOf(...all);
        expect(plain(unpack(pack(batch)))).toEqual(plain(batch));
      }),
    );
  });

  test('holds the records and pieces alone, not the page they were cut from', () => {
    const page = new Uint8Array(1_000_000);
    expect(pack(batchOf(page.subarray(0, 10), page.subarray(500, 520))).bytes.buffer.byteLength).toBe(60);
  });
});

describe('over a port', () => {
  async function over(intake: () => Promise<Intake>, body: (client: Intake) => Promise<void>): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    serve(port1, intakeMethods(intake));
    try {
      await body(intakeOver(port2));
    } finally {
      port1.close();
    }
  }

  test('the writer gets the batch, the connector keeps its bytes and gets the receipt', async () => {
    const accepted: IntakeBatch[] = [];
    const intake: Intake = {
      position: async () => ({ page: 1 }),
      accept: async (batch) => {
        accepted.push(batch);
        return { accepted: batch.records.length, repeated: 0, dead: 0, vessels: 0 };
      },
    };
    const batch = batchOf(Buffer.from('one'), Buffer.from('two'));
    await over(
      async () => intake,
      async (client) => {
        expect(await client.position()).toEqual({ page: 1 });
        expect(await client.accept(batch)).toEqual({ accepted: 2, repeated: 0, dead: 0, vessels: 0 });
      },
    );
    expect(accepted.map(plain)).toEqual([plain(batch)]);
    expect(batch.records.map(({ raw }) => Buffer.from(raw.bytes).toString())).toEqual(['one', 'two']);
  });

  test('an intake that could not be opened is opened again with the next request', async () => {
    let opened = 0;
    const open = async (): Promise<Intake> => {
      opened += 1;
      if (opened === 1) throw new HubError('HUB_DATA_WRITE', 'disk full');
      return {
        position: async () => opened,
        accept: async () => ({ accepted: 0, repeated: 0, dead: 0, vessels: 0 }),
      };
    };
    await over(open, async (client) => {
      await expect(client.position()).rejects.toMatchObject({ code: 'HUB_DATA_WRITE', retriable: true });
      expect(await client.position()).toBe(2);
      expect(await client.position()).toBe(2);
    });
  });
});
