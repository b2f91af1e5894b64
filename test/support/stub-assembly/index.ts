/**
 * The least that fits into a writer's thread: it counts what each source has delivered and keeps its position, over no log.
 * For tests of the plumbing between threads; the real one is cli/writer.ts.
 */
import type { Intake } from '../../../runtime/core/intake.ts';
import { HubError } from '../../../runtime/errors.ts';
import type { Log } from '../../../runtime/log/index.ts';
import type { HeldSlots } from '../../../runtime/placement/slots.ts';
import type { WriterAssembly } from '../../../runtime/threads/assembly.ts';

export interface StubOptions {
  /** Start fails with HUB_DATA_LOCKED. */
  readonly locked?: boolean;
  /** So many commits of each source fail with HUB_DATA_WRITE before they succeed. */
  readonly failingCommits?: number;
  /** `run` ignores its signal for so long. */
  readonly drainMs?: number;
}

interface Delivered {
  records: number;
  position: unknown;
  /** The text of each record, in the order of arrival. */
  readonly texts: string[];
}

export async function assembleWriter(options: unknown): Promise<WriterAssembly> {
  const { locked = false, failingCommits = 0, drainMs = 0 } = options as StubOptions;
  if (locked)
    throw new HubError('HUB_DATA_LOCKED', 'the data folder is held by process 1', { context: { pid: 1 } });
  const sources = new Map<string, Delivered>();
  const failed = new Map<string, number>();
  const generations = new Map<string, number>();
  let held: HeldSlots = { change: 0, slots: [] };

  return {
    log: {} as Log,
    async openIntake(name): Promise<Intake> {
      const generation = (generations.get(name) ?? 0) + 1;
      generations.set(name, generation);
      const delivered = sources.get(name) ?? { records: 0, position: null, texts: [] };
      sources.set(name, delivered);
      return {
        position: async () => delivered.position,
        async accept({ records, position }) {
          if (generations.get(name) !== generation)
            throw new HubError('HUB_LOG_FENCED', `intake ${name} was opened again`);
          const failures = failed.get(name) ?? 0;
          if (failures < failingCommits) {
            failed.set(name, failures + 1);
            throw new HubError('HUB_DATA_WRITE', 'no space left on the device');
          }
          delivered.records += records.length;
          delivered.position = position;
          for (const { raw } of records) delivered.texts.push(Buffer.from(raw.bytes).toString());
          return { accepted: records.length, repeated: 0, dead: 0, vessels: 0 };
        },
      };
    },
    admin: {
      delivered: async () => Object.fromEntries(sources),
      slots: async ({ seen, waitMs }: { seen: number; waitMs: number }) => {
        if (held.change <= seen) await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, 20)));
        return held;
      },
      hold: async (slots: readonly number[]) => {
        held = { change: held.change + 1, slots };
      },
      fence: async (name: string) => {
        generations.set(name, (generations.get(name) ?? 0) + 1);
      },
      die: async () => {
        setTimeout(() => {
          throw new Error('the disk has gone');
        }, 0);
      },
      refuse: async (reason: string) => {
        throw new HubError('HUB_CONTROL_REFUSED', reason, { context: { asked: 'refuse' } });
      },
    },
    async run(signal) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await new Promise((resolve) => setTimeout(resolve, drainMs));
    },
    async close() {},
  };
}
