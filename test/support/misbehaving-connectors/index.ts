/**
 * Connectors that do what no connector should, for the tests of the threads. Each delivers one record first, so that a test
 * sees it come back after it was ended; `steady` is the neighbour that must notice nothing.
 */
import { z } from 'zod';
import {
  type ConnectorDefinition,
  HubError,
  type RawRecord,
  type ReadBatch,
  type ReadContext,
  reject,
} from '../../../runtime/index.ts';

type Context = ReadContext<unknown, number>;

/** Position = how many records this source has given so far. */
function batchAfter(position: number | null): ReadBatch<number> {
  const count = (position ?? 0) + 1;
  const raw: RawRecord = {
    bytes: Buffer.from(`record ${count}`),
    format: 'OTHER',
    correlationId: `page ${count}`,
  };
  return { records: [raw], position: count };
}

function connector(
  name: string,
  summary: string,
  misbehave: (context: Context) => Promise<void>,
): ConnectorDefinition<unknown, number> {
  return {
    name,
    summary,
    config: z.unknown(),
    check: async () => {},
    async *read(context) {
      yield batchAfter(context.position);
      await misbehave(context);
    },
    async *readFile() {},
    normalize: () => reject('HUB_RECORD_MALFORMED', 'these records are only counted'),
  };
}

/** Until the connector is ended from outside; unlike an endless loop it lets the thread's events run. */
const forever = (): Promise<void> => new Promise(() => {});

const mebibyte = 1024 * 1024;

export const steady: ConnectorDefinition<unknown, number> = {
  ...connector('steady', 'Gives a record every 20 ms and stops when asked.', forever),
  async *read({ position, signal, clock }) {
    let last = position;
    while (!signal.aborted) {
      const batch = batchAfter(last);
      last = batch.position;
      yield batch;
      await clock.sleep(20, signal);
    }
  },
};

export const leads: ConnectorDefinition<unknown, number> = {
  ...connector('leads', 'Gives a record every 20 ms while it leads.', forever),
  isEverywhere: true,
  async *read({ position, signal, clock, leads = () => true }) {
    let last = position;
    while (!signal.aborted) {
      if (leads()) {
        const batch = batchAfter(last);
        last = batch.position;
        yield batch;
      }
      await clock.sleep(20, signal);
    }
  },
};

export const spins = connector('spins', 'Never lets go of its thread.', async () => {
  for (;;);
});

export const backtracks = connector(
  'backtracks',
  'Runs a regular expression that would need years.',
  async () => {
    /^(a+)+$/.test(`${'a'.repeat(80)}b`);
  },
);

export const fillsHeap = connector('fills-heap', 'Keeps objects without end.', async () => {
  // Large enough values that it is full before its silence would be noticed, on a busy machine too.
  const kept = new Map<number, number[]>();
  for (let i = 0; ; i++) kept.set(i % 16_000_000, new Array<number>(128).fill(i));
});

export const fillsHeapAtOnce = connector('fills-heap-at-once', 'Keeps arrays of 80 MB each.', async () => {
  const kept: number[][] = [];
  for (;;) kept.push(new Array<number>(10_000_000).fill(0.5));
});

export const fillsArrayBuffers = connector(
  'fills-array-buffers',
  'Keeps memory that no heap limit bounds.',
  async () => {
    const kept: Uint8Array[] = [];
    for (;;) {
      kept.push(new Uint8Array(16 * mebibyte).fill(1));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  },
);

export const fillsArrayBuffersSpinning = connector(
  'fills-array-buffers-spinning',
  'The same without letting go of its thread.',
  async () => {
    const kept: Uint8Array[] = [];
    for (let i = 0; ; i++) if (i % 50_000 === 0) kept.push(new Uint8Array(mebibyte).fill(1));
  },
);

export const throwsInTimer = connector('throws-in-timer', 'Throws outside its promise.', async () => {
  setTimeout(() => {
    throw new RangeError('told by 张三, telephone 13900000000');
  }, 10);
  await forever();
});

export const throwsInRead = connector('throws-in-read', 'Has a bug that meets a record.', async () => {
  JSON.parse('{"told by": 张三, "telephone": 13900000000}');
});

export const rejectsUnhandled = connector(
  'rejects-unhandled',
  'Leaves a rejected promise behind.',
  async () => {
    void Promise.reject(new TypeError('nobody waits for me'));
    await forever();
  },
);

export const exits = connector('exits', 'Ends its process, as it thinks.', async () => {
  process.exit(0);
});

export const returns = connector('returns', 'Comes to an end although a source has none.', async () => {});

export const neverStops = connector('never-stops', 'Does not hear that it is to stop.', forever);

export const refused = connector('refused', 'Has wrong credentials.', async () => {
  throw new HubError('HUB_SOURCE_REFUSED', 'the source refuses user "hub", expected valid credentials');
});

export const prints = connector(
  'prints',
  'Prints to standard output, where results belong.',
  async ({ signal, clock }) => {
    console.log('a stray print');
    await clock.sleep(3_600_000, signal);
  },
);
