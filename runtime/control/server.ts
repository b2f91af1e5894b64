import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type FastifyInstance, fastify } from 'fastify';
import { type ErrorCode, HubError, toHubError } from '../errors.ts';
import type { Methods } from '../threads/rpc.ts';
import { announce } from './announcement.ts';

/** A redrive carries what the command's process has made of the records: thousands of them in one request. */
const largestRequestBytes = 256 * 1024 * 1024;

export interface ControlServer {
  readonly port: number;
  /** Withdraws the announcement first, so that no command finds a hub that is going down. */
  close(): Promise<void>;
}

/**
 * Opens the way in for commands to a running hub: HTTP on 127.0.0.1, and `control.json` in the data folder, which says where
 * and with which token. `POST /control/<method>` takes the argument as JSON and answers `{"value":…}` or
 * `{"error":{"code","message","context"}}`.
 *
 * Throws HUB_PORT_BUSY, HUB_DATA_WRITE. @param options.port default: any free one
 */
export async function startControl(options: {
  readonly folder: string;
  readonly methods: Methods;
  readonly port?: number;
}): Promise<ControlServer> {
  const { folder, methods, port = 0 } = options;
  const token = randomBytes(32).toString('base64url');
  const app = fastify({ bodyLimit: largestRequestBytes, forceCloseConnections: true });
  addControlRoutes(app, methods, token);
  await listen(app, port);
  const address = app.server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  let withdraw: () => void;
  try {
    withdraw = announce(folder, { port: listening, token, pid: process.pid });
  } catch (error) {
    await app.close();
    throw error;
  }
  return {
    port: listening,
    async close() {
      withdraw();
      await app.close();
    },
  };
}

/** For an HTTP server that exists already; its owner writes the announcement. */
export function addControlRoutes(app: FastifyInstance, methods: Methods, token: string): void {
  app.register(async (control) => {
    control.addHook('onRequest', async ({ headers }) => {
      if (isBearer(headers.authorization, token)) return;
      throw refused('the token is not that of control.json in the data folder of this hub', 401);
    });
    control.setErrorHandler(async (thrown, _request, reply) => {
      const error = toHubError(thrown, isFromOutside(thrown) ? 'HUB_CONTROL_REFUSED' : undefined);
      const { code, message, context } = error;
      return reply.status(statusOf(thrown, code)).send({ error: { code, message, context } });
    });
    control.get('/control', async () => ({ value: { pid: process.pid, methods: Object.keys(methods) } }));
    control.post<{ Params: { method: string } }>('/control/:method', async ({ params, body }) => {
      const method = Object.hasOwn(methods, params.method) ? methods[params.method] : undefined;
      if (method === undefined) {
        const known = Object.keys(methods).join(', ');
        throw refused(`it does not know "${params.method}", it knows: ${known}`, 404);
      }
      // JSON has no undefined.
      return { value: (await method(body as never)) ?? null };
    });
  });
}

async function listen(app: FastifyInstance, port: number): Promise<void> {
  try {
    await app.listen({ host: '127.0.0.1', port });
  } catch (cause) {
    await app.close();
    const message = `127.0.0.1:${port} cannot be listened on: ${(cause as Error).message}`;
    throw new HubError('HUB_PORT_BUSY', message, { cause, context: { port } });
  }
}

const refused = (why: string, status: number): HubError =>
  new HubError('HUB_CONTROL_REFUSED', why, { context: { status } });

/** Digests have one length, so that the comparison tells nothing about the token. */
function isBearer(header: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}

/** Fastify's own complaints about a request (no JSON, too large) carry a status of 4xx. */
const isFromOutside = (thrown: unknown): boolean => {
  const status = (thrown as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500;
};

function statusOf(thrown: unknown, code: ErrorCode): number {
  if (thrown instanceof HubError) {
    const { status } = thrown.context;
    if (code === 'HUB_CONTROL_REFUSED' && typeof status === 'number') return status;
    return code === 'HUB_INTERNAL' ? 500 : thrown.retriable ? 503 : 422;
  }
  return isFromOutside(thrown) ? (thrown as { statusCode: number }).statusCode : 500;
}
