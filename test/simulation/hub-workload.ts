import type { NormalizedRecord } from '../../runtime/connector.ts';
import { next, type RawRecord, reject } from '../../runtime/index.ts';
import type { Outcome } from '../../runtime/outcome.ts';
import type { Warning } from '../../schemas/types.ts';
import { type Random, seededRandom } from './random.ts';
import { type Spot, spotText } from './toy-linker.ts';

/** One thing that a simulated source says: a version of a record, or bytes that nobody can read. */
export interface Telling {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly town: string | null;
  readonly status: 'open' | 'working' | 'closed';
  readonly urgent: boolean;
  readonly reportedAt: number;
  /** Where toyLinker sees it. */
  readonly spot: Spot;
  readonly reporter: string | null;
  /** Number of another record that this one names. */
  readonly quotes: string | null;
  readonly broken?: boolean;
}

/** Something that a person or an organisation will do, once the hub has come so far. */
export interface Deed {
  readonly recordId: string;
  /** 'exists': any state will do; 'settled': the last version is in the state, so nothing comes after. */
  readonly when: 'exists' | 'settled';
  readonly what:
    | { readonly kind: 'reclass'; readonly itemClass: 'ORDINARY' | 'SPECIALIZED' | 'MAJOR' }
    | { readonly kind: 'event'; readonly type: string }
    | { readonly kind: 'word'; readonly other: string; readonly word: 'LINK' | 'UNLINK' };
}

export interface Workload {
  readonly live: readonly Telling[];
  readonly backfill: readonly Telling[];
  readonly deeds: readonly Deed[];
  /** Set, changed and cleared in this order, while all else goes on. */
  readonly warnings: readonly Omit<Warning, 'at'>[];
  /** Version after which the source has nothing new about a record. */
  readonly lastVersion: ReadonlyMap<string, number>;
  /** Nearest items that the index keeps for each block: few, so that blocks overflow. */
  readonly k: number;
}

const start = Date.UTC(2026, 2, 10);
const day = 86_400_000;
const titles = [
  '菜场后门垃圾堆积无人清运',
  '工地起火,浓烟很大,有人被困',
  '拖欠工资三个月,15名工人聚集讨薪',
  '路灯不亮',
  '咨询社保转移手续',
  '饭店用餐后4人腹泻就医',
  '违法搭建阳光房',
  '公交车乱停',
  '小区积水倒灌进一楼,没人来管',
  '渔船失联2小时,船上有7人',
] as const;
const towns = ['330903003', '330903001', null] as const;

/**
 * What happens in one simulated city: records with corrections, changed states, urgent ones that overtake, redeliveries, old versions
 * read again, broken bytes, a number used again for another matter, the same records from an old file, and people's decisions.
 */
export function drawWorkload(seed: number): Workload {
  const random = seededRandom(seed, 'workload');
  const lastVersion = new Map<string, number>();
  const histories = Array.from({ length: 3 + random.below(8) }, (_, number) =>
    drawHistory(random, `R${number}`),
  );
  for (const history of histories) lastVersion.set(history[0]!.id, history.at(-1)!.version);
  const live = interleave(
    random,
    histories.map((history) => withNoise(random, history)),
  );
  if (random.chance(0.4)) live.splice(random.below(live.length + 1), 0, brokenTelling(random));
  const old = Array.from({ length: random.below(4) }, (_, number) => drawHistory(random, `OLD${number}`));
  for (const history of old) lastVersion.set(history[0]!.id, history.at(-1)!.version);
  // Which of two matters under one number is the first depends on their order, and two sources have none between them.
  const again = histories
    .filter((history) => !isReused(history) && random.chance(0.3))
    .map((history) => [history.at(-1)!]);
  return {
    live,
    backfill: interleave(random, [...old, ...again]),
    deeds: drawDeeds(random, histories),
    warnings: drawWarnings(seed),
    lastVersion,
    k: 1 + random.below(4),
  };
}

function drawHistory(random: Random, id: string): Telling[] {
  const first: Telling = {
    id,
    version: 1,
    title: random.pick(titles),
    town: random.pick(towns),
    status: random.chance(0.1) ? 'closed' : 'open',
    urgent: random.chance(0.15),
    reportedAt: start + random.below(4) * day + random.below(10) * (random.chance(0.1) ? 4 * day : 1000),
    spot: drawSpot(random),
    reporter: random.pick([null, null, 'hk1:a', 'hk1:b', 'hk1:c']),
    quotes: random.chance(0.15) ? `R${random.below(8)}` : null,
  };
  const history = [first];
  while (random.chance(0.55) && history.length < 5) {
    const before = history.at(-1)!;
    const version = before.version + 1;
    const urgent = random.chance(0.3);
    // Each version says something new: a version that does not is a redelivery and leaves no mark.
    const title = `${random.pick(titles)}(第${version}次更新)`;
    if (before.status === 'open' && random.chance(0.4)) {
      history.push({ ...before, version, urgent, status: 'working' });
    } else if (random.chance(0.1)) {
      // The source uses the number again for another matter, months later (ID_REUSED).
      history.push({
        ...first,
        version,
        urgent,
        title: random.pick(titles),
        reportedAt: before.reportedAt + 120 * day,
      });
    } else {
      const spot = random.chance(0.5) ? drawSpot(random) : before.spot;
      history.push({ ...before, version, urgent, title, town: random.pick(towns), spot });
    }
  }
  return history;
}

const drawSpot = (random: Random): Spot => ({
  topic: random.below(2),
  step: random.below(5),
  unit: random.chance(0.3) ? 1 : 0,
});

