import type { ReadContext, StreamPiece } from '../../../runtime/connector.ts';
import type { HubError } from '../../../runtime/errors.ts';
import type { AisMessage } from '../../parsing/ais/decode.ts';
import { dial, openLink } from './link.ts';
import { AisReader, type MessageOrigin, type ReaderCounts } from './reader.ts';
import { RecentPayloads } from './recent-payloads.ts';

export { AisReader, type MessageOrigin, type ReaderCounts } from './reader.ts';
export { writeTagBlock } from './tag-block.ts';

export interface AisSource {
  /** For messages. */
  readonly connector: string;
  /** host:port of TCP servers that send NMEA 0183. */
  readonly receivers: readonly string[];
  readonly connectTimeoutMs: number;
  readonly silenceMs: number;
  /** A message that any receiver brings again within this is dropped. */
  readonly repeatWindowMs: number;
  /** How often what has come is handed on. */
  readonly batchIntervalMs: number;
  /** Bytes held at most while nobody takes them; then no socket is read. */
  readonly maxStreamBytes: number;
}

export type AisIo = Pick<ReadContext<unknown, unknown>, 'clock' | 'signal' | 'log'>;

/** @param receiver host:port of the one that was first to bring it. */
export type OnAisMessage = (message: AisMessage, origin: MessageOrigin, receiver: string) => void;

/** What has come since the last time. */
export interface AisTake {
  /** As received, one piece a receiver. */
  readonly pieces: readonly StreamPiece[];
  /** Of each receiver, since the start. */
  readonly counts: ReadonlyMap<string, ReaderCounts & { readonly gaps: number }>;
}

/** Tries each receiver once. @returns those that do not answer, with the reason. */
export async function tryReceivers(
  source: AisSource,
  { signal }: Pick<AisIo, 'signal'>,
): Promise<ReadonlyMap<string, HubError>> {
  const problems = new Map<string, HubError>();
  const tries = source.receivers.map(async (receiver) => {
    try {
      (await dial({ ...source, receiver, signal })).destroy();
    } catch (error) {
      problems.set(receiver, error as HubError);
    }
  });
  await Promise.all(tries);
  return problems;
}

/**
 * Listens to all receivers until `signal` aborts; each message goes to `onMessage` once, whoever repeats it. Yields about every `batchIntervalMs`, when
 * something has come. While the consumer holds a batch, receivers are read on until `maxStreamBytes` wait; then the sockets are left to fill,
 * and TCP tells the receivers. A receiver that is dead, silent or noisy keeps no other from being read.
 */
export async function* readAis(
  source: AisSource,
  { clock, signal, log }: AisIo,
  onMessage: OnAisMessage,
): AsyncGenerator<AisTake, void, void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const recent = new RecentPayloads(source.repeatWindowMs);
  let waitingBytes = 0;

  const receivers = [...new Set(source.receivers)].map((receiver) => {
    let chunks: Uint8Array[] = [];
    let gaps = 0;
    const reader = new AisReader({
      onMessage: (message, origin) => onMessage(message, origin, receiver),
      isRepeat: (payload, start, end, now) => recent.has(payload, start, end, now),
    });
    const link = openLink(
      { ...source, receiver, clock, log, signal: until },
      {
        onChunk(chunk) {
          chunks.push(chunk);
          waitingBytes += chunk.length;
          reader.push(chunk, clock.now());
          return waitingBytes < source.maxStreamBytes;
        },
        onCut() {
          gaps += 1;
          reader.cut();
        },
      },
    );
    return {
      link,
      counts: () => ({ ...reader.counts, gaps }),
      take(): StreamPiece | null {
        const bytes = Buffer.concat(chunks);
        chunks = [];
        return bytes.length === 0 ? null : { key: receiver, bytes };
      },
      receiver,
    };
  });

  try {
    for (;;) {
      await clock.sleep(source.batchIntervalMs, signal);
      if (signal.aborted) return;
      const pieces = receivers.map(({ take }) => take()).filter((piece) => piece !== null);
      if (pieces.length === 0) continue;
      yield { pieces, counts: new Map(receivers.map(({ receiver, counts }) => [receiver, counts()])) };
      // What came meanwhile stays waiting; what was taken is committed.
      waitingBytes -= pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
      if (waitingBytes < source.maxStreamBytes) for (const { link } of receivers) link.resume();
    }
  } finally {
    over.abort();
    await Promise.all(receivers.map(({ link }) => link.ended));
  }
}
