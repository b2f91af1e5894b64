import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const service = z.strictObject({
  image: z.string().regex(/^[a-z/-]+(:[\w.]+)?$/),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/)).default([]),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(['service_healthy', 'service_started', 'service_completed_successfully']),
      }),
    )
    .default({}),
  healthcheck: z
    .strictObject({
      test: z.tuple([z.literal('CMD')], z.string()),
      interval: z.string().regex(/^\d+s$/),
      timeout: z.string().regex(/^\d+s$/),
      retries: z.int().positive(),
    })
    .optional(),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  restart: z.enum(['unless-stopped', 'on-failure']),
});

/** The form of compose.yaml, as far as ours goes; whatever else stands there is a slip. */
const composeFile = z.strictObject({
  name: z.string(),
  services: z.strictObject({
    kafka: service,
    registry: service,
    redis: service,
    postgres: service,
    topics: service,
    hub: service,
  }),
  volumes: z.record(z.string(), z.null()),
});

export type ComposeFile = z.output<typeof composeFile>;

export const readComposeFile = (): ComposeFile =>
  composeFile.parse(parse(readFileSync(new URL('../../deploy/kafka/compose.yaml', import.meta.url), 'utf8')));
