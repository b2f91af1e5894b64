import { z } from 'zod';
import { defineConnector, type RawRecord, type ReadContext } from '../../runtime/connector.ts';
import { HubError } from '../../runtime/errors.ts';
import { askDocument, documentOptions, whereOf } from '../transports/http/document.ts';
import { readListFile } from '../transports/paged-json/index.ts';
import { hourOf, type Identity, identityOf } from './forecast.ts';
import { normalize } from './normalize.ts';

const minuteMs = 60_000;
const name = 'anchorage-forecast';

const config = z.strictObject({
  ...documentOptions({
    url: 'Address that answers with the newest forecast as JSON.',
    token: 'Sent as `Authorization: Bearer …`. Default: nothing is sent.',
    maxAnswerBytes: 4 * 1024 * 1024,
  }),
  pollIntervalMs: z
    .int()
    .min(10_000)
    .max(60 * minuteMs)
    .default(10 * minuteMs)
    .describe('Pause between two polls, ms.'),
});

type Config = z.infer<typeof config>;
type Io = Pick<ReadContext<Config, Identity>, 'config' | 'clock' | 'signal'>;

/** Forecasts of wind and visibility over the anchorages, as warnings; see README.md. */
export const anchorageForecast = defineConnector<Config, Identity>({
  name,
  summary: 'Marine forecasts of anchorages, polled over HTTP: gales and fog as warnings.',
  config,
  // Published at 7, 10 or 11, 14, 19 or 20 o'clock, not always at all of them: after a day and a half without one the feed stands still.
  silentAfterMs: 36 * 60 * minuteMs,
  async check(io) {
    await ask(io);
  },
  read,
  readFile,
  normalize,
});

async function* read({ config, position, clock, signal }: ReadContext<Config, Identity>) {
  let last = position;
  while (!signal.aborted) {
    const { bytes, identity } = await ask({ config, clock, signal });
    const isNew = identity.sha256 !== last?.sha256 && !isOlder(identity, last, clock.now());
    if (isNew) last = identity;
    const records: readonly RawRecord[] = isNew
      ? [{ bytes, format: 'JSON', correlationId: `${config.url} ${identity.publishCode}` }]
      : [];
    // An empty one says that there was an answer.
    if (last !== null) yield { records, position: last };
    await clock.sleep(config.pollIntervalMs, signal);
  }
}

/** Caches before an API may still give the forecast before the last. But one that was numbered into the future must not stop all that follow. */
const isOlder = ({ publishCode }: Identity, last: Identity | null, now: number): boolean => {
  const [hour, lastHour] = [hourOf(publishCode), hourOf(last?.publishCode ?? '')];
  return hour !== null && lastHour !== null && hour < lastHour && lastHour <= now;
};

/** Answers kept, one a line; those that only repeat the forecast before them are left out. */
async function* readFile(path: string): AsyncGenerator<RawRecord, void, void> {
  let last: string | null = null;
  for await (const record of readListFile(path)) {
    const sha256: string | null = identityOf(new TextDecoder().decode(record.bytes))?.sha256 ?? null;
    if (sha256 === null || sha256 !== last) yield record;
    last = sha256;
  }
}

/** Throws HubErrors, all retriable but HUB_SOURCE_REFUSED. */
async function ask({ config, clock, signal }: Io) {
  const source = { ...config, connector: name };
  const where = whereOf(source, config.url);
  const bytes = await askDocument(config.url, 'application/json', source, { clock, signal });
  const text = new TextDecoder().decode(bytes);
  const identity = identityOf(text);
  if (identity !== null) return { bytes, identity };
  const isMarkup = /^\s*</.test(text.slice(0, 200));
  const message = `${where}: got ${isMarkup ? 'an HTML page' : 'no JSON object'} (${bytes.length} bytes), expected a forecast; check url`;
  throw new HubError(isMarkup ? 'HUB_SOURCE_LOGIN_PAGE' : 'HUB_SOURCE_PROTOCOL', message);
}
