import { createHash } from 'node:crypto';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { Clock } from '../clock.ts';
import { HubError, toHubError } from '../errors.ts';
import type { RestAnswer, RestAsk } from '../schema-registry/rest.ts';
import type { Logger } from '../telemetry.ts';

/** A port that is taken may come free: whoever is on duty then needs no restart of the hub. */
const listenAgainMs = 30_000;
/** People and a scraper or two; more is somebody's mistake. */
const maxConnections = 200;
const requestTimeoutMs = 10_000;
/** A schema that somebody asks about; the hub's largest has some 40 KiB. */
const maxSchemaBytes = 1024 * 1024;
const registryPath = '/schema-registry';
const known = `/ /healthz /readyz /metrics ${registryPath}/subjects\n`;

/** What there is to see. Nothing here changes anything, and nothing holds personal data: there is no log-in. */
export interface FrontPages {
  /** The page at `/`: HTML without scripts; its only style sheet is `style`. */
  page(request: {
    readonly lang: string | undefined;
    readonly acceptLanguage: string | undefined;
  }): Promise<{ readonly html: string; readonly isWell: boolean }>;
  readonly style: string;
  /** What keeps the hub from taking and keeping records; empty when it is ready. */
  notReady(): Promise<readonly string[]>;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
  /** The schemas of the hub's topics, as Confluent's REST API tells of them. */
  schemas(ask: RestAsk): Promise<RestAnswer>;
}

/** Where the page is, or why it is nowhere. */
export interface FrontStatus {
  /** `http://host:port`, null while it cannot listen. */
  readonly address: string | null;
  readonly error: { readonly code: HubError['code']; readonly message: string; readonly at: number } | null;
}

export interface DutyFront {
  status(): FrontStatus;
  close(): Promise<void>;
}

export interface FrontOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly pages: FrontPages;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Opens the page for whoever is on duty, and the addresses for machines that watch: `/`, `/healthz`, `/readyz`, `/metrics`,
 * `/schema-registry`. Where it cannot listen,
 * it says why and tries again until it can: the hub goes on without it. Resolves after the first attempt.
 */
export async function openFront({ host, port, pages, clock, log }: FrontOptions): Promise<DutyFront> {
  const closed = new AbortController();
  let app: FastifyInstance | null = null;
  let error: FrontStatus['error'] = null;

  async function attempt(): Promise<boolean> {
    const fresh = serverOf(pages, log);
    try {
      await fresh.listen({ host, port });
    } catch (thrown) {
      await fresh.close();
      const { code, message } = busy(thrown, host, port);
      if (error === null)
        log.warn('the duty page cannot listen, the hub goes on', { code, message, againMs: listenAgainMs });
      error = { code, message, at: clock.now() };
      return false;
    }
    if (error !== null) log.info('the duty page listens now', { address: addressOf(fresh) });
    error = null;
    app = fresh;
    return true;
  }

  async function untilListening(): Promise<void> {
    while (!closed.signal.aborted) {
      await clock.sleep(listenAgainMs, closed.signal);
      if (closed.signal.aborted || (await attempt())) return;
    }
  }

  const trying = (await attempt()) ? Promise.resolve() : untilListening();
  return {
    status: () => ({ address: app === null ? null : addressOf(app), error }),
    async close() {
      closed.abort();
      await trying;
      await app?.close();
    },
  };
}

function serverOf(pages: FrontPages, log: Logger): FastifyInstance {
  const app = fastify({
    forceCloseConnections: true,
    requestTimeout: requestTimeoutMs,
    bodyLimit: 1_024,
    // Fastify's own words would repeat the address that was sent.
    frameworkErrors: (_error, _request, reply: FastifyReply) =>
      void reply.status(400).type('text/plain; charset=utf-8').send('bad request\n'),
  });
  app.server.maxConnections = maxConnections;
  const styleHash = createHash('sha256').update(pages.style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

  app.addHook('onSend', async (_request, reply) => {
    reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });
  app.setNotFoundHandler(async (_request, reply) =>
    reply.status(404).type('text/plain; charset=utf-8').send(known),
  );
  app.setErrorHandler(async (thrown, _request, reply) => {
    const { statusCode } = thrown as { statusCode?: unknown };
    const status = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
    const { code, message } = toHubError(thrown);
    if (status === 500) log.error('the duty page failed', { code, message });
    return reply
      .status(status)
      .type('text/plain; charset=utf-8')
      .send(status === 500 ? `${code}\n` : 'bad request\n');
  });

  app.get<{ Querystring: { lang?: unknown } }>('/', async ({ query: { lang }, headers }, reply) => {
    const { html, isWell } = await pages.page({
      lang: typeof lang === 'string' ? lang : undefined,
      acceptLanguage: headers['accept-language'],
    });
    return reply
      .status(isWell ? 200 : 503)
      .header('vary', 'Accept-Language')
      .type('text/html; charset=utf-8')
      .send(html);
  });
  app.get('/healthz', async (_request, reply) => reply.type('text/plain; charset=utf-8').send('ok\n'));
  app.get('/readyz', async (_request, reply) => {
    const reasons = await pages.notReady();
    return reply
      .status(reasons.length === 0 ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(reasons.length === 0 ? 'ready\n' : `${reasons.join('\n')}\n`);
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await pages.metrics()),
  );
  serveSchemas(app, pages);
  return app;
}

function serveSchemas(app: FastifyInstance, pages: FrontPages): void {
  app.addContentTypeParser(
    ['application/json', 'application/vnd.schemaregistry.v1+json', 'application/vnd.schemaregistry+json'],
    { parseAs: 'string', bodyLimit: maxSchemaBytes },
    async (_request: unknown, text: string | Buffer) => parsed(String(text)),
  );
  app.route({
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    url: `${registryPath}/*`,
    bodyLimit: maxSchemaBytes,
    handler: async ({ method, url, body }, reply) => {
      const [path = ''] = url.slice(registryPath.length).split('?');
      const answer = await pages.schemas({ method, path, body: body ?? null });
      return reply
        .status(answer.status)
        .type('application/vnd.schemaregistry.v1+json')
        .send(JSON.stringify(answer.body));
    },
  });
}

/** What is no JSON is answered by the API, in its own words. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function addressOf(app: FastifyInstance): string | null {
  const address = app.server.address();
  if (address === null || typeof address === 'string') return null;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

/** Every reason for which nothing can be listened on: the port taken, the address not this machine's, no right to a low port. */
function busy(thrown: unknown, host: string, port: number): HubError {
  const { code, message } = thrown as NodeJS.ErrnoException;
  const why =
    code === 'EADDRINUSE'
      ? 'another program listens there'
      : code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND'
        ? 'this machine has no such address'
        : code === 'EACCES'
          ? 'no right to listen there (ports below 1024 need one)'
          : message;
  return new HubError('HUB_PORT_BUSY', `${host}:${port} cannot be listened on: ${why}`, {
    cause: thrown,
    context: { port },
  });
}
