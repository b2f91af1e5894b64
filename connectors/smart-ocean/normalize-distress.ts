import type { NormalizedRecord, RawRecord } from '../../runtime/connector.ts';
import { next, type Outcome, reject } from '../../runtime/outcome.ts';
import { locate } from '../parsing/coordinates.ts';
import { AisReader } from '../transports/ais-tcp/index.ts';
import { type DistressSignal, type DistressType, distressOf } from './distress.ts';
import { compactTime } from './normalize-alarm.ts';
import { vesselRecord } from './vessel-record.ts';

const names: Readonly<Record<DistressType, string>> = {
  SART: '搜救应答器（AIS-SART）',
  MOB: '人员落水示位装置（AIS-MOB）',
  EPIRB: '应急示位标（EPIRB-AIS）',
  SHIP: '船舶',
};

/**
 * Distress sentences, as `DistressWatch` writes them, to the hub's record: those that opened the interval first, then the newest with a place and with a text,
 * each under a tag block with receiver and time. Pure; never throws.
 *
 * Rejects with HUB_RECORD_MALFORMED (no distress in it) and HUB_RECORD_NO_TIME (no tag block with a time).
 */
export function normalizeDistress(raw: RawRecord): Outcome<NormalizedRecord> {
  const signals: (DistressSignal & { readonly at: number })[] = [];
  const reader = new AisReader({
    onMessage: (message, { at }) => {
      const signal = distressOf(message);
      if (signal !== null) signals.push({ ...signal, at });
    },
  });
  reader.push(raw.bytes, 0);
  reader.end();
  const [opening] = signals;
  if (opening === undefined) {
    return reject('HUB_RECORD_MALFORMED', `${raw.bytes.length} bytes, no distress sentence among them`);
  }
  const { mmsi, type } = opening;
  const own = signals.filter((signal) => signal.mmsi === mmsi && signal.type === type);
  if (own.some(({ at }) => at === 0)) {
    return reject('HUB_RECORD_NO_TIME', 'a sentence without a time, expected a tag block with c: before it');
  }
  const newest = Math.max(...own.map(({ at }) => at));
  const place = own.findLast(({ lon, lat }) => lon !== null && lat !== null);
  const text = own.findLast((signal) => signal.text !== null)?.text ?? null;
  const navStatus = own.find((signal) => signal.navStatus !== null)?.navStatus ?? null;
  const { quality: _, ...point } = locate({ x: place?.lon, y: place?.lat, system: 'WGS84', labelled: true });
  const openedAt = Math.floor(opening.at / 1_000) * 1_000;
  return next({
    ...vesselRecord({ name: null, mmsi, asset: mmsi, point }),
    recordId: `AIS/${mmsi}/${type}/${compactTime(openedAt)}`,
    recordVersion: String(newest),
    reportedAt: openedAt,
    sourceUpdatedAt: newest,
    occurredAt: openedAt,
    title: `海上遇险信号：${names[type]} ${mmsi}`,
    body: `AIS 收到${names[type]}（MMSI ${mmsi}）的遇险信号${text === null ? '' : `，报文“${text}”`}${navStatus === null ? '' : `，航行状态 ${navStatus}`}。`,
    reporter: { kind: 'VESSEL', ref: null, confidential: false, count: 1, name: null, phone: null },
    sourceCategory: { code: 'SEA.DISTRESS', sourceCode: type, sourceName: `AIS ${type}` },
    sourceStatus: null,
    sourceEvent: null,
    severity: 'CRITICAL',
    urgency: 'EXTRA_URGENT',
    impact: null,
    priority: 'URGENT',
    quality: point.lon === null ? ['NO_PLACE'] : [],
    ext: {
      alarmType: type,
      mmsi,
      ...(navStatus !== null && { navStatus: String(navStatus) }),
      ...(text !== null && { text }),
    },
    content: { mmsi, type, lon: point.lon, lat: point.lat, text },
  });
}
