import { isUtf8 } from 'node:buffer';
import type { AddressInfo } from 'node:net';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { RawRecord } from '../../../runtime/connector.ts';
import { HubError } from '../../../runtime/errors.ts';
import { sliceList } from '../paged-json/scan.ts';
import { type AnswerName, answers } from './answers.ts';
import type { Inbox } from './inbox.ts';
import type { WebhookEndpoint, WebhookIo } from './index.ts';
import { refusalLog } from './refusals.ts';
import { verify } from './signature.ts';

/** A batch is committed in well under a second; who is told to wait comes back to an inbox that has been emptied several times. */
const retryAfterSeconds = 2;
/** How often Node looks for connections that are too slow. */
const slownessCheckMs = 1_000;
/** Each holds at most one body; who comes when all are taken is not accepted by the system. */
const maxConnections = 512;
/** For answers that are on their way when the receiver is closed. */
const closeWithinMs = 1_000;

export interface Receiver {
  /** Lets answers that are on their way out, then drops every connection. */
  close(): Promise<void>;
}

/** Listens; throws HUB_SOURCE_NOT_LISTENING. What is received and signed goes into `inbox`, which decides what it is answered with. */
export async function openReceiver(
  endpoint: WebhookEndpoint,
  inbox: Inbox,
  { clock, log, signal }: WebhookIo,
): Promise<Receiver> {
  const refusals = refusalLog(log, { clock, signal });
  let deliveries = 0;

  const app = fastify({
    bodyLimit: endpoint.maxBodyBytes,
    requestTimeout: endpoint.bodyTimeoutMs,
    keepAliveTimeout: endpoint.bodyTimeoutMs,
    http: { headersTimeout: endpoint.bodyTimeoutMs, connectionsCheckingInterval: slownessCheckMs },
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
  });
  app.server.maxConnections = maxConnections;

  function answer(reply: FastifyReply, name: AnswerName): FastifyReply {
    const { status, ...body } = answers[name];
    if (name !== 'committed') refusals.add(name, reply.request.ip);
    if (name === 'full') reply.header('retry-after', String(retryAfterSeconds));
    return reply.status(status).send(body);
  }

  // The body is kept as it came, whatever media type it claims: the signature is over its bytes, and what cannot be understood is for the dead
  // letters, not for the platform, which would send it for ever.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async ({ raw }, reply) => {
    raw.headers['content-type'] = 'application/octet-stream';
    // Before the body is read: under a storm most of the work is in that.
    if (inbox.isFull()) return answer(reply, 'full');
  });
  app.setNotFoundHandler((_request, reply) => answer(reply, 'notHere'));
  app.setErrorHandler((thrown: { readonly statusCode?: number }, _request, reply) =>
    answer(reply, thrown.statusCode === 413 ? 'tooLarge' : 'notCommitted'),
  );
  app.post(endpoint.path, async (request: FastifyRequest, reply: FastifyReply) => {
    const body = (request.body ?? new Uint8Array()) as Uint8Array;
    const now = clock.now();
    const verdict = verify(request.headers, body, { ...endpoint, now });
    if (verdict === 'WRONG_SIGNATURE') return answer(reply, 'wrongSignature');
    if (verdict === 'OUTSIDE_WINDOW') return answer(reply, 'outsideWindow');
    deliveries += 1;
    const records = recordsOf(body, `push-${now}-${deliveries}`);
    if (records.length === 0) return answer(reply, 'committed');
    const settled = inbox.offer(records);
    if (settled === null) return answer(reply, 'full');
    return answer(reply, (await settled) ? 'committed' : 'notCommitted');
  });

  await listen(app, endpoint);
  const { address: host, port } = app.server.address() as AddressInfo;
  log.info('webhook listens', { host, port, path: endpoint.path });
  return {
    async close() {
      const closed = app.close();
      const done = new AbortController();
      await Promise.race([closed, clock.sleep(closeWithinMs, done.signal)]);
      done.abort();
      app.server.closeAllConnections();
      await closed;
      refusals.end();
    },
  };
}

/** The elements of a list, each as it was written; whatever else it is stays one record. */
function recordsOf(body: Uint8Array, correlationId: string): readonly RawRecord[] {
  // In GB 18030 half a character may look like a quote or a bracket.
  const list = isUtf8(body) ? sliceList(body, []) : null;
  const parts = list?.elements.map(({ bytes }) => bytes) ?? [body];
  return parts.map((bytes) => ({ bytes, format: 'JSON', correlationId }));
}

const causes: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program, or another connector, listens there; choose another listen.port or end it',
  EADDRNOTAVAIL: 'this machine has no such address; correct listen.host, 0.0.0.0 takes all',
  EACCES: 'the hub has no right to this port; choose one above 1023 for listen.port',
  ENOTFOUND: 'no such name; correct listen.host',
};

async function listen(app: FastifyInstance, { connector, listen }: WebhookEndpoint): Promise<void> {
  try {
    await app.listen(listen);
  } catch (cause) {
    await app.close();
    const { code = 'unknown cause' } = cause as { code?: string };
    const hint = causes[code] ?? 'correct listen.host and listen.port';
    const message = `${connector}: ${listen.host}:${listen.port} cannot be listened on (${code}): ${hint}`;
    throw new HubError('HUB_SOURCE_NOT_LISTENING', message, { cause, context: { ...listen } });
  }
}
