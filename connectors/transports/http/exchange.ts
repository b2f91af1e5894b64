import type { Clock } from '../../../runtime/clock.ts';
import { HubError } from '../../../runtime/errors.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface HttpLimits {
  /** From the first byte sent to the last byte received. */
  readonly requestTimeoutMs: number;
  /** After decompression. */
  readonly maxAnswerBytes: number;
}

/**
 * One request, its whole answer. Redirects are not followed: an API that redirects is sending us to its log-in page.
 *
 * Throws HUB_SOURCE_TIMEOUT, HUB_SOURCE_UNREACHABLE (refused, reset, cut in the middle of the body), HUB_SOURCE_PROTOCOL (larger
 * than `maxAnswerBytes`), or the reason of `signal` when it aborts.
 *
 * @param where connector, method and address without secrets, for messages.
 */
export async function exchange(
  where: string,
  request: HttpRequest,
  limits: HttpLimits,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<HttpAnswer> {
  signal.throwIfAborted();
  const timeout = new AbortController();
  const done = new AbortController();
  void clock.sleep(limits.requestTimeoutMs, AbortSignal.any([signal, done.signal])).then(() => {
    if (!done.signal.aborted) timeout.abort();
  });
  try {
    const { url, method, headers, body } = request;
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout.signal]),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: await readBody(where, response, limits),
    };
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof HubError) throw thrown;
    if (timeout.signal.aborted) {
      const message = `${where}: no complete answer in ${limits.requestTimeoutMs} ms (requestTimeoutMs)`;
      throw new HubError('HUB_SOURCE_TIMEOUT', message, { cause: thrown });
    }
    const message = `${where}: connection failed (${systemCode(thrown)}), expected an answer; check the address and whether the source is up`;
    throw new HubError('HUB_SOURCE_UNREACHABLE', message, { cause: thrown });
  } finally {
    done.abort();
  }
}

async function readBody(
  where: string,
  response: Response,
  { maxAnswerBytes }: HttpLimits,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxAnswerBytes) {
      const message = `${where}: answer larger than ${maxAnswerBytes} bytes (maxAnswerBytes); lower pageSize, or raise it`;
      throw new HubError('HUB_SOURCE_PROTOCOL', message);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** `fetch` says "fetch failed" to everything; what happened is in the cause, sometimes in the cause's cause. */
function systemCode(thrown: unknown): string {
  let error = thrown;
  let told = 'unknown cause';
  while (error instanceof Error) {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string') return code;
    told = error.message;
    error = error.cause;
  }
  return told;
}
