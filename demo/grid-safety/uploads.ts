import { agendaOf } from '../city/agenda.ts';
import type { Chances } from '../city/chances.ts';
import type { CityClock } from '../city/clock.ts';
import { draw, drawInt } from '../city/draw.ts';
import { keyOf, type Occurrence } from '../city/programme.ts';
import { type Flaw, flawKinds } from '../city/push.ts';
import { type EventState, eventNoOf, type GridEvent, renderEvent, townOf } from './event.ts';

export const disturbanceKinds = [
  /** The phones of a town have no network for hours: what its patrol tells comes in one burst. */
  'late',
  /** Never pushed; only the list of the day has it. */
  'lost',
  ...flawKinds,
] as const;
export type Disturbances = Chances<(typeof disturbanceKinds)[number]>;

/** What the city is disturbed by, unless it is told otherwise. */
export const usualDisturbances: Disturbances = {
  late: 0.1,
  lost: 0.03,
  unheard: 0.08,
};

/** A version of an event, as it reaches the platform. */
export interface Version {
  readonly told: Occurrence;
  readonly event: GridEvent;
  readonly isLost: boolean;
  /** A new number of an event that is already known by another one. */
  readonly isRenumbered: boolean;
}

export interface Upload {
  /** ms on the axis of the stories. */
  readonly at: number;
  /** In the order in which they were typed. */
  readonly versions: readonly Version[];
  readonly isLate: boolean;
  readonly flaws: readonly Flaw[];
}

export interface UploadOptions {
  readonly seed: number;
  readonly clock: CityClock;
  /** Nothing is uploaded after this, ms on the axis; what is still on a phone then is uploaded then. */
  readonly until: number;
  readonly disturbances: Disturbances;
}

const [minuteMs, hourMs] = [60_000, 3_600_000];
/** How long a network is away, at most. */
const outageMs = 4 * hourMs;
/** One request holds no more. */
const longestBurst = 50;

/**
 * What reaches the platform, in order of time. Of a hundred events some eight are corrected, and three get a new number because their
 * grid was drawn anew. The disturbances change when and how an event is told, never what becomes of it in the end.
 */
export function uploadsOf(programme: Iterable<Occurrence>, options: UploadOptions): Generator<Upload> {
  const bursts = new Bursts();
  return agendaOf(programme, (told) => {
    const at = uploadedAt(told, options);
    const [first, ...later] = versionsOf(told, options);
    const single = (uploadAt: number, version: Version): Upload => ({
      at: uploadAt,
      versions: [version],
      isLate: false,
      flaws: flawsOf(options, version),
    });
    const begun =
      at === told.at
        ? [single(at, first!.version)]
        : bursts.with(townOf(options.seed, told), {
            ...single(at, first!.version),
            isLate: true,
          });
    return [...begun, ...later.map(({ at: changedAt, version }) => single(Math.max(at, changedAt), version))];
  });
}

/** The burst that each town's phones are holding back: all of one town that come at the same time are one upload. */
class Bursts {
  readonly #held = new Map<string, Upload & { readonly versions: Version[] }>();

  /** @returns the burst, where it is a new one */
  with(town: string, late: Upload): readonly Upload[] {
    const held = this.#held.get(town);
    if (held?.at === late.at && held.versions.length < longestBurst) {
      held.versions.push(...late.versions);
      return [];
    }
    const begun = { ...late, versions: [...late.versions] };
    this.#held.set(town, begun);
    return [begun];
  }
}

/** A town without network from time to time, by hours of the day and not by event: its workers come back all at once. */
function uploadedAt(told: Occurrence, { seed, until, disturbances }: UploadOptions): number {
  const town = townOf(seed, told);
  const block = Math.floor(told.at / outageMs);
  if (draw(seed, town, block, 'late') >= (disturbances.late ?? 0)) return told.at;
  return Math.min((block + 1) * outageMs + drawInt(0, 90, seed, town, block, 'delay') * minuteMs, until);
}

function versionsOf(
  told: Occurrence,
  { seed, clock, until, disturbances }: UploadOptions,
): readonly { readonly at: number; readonly version: Version }[] {
  const happens = (what: string, share: number) => draw(seed, keyOf(told), what) < share;
  const within = (what: string, from: number, to: number) =>
    told.at + drawInt(from, to, seed, keyOf(told), what) * minuteMs;
  const acceptedAt = clock.shown(told.at);
  const number = eventNoOf(townOf(seed, told), acceptedAt, 2 * told.serial);
  const version = (state: Partial<EventState>, isRenumbered = false): Version => ({
    told,
    event: renderEvent(seed, told, {
      eventNo: number,
      acceptedAt,
      corrected: false,
      regridded: isRenumbered,
      ...state,
    }),
    isLost: happens(isRenumbered ? 'lost again' : 'lost', disturbances.lost ?? 0),
    isRenumbered,
  });
  const correctedAt = happens('corrected', 0.08) ? within('correction', 10, 300) : until;
  const renumberedAt = happens('renumbered', 0.03) ? within('renumbering', 300, 900) : until;
  const other = eventNoOf(townOf(seed, told), acceptedAt, 2 * told.serial + 1);
  const corrected = correctedAt < until;
  return [
    { at: told.at, version: version({}) },
    ...(corrected ? [{ at: correctedAt, version: version({ corrected }) }] : []),
    ...(renumberedAt < until
      ? [{ at: renumberedAt, version: version({ eventNo: other, corrected }, true) }]
      : []),
  ];
}

function flawsOf({ seed, disturbances }: UploadOptions, { event, told }: Version): readonly Flaw[] {
  return flawKinds.filter(
    (kind) => draw(seed, event.eventNo, keyOf(told), event.desc, kind) < (disturbances[kind] ?? 0),
  );
}
