import { z } from 'zod';

/** The group `redis` of hub.yaml. */
export const redisOptions = z.object({
  url: z
    .url({ protocol: /^rediss?$/, error: 'expected an address that begins with redis:// or rediss://' })
    .meta({ secret: true })
    .describe('Address of Redis, with name and password if it wants them.'),
});

export type RedisOptions = z.output<typeof redisOptions>;
