import { hash } from 'node:crypto';

/** What whoever is on duty must know of a matter: ids and codes, no words of anybody. */
export interface MatterFacts {
  readonly itemId: string;
  readonly ruleIds: readonly string[];
  readonly townCode: string | null;
  /** By when it must be signed, ms. */
  readonly signBy: number;
}

/** One item as the unified stream shows it, as far as it matters here. */
export interface SeenItem {
  readonly itemId: string;
  readonly revision: number;
  readonly clusterId: string;
  /** Follows another item, which carries the work. */
  readonly isFollower: boolean;
  readonly isMajor: boolean;
  readonly isLive: boolean;
  /** WAITING: no organisation has taken it on; TAKEN: one has, or it is over. */
  readonly standing: 'WAITING' | 'TAKEN';
  readonly facts: MatterFacts;
}

/** What is remembered of an item that is, or was, part of an incident. */
export interface Matter extends Pick<SeenItem, 'itemId' | 'revision' | 'clusterId' | 'standing' | 'isMajor'> {
  readonly facts: MatterFacts;
  readonly seenAt: number;
}

export type Subject =
  | ({ readonly kind: 'item' } & MatterFacts)
  | { readonly kind: 'channel'; readonly channel: string; readonly reason: string };

/** 0: on duty, 1: the deputy, 2: the centre. */
export type Step = 0 | 1 | 2;

export interface Acknowledgement {
  readonly actor: string;
  readonly reason: string | null;
  readonly at: number;
}

/** One thing that somebody has to know. Times in ms since epoch. */
export interface Incident {
  readonly id: string;
  /** MAJOR: a matter waits for a signature; OVERDUE: it should have been signed; CHANNEL: messages cannot be sent. */
  readonly rule: 'MAJOR' | 'OVERDUE' | 'CHANNEL';
  /** Cluster, or name of the channel. */
  readonly key: string;
  readonly items: readonly string[];
  readonly subject: Subject;
  readonly openedAt: number;
  /** When it became news in its cluster, by the stream's time: an OVERDUE has it from its MAJOR. */
  readonly newsAt: number;
  readonly step: Step;
  /** Messages in this step. */
  readonly rounds: number;
  /** Messages in all. */
  readonly sent: number;
  readonly nextAt: number;
  readonly acknowledged: Acknowledgement | null;
  readonly ended: { readonly at: number; readonly why: 'TAKEN' | 'LOWERED' | 'OVERDUE' | 'WORKS' } | null;
}

export interface Policy {
  /** Between two messages about one incident, until somebody has acknowledged it. */
  readonly repeatMs: number;
  /** So many to one person before the next is told. */
  readonly timesPerStep: number;
  /** What was published longer ago opens nothing: it is in the list of the morning. */
  readonly maxAgeMs: number;
}

/** News older than this may be settled by what lies behind it in the log: it is held until that has been read. */
const staleMs = 10 * 60_000;
const settleMs = 60_000;
/** After nobody could be reached at all. */
const retryMs = 60_000;
/** What is over is kept so long, so that a late member of its cluster does not open it again. */
const keepMs = 30 * 24 * 3_600_000;

/**
 * All incidents, and the rules by which they open, repeat, rise and end. It knows no clock, no channel and no file; what has changed is in
 * `changes` until `saved`.
 */
export class Incidents {
  readonly #policy: Policy;
  readonly #incidents: Map<string, Incident>;
  readonly #matters: Map<string, Matter>;
  readonly #changed = { incidents: new Set<string>(), matters: new Set<string>() };

  constructor(policy: Policy, incidents: readonly Incident[] = [], matters: readonly Matter[] = []) {
    this.#policy = policy;
    this.#incidents = new Map(incidents.map((incident) => [incident.id, incident]));
    this.#matters = new Map(matters.map((matter) => [matter.itemId, matter]));
  }

  get(id: string): Incident | null {
    return this.#incidents.get(id) ?? null;
  }

