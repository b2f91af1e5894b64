import { z } from 'zod';
import { defineConnector, type ReadContext } from '../../runtime/connector.ts';
import { mergeReads } from '../transports/merge-reads.ts';
import { readListFile } from '../transports/paged-json/index.ts';
import { checkWebhook, readWebhook, webhookOptions } from '../transports/webhook/index.ts';
import type { PullPosition } from './days.ts';
import { normalize } from './normalize.ts';
import { checkPull, type PullSource, readPull } from './pull.ts';

const minuteMs = 60_000;

const config = z.strictObject({
  ...webhookOptions({ port: 8101, path: '/grid-safety' }),
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'expected an http or https address' })
    .refine((url) => URL.parse(url)?.username === '', 'expected no user name in it: requests are signed')
    .describe("Address of the platform's API, without `/events`, for the daily pull."),
  pullTime: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time like 02:30')
    .default('02:30')
    .describe('When the daily pull begins, Beijing time. One that was missed is made up for at once.'),
  rereadDays: z
    .int()
    .min(1)
    .max(30)
    .default(3)
    .describe('Each pull also reads the days before the last one again, because phones upload late.'),
  since: z.iso
    .date()
    .optional()
    .describe(
      'On the very first start the lists are read from this day on, at most a year back. Default: `rereadDays` back.',
    ),
  pageSize: z.int().min(1).max(1_000).default(200).describe('Events per request of the daily pull.'),
  pollIntervalMs: z
    .int()
    .min(1_000)
    .max(60 * minuteMs)
    .default(minuteMs)
    .describe('How often it is looked whether a pull is due, ms.'),
  retryPauseMs: z
    .int()
    .min(10)
    .max(60 * minuteMs)
    .default(5 * minuteMs)
    .describe('Pause before what could not be pulled is tried again, ms. Pushes are received meanwhile.'),
  requestTimeoutMs: z
    .int()
    .min(100)
    .max(10 * minuteMs)
    .default(30_000)
    .describe('For one request of the daily pull, from sending it to the last byte of the answer, ms.'),
  maxAnswerBytes: z
    .int()
    .min(64 * 1024)
    .max(256 * 1024 * 1024)
    .default(32 * 1024 * 1024)
    .describe('A larger answer to the daily pull is refused, bytes after decompression.'),
});

type Config = z.infer<typeof config>;

/** The patrol app's platform pushes, and the hub pulls once a day what the pushes missed; see README.md. */
export const gridSafety = defineConnector<Config, PullPosition | null>({
  name: 'grid-safety',
  summary:
    'Events of the grid workers (网格平安) from the platform of their patrol app, by signed push and daily pull.',
  config,
  isEverywhere: true,
  // About 250 events a day: one each 6 min.
  silentAfterMs: 200 * minuteMs,
  async check({ config, ...io }) {
    await checkWebhook(endpointOf(config), io);
    await checkPull(pullOf(config), io);
  },
  read,
  readFile: readListFile,
  normalize,
});

async function* read({ config, position, ...io }: ReadContext<Config, PullPosition | null>) {
  const pushes = (signal: AbortSignal) => readWebhook(endpointOf(config), { ...io, signal });
  const pulls = (signal: AbortSignal) => readPull(pullOf(config), { ...io, signal, position });
  // A push moves nothing: with it the position of the pull is stored as it was.
  let reached = position;
  for await (const { records, position } of mergeReads<PullPosition | null>(io.signal, [pushes, pulls])) {
    reached = position ?? reached;
    yield { records, position: reached };
  }
}

const connector = 'grid-safety';
const endpointOf = (config: Config) => ({ ...config, connector });
const pullOf = ({ pullTime, since, ...config }: Config): PullSource => ({
  ...config,
  connector,
  timeOfDay: pullTime,
  since: since ?? null,
});
