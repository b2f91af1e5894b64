import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programPath } from './local-server.ts';
import { servicePort } from './port.ts';
import { type Server, startServer } from './server.ts';

export interface RedisServer extends Server {
  /** `redis://host:port` */
  readonly url: string;
  /** It comes back at the same address and knows nothing. */
  restartEmpty(): Promise<void>;
}

export const redisImage = 'redis:7.4';

/** Keeps nothing on disk unless `settings` say so: started again after `down` or `kill`, it is empty. @param settings as in redis.conf */
export async function startRedis(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const port = settings.port ?? `${await servicePort()}`;
  const all = { bind: '127.0.0.1', port, save: '', appendonly: 'no', ...settings };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const server = await startServer({
    name: 'redis-server',
    async process() {
      const program = programPath('redis-server');
      if (program === null) {
        throw new Error(
          'redis-server is not installed: run `.ci/services`, or install it (Debian: apt-get install redis-server)',
        );
      }
      const data = mkdtempSync(join(tmpdir(), 'hub-redis-'));
      return { data, command: [program, ...args, '--dir', data] };
    },
    container: () => ({ image: redisImage, command: ['redis-server', ...args] }),
    answers: () => ping(Number(port)),
  });
  return {
    ...server,
    url: `redis://127.0.0.1:${port}`,
    async restartEmpty() {
      await server.kill();
      await server.up();
    },
  };
}

/** Says PING as Redis' protocol has it, and waits for PONG: while it loads its data it says LOADING instead. */
async function ping(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    if (!reply.toString().startsWith('+PONG')) throw new Error(`Redis said ${reply.toString()}`);
  } finally {
    socket.destroy();
  }
}
