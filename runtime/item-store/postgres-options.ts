import { z } from 'zod';

/** The group `postgres` of hub.yaml. */
export const postgresOptions = z.object({
  url: z
    .url({ protocol: /^postgres(ql)?$/, error: 'expected an address that begins with postgresql://' })
    .meta({ secret: true })
    .describe('Address of PostgreSQL: account, password, host, database.'),
});

export type PostgresOptions = z.output<typeof postgresOptions>;
