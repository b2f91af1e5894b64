import { z } from 'zod';
import { defineConnector } from '../../runtime/connector.ts';
import type { HubError } from '../../runtime/errors.ts';
import { tryReceivers } from '../transports/ais-tcp/index.ts';
import { checkWebhook, webhookOptions } from '../transports/webhook/index.ts';
import { normalize } from './normalize.ts';
import { type OceanPosition, type OceanSource, readOcean } from './read.ts';
import { readOceanFile, usualEndsAfterMs } from './read-file.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

const config = z.strictObject({
  receivers: z
    .array(
      z.string().regex(/^(\[[\da-fA-F:.]+\]|[\w.-]+):\d{1,5}$/, 'expected host:port, like 10.20.0.11:5631'),
    )
    .min(1)
    .max(16)
    .describe('AIS receivers: TCP servers that send NMEA 0183, each as host:port.'),
  connectTimeoutMs: z
    .int()
    .min(100)
    .max(10 * minuteMs)
    .default(10 * secondMs)
    .describe('For connecting to a receiver, ms.'),
  silenceMs: z
    .int()
    .min(secondMs)
    .max(60 * minuteMs)
    .default(minuteMs)
    .describe('A receiver that sends nothing for so long is taken for dead and connected to anew, ms.'),
  repeatWindowMs: z
    .int()
    .min(0)
    .max(10 * minuteMs)
    .default(10 * secondMs)
    .describe('A message that a receiver brings again within this is dropped; twice as long at most, ms.'),
  batchIntervalMs: z
    .int()
    .min(100)
    .max(minuteMs)
    .default(secondMs)
    .describe('How often what has come is committed: of each vessel its newest position, ms.'),
  maxStreamBytes: z
    .int()
    .min(64 * 1024)
    .max(64 * 1024 * 1024)
    .default(4 * 1024 * 1024)
    .describe('So much may wait to be committed; beyond it the receivers are not read, bytes.'),
  alarmEndsAfterMs: z
    .int()
    .min(10 * minuteMs)
    .max(7 * 24 * 60 * minuteMs)
    .default(usualEndsAfterMs)
    .describe(
      'A distress, or an alarm without a number, that is silent for so long is over; what comes then is another item, ms.',
    ),
  ...webhookOptions({ port: 8102, path: '/smart-ocean' }),
});

type Config = z.infer<typeof config>;

/** AIS receivers and the fishing-vessel platform's alarms; see README.md. */
export const smartOcean = defineConnector<Config, OceanPosition>({
  name: 'smart-ocean',
  summary:
    'Ships at sea (智慧海洋): AIS receivers over TCP, and the alarms of the fishing-vessel platform, which are pushed.',
  hasStream: true,
  // About 60 alarms a day: one in 24 minutes.
  silentAfterMs: 6 * 60 * minuteMs,
  config,
  async check({ config, clock, signal, log }) {
    const source = sourceOf(config);
    const [silent, deaf] = await Promise.all([
      tryReceivers(source, { signal }),
      checkWebhook(source, { clock, signal, log }).then(
        () => null,
        (error: HubError) => error,
      ),
    ]);
    for (const { code, message } of silent.values()) log.warn('receiver does not answer', { code, message });
    if (deaf === null) return;
    if (silent.size === new Set(source.receivers).size) throw deaf;
    log.warn('alarms cannot be received', { code: deaf.code, message: deaf.message });
  },
  read: ({ config, ...context }) => readOcean(sourceOf(config), context),
  readFile: readOceanFile,
  normalize,
});

const sourceOf = ({ alarmEndsAfterMs, ...config }: Config): OceanSource => ({
  ...config,
  connector: 'smart-ocean',
  endsAfterMs: alarmEndsAfterMs,
});
