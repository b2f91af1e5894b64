import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { servicePort } from '../services/port.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';

export interface RedisCluster {
  /** As host:port. */
  readonly nodes: readonly string[];
  stop(): Promise<void>;
}

const slots = 16_384;

/** Masters that share the slots of a cluster. */
export async function startRedisCluster(masters = 3): Promise<RedisCluster> {
  const servers: RedisServer[] = [];
  const clients: Redis[] = [];
  try {
    for (let i = 0; i < masters; i += 1) {
      const server = await startRedis({ 'cluster-enabled': 'yes', 'cluster-port': `${await servicePort()}` });
      servers.push(server);
      const client = new Redis(server.url);
      clients.push(client);
      const first = Math.ceil((slots / masters) * i);
      await client.cluster('ADDSLOTSRANGE', first, Math.ceil((slots / masters) * (i + 1)) - 1);
    }
    const [first] = servers;
    const { hostname, port } = new URL(first!.url);
    const busPort = await clients[0]!.config('GET', 'cluster-port');
    for (const client of clients.slice(1))
      await client.call('cluster', 'meet', hostname, port, (busPort as string[])[1]!);
    for (const client of clients)
      while (!(await client.cluster('INFO')).includes('cluster_state:ok')) await setTimeout(50);
    for (const client of clients)
      while (!(await client.cluster('INFO')).includes(`cluster_known_nodes:${masters}`)) await setTimeout(50);
  } finally {
    for (const client of clients) client.disconnect();
  }
  return {
    nodes: servers.map(({ url }) => new URL(url).host),
    stop: async () => {
      for (const server of servers) await server.stop();
    },
  };
}
