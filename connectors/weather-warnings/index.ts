import { z } from 'zod';
import { defineConnector, type RawRecord, type ReadContext } from '../../runtime/connector.ts';
import { type ErrorCode, HubError } from '../../runtime/errors.ts';
import { askDocument, documentOptions, whereOf } from '../transports/http/document.ts';
import { readListFile } from '../transports/paged-json/index.ts';
import { type FeedAnswer, isAlert, type Link, readFeed } from './feed.ts';
import { normalize } from './normalize.ts';

const minuteMs = 60_000;
const name = 'weather-warnings';
/** Alerts of a list that are committed at once. */
const batchAlerts = 10;
/** What is wrong with the feed as a whole, and not with one entry of its list. */
const ofTheFeed: ReadonlySet<ErrorCode> = new Set([
  'HUB_SOURCE_UNREACHABLE',
  'HUB_SOURCE_TIMEOUT',
  'HUB_SOURCE_RATE_LIMITED',
  'HUB_SOURCE_REFUSED',
]);

const config = z.strictObject({
  ...documentOptions({
    url: 'Address of the feed: a CAP alert, an Atom or RSS list of them, or the same as JSON.',
    token:
      'Sent as `Authorization: Bearer …` to the host of `url`, and to no other. Default: nothing is sent.',
    maxAnswerBytes: 8 * 1024 * 1024,
  }),
  pollIntervalMs: z
    .int()
    .min(1_000)
    .max(60 * minuteMs)
    .default(minuteMs)
    .describe('Pause between two polls, ms.'),
});

type Config = z.infer<typeof config>;
type Io = Pick<ReadContext<Config, Position>, 'config' | 'clock' | 'signal'>;

/** Links of the list that have been read, so that a poll asks only for what is new. */
interface Position {
  readonly read: readonly string[];
}

/** Warnings of the meteorological office and others in CAP 1.2; see README.md. */
export const weatherWarnings = defineConnector<Config, Position>({
  name,
  summary: 'Warnings of typhoon, rainstorm, gale and the like as CAP 1.2 alerts, polled over HTTP.',
  config,
  // A calm month is no silence; but an hour is the longest pause between two polls, and no warning may be missed for long.
  answersAreSigns: true,
  silentAfterMs: 90 * minuteMs,
  async check(io) {
    await askFeed(io);
  },
  read,
  readFile: readListFile,
  normalize,
});

async function* read({ config, position, clock, signal }: ReadContext<Config, Position>) {
  let done = new Set(position?.read ?? []);
  while (!signal.aborted) {
    const { alerts, links } = await askFeed({ config, clock, signal });
    const here = new Set(links.map(({ key }) => key));
    // What has left the list is forgotten.
    done = new Set([...done].filter((key) => here.has(key)));
    // An empty one says that the feed has answered.
    yield batchOf(
      alerts.map((bytes) => recordOf(bytes, config.url)),
      done,
    );
    let gathered: RawRecord[] = [];
    let failure: unknown = null;
    for (const link of links) {
      if (done.has(link.key)) continue;
      try {
        const bytes = await askAlert(link, { config, clock, signal });
        gathered.push(recordOf(bytes, link.href));
        // Kept as it is, for the dead letters; but it is asked for again, as it may have been cut on its way.
        if (isAlert(bytes)) done.add(link.key);
        else failure ??= notWhole(link);
      } catch (thrown) {
        // What was read before is not read again for it, and a dead link keeps no warning behind it.
        if (thrown instanceof HubError && !ofTheFeed.has(thrown.code)) {
          failure ??= thrown;
          continue;
        }
        failure = thrown;
        break;
      }
      if (gathered.length < batchAlerts) continue;
      yield batchOf(gathered, done);
      gathered = [];
    }
    if (gathered.length > 0) yield batchOf(gathered, done);
    if (failure !== null) throw failure;
    await clock.sleep(config.pollIntervalMs, signal);
  }
}

const batchOf = (records: readonly RawRecord[], done: ReadonlySet<string>) => ({
  records,
  position: { read: [...done] },
});

const recordOf = (bytes: Uint8Array, correlationId: string): RawRecord => ({
  bytes,
  format: bytes.find((byte) => byte > 0x20) === 0x3c ? 'XML' : 'JSON',
  correlationId,
});

const notWhole = ({ href }: Link): HubError =>
  new HubError('HUB_SOURCE_PROTOCOL', `${name}: got no whole CAP alert from ${href}; it is asked for again`);

/** Throws HubErrors, all retriable but HUB_SOURCE_REFUSED. */
async function askFeed(io: Io): Promise<FeedAnswer> {
  const { bytes, where } = await ask(io.config.url, io);
  const found = readFeed(bytes);
  if (found !== null) return found;
  const message = `${where}: got ${bytes.length} bytes, expected a CAP alert, an Atom or RSS list, or JSON`;
  throw new HubError(isHtml(bytes) ? 'HUB_SOURCE_LOGIN_PAGE' : 'HUB_SOURCE_PROTOCOL', message);
}

async function askAlert({ href }: Link, io: Io) {
  const url = URL.parse(href, io.config.url);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new HubError('HUB_SOURCE_PROTOCOL', `${name}: a link of the list is no address`);
  return (await ask(url.href, io)).bytes;
}

async function ask(url: string, { config, clock, signal }: Io) {
  const source = { ...config, connector: name };
  const where = whereOf(source, url);
  const isOwn = new URL(url).host === new URL(config.url).host;
  // A list that points elsewhere must not make the hub ask inside the city's network.
  if (!isOwn) throw new HubError('HUB_SOURCE_PROTOCOL', `${where}: a link to another host than that of url`);
  const accept = 'application/cap+xml, application/xml, application/json';
  const bytes = await askDocument(url, accept, source, { clock, signal });
  if (isHtml(bytes))
    throw new HubError('HUB_SOURCE_LOGIN_PAGE', `${where}: got an HTML page, expected a feed; check url`);
  return { bytes, where };
}

const isHtml = (body: Uint8Array): boolean =>
  /^\s*(<!doctype html|<html)/i.test(new TextDecoder().decode(body.subarray(0, 200)));
