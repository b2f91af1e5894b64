import { z } from 'zod';

/** The group `postgres` of hub.yaml. */
export const postgresOptions = z.object({
  url: z
    .url({ protocol: /^postgres(ql)?$/, error: 'expected an address that begins with postgresql://' })
    .meta({ secret: true })
    .describe(
      'Address of PostgreSQL: account, password, host, database. For TLS with a certificate that is checked, end it with ?sslmode=verify-full.',
    ),
  connections: z
    .int()
    .min(2)
    .max(100)
    .default(4)
    .describe('Connections that each process may hold; one writes, the others answer.'),
  connectTimeoutMs: z
    .int()
    .min(100)
    .max(120_000)
    .default(10_000)
    .describe('Longest wait for a connection, ms.'),
  statementTimeoutMs: z
    .int()
    .min(1_000)
    .max(600_000)
    .default(60_000)
    .describe('Longest a statement may take, ms; the server then ends it.'),
});

export type PostgresOptions = z.output<typeof postgresOptions>;
