import { z } from 'zod';
import type { ReadContext } from '../../../runtime/connector.ts';
import { HubError } from '../../../runtime/errors.ts';
import { exchange, type HttpLimits } from './exchange.ts';
import { byStatus } from './status.ts';

/** Where a document is asked for; `token` and the limits are fields of `documentOptions`. */
export interface HttpDocument extends HttpLimits {
  /** For messages. */
  readonly connector: string;
  readonly token?: string | undefined;
}

/** Options of a connector that polls one address, to be spread into its own. @param about what the address and the token are for */
export const documentOptions = (about: {
  readonly url: string;
  readonly token: string;
  readonly maxAnswerBytes: number;
}) => ({
  url: z
    .url({ protocol: /^https?$/, error: 'expected an http or https address' })
    .refine((url) => URL.parse(url)?.username === '', 'expected no user name in it: use token')
    .describe(about.url),
  token: z.string().min(1).meta({ secret: true }).optional().describe(about.token),
  requestTimeoutMs: z
    .int()
    .min(100)
    .max(600_000)
    .default(30_000)
    .describe('For one request, from sending it to the last byte of the answer, ms.'),
  maxAnswerBytes: z
    .int()
    .min(64 * 1024)
    .max(64 * 1024 * 1024)
    .default(about.maxAnswerBytes)
    .describe('A larger answer is refused, bytes after decompression.'),
});

/** Connector, method and address without query, for messages. */
export function whereOf({ connector }: Pick<HttpDocument, 'connector'>, url: string): string {
  const { origin, pathname } = new URL(url);
  return `${connector}: GET ${origin}${pathname}`;
}

/** The bytes that lie there. Throws what `exchange` and `byStatus` say, and HUB_SOURCE_REFUSED where the token is not accepted. */
export async function askDocument(
  url: string,
  accept: string,
  source: HttpDocument,
  { clock, signal }: Pick<ReadContext<unknown, unknown>, 'clock' | 'signal'>,
): Promise<Uint8Array> {
  const where = whereOf(source, url);
  const headers: Record<string, string> = { accept };
  if (source.token !== undefined) headers.authorization = `Bearer ${source.token}`;
  const answer = await exchange(where, { method: 'GET', url, headers }, source, { clock, signal });
  if (answer.status === 401)
    throw new HubError('HUB_SOURCE_REFUSED', `${where}: got HTTP 401; the token is missing or not accepted`);
  if (answer.status !== 200) throw byStatus(where, answer, clock.now(), 'url');
  return answer.body;
}
