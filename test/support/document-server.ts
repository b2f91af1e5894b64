import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { seededRandom } from '../simulation/random.ts';

export interface Documents {
  readonly contentType: string;
  /** What lies at a path; undefined: nothing. @param host of this server, with its port */
  documentOf(path: string, host: string): string | undefined;
  /** Answers `/control/<name>`, beside `disturb`. @param body null for a GET */
  control(name: string, body: string | null): string;
}

/**
 * Serves documents behind the token `demo-only` from a process of its own, with what goes wrong between a source and who reads it: a POST to
 * `/control/disturb` of `{seed, kinds: {kind: probability}}` sets that. Prints its address when it is ready, and ends on SIGTERM.
 */
export function serveDocuments({ contentType, documentOf, control }: Documents): void {
  let disturbance: { seed: number; kinds: Record<string, number> } = { seed: 0, kinds: {} };
  let requests = 0;

  async function answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const random = seededRandom(disturbance.seed, `request ${requests++}`);
    const happens = (kind: string): boolean => random.next() < (disturbance.kinds[kind] ?? 0);
    if (happens('rate-limited')) return void response.writeHead(429, { 'retry-after': '1' }).end();
    if (happens('server-error')) return void response.writeHead(503).end('<html>busy</html>');
    if (happens('redirect')) return void response.writeHead(302, { location: '/login' }).end();
    if (happens('login-page')) return void response.end('<!DOCTYPE html><html><body>登录</body></html>');
    if (request.headers.authorization !== 'Bearer demo-only') return void response.writeHead(401).end();
    if (happens('slow')) await setTimeout(600_000, undefined, { ref: false });
    const body = documentOf(path, request.headers.host ?? '');
    if (body === undefined) return void response.writeHead(404).end();
    if (happens('truncated')) return void response.end(body.slice(0, body.length / 2));
    if (happens('cut')) {
      response.writeHead(200, { 'content-length': Buffer.byteLength(body) });
      response.write(body.slice(0, body.length / 2));
      return void response.destroy();
    }
    response.setHeader('content-type', contentType).end(body);
  }

  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    const [, name] = /^\/control\/(.+)$/.exec(path) ?? [];
    if (name === undefined) return answer(path, request, response);
    const body = request.method === 'POST' ? await textOf(request) : null;
    if (name !== 'disturb') return void response.end(control(name, body));
    disturbance = JSON.parse(body ?? '{}') as typeof disturbance;
    requests = 0;
    response.end('{}');
  });
  process.on('SIGTERM', () => process.exit(0));
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}` })}\n`);
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
