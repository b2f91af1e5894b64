import type { Clock } from '../clock.ts';
import { takeTurns } from '../core/turns.ts';
import type { Consumer, Log, TopicSpec } from '../log/index.ts';
import { murmur2 } from '../log/partition.ts';
import type { Logger } from '../telemetry.ts';
import type { PartKind } from '../threads/watched-part.ts';

/**
 * Partitions of `hub.connector-slots`, frozen: a part's slot is the hash of its name, and the worker that holds the slot runs the part. More workers
 * than slots would leave some without any part.
 */
export const slotCount = 64;

/** It never holds a record: its partitions are what a consumer group shares out among the workers. */
export const slotTopic: TopicSpec = { name: 'hub.connector-slots', partitions: slotCount };

const slotGroup = 'connector-slots';
/** Longest wait of a poll: how late a worker learns that its slots have changed. */
const pollMs = 1_000;

export const slotOf = (kind: PartKind, name: string): number => murmur2(`${kind}/${name}`) % slotCount;

/** What a worker holds. `change` is 0 before the group has answered for the first time, and rises with every change. */
export interface HeldSlots {
  readonly change: number;
  readonly slots: readonly number[];
}

export interface Slots {
  /** Stays in the group until `signal` aborts, then leaves it. Throws HUB_LOG_FENCED when another worker has taken this one's name. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves at once when there was a change after `seen`, else with the next one, or after `waitMs` with what stands. */
  held(seen: number, waitMs: number): Promise<HeldSlots>;
}

/** @param worker its stable name: a second worker of the same name fences the first */
export function openSlots(
  log: Pick<Log, 'consumer'>,
  worker: string,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Slots {
  let held: HeldSlots = { change: 0, slots: [] };
  let changed = Promise.withResolvers<void>();

  function tell(slots: readonly number[]): void {
    held = { change: held.change + 1, slots };
    changed.resolve();
    changed = Promise.withResolvers();
  }

  return {
    async run(signal) {
      const consumer: Consumer = await log.consumer({
        group: slotGroup,
        topics: [slotTopic.name],
        memberId: `slots-${worker}`,
      });
      let epoch = -1;
      const turn = async (): Promise<boolean> => {
        await consumer.poll({ max: 1, waitMs: pollMs, signal });
        if (consumer.epoch() !== epoch) {
          epoch = consumer.epoch();
          tell(consumer.assigned());
        }
        return true;
      };
      try {
        await takeTurns({ name: 'slots', turn, forget: () => consumer.rewind() }, { clock, logger, signal });
      } finally {
        await consumer.close();
      }
    },
    async held(seen, waitMs) {
      if (held.change > seen) return held;
      const over = new AbortController();
      await Promise.race([changed.promise, clock.sleep(waitMs, over.signal)]);
      over.abort();
      return held;
    },
  };
}
