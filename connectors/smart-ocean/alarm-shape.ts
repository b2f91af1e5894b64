import { z } from 'zod';
import { asText, type ParsedObject, parseObject, scalar } from '../parsing/json-object.ts';
import { parseTime } from '../parsing/time.ts';

/**
 * One alarm, as the fishing-vessel platform posts it, again each minute while it is open:
 *
 * ```json
 * {"alarmId":"YJ20260310-0093","alarmType":"失联","shipName":"浙普渔99902","mmsi":"412999902","bdId":"0312345","lastLon":122.5002,
 *  "lastLat":29.7311,"lastTime":"2026-03-10 01:22:41","lostMin":372,"crewNum":7,"windLevel":8,"fenceId":null,"level":"红",
 *  "status":"未处置","phone":"139****0000"}
 * ```
 *
 * Any field may be missing, null or empty, a number may come as text. `lastTime` is Beijing time; points are CGCS2000 or WGS-84.
 */
const shape = z.object({
  alarmId: scalar,
  alarmType: scalar,
  shipName: scalar,
  mmsi: scalar,
  bdId: scalar,
  lastLon: scalar,
  lastLat: scalar,
  lastTime: scalar,
  lostMin: scalar,
  crewNum: scalar,
  windLevel: scalar,
  fenceId: scalar,
  level: scalar,
  status: scalar,
  phone: scalar,
});

export type AlarmFields = z.infer<typeof shape>;

/** Never throws. @param text one JSON object. */
export const parseAlarm = (text: string): ParsedObject<AlarmFields> => parseObject(text, shape);

const minuteMs = 60_000;

/** A count of the platform; null when it is none. */
export function numberOf(value: AlarmFields['lostMin']): number | null {
  const text = asText(value).trim();
  const number = Number(text);
  return text !== '' && Number.isFinite(number) && number >= 0 && number < 1e9 ? number : null;
}

/**
 * When the alarm says what it says, ms since epoch: it tells when the ship was last heard, and how many minutes ago that is. Both change each minute, their
 * sum only rises: the alarm's version. Null without a time.
 */
export function saidAt({ lastTime, lostMin }: Pick<AlarmFields, 'lastTime' | 'lostMin'>): number | null {
  const last = parseTime(lastTime);
  return last === null ? null : last.ms + (numberOf(lostMin) ?? 0) * minuteMs;
}
