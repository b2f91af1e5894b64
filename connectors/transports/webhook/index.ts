import { z } from 'zod';
import type { ReadBatch, ReadContext } from '../../../runtime/connector.ts';
import { type InboxLimits, openInbox } from './inbox.ts';
import { openReceiver } from './receiver.ts';

export { answers } from './answers.ts';
export { type SignatureHeaders, sign } from './signature.ts';

/** Where a platform pushes its records to; the fields of `webhookOptions`. */
export interface WebhookEndpoint extends InboxLimits {
  /** For messages. */
  readonly connector: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly path: string;
  /** Any of them may have signed. */
  readonly secrets: readonly string[];
  readonly replayWindowMs: number;
  readonly maxBodyBytes: number;
  /** From the first byte of a request to the last one of its body. */
  readonly bodyTimeoutMs: number;
}

export type WebhookIo = Pick<ReadContext<unknown, unknown>, 'clock' | 'signal' | 'log'>;

/** The options of a connector that is pushed to, to be spread into its own. */
export const webhookOptions = (defaults: { readonly port: number; readonly path: string }) => ({
  listen: z
    .strictObject({
      host: z
        .string()
        .min(1)
        .default('127.0.0.1')
        .describe('Address to listen on; 0.0.0.0 for all. TLS is the business of the gateway before it.'),
      port: z.int().min(0).max(65_535).default(defaults.port).describe('TCP port; 0 picks a free one.'),
    })
    .prefault({})
    .describe('Where the platform reaches the hub.'),
  path: z
    .string()
    .regex(/^\/[\w./-]*$/, 'expected a path like /pushed/here')
    .default(defaults.path)
    .describe('Path to which the platform posts.'),
  secrets: z
    .array(z.string().min(16))
    .min(1)
    .max(5)
    .meta({ secret: true })
    .describe(
      'Secrets of the signature, at least 16 characters each; a delivery signed with any of them is accepted, so that they can be changed in turn.',
    ),
  replayWindowMs: z
    .int()
    .min(1_000)
    .max(3_600_000)
    .default(300_000)
    .describe('A delivery signed longer ago, or that far ahead, is refused, ms.'),
  maxBodyBytes: z
    .int()
    .min(1_024)
    .max(64 * 1024 * 1024)
    .default(4 * 1024 * 1024)
    .describe('A larger delivery is refused with 413, bytes.'),
  bodyTimeoutMs: z
    .int()
    .min(100)
    .max(600_000)
    .default(30_000)
    .describe('For one delivery, from its first byte to the last; a slower one is cut off, ms.'),
  maxWaitingCount: z
    .int()
    .min(1)
    .max(100_000)
    .default(2_000)
    .describe('Records received and not yet committed; beyond that the platform is told to wait (429).'),
  maxWaitingBytes: z
    .int()
    .min(1_024)
    .max(256 * 1024 * 1024)
    .default(32 * 1024 * 1024)
    .describe('Their size, likewise, bytes.'),
});

/** Tries whether the address can be listened on. Throws HUB_SOURCE_NOT_LISTENING. */
export async function checkWebhook(endpoint: WebhookEndpoint, io: WebhookIo): Promise<void> {
  const receiver = await openReceiver(endpoint, openInbox(endpoint), io);
  await receiver.close();
}

/**
 * Listens until `signal` aborts; everything that has come meanwhile is a batch. A delivery is answered with 200 after the batch that holds it is
 * committed: that is when this is asked for the next one. However this ends, whatever was not committed by then is answered
 * with 503. A client that hangs up while it waits changes nothing: what it sent goes its way, and when it sends it again it is a repeat.
 *
 * A signed body that is no JSON, or not of this source, is accepted like any other: `normalize` makes a dead letter of it. Refused, it
 * would come back for ever.
 *
 * Its position is null: pushes have none, and a connector that has one puts it in.
 * Throws HUB_SOURCE_NOT_LISTENING (retriable).
 */
export async function* readWebhook(
  endpoint: WebhookEndpoint,
  io: WebhookIo,
): AsyncGenerator<ReadBatch<null>, void, void> {
  const inbox = openInbox(endpoint);
  const receiver = await openReceiver(endpoint, inbox, io);
  try {
    for (;;) {
      await inbox.arrival(io.signal);
      if (io.signal.aborted) return;
      yield { records: inbox.take(), position: null };
      inbox.committed();
    }
  } finally {
    inbox.close();
    await receiver.close();
  }
}
