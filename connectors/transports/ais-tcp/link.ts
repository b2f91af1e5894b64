import { connect, type Socket } from 'node:net';
import { backoffMs } from '../../../runtime/backoff.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { HubError } from '../../../runtime/errors.ts';
import type { Logger } from '../../../runtime/telemetry.ts';

/** `10.20.0.11:5631`, `[::1]:5631`, `ais.example:5631`. */
export interface ReceiverAddress {
  readonly host: string;
  readonly port: number;
}

export function addressOf(receiver: string): ReceiverAddress {
  const colon = receiver.lastIndexOf(':');
  return {
    host: receiver.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(receiver.slice(colon + 1)),
  };
}

export interface LinkOptions {
  /** For messages. */
  readonly connector: string;
  /** host:port. */
  readonly receiver: string;
  readonly connectTimeoutMs: number;
  /** A receiver that says nothing for so long is taken for dead, its connection for broken. */
  readonly silenceMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export interface LinkEvents {
  /** @returns false to be asked for no more until `resume`. */
  onChunk(chunk: Uint8Array): boolean;
  /** A connection that had brought something is over: what was begun is not continued. */
  onCut(): void;
}

export interface Link {
  /** Reads on, where `onChunk` had said stop. */
  resume(): void;
  /** Ends when the signal aborts; never rejects. */
  readonly ended: Promise<void>;
}

const pauses = { firstMs: 500, longestMs: 30_000 };

/**
 * Holds the connection to one receiver: connects, listens, and when it breaks or falls silent connects again, after growing pauses, for ever. What goes
 * wrong is told once, when it begins, and once when it is over; it never reaches the other receivers.
 */
export function openLink(options: LinkOptions, events: LinkEvents): Link {
  const { receiver, clock, log, signal } = options;
  let socket: Socket | null = null;
  let brokenAt: number | null = null;

  async function run(): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      let hasHeard = false;
      const problem = await listen((chunk) => {
        if (!hasHeard && brokenAt !== null) {
          log.info('receiver is back', { receiver, gapMs: clock.now() - brokenAt });
          brokenAt = null;
        }
        hasHeard = true;
        return events.onChunk(chunk);
      });
      if (hasHeard) events.onCut();
      if (signal.aborted) return;
      failures = hasHeard ? 0 : failures + 1;
      if (brokenAt === null) {
        brokenAt = clock.now();
        log.warn('receiver is gone, it is tried again', {
          code: problem.code,
          message: problem.message,
          receiver,
        });
      }
      await clock.sleep(backoffMs(failures, pauses, clock.random()), signal);
    }
  }

  /** One connection, until it ends. @returns why it ended. */
  async function listen(onChunk: (chunk: Uint8Array) => boolean): Promise<HubError> {
    let opened: Socket;
    try {
      opened = await dial(options);
    } catch (error) {
      return error as HubError;
    }
    socket = opened;
    return new Promise((resolve) => {
      let silence: NodeJS.Timeout | undefined;
      const listenFor = (): void => {
        clearTimeout(silence);
        silence = setTimeout(() => {
          // A connection that we do not read is not silent.
          if (opened.isPaused()) listenFor();
          else
            end(
              problemOf(
                options,
                'HUB_SOURCE_TIMEOUT',
                `nothing received for ${options.silenceMs} ms (silenceMs)`,
              ),
            );
        }, options.silenceMs);
      };
      const end = (problem: HubError): void => {
        clearTimeout(silence);
        signal.removeEventListener('abort', stop);
        socket = null;
        opened.destroy();
        resolve(problem);
      };
      const stop = (): void => end(problemOf(options, 'HUB_SOURCE_UNREACHABLE', 'stopped'));
      opened.on('data', (chunk) => {
        listenFor();
        if (!onChunk(chunk)) opened.pause();
      });
      opened.once('error', (cause) =>
        end(problemOf(options, 'HUB_SOURCE_UNREACHABLE', nameOf(cause), cause)),
      );
      opened.once('close', () => end(problemOf(options, 'HUB_SOURCE_UNREACHABLE', 'closed by the receiver')));
      signal.addEventListener('abort', stop, { once: true });
      listenFor();
      if (signal.aborted) stop();
    });
  }

  return { resume: () => void socket?.resume(), ended: run() };
}

/** Connects once. Throws HUB_SOURCE_UNREACHABLE or HUB_SOURCE_TIMEOUT (both retriable). */
export function dial(options: Omit<LinkOptions, 'silenceMs' | 'log' | 'clock'>): Promise<Socket> {
  const { receiver, connectTimeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    const socket = connect(addressOf(receiver));
    const fail = (problem: HubError): void => {
      done();
      socket.destroy();
      reject(problem);
    };
    const late = setTimeout(
      () => fail(problemOf(options, 'HUB_SOURCE_TIMEOUT', `no connection within ${connectTimeoutMs} ms`)),
      connectTimeoutMs,
    );
    const refused = (cause: Error): void =>
      fail(problemOf(options, 'HUB_SOURCE_UNREACHABLE', nameOf(cause), cause));
    const stop = (): void => fail(problemOf(options, 'HUB_SOURCE_UNREACHABLE', 'stopped'));
    function done(): void {
      clearTimeout(late);
      socket.off('error', refused);
      signal.removeEventListener('abort', stop);
    }
    socket.on('error', refused);
    socket.once('connect', () => {
      done();
      resolve(socket);
    });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}

const nameOf = (cause: Error): string => (cause as { code?: string }).code ?? cause.name;

function problemOf(
  { connector, receiver }: Pick<LinkOptions, 'connector' | 'receiver'>,
  code: 'HUB_SOURCE_UNREACHABLE' | 'HUB_SOURCE_TIMEOUT',
  found: string,
  cause?: unknown,
): HubError {
  const message = `${connector}: receiver ${receiver}: ${found}; check its address, its power and the network`;
  return new HubError(code, message, { cause, context: { receiver } });
}
