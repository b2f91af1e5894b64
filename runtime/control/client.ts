import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { type ErrorCode, errorKinds, HubError } from '../errors.ts';
import type { Remote } from '../threads/rpc.ts';
import { type Announcement, readAnnouncement } from './announcement.ts';

/** A running hub that sits on its main thread for so long is not well. */
const pingWithinMs = 5_000;

const answer = z.union([
  z.object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      context: z.record(z.string(), z.unknown()).default({}),
    }),
  }),
  z.object({ value: z.unknown() }),
]);

/**
 * Reaches the hub that runs on this data folder; null when none does: no announcement, or one that a dead process has left
 * behind. Its `call` rejects with what the method threw (code, message, context), or with HUB_LOG_CLOSED when the hub
 * ended meanwhile. Throws HUB_CONTROL_REFUSED when a hub is there but does not answer.
 */
export async function connectControl(folder: string): Promise<Pick<Remote, 'call'> | null> {
  const announced = readAnnouncement(folder);
  if (announced === null || !isAlive(announced.pid)) return null;
  try {
    await ask(announced, { method: 'GET', path: '/control', withinMs: pingWithinMs });
  } catch (thrown) {
    const { code } = thrown as { code?: unknown };
    if (code === 'HUB_SILENT') {
      const message = `the hub (process ${announced.pid}) has not answered within ${pingWithinMs} ms`;
      throw new HubError('HUB_CONTROL_REFUSED', message, { context: { pid: announced.pid } });
    }
    // Its process number has gone to another program, and its port perhaps to a third.
    return null;
  }
  return {
    async call(method, argument) {
      try {
        return await ask(announced, {
          method: 'POST',
          path: `/control/${encodeURIComponent(method)}`,
          body: JSON.stringify(argument ?? null),
        });
      } catch (thrown) {
        if (thrown instanceof HubError) throw thrown;
        throw new HubError('HUB_LOG_CLOSED', `the hub ended during "${method}"`, { cause: thrown });
      }
    },
  };
}

interface Ask {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  /** Default: as long as it takes. */
  readonly withinMs?: number;
}

/** The value of the answer; rejects with a HubError that the hub sent, or with an error of the connection. */
async function ask({ port, token }: Announcement, { method, path, body, withinMs }: Ask): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers: Record<string, string | number> = { authorization: `Bearer ${token}` };
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = Buffer.byteLength(body);
  }
  const asking = request(
    { host: '127.0.0.1', port, method, path, headers, agent: false, timeout: withinMs ?? 0 },
    (response) => text(response).then(resolve, reject),
  );
  asking.on('timeout', () => asking.destroy(Object.assign(new Error('no answer'), { code: 'HUB_SILENT' })));
  asking.on('error', reject);
  asking.end(body);
  const found = answer.parse(JSON.parse(await promise));
  if (!('error' in found)) return found.value;
  const { code, message, context } = found.error;
  const known = Object.hasOwn(errorKinds, code) ? (code as ErrorCode) : 'HUB_INTERNAL';
  throw new HubError(known, message, { context });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process: alive.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
