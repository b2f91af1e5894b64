import { z } from 'zod';

const hostAndPort = /^(\[[0-9a-fA-F:]+\]|[^\s:/@]+):[1-9][0-9]{0,4}$/;

/** The group `redis` of hub.yaml. How it is used: redis-link.ts. */
export const redisOptions = z
  .object({
    url: z
      .url({ protocol: /^rediss?$/, error: 'expected an address that begins with redis:// or rediss://' })
      .optional()
      .meta({ secret: true })
      .describe('Address of one Redis, with name and password if it wants them; rediss:// for TLS.'),
    nodes: z
      .array(z.string().regex(hostAndPort, 'expected host:port, as in redis-1.example:6379'))
      .min(1)
      .max(64)
      .optional()
      .describe(
        'Instead of url some nodes of a Redis Cluster, as host:port; the others are found through them.',
      ),
    username: z.string().min(1).optional().describe('Name of the hub there; default: that of url, or none.'),
    password: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true })
      .describe('Password of the hub there; default: that of url, or none.'),
    tls: z
      .boolean()
      .default(false)
      .describe('Encrypts the connections to nodes and checks who they are; for url say rediss://.'),
    ca: z
      .string()
      .regex(/^-----BEGIN CERTIFICATE-----/, `expected certificates in PEM, mostly by \${file:PATH}`)
      .optional()
      .describe(
        'Certificates of the authorities that vouch for Redis, PEM; default: those that the machine trusts.',
      ),
    connectTimeoutMs: z
      .int()
      .min(100)
      .max(60_000)
      .default(5_000)
      .describe('Longest wait for a connection, ms.'),
    requestTimeoutMs: z
      .int()
      .min(50)
      .max(60_000)
      .default(2_000)
      .describe(
        'Longest wait for an answer, ms: items whose links are asked for then go on without them and look again later.',
      ),
  })
  .refine(({ url, nodes }) => (url === undefined) !== (nodes === undefined), {
    path: ['url'],
    message: 'expected either url or nodes',
    when: () => true,
  });

export type RedisOptions = z.output<typeof redisOptions>;
