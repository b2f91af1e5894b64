import type { SourceRecord } from '../../schemas/types.ts';
import { type Indexed, indexed, type LinkedPair, linkAll } from './linked.ts';
import { recordOf } from './source-records.ts';
import { closings, isHeldOut, loadMatters, type Matter, type Telling } from './stories.ts';

/** A telling as an item, with its truth. */
export interface ToldItem {
  readonly matter: Matter;
  readonly telling: Telling;
  readonly item: Indexed;
}

export interface StoryLinks {
  readonly matters: readonly Matter[];
  readonly told: readonly ToldItem[];
  readonly byItem: ReadonlyMap<string, ToldItem>;
  readonly pairs: readonly LinkedPair[];
}

/**
 * All tellings of all matters in one index, as a district would have them, and what the linker says of them.
 * @param hasGeocoder false: hotline, 12315 and 12348 records have no points, as the hub has no geocoder
 */
export async function linkStories(
  hasGeocoder = true,
  matters: readonly Matter[] = loadMatters(),
): Promise<StoryLinks> {
  const closed = closings(matters);
  const told = matters.flatMap((matter) =>
    matter.tellings.map((telling) => ({
      matter,
      telling,
      item: indexed(placed(recordOf(matter, telling), hasGeocoder), closed.get(matter.matter) ?? null),
    })),
  );
  const byItem = new Map(told.map((one) => [one.item.itemId, one]));
  return { matters, told, byItem, pairs: await linkAll(told.map(({ item }) => item)) };
}

function placed(record: SourceRecord, hasGeocoder: boolean): SourceRecord {
  if (hasGeocoder || record.place.locatedBy !== 'GEOCODED') return record;
  return { ...record, place: { ...record.place, lon: null, lat: null, accuracyM: null, locatedBy: 'NONE' } };
}

/** What two tellings are to each other by the stories; null where they are two matters. */
export function trueRelation(a: ToldItem, b: ToldItem): string | null {
  if (a.matter !== b.matter) return null;
  const [first, second] = a.telling.n < b.telling.n ? [a.telling, b.telling] : [b.telling, a.telling];
  if (second.relationToFirst === 'SIBLING' && second.quotes === first.n) return 'SIBLING';
  if (second.quotes === first.n && second.source === 'four-platforms') return 'MIRROR';
  if (first.reporter === second.reporter && first.reporter !== 'ANON') return 'SAME_PERSON';
  const sensors = [first, second].filter(
    ({ reporterKind, kind }) => reporterKind === 'SENSOR' || kind === 'ALERT',
  );
  return sensors.length === 1 ? 'SENSOR_HUMAN' : 'SAME_MATTER';
}

export const isHeldOutPair = (a: ToldItem, b: ToldItem): boolean =>
  isHeldOut(a.matter.matter) || isHeldOut(b.matter.matter);
