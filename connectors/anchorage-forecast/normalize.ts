import { type Catalogue, currentCatalogueVersion, loadCatalogue } from '../../processors/catalogue/index.ts';
import {
  type NormalizeContext,
  type Normalized,
  type RawRecord,
  reject,
  type SaidWarning,
} from '../../runtime/index.ts';
import { parseTime } from '../parsing/time.ts';
import { type Entry, type Forecast, publishedAt, readForecast } from './forecast.ts';
import { fogOf, galeOf, visibilityOf, windOf } from './levels.ts';
import { type Span, spanOf } from './times.ts';

/** A clock may go wrong by a little; a forecast from tomorrow would take the place of all that come until then. */
const earliestMs = 3_600_000;

interface Hours extends Span {
  /** m/s; null where it is not told. */
  readonly mean: number | null;
  readonly gusts: number | null;
  /** Metres; null where it is not told. */
  readonly visibility: number | null;
}

interface Anchorage {
  readonly area: string;
  readonly name: string;
  readonly hours: readonly Hours[];
}

type Level = SaidWarning['level'];

/** A forecast as the gales and fogs that it foresees. Pure. Rejects with HUB_RECORD_ENCODING, _MALFORMED, _NO_ID or _NO_TIME. */
export function normalize(
  { bytes }: RawRecord,
  { ingestedAt }: Pick<NormalizeContext<unknown>, 'ingestedAt'>,
) {
  let body: string;
  try {
    body = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return reject('HUB_RECORD_ENCODING', 'the forecast is not UTF-8');
  }
  const { fields: forecast, problem } = readForecast(body);
  if (forecast === undefined) return reject('HUB_RECORD_MALFORMED', problem);
  const recordId = forecast.publishCode ?? '';
  if (recordId === '')
    return reject('HUB_RECORD_NO_ID', 'publishCode: absent, expected the number of the forecast');
  const issuedAt = publishedAt(forecast);
  if (issuedAt === null)
    return reject('HUB_RECORD_NO_TIME', 'publishTime: no hour of a day, expected as in 2026年05月04日11时');
  if (issuedAt > ingestedAt + earliestMs)
    return reject('HUB_RECORD_NO_TIME', 'publishTime: more than an hour ahead of the hub’s clock');
  const read = anchoragesOf(forecast, issuedAt);
  if (typeof read === 'string') return reject('HUB_RECORD_MALFORMED', read);
  const starts = read.map(({ hours }) => hours[0]!.from);
  const routed: Normalized = {
    kind: 'route',
    to: 'warnings',
    recordId,
    warnings: read.flatMap((anchorage) => warningsOf(anchorage, recordId, issuedAt)),
    replaces: {
      areas: read.map(({ area }) => area),
      // The first hours of a forecast may lie before its publication, or, early in the morning, after it.
      from: Math.max(issuedAt, ...starts),
      issuedAt,
      text: `预报${recordId}不再预报`,
    },
  };
  return routed;
}

/** Those that the catalogue knows, or what is wrong. */
function anchoragesOf(forecast: Forecast, issuedAt: number): readonly Anchorage[] | string {
  const catalogue = loadCatalogue(currentCatalogueVersion);
  const found = new Map<string, Anchorage>();
  for (const [name, { PreciseForecast, PreciseForecastTime }] of Object.entries(forecast.anchors)) {
    const area = areaOf(name, catalogue);
    if (area === null || !PreciseForecast?.length) continue;
    if (found.has(area)) return `anchors: an anchorage twice, ${area}`;
    const hours: Hours[] = [];
    for (const [index, entry] of PreciseForecast.entries()) {
      const read = hoursOf(entry, parseTime(PreciseForecastTime)?.ms ?? issuedAt);
      if (typeof read === 'string') return `anchors.${area}.PreciseForecast[${index}].${read}`;
      hours.push(read);
    }
    found.set(area, { area, name, hours: hours.sort((a, b) => a.from - b.from) });
  }
  return found.size > 0
    ? [...found.values()]
    : 'anchors: no forecast of an anchorage that the catalogue knows';
}

function areaOf(name: string, { areas }: Catalogue): string | null {
  const names = [name.trim(), `${name.trim()}锚地`];
  return areas.find((area) => [area.zh, ...area.names].some((known) => names.includes(known)))?.id ?? null;
}

function hoursOf({ Time, WindSpeed, WindSpeedAvg, Vis }: Entry, published: number): Hours | string {
  const span = typeof Time === 'string' ? spanOf(Time, published) : null;
  if (span === null) return 'Time: no span of hours near the publication, expected as in 04日08时-11时';
  const told = (value: unknown): boolean =>
    value !== undefined && value !== null && value !== '' && value !== '-';
  const [gusts, mean] = [windOf(WindSpeed), windOf(WindSpeedAvg)];
  if (told(WindSpeed) && gusts === null) return 'WindSpeed: no speed of wind, expected m/s';
  if (told(WindSpeedAvg) && mean === null) return 'WindSpeedAvg: no speed of wind, expected m/s';
  if (gusts === null && mean === null) return 'WindSpeed: absent as WindSpeedAvg is, expected m/s';
  const visibility = visibilityOf(Vis);
  if (told(Vis) && visibility === null) return 'Vis: no distance, expected metres';
  return { ...span, gusts, mean, visibility };
}

function warningsOf({ area, name, hours }: Anchorage, code: string, issuedAt: number): SaidWarning[] {
  const said = (type: string, level: Level, over: readonly Hours[], what: string): SaidWarning => ({
    // Its own number with each forecast: the runtime finds the one that it goes on with.
    reference: `${code}/${area}/${type}/${level}/${new Date(over[0]!.from).toISOString().slice(0, 13)}Z`,
    status: 'SET',
    type,
    level,
    areas: [area],
    from: over[0]!.from,
    until: Math.max(...over.map(({ until }) => until)),
    issuedAt,
    text: `${name}预报${what}（预报${code}）`,
  });
  const gales = windows(hours, ({ mean, gusts }) => galeOf(mean, gusts)).map(([level, over]) =>
    said('GALE', level, over, windWords(over)),
  );
  const fogs = windows(hours, ({ visibility }) => (visibility === null ? null : fogOf(visibility))).map(
    ([level, over]) => said('FOG', level, over, fogWords(over)),
  );
  return [...gales, ...fogs];
}

/** Hours of one level that follow each other without a gap. */
function windows(
  hours: readonly Hours[],
  levelOf: (one: Hours) => Level | null,
): readonly (readonly [Level, readonly Hours[]])[] {
  const found: [Level, Hours[]][] = [];
  for (const one of hours) {
    const level = levelOf(one);
    if (level === null) continue;
    const last = found.at(-1);
    if (last?.[0] === level && one.from <= last[1].at(-1)!.until) last[1].push(one);
    else found.push([level, [one]]);
  }
  return found;
}

function windWords(over: readonly Hours[]): string {
  const [mean, gusts] = (['mean', 'gusts'] as const).map((of) =>
    Math.max(...over.map((one) => one[of] ?? 0)),
  );
  return [mean && `平均风速最大${mean}米/秒`, gusts && `阵风最大${gusts}米/秒`].filter(Boolean).join('，');
}

const fogWords = (over: readonly Hours[]): string =>
  `能见度最低${Math.min(...over.map(({ visibility }) => visibility ?? Number.MAX_SAFE_INTEGER))}米`;
