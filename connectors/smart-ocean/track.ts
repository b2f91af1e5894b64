/** One place at which a vessel was heard. */
export interface Fix {
  readonly lon: number;
  readonly lat: number;
  /** ms since epoch. */
  readonly at: number;
}

/** What is believed of one MMSI: where it is, and where something else with its number may be. */
export interface Track {
  readonly fix: Fix;
  /** Newest fix that the vessel cannot have reached; null when there is none of late. */
  readonly rival: Fix | null;
  /** Fixes in a row that go together with `rival`. */
  readonly rivalFixes: number;
  /** When both were last heard in turns; null when only one device has the number, as far as is known. */
  readonly clonedAt: number | null;
}

/** Faster than any ship that carries class A or B; of an aircraft, and of what is not known, nothing is impossible below it. */
const shipKnots = 80;
const aircraftKnots = 600;
/** Nautical miles: errors of receivers, and of clocks by some seconds. */
const slackNm = 1;
/** So long unheard, a vessel may have been carried, or its first fix was wrong: the rival is believed. */
const silentMs = 10 * 60_000;
/** Fixes that the rival needs for that: one alone is a damaged message. */
const convincing = 3;
/** So long after it was last heard, the other one is forgotten. */
const forgottenMs = 6 * 3_600_000;

/**
 * Takes a fix in. An impossible jump does not move the vessel: the place of the device that was heard first stays, so that a number used by two does not
 * flap between them; when both go on being heard it is cloned.
 */
export function follow(track: Track | null, fix: Fix, isAircraft: boolean): Track {
  if (track === null) return { fix, rival: null, rivalFixes: 0, clonedAt: null };
  const knots = isAircraft ? aircraftKnots : shipKnots;
  const isCloned = track.clonedAt !== null && fix.at - track.clonedAt <= forgottenMs;
  if (isReachable(track.fix, fix, knots)) {
    const isAlive = track.rival !== null && fix.at - track.rival.at <= forgottenMs;
    const isBoth = isAlive && track.rivalFixes >= convincing;
    const clonedAt =
      isBoth && fix.at - track.rival!.at <= silentMs ? fix.at : isCloned ? track.clonedAt : null;
    return {
      fix,
      rival: isAlive ? track.rival : null,
      rivalFixes: isAlive ? track.rivalFixes : 0,
      clonedAt,
    };
  }
  const goesOn = track.rival !== null && isReachable(track.rival, fix, knots);
  const rivalFixes = goesOn ? track.rivalFixes + 1 : 1;
  if (rivalFixes >= convincing && fix.at - track.fix.at > silentMs)
    return { fix, rival: null, rivalFixes: 0, clonedAt: null };
  return { fix: track.fix, rival: fix, rivalFixes, clonedAt: isCloned ? track.clonedAt : null };
}

export const doubtOf = ({ rival, clonedAt }: Track): 'NONE' | 'JUMP' | 'CLONED' =>
  clonedAt !== null ? 'CLONED' : rival === null ? 'NONE' : 'JUMP';

function isReachable(from: Fix, to: Fix, knots: number): boolean {
  const hours = Math.abs(to.at - from.at) / 3_600_000;
  return nauticalMiles(from, to) <= slackNm + knots * hours;
}

/** Great circle. */
export function nauticalMiles(a: Pick<Fix, 'lon' | 'lat'>, b: Pick<Fix, 'lon' | 'lat'>): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2;
  const h = half(b.lat - a.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(b.lon - a.lon);
  return 2 * Math.asin(Math.min(1, Math.sqrt(h))) * 3_440.065;
}