/** Each version at least once and in order, some of them twice, some old ones later again. */
function withNoise(random: Random, history: readonly Telling[]): Telling[] {
  const noisy: Telling[] = [];
  for (const [index, telling] of history.entries()) {
    noisy.push(telling);
    if (random.chance(0.2)) noisy.push(telling);
    if (random.chance(0.15)) noisy.push(history[random.below(index + 1)]!);
  }
  return noisy;
}

function interleave<T>(random: Random, lists: readonly (readonly T[])[]): T[] {
  const queues = lists.map((list) => [...list]).filter((queue) => queue.length > 0);
  const mixed: T[] = [];
  while (queues.length > 0) {
    const at = random.below(queues.length);
    mixed.push(queues[at]!.shift()!);
    if (queues[at]!.length === 0) queues.splice(at, 1);
  }
  return mixed;
}

function brokenTelling(random: Random): Telling {
  const id = `BROKEN${random.below(3)}`;
  return {
    id,
    version: 1,
    title: '',
    town: null,
    status: 'open',
    urgent: false,
    reportedAt: start,
    spot: { topic: 0, step: 0, unit: 0 },
    reporter: null,
    quotes: null,
    broken: true,
  };
}

function drawDeeds(random: Random, histories: readonly (readonly Telling[])[]): Deed[] {
  const deeds: Deed[] = [];
  for (const history of histories) {
    const recordId = history[0]!.id;
    // A number used again makes two items, and a person would have to say which: left to the item writer's own tests.
    if (isReused(history)) continue;
    if (random.chance(0.4)) {
      const itemClass = random.pick(['ORDINARY', 'SPECIALIZED', 'MAJOR'] as const);
      deeds.push({ recordId, when: 'exists', what: { kind: 'reclass', itemClass } });
    }
    const others = histories.filter((other) => other !== history && !isReused(other));
    if (others.length > 0 && random.chance(0.25)) {
      const other = random.pick(others)[0]!.id;
      deeds.push({
        recordId,
        when: 'exists',
        what: { kind: 'word', other, word: random.pick(['LINK', 'UNLINK']) },
      });
    }
    if (random.chance(0.3))
      deeds.push({ recordId, when: 'settled', what: { kind: 'event', type: 'SIGNED' } });
    if (random.chance(0.2))
      deeds.push({ recordId, when: 'settled', what: { kind: 'event', type: 'RETURNED' } });
  }
  return deeds;
}

/** In its own stream, so that what there is besides warnings stays as it was. */
function drawWarnings(seed: number): Omit<Warning, 'at'>[] {
  const random = seededRandom(seed, 'warnings');
  const said: Omit<Warning, 'at'>[] = [];
  for (let number = 0; number < random.below(7); number++) {
    const earlier = said.length > 0 && random.chance(0.5) ? random.pick(said) : null;
    const from = start + random.below(4) * day - random.below(2) * 1000;
    said.push({
      warningId: earlier?.warningId ?? `w-${'abcdefg'[number]}`,
      status: earlier !== null && random.chance(0.6) ? 'CLEARED' : 'SET',
      type: random.pick(['TYPHOON', 'FLOOD', 'GALE'] as const),
      level: random.pick(['BLUE', 'RED', 'RED'] as const),
      areas: [random.pick(['putuo', 'donggang', 'inshore'] as const)],
      from,
      until: random.chance(0.3) ? null : from + random.below(20) * 1000,
      issuedAt: number,
      issuer: 'duty',
      reference: null,
      text: 'of the simulation',
    });
  }
  // Now and then one is heard of late, after what ended it.
  if (said.length > 1 && random.chance(0.3)) said.push(said.shift()!);
  return said;
}

const isReused = (history: readonly Telling[]): boolean =>
  history.some((telling) => telling.reportedAt !== history[0]!.reportedAt);

export function rawOf(telling: Telling): RawRecord {
  const text = telling.broken ? `{"id":"${telling.id}` : JSON.stringify(telling);
  return { bytes: Buffer.from(text), format: 'JSON', correlationId: 'sim' };
}

/** As short as a connector can be. */
export function normalizeTelling(raw: RawRecord): Outcome<NormalizedRecord> {
  let telling: Telling;
  try {
    telling = JSON.parse(Buffer.from(raw.bytes).toString()) as Telling;
  } catch {
    return reject('HUB_RECORD_MALFORMED', 'not JSON');
  }
  const { id, version, title, town, status, urgent, reportedAt, spot, reporter, quotes } = telling;
  return next({
    channel: 'WEB',
    recordId: id,
    recordVersion: String(version),
    relatedIds: quotes === null ? [] : [`complaint-report:${quotes}`],
    kind: 'COMPLAINT',
    occurredAt: null,
    occurredPrecision: 'UNKNOWN',
    reportedAt,
    sourceUpdatedAt: reportedAt + version * 1000,
    title,
    body: title,
    attachments: [],
    place: {
      address: null,
      premise: null,
      adminCode: town,
      districtCode: town && '330903',
      townCode: town,
      communityCode: null,
      grids: [],
      lon: null,
      lat: null,
      accuracyM: null,
      coordSystem: null,
      rawX: null,
      rawY: null,
      locatedBy: 'NONE',
      assetId: null,
    },
    reporter: { ref: reporter, kind: 'CITIZEN', name: null, phone: null, confidential: false, count: 1 },
    subject: null,
    sourceCategory: { code: null, sourceCode: null, sourceName: null },
    sourceStatus: status,
    sourceEvent: { open: 'ITEM_RECEIVED', working: 'STARTED', closed: 'CLOSED' }[status],
    statusNotes: null,
    severity: 'MEDIUM',
    urgency: urgent ? 'URGENT' : 'NORMAL',
    impact: null,
    signals: [],
    priority: urgent ? 'URGENT' : 'NORMAL',
    quality: [],
    ext: { spot: spotText(spot) },
    content: { id, title, town, reportedAt, spot, reporter, quotes },
  });
}
