import { hash } from 'node:crypto';
import { z } from 'zod';
import { type ParsedObject, parseObject } from '../parsing/json-object.ts';
import { parseTime } from '../parsing/time.ts';

/**
 * `{"status":"更新完成","lastUpdated":"2026-05-04 11:31:02","publishTime":"2026年05月04日11时","publishCode":"2026050411",
 * "anchors":{"条帚门锚地":{"PreciseForecastTime":"2026年05月04日11时","Text":"…","PreciseForecast":[{"Time":"04日08时-11时","WindDirect":"偏北风",
 * "WindSpeed":13.1,"WindSpeedAvg":"9.8","WindWave":"0.5-1.0m","Vis":">1000m","Riskrating":"3 4 4 3"},…]},…}}`
 */
const entry = z.object({
  Time: z.unknown().optional(),
  WindSpeed: z.unknown().optional(),
  WindSpeedAvg: z.unknown().optional(),
  Vis: z.unknown().optional(),
});
const anchorage = z.object({
  PreciseForecast: z.array(entry).nullish(),
  PreciseForecastTime: z.unknown().optional(),
});
const code = z
  .union([z.string(), z.number()])
  .transform((value) => String(value).trim())
  .nullish();
const shape = z.object({
  publishCode: code,
  publishTime: z.unknown().optional(),
  anchors: z.record(z.string(), anchorage, { error: 'anchorages by name, each with PreciseForecast' }),
});

export type Forecast = z.infer<typeof shape>;
export type Entry = z.infer<typeof entry>;

export const readForecast = (text: string): ParsedObject<Forecast> => parseObject(text, shape);

/** When it was published, by its words or else its number, ms; null where neither names an hour. */
export function publishedAt({ publishTime, publishCode }: Pick<Forecast, 'publishTime' | 'publishCode'>) {
  const said = parseTime(publishTime);
  if (said !== null && said.precision !== 'DAY') return said.ms;
  return hourOf(publishCode ?? '');
}

/** `2026050411` */
export function hourOf(code: string): number | null {
  const [, year, month, day, hour] = /^(\d{4})(\d\d)(\d\d)(\d\d)$/.exec(code) ?? [];
  return parseTime(`${year}-${month}-${day} ${hour}:00`)?.ms ?? null;
}

/** Which forecast it is: the same at each poll until another one is published, or this one is corrected. */
export interface Identity {
  readonly publishCode: string;
  /** Of all that it forecasts; not of when somebody looked (`lastUpdated` and others). */
  readonly sha256: string;
}

/** Null for what is no JSON object. */
export function identityOf(text: string): Identity | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
  const { publishCode = '', publishTime, anchors } = json as Record<string, unknown>;
  const content = JSON.stringify([publishCode, publishTime, anchors]);
  return { publishCode: String(publishCode), sha256: hash('sha256', content, 'hex') };
}
