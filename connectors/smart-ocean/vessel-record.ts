import type { NormalizedRecord } from '../../runtime/connector.ts';
import { adminCodes } from '../parsing/address.ts';
import type { Located } from '../parsing/coordinates.ts';

/** What all records of this source have alike. */
export function vesselRecord(known: {
  readonly name: string | null;
  readonly mmsi: string | null;
  /** By what the vessel is found again: MMSI, else Beidou number, else name. */
  readonly asset: string | null;
  readonly point: Omit<Located, 'quality'>;
}) {
  const { name, mmsi, asset, point } = known;
  return {
    channel: 'SENSOR',
    relatedIds: [],
    kind: 'ALERT',
    occurredPrecision: 'SECOND',
    attachments: [],
    place: {
      address: '',
      premise: null,
      ...adminCodes(''),
      communityCode: null,
      grids: [],
      ...point,
      locatedBy: point.lon === null ? 'NONE' : 'VESSEL',
      accuracyM: null,
      assetId: asset,
    },
    subject: { kind: 'VESSEL', name, ref: mmsi },
    statusNotes: null,
    signals: [],
  } as const satisfies Partial<NormalizedRecord>;
}
