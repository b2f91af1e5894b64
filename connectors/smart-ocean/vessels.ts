import type { VesselPosition } from '../../schemas/types.ts';
import type { AisMessage, MessageOf } from '../parsing/ais/decode.ts';
import { degreesPerMinute } from '../parsing/ais/measures.ts';
import { kindOfMmsi, mmsiText } from './mmsi.ts';
import { doubtOf, follow, type Track } from './track.ts';

/** The strait has 1,500; more than this at once is a flood. */
export const maxVessels = 20_000;

/** A satellite position (type 27, to a tenth of a minute) counts only when nothing better was heard for so long. */
const coarseAfterMs = 3 * 60_000;

type PositionMessage = MessageOf<1 | 2 | 3 | 9 | 18 | 19 | 27>;
type StaticMessage = MessageOf<5 | 19 | 24>;
type Known = { -readonly [K in keyof VesselPosition]: VesselPosition[K] };

/**
 * The newest state of every vessel heard, merged from its messages, and whose state has changed since it was last taken. Base stations and aids to navigation
 * are no vessels. In memory only: after a restart names and types come back with the ships' next static messages, six minutes apart.
 */
export class Vessels {
  readonly #source: string;
  readonly #known = new Map<string, { readonly state: Known; track: Track | null }>();
  readonly #changed = new Set<string>();

  constructor(source: string) {
    this.#source = source;
  }

  /** @param at when it was received, ms since epoch. */
  hear(message: AisMessage, at: number, receiver: string): void {
    const isPosition = isPositionMessage(message);
    if (!isPosition && !isStaticMessage(message)) return;
    const mmsi = mmsiText(message.mmsi);
    if (mmsi === null) return;
    const vessel = this.#known.get(mmsi) ?? { state: this.#unknown(mmsi, at), track: null };
    const { state } = vessel;
    // Moved to the end: the map is in the order in which vessels were last heard.
    this.#known.delete(mmsi);
    this.#known.set(mmsi, vessel);
    this.#changed.add(mmsi);
    if (at >= state.heardAt) {
      state.heardAt = at;
      state.receiver = receiver;
    }
    if (isPosition) vessel.track = move(state, vessel.track, message, at);
    if (isStaticMessage(message)) describe(state, message, at);
    if (this.#known.size > maxVessels) {
      const [oldest] = this.#known.keys();
      this.#known.delete(oldest!);
      this.#changed.delete(oldest!);
    }
  }

  /** Name as last broadcast; null when none was heard. */
  nameOf(mmsi: string): string | null {
    return this.#known.get(mmsi)?.state.name ?? null;
  }

  /** Those that were heard since the last call, each as it is now. */
  take(): VesselPosition[] {
    const taken = [...this.#changed].map((mmsi) => ({ ...this.#known.get(mmsi)!.state }));
    this.#changed.clear();
    return taken;
  }

  #unknown(mmsi: string, at: number): Known {
    return {
      mmsi,
      kind: kindOfMmsi(mmsi),
      stationClass: 'OTHER',
      source: this.#source,
      receiver: null,
      heardAt: at,
      positionAt: null,
      lon: null,
      lat: null,
      isAccurate: null,
      speedKn: null,
      courseDeg: null,
      headingDeg: null,
      turnDegPerMin: null,
      altitudeM: null,
      navStatus: null,
      doubt: 'NONE',
      staticAt: null,
      name: null,
      callSign: null,
      imo: null,
      shipType: null,
      toBowM: null,
      toSternM: null,
      toPortM: null,
      toStarboardM: null,
      draughtM: null,
      destination: null,
    };
  }
}

function isPositionMessage(message: AisMessage): message is PositionMessage {
  const { type } = message;
  return type <= 3 || type === 9 || type === 18 || type === 19 || type === 27;
}

const isStaticMessage = ({ type }: AisMessage): boolean => type === 5 || type === 19 || type === 24;

/** @returns the track with this position in it. */
function move(state: Known, track: Track | null, message: PositionMessage, at: number): Track | null {
  const isOld = state.positionAt !== null && at < state.positionAt;
  const isCoarse = message.type === 27 && state.positionAt !== null && at - state.positionAt < coarseAfterMs;
  if (isOld || isCoarse) return track;
  let followed = track;
  if (message.lon !== null && message.lat !== null) {
    const fix = { lon: message.lon, lat: message.lat, at };
    followed = follow(track, fix, state.kind === 'SAR_AIRCRAFT');
    state.doubt = doubtOf(followed);
    // Of the other one, wherever it is, nothing is believed.
    if (followed.fix !== fix) return followed;
    state.positionAt = at;
    state.lon = fix.lon;
    state.lat = fix.lat;
    state.isAccurate = message.accuracy;
  }
  state.speedKn = message.speed;
  state.courseDeg = message.course;
  state.headingDeg = 'heading' in message ? message.heading : null;
  state.turnDegPerMin = 'turn' in message ? degreesPerMinute(message.turn) : null;
  state.altitudeM = 'altitude' in message ? message.altitude : null;
  state.navStatus = 'status' in message ? message.status : null;
  if (message.type === 18 || message.type === 19) state.stationClass = 'B';
  else if (message.type !== 9) state.stationClass = 'A';
  return followed;
}

function describe(state: Known, given: AisMessage, at: number): void {
  const message = given as StaticMessage;
  if (state.staticAt !== null && at < state.staticAt) return;
  state.staticAt = at;
  if ('shipName' in message) state.name = message.shipName?.trim() ?? state.name;
  if (message.type !== 24) {
    if (message.type === 5) {
      state.stationClass = 'A';
      state.imo = message.imo;
      state.draughtM = message.draught;
      state.destination = message.destination?.trim() || null;
    }
  } else state.stationClass = 'B';
  if ('callSign' in message) state.callSign = message.callSign?.trim() || null;
  if ('shipType' in message) state.shipType = message.shipType;
  if ('toBow' in message) {
    const isKnown = message.toBow + message.toStern + message.toPort + message.toStarboard > 0;
    state.toBowM = isKnown ? message.toBow : null;
    state.toSternM = isKnown ? message.toStern : null;
    state.toPortM = isKnown ? message.toPort : null;
    state.toStarboardM = isKnown ? message.toStarboard : null;
  }
}
