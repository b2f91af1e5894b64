import { z } from 'zod';
import { defineConnector } from '../../runtime/connector.ts';
import {
  checkPagedJson,
  type PagedJsonPosition,
  type PagedJsonSource,
  readListFile,
  readPagedJson,
} from '../transports/paged-json/index.ts';
import { normalize } from './normalize.ts';

const minuteMs = 60_000;

const config = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'expected an http or https address' })
    .refine(
      (url) => URL.parse(url)?.username === '',
      'expected no user name in it: use username and password',
    )
    .describe("Address of the portal's API, without `/login` and `/reports`; not the address of its pages."),
  username: z.string().min(1).describe('Account with the right to read all reports.'),
  password: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe('Its password; best as a reference to the environment or to a file.'),
  since: z.iso
    .datetime({ offset: true })
    .default('1970-01-01T00:00:00Z')
    .describe(
      'On the very first start, reports updated before this are left out; ISO 8601 with offset. Default: all are read.',
    ),
  pollIntervalMs: z
    .int()
    .min(1_000)
    .max(60 * minuteMs)
    .default(minuteMs)
    .describe('Pause between two polls, ms.'),
  pageSize: z
    .int()
    .min(1)
    .max(200)
    .default(200)
    .describe('Reports per request; the portal refuses more than 200.'),
  overlapMs: z
    .int()
    .min(0)
    .max(24 * 60 * minuteMs)
    .default(10 * minuteMs)
    .describe(
      'Each poll goes back this far before the newest report read, for what the portal stored late, ms.',
    ),
  maxPasses: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe(
      'How often a window that must be read page by page is read again when its rows shift, before HUB_SOURCE_UNSTABLE.',
    ),
  requestTimeoutMs: z
    .int()
    .min(100)
    .max(10 * minuteMs)
    .default(30_000)
    .describe('For one request, from sending it to the last byte of the answer, ms.'),
  maxAnswerBytes: z
    .int()
    .min(64 * 1024)
    .max(256 * 1024 * 1024)
    .default(32 * 1024 * 1024)
    .describe('A larger answer is refused, bytes after decompression.'),
});

type Config = z.infer<typeof config>;

/** The portal's web and WeChat reports; see README.md for its interface and its habits. */
export const complaintReport = defineConnector<Config, PagedJsonPosition>({
  name: 'complaint-report',
  summary:
    'Complaints and reports (投诉举报) from the web and WeChat portal of the petition office, by paged HTTP JSON.',
  config,
  // About 40 reports a day: one each 36 min, hardly any at night.
  silentAfterMs: 21 * 60 * minuteMs,
  check: ({ config, clock, signal }) => checkPagedJson(sourceOf(config), { clock, signal }),
  read: ({ config, ...context }) => readPagedJson(sourceOf(config), context),
  readFile: readListFile,
  normalize,
});

function sourceOf({ since, ...config }: Config): PagedJsonSource {
  return {
    ...config,
    connector: 'complaint-report',
    listPath: 'reports',
    fields: { id: 'id', updatedAt: 'updateTime' },
    since: Math.max(0, Date.parse(since)),
  };
}