  /** @param publishedAt when the stream said so; @param now when it was read */
  observe(seen: SeenItem, publishedAt: number, now: number): void {
    const before = this.#matters.get(seen.itemId);
    if (before !== undefined && seen.revision <= before.revision) return;
    if (seen.standing === 'TAKEN' && !seen.isFollower) this.#endOf(seen.clusterId, publishedAt, now);
    const isOurs = seen.isMajor && seen.isLive && seen.standing === 'WAITING';
    const isTooOld = now - publishedAt > this.#policy.maxAgeMs;
    if (before === undefined && (!isOurs || isTooOld)) return;

    const { itemId, revision, clusterId, standing, isMajor, facts } = seen;
    this.#putMatter({ itemId, revision, clusterId, standing, isMajor, facts, seenAt: now });
    if (before !== undefined && before.clusterId !== clusterId) this.#move(itemId, clusterId, publishedAt);
    if (!isOurs) {
      this.#endWhereNobodyWaits(itemId, standing === 'TAKEN' ? 'TAKEN' : 'LOWERED', now);
      return;
    }
    const known = this.#known(itemId, clusterId);
    const wasGivenBack = before?.standing === 'TAKEN';
    // What an organisation has, or has given up as no longer MAJOR, may come back; what a person has acknowledged stays told.
    if (known !== null && !(known.ended !== null && (wasGivenBack || known.ended.why === 'LOWERED'))) {
      this.#join(known, itemId);
      return;
    }
    if (isTooOld) return;
    const isStale = now - publishedAt > staleMs;
    this.#open(
      'MAJOR',
      clusterId,
      [itemId],
      { kind: 'item', ...facts },
      publishedAt,
      now + (isStale ? settleMs : 0),
    );
  }

  /** What only the passing of time brings. */
  tick(now: number): void {
    for (const major of this.open()) {
      if (major.rule !== 'MAJOR') continue;
      const late = major.items
        .map((itemId) => this.#matters.get(itemId))
        .find((matter) => matter !== undefined && isWaiting(matter) && matter.facts.signBy < now);
      if (late === undefined) continue;
      const { key, items, nextAt, acknowledged, step, sent, newsAt } = major;
      const opened = this.#open('OVERDUE', key, items, { kind: 'item', ...late.facts }, now, now);
      // Nobody has answered yet: it goes on where it is, and not before old news has settled.
      const goesOn = acknowledged === null ? { step, nextAt: sent === 0 ? Math.max(now, nextAt) : now } : {};
      this.#put({ ...opened, newsAt, ...goesOn });
      this.#put({ ...major, ended: { at: now, why: 'OVERDUE' } });
    }
    for (const { id, ended } of this.#incidents.values())
      if (ended !== null && now - ended.at > keepMs) this.#forget(id);
  }

  /** Whose message is due, the gravest and oldest first. */
  due(now: number): readonly Incident[] {
    const rank = { OVERDUE: 0, MAJOR: 1, CHANNEL: 2 } as const;
    return this.open()
      .filter(({ acknowledged, nextAt }) => acknowledged === null && this.#isDue(nextAt, now))
      .sort((a, b) => rank[a.rule] - rank[b.rule] || a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1));
  }

  open(): readonly Incident[] {
    return [...this.#incidents.values()].filter(({ ended }) => ended === null);
  }

  acknowledge(id: string, acknowledged: Acknowledgement): void {
    const incident = this.#incidents.get(id);
    if (incident !== undefined && incident.acknowledged === null) this.#put({ ...incident, acknowledged });
  }

  /** A message about it has been taken by a channel. */
  told(id: string, step: Step, now: number): void {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return;
    const rounds = step === incident.step ? incident.rounds + 1 : 1;
    const stays = rounds < this.#policy.timesPerStep || step === 2;
    this.#put({
      ...incident,
      sent: incident.sent + 1,
      nextAt: now + this.#policy.repeatMs,
      ...(stays ? { step, rounds } : { step: (step + 1) as Step, rounds: 0 }),
    });
  }

  /** No channel of that person has taken it: the next person is told at once; after the last it begins anew. */
  untold(id: string, step: Step, now: number): void {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return;
    const next =
      step === 2 ? { step: 0 as Step, nextAt: now + retryMs } : { step: (step + 1) as Step, nextAt: now };
    this.#put({ ...incident, ...next, rounds: 0 });
  }

  channelFailed(channel: string, reason: string, now: number): void {
    const open = this.open().find(({ rule, key }) => rule === 'CHANNEL' && key === channel);
    if (open === undefined)
      this.#open('CHANNEL', channel, [], { kind: 'channel', channel, reason }, now, now);
  }

  channelWorks(channel: string, now: number): void {
    for (const incident of this.open())
      if (incident.rule === 'CHANNEL' && incident.key === channel)
        this.#put({ ...incident, ended: { at: now, why: 'WORKS' } });
  }

  /** To be written down before anything is done because of it. `null`: forgotten. */
  changes(): {
    readonly incidents: ReadonlyMap<string, Incident | null>;
    readonly matters: ReadonlyMap<string, Matter | null>;
  } {
    const of = <T>(ids: Set<string>, all: Map<string, T>) =>
      new Map([...ids].map((id) => [id, all.get(id) ?? null]));
    return {
      incidents: of(this.#changed.incidents, this.#incidents),
      matters: of(this.#changed.matters, this.#matters),
    };
  }

  saved(): void {
    this.#changed.incidents.clear();
    this.#changed.matters.clear();
  }

  /** A clock that was put back holds nothing longer than a repeat would. */
  #isDue(nextAt: number, now: number): boolean {
    return nextAt <= now || nextAt - now > Math.max(this.#policy.repeatMs, settleMs);
  }

  /** What is known of this matter: what is open before what is over, the later before the earlier. */
  #known(itemId: string, clusterId: string): Incident | null {
    const own = [...this.#incidents.values()].filter(
      ({ rule, key, items }) => rule !== 'CHANNEL' && (key === clusterId || items.includes(itemId)),
    );
    own.sort((a, b) => Number(a.ended !== null) - Number(b.ended !== null) || b.openedAt - a.openedAt);
    return own[0] ?? null;
  }

  #open(
    rule: Incident['rule'],
    key: string,
    items: readonly string[],
    subject: Subject,
    openedAt: number,
    nextAt: number,
  ): Incident {
    const id = hash('sha256', `${rule}:${key}:${openedAt}`, 'hex').slice(0, 8);
    const incident: Incident = {
      id,
      rule,
      key,
      items,
      subject,
      openedAt,
      newsAt: openedAt,
      step: 0,
      rounds: 0,
      sent: 0,
      nextAt,
      acknowledged: null,
      ended: null,
    };
    this.#put(incident);
    return incident;
  }

  #join(incident: Incident, itemId: string): void {
    if (!incident.items.includes(itemId)) this.#put({ ...incident, items: [...incident.items, itemId] });
  }

  /** The item has gone over to another cluster, and its incident with it, once nobody waits elsewhere: there it is news from now on. */
  #move(itemId: string, clusterId: string, publishedAt: number): void {
    const isElsewhere = (id: string): boolean => {
      const matter = this.#matters.get(id);
      return matter !== undefined && isWaiting(matter) && matter.clusterId !== clusterId;
    };
    for (const incident of this.open())
      if (incident.key !== clusterId && incident.items.includes(itemId) && !incident.items.some(isElsewhere))
        this.#put({ ...incident, key: clusterId, newsAt: publishedAt });
  }

  /**
   * Somebody has taken on what leads the cluster. Said before the incident was news, it is an old record read again. What waits in
   * another cluster by now, because it was un-linked, nobody has taken on: for that it goes on.
   */
  #endOf(clusterId: string, publishedAt: number, now: number): void {
    for (const incident of this.open()) {
      if (incident.rule === 'CHANNEL' || incident.key !== clusterId || incident.newsAt >= publishedAt)
        continue;
      const left = incident.items
        .flatMap((id) => this.#matters.get(id) ?? [])
        .filter((matter) => isWaiting(matter) && matter.clusterId !== clusterId);
      const [first] = left;
      if (first === undefined) this.#put({ ...incident, ended: { at: now, why: 'TAKEN' } });
      else {
        const items = left.map(({ itemId }) => itemId);
        this.#put({ ...incident, key: first.clusterId, items, subject: { kind: 'item', ...first.facts } });
      }
    }
  }

  #endWhereNobodyWaits(itemId: string, why: 'TAKEN' | 'LOWERED', now: number): void {
    for (const incident of this.open()) {
      if (!incident.items.includes(itemId)) continue;
      const waits = incident.items.some((id) => {
        const matter = this.#matters.get(id);
        return matter !== undefined && isWaiting(matter);
      });
      if (!waits) this.#put({ ...incident, ended: { at: now, why } });
    }
  }

  #put(incident: Incident): void {
    this.#incidents.set(incident.id, incident);
    this.#changed.incidents.add(incident.id);
  }

  #putMatter(matter: Matter): void {
    this.#matters.set(matter.itemId, matter);
    this.#changed.matters.add(matter.itemId);
  }

  #forget(id: string): void {
    const incident = this.#incidents.get(id)!;
    this.#incidents.delete(id);
    this.#changed.incidents.add(id);
    for (const itemId of incident.items) {
      const isElsewhere = [...this.#incidents.values()].some(({ items }) => items.includes(itemId));
      if (isElsewhere) continue;
      this.#matters.delete(itemId);
      this.#changed.matters.add(itemId);
    }
  }
}

const isWaiting = ({ isMajor, standing }: Matter): boolean => isMajor && standing === 'WAITING';
