import type { NormalizeContext, NormalizedRecord, RawRecord } from '../../runtime/connector.ts';
import type { Outcome } from '../../runtime/outcome.ts';
import { normalizeAlarm } from './normalize-alarm.ts';
import { normalizeDistress } from './normalize-distress.ts';

/** The platform's alarms are JSON, distress signals of AIS are the sentences themselves. */
export const normalize = (
  raw: RawRecord,
  context: Pick<NormalizeContext<unknown>, 'ingestedAt'>,
): Outcome<NormalizedRecord> =>
  raw.format === 'NMEA' ? normalizeDistress(raw) : normalizeAlarm(raw, context);
