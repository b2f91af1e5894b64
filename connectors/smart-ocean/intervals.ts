import type { RawRecord } from '../../runtime/connector.ts';
import { asText } from '../parsing/json-object.ts';
import { decodeText } from '../parsing/text.ts';
import { type AlarmFields, parseAlarm, saidAt } from './alarm-shape.ts';
import { isOver } from './alarm-words.ts';
import { readMmsi } from './mmsi.ts';

/** An alarm of the platform that is, or lately was, open; survives a restart in the connector's position. */
export interface OpenAlarm {
  readonly key: string;
  /** What its first copy said of its time, ms since epoch. */
  readonly openedAt: number;
  /** Newest such time. */
  readonly saidAt: number;
  readonly isOver: boolean;
}

/** About 60 a day; the one heard of longest ago is given up. */
export const maxAlarms = 500;

/** Which alarm it is: the platform's number, else ship and type. Null where it names neither a number nor a ship. */
export function alarmKey(fields: AlarmFields): string | null {
  const [id, type, ship] = [asText(fields.alarmId).trim(), asText(fields.alarmType).trim(), shipKey(fields)];
  if (id !== '') return id;
  return ship === null || type === '' ? null : `${ship}/${type}`;
}

const shipKey = ({ mmsi, bdId, shipName }: AlarmFields): string | null =>
  readMmsi(asText(mmsi)) ?? (asText(bdId).trim() || asText(shipName).trim() || null);

/**
 * Notes, of each alarm that is pushed, when it was opened and how new it is, in its correlation id: the copies of an open alarm differ each minute,
 * and without the platform's number nothing in them says whether they are one alarm or two. `normalize` reads it from there.
 */
export class AlarmIntervals {
  readonly #endsAfterMs: number;
  readonly #alarms: Map<string, OpenAlarm>;

  constructor(endsAfterMs: number, alarms: readonly OpenAlarm[]) {
    this.#endsAfterMs = endsAfterMs;
    this.#alarms = new Map(alarms.map((alarm) => [alarm.key, alarm]));
  }

  mark(records: readonly RawRecord[]): readonly RawRecord[] {
    return records.map((record) => {
      const fields = parseAlarm(decodeText(record.bytes)?.text ?? '').fields;
      const at = fields === undefined ? null : saidAt(fields);
      const key = fields === undefined ? null : alarmKey(fields);
      if (fields === undefined || at === null || key === null) return record;
      return { ...record, correlationId: writeInterval(this.#note(key, fields, at)) };
    });
  }

  get open(): readonly OpenAlarm[] {
    return [...this.#alarms.values()];
  }

  #note(key: string, { alarmId, status }: AlarmFields, at: number): OpenAlarm {
    const over = isOver(asText(status).trim());
    const known = this.#alarms.get(key);
    const isNumbered = asText(alarmId).trim() !== '';
    const isOther =
      known !== undefined &&
      !isNumbered &&
      at > known.saidAt &&
      (at - known.saidAt > this.#endsAfterMs || (known.isOver && !over));
    const alarm =
      known === undefined || isOther
        ? { key, openedAt: at, saidAt: at, isOver: over }
        : { ...known, saidAt: Math.max(known.saidAt, at), isOver: known.isOver || over };
    this.#alarms.delete(key);
    this.#alarms.set(key, alarm);
    if (this.#alarms.size > maxAlarms) this.#alarms.delete(this.#alarms.keys().next().value!);
    // An alarm that is over says so last, whatever its time: nobody is lost any more, so its minutes may be gone.
    return over ? alarm : { ...alarm, saidAt: at };
  }
}

const form = /^alarm\/(\d{1,15})\/(\d{1,15})\//;

const writeInterval = ({ key, openedAt, saidAt }: OpenAlarm): string =>
  `alarm/${openedAt}/${saidAt}/${key.slice(0, 100)}`;

/** Null where the record did not come through `mark`: from a file. */
export function readInterval(correlationId: string): Pick<OpenAlarm, 'openedAt' | 'saidAt'> | null {
  const [, openedAt, saidAt] = form.exec(correlationId) ?? [];
  return openedAt === undefined ? null : { openedAt: Number(openedAt), saidAt: Number(saidAt) };
}
