import { HubError } from '../errors.ts';
import type { Consumer, Log, TopicPartition } from '../log/index.ts';
import { logMethods } from './remote-log.ts';
import type { Methods } from './rpc.ts';

export type Offsets = readonly (TopicPartition & { readonly next: number })[];

/** Consumer group of a sink; its offsets are what `hub status` calls "behind". */
export const sinkGroup = (id: string): string => `sink-${id}`;

/** The writer's end of a sink, and how it is let go. */
export interface SinkEnd {
  readonly methods: Methods;
  /** The sink's thread is gone, or has another port. */
  close(): Promise<void>;
}

/**
 * The writer's end of a sink: it alone writes, so it moves the group's offsets; and it reads for a sink that cannot read for itself. `join` makes a new member of the same
 * name, which fences that of an earlier thread of this sink.
 */
export function sinkEnd(log: Log, id: string): SinkEnd {
  let member: Consumer | null = null;
  async function leave(): Promise<void> {
    const left = member;
    member = null;
    await left?.close();
  }

  const methods: Methods = {
    ...logMethods(log),
    join: async (topics: readonly string[]) => {
      // A sink that fails joins again for hours: on Kafka each member that stays open has clients and threads of its own.
      await leave();
      member = await log.consumer({ group: sinkGroup(id), topics, memberId: sinkGroup(id) });
      // The assignment becomes known with a poll; the sink reads for itself.
      await member.poll({ max: 0, waitMs: 0 });
    },
    commit: async (offsets: Offsets) => {
      if (member === null) throw new HubError('HUB_INTERNAL', `sink ${id}: commit before join`);
      await member.commit(offsets);
    },
  };
  return { methods, close: leave };
}
