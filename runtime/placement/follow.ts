import type { Clock } from '../clock.ts';
import { type ConfiguredPart, startPart } from '../parts.ts';
import type { Logger } from '../telemetry.ts';
import type { Supervisor } from '../threads/supervisor.ts';
import type { Writer } from '../threads/writer.ts';
import { type HeldSlots, slotOf } from './slots.ts';

/** Longest wait for news of the slots. */
const lookMs = 1_000;
/** How long a part may take to stop when its slot goes to another worker, which meanwhile has started it. */
const stopWithinMs = 5_000;

export interface FollowOptions {
  /** Those of the roles of this worker. One that is everywhere runs already: the holder of its slot leads. */
  readonly configured: readonly ConfiguredPart[];
  readonly writer: Pick<Writer, 'admin'>;
  readonly parts: Pick<Supervisor, 'add' | 'addDegraded' | 'lead' | 'remove' | 'restart' | 'status'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Runs on this worker those parts whose slots it holds, until `signal` aborts. That a part runs once in the whole hub does not hang on this: a second one
 * fences the first, for a source's position and a sink's offsets belong to the part's name. Placement only says who should try.
 */
export async function followSlots(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { configured, writer, parts, log } = options;
  const running = new Set<ConfiguredPart>();
  let seen = 0;
  while (!signal.aborted) {
    const { change, slots } = (await writer.admin('slots', { seen, waitMs: lookMs })) as HeldSlots;
    if (signal.aborted) return;
    if (change > seen) {
      seen = change;
      const held = new Set(slots);
      const isHeld = ({ kind, name }: ConfiguredPart): boolean => held.has(slotOf(kind, name));
      for (const part of configured) if (part.isEverywhere) parts.lead(part, isHeld(part));
      const mine = configured.filter((part) => !part.isEverywhere && isHeld(part));
      const leaving = [...running].filter((part) => !mine.includes(part));
      await Promise.all(leaving.map((part) => parts.remove(part, stopWithinMs)));
      for (const part of leaving) running.delete(part);
      if (signal.aborted) return;
      const coming = mine.filter((part) => !running.has(part));
      for (const part of coming) {
        startPart(part, parts, log);
        running.add(part);
      }
      const names = (some: readonly ConfiguredPart[]) => some.map(({ kind, name }) => `${kind} ${name}`);
      log.info('slots changed', { held: slots.length, started: names(coming), ended: names(leaving) });
    }
    restartFenced(options, running);
  }
}

/** The slot went away and came back before anybody looked: the part was fenced by the worker that had it in between. */
function restartFenced({ parts }: FollowOptions, running: ReadonlySet<ConfiguredPart>): void {
  for (const { kind, name, state, lastError } of parts.status()) {
    const isMine = [...running].some((part) => part.kind === kind && part.name === name);
    if (isMine && state === 'STOPPED' && lastError?.code === 'HUB_LOG_FENCED') parts.restart(kind, name);
  }
}
