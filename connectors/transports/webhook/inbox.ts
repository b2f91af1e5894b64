import type { RawRecord } from '../../../runtime/connector.ts';

export interface InboxLimits {
  /** Records held at most, those that are being committed among them. */
  readonly maxWaitingCount: number;
  /** Their bytes. */
  readonly maxWaitingBytes: number;
}

/** At most so much in one batch, unless one delivery alone is more. */
const largestBatch = { records: 500, bytes: 4 * 1024 * 1024 };

interface Delivery {
  readonly records: readonly RawRecord[];
  readonly bytes: number;
  settle(isCommitted: boolean): void;
}

/** What has been pushed and is not committed yet. Each delivery is settled exactly once, as a whole. */
export interface Inbox {
  /** Would any delivery be refused now? */
  isFull(): boolean;
  /** Whether it was committed, once that is known; null when there is no room. A delivery larger than all room is taken by an empty inbox. */
  offer(records: readonly RawRecord[]): Promise<boolean> | null;
  /** Resolves when something waits or `signal` aborts. */
  arrival(signal: AbortSignal): Promise<void>;
  /** What waits, whole deliveries, oldest first. It is the next call's, or `close`'s, to settle them. */
  take(): readonly RawRecord[];
  /** What was taken is committed. */
  committed(): void;
  /** Nothing that waits, or was taken and not committed, will be; nothing more is let in. */
  close(): void;
}

export function openInbox({ maxWaitingCount, maxWaitingBytes }: InboxLimits): Inbox {
  const waiting: Delivery[] = [];
  let taken: Delivery[] = [];
  let held = { records: 0, bytes: 0 };
  let isClosed = false;
  let arrived = (): void => {};

  function settle(deliveries: readonly Delivery[], isCommitted: boolean): void {
    for (const delivery of deliveries) {
      held = { records: held.records - delivery.records.length, bytes: held.bytes - delivery.bytes };
      delivery.settle(isCommitted);
    }
  }

  const isFull = (): boolean => held.records >= maxWaitingCount || held.bytes >= maxWaitingBytes;

  return {
    isFull,
    offer(records) {
      if (isClosed) return Promise.resolve(false);
      const bytes = bytesOf(records);
      const after = { records: held.records + records.length, bytes: held.bytes + bytes };
      const hasRoom = after.records <= maxWaitingCount && after.bytes <= maxWaitingBytes;
      if (!hasRoom && held.records > 0) return null;
      held = after;
      return new Promise((settleDelivery) => {
        waiting.push({ records, bytes, settle: settleDelivery });
        arrived();
      });
    },
    async arrival(signal) {
      if (waiting.length > 0 || signal.aborted) return;
      await new Promise<void>((resolve) => {
        arrived = () => {
          signal.removeEventListener('abort', arrived);
          resolve();
        };
        signal.addEventListener('abort', arrived, { once: true });
      });
    },
    take() {
      const batch = { records: 0, bytes: 0 };
      const next = waiting.findIndex((delivery, index) => {
        batch.records += delivery.records.length;
        batch.bytes += delivery.bytes;
        return index > 0 && (batch.records > largestBatch.records || batch.bytes > largestBatch.bytes);
      });
      taken = waiting.splice(0, next === -1 ? waiting.length : next);
      return taken.flatMap(({ records }) => records);
    },
    committed() {
      settle(taken, true);
      taken = [];
    },
    close() {
      isClosed = true;
      settle([...taken, ...waiting.splice(0)], false);
      taken = [];
    },
  };
}

const bytesOf = (records: readonly RawRecord[]): number =>
  records.reduce((sum, { bytes }) => sum + bytes.length, 0);
