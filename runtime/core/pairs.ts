import { hash } from 'node:crypto';
import type { ItemState, Link, Pair, SaidOfPair } from '../../schemas/types.ts';
import { byOrderKey, type IndexEntry, ingestedWindowMs, reportedWindowMs } from '../dedup-index/index.ts';
import type { Linker, LinkFeatures, PairScore, ScoreParts } from '../processor.ts';

/**
 * Pairs of items as facts (design.md §4 point 3): the later item by order key owns the pair and keeps the verdict. Pure; the same
 * entries give the same pairs, in whatever order they became known.
 */

/** What an index entry is made from. */
export type Indexed = Pick<ItemState, 'itemId' | 'baseId' | 'orderKeyAt' | 'firstIngestedAt'> & {
  readonly entry: Pick<NonNullable<ItemState['entry']>, 'version' | 'keys' | 'features'> | null;
};

/** The item's place in the total order and in the windows, as its index entry has it. */
export const orderOf = (
  state: Omit<Indexed, 'entry'>,
): Pick<IndexEntry, 'itemId' | 'orderKeyAt' | 'ingestedAt'> => ({
  itemId: state.itemId,
  orderKeyAt: state.orderKeyAt,
  ingestedAt: state.firstIngestedAt ?? state.orderKeyAt,
});

/** @returns null while the item has never been indexed. */
export function entryOf(state: Indexed): IndexEntry | null {
  if (state.entry === null) return null;
  const { version, keys, features } = state.entry;
  return { ...orderOf(state), baseId: state.baseId, version, keys, features };
}

/** Names the features of an item: a verdict counts only while those it was made from are current. */
export const featuresHash = (features: Uint8Array): string => hash('sha1', features, 'hex').slice(0, 16);

/** The entry after the item was judged: the one before where nothing that the index holds has changed. */
export function nextEntry(
  before: ItemState['entry'],
  { keys, bytes }: LinkFeatures,
  linkerVersion: string,
): NonNullable<ItemState['entry']> {
  const isSame =
    before !== null &&
    before.linkerVersion === linkerVersion &&
    Buffer.compare(before.features, bytes) === 0 &&
    before.keys.length === keys.length &&
    before.keys.every((key, index) => key === keys[index]);
  if (isSame) return before;
  const version = (before?.version ?? 0) + 1;
  const features = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return { version, linkerVersion, hash: featuresHash(bytes), keys, features };
}

/** The verdict on two items, whoever asks; null when they have nothing to do with each other. */
export function scorePair(linker: Linker, a: IndexEntry, b: IndexEntry): PairScore | null {
  const apartMs = a.orderKeyAt - b.orderKeyAt;
  if (Math.abs(apartMs) > reportedWindowMs || Math.abs(a.ingestedAt - b.ingestedAt) > ingestedWindowMs)
    return null;
  const isEarlier = (apartMs || byOrderKey(a, b)) < 0;
  const earlier = isEarlier ? a : b;
  const later = isEarlier ? b : a;
  const scored = linker.score(later, earlier);
  // Asked last: a view into the index makes the text anew, and hardly any two come so far.
  return scored === null || a.baseId === b.baseId ? null : scored;
}

/**
 * All pairs that an item owns, from its neighbours. A verdict that says what it said before stands as it is, with the time at
 * which it was first so. An item that is linked to nobody need not remember its look-alikes, of which there are many: who would
 * bring it together with one later has the verdicts on both.
 *
 * @returns `before` itself where all pairs say what they said
 */
export function pairsOf(
  owner: IndexEntry,
  before: readonly Pair[],
  earlier: readonly IndexEntry[],
  linker: Linker,
  at: number,
): readonly Pair[] {
  const known = new Map(before.map((pair) => [pair.otherId, pair]));
  const pairs: Pair[] = [];
  // Most items own no pair, and are not named.
  let hashed: string | null = null;
  const ownHash = (): string => {
    hashed ??= featuresHash(owner.features);
    return hashed;
  };
  for (const other of earlier) {
    const scored = scorePair(linker, owner, other);
    if (scored === null) continue;
    const old = known.get(other.itemId);
    const pair: Pair = {
      otherId: other.itemId,
      otherBaseId: other.baseId,
      otherIngestedAt: other.ingestedAt,
      hash: ownHash(),
      otherHash: featuresHash(other.features),
      outcome: scored.outcome,
      relation: scored.relation,
      score: Math.fround(scored.score),
      parts: roundedParts(scored.parts),
      method: scored.method,
      ruleVersion: linker.version,
      decidedAt: old?.outcome === scored.outcome && old.relation === scored.relation ? old.decidedAt : at,
    };
    pairs.push(pair);
    known.delete(other.itemId);
  }
  // What has left the index cannot be found again: it is not judged again either.
  for (const old of known.values()) {
    if (old.otherIngestedAt < at - ingestedWindowMs) pairs.push({ ...old, hash: ownHash() });
  }
  const kept = pairs.some(({ outcome }) => outcome === 'MADE')
    ? pairs
    : pairs.filter(({ outcome }) => outcome !== 'FORBIDDEN');
  kept.sort((a, b) => (a.otherId < b.otherId ? -1 : 1));
  const isSame =
    kept.length === before.length && kept.every((pair, index) => isSamePair(pair, before[index]!));
  return isSame ? before : kept;
}

/** Of all that a pair says, `otherBaseId` and `otherIngestedAt` follow from `otherId`. */
const isSamePair = (a: Pair, b: Pair): boolean =>
  a.otherId === b.otherId &&
  a.hash === b.hash &&
  a.otherHash === b.otherHash &&
  a.outcome === b.outcome &&
  a.relation === b.relation &&
  a.score === b.score &&
  a.method === b.method &&
  a.ruleVersion === b.ruleVersion &&
  a.decidedAt === b.decidedAt &&
  isSameParts(a.parts, b.parts);

const isSameParts = (a: ScoreParts | null, b: ScoreParts | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.text === b.text &&
    a.place === b.place &&
    a.time === b.time &&
    a.category === b.category &&
    a.reporter === b.reporter &&
    a.premise === b.premise);

/** As a float of the log has them, so that what was just judged equals what is read again. */
function roundedParts(parts: ScoreParts): ScoreParts {
  const round = (part: number | null) => (part === null ? null : Math.fround(part));
  return {
    text: round(parts.text),
    place: round(parts.place),
    time: round(parts.time),
    category: round(parts.category),
    reporter: round(parts.reporter),
    premise: round(parts.premise),
  };
}

/** What of an item's pairs the resolver must hear: null takes a verdict back. */
export function changedPairs(
  before: Pick<ItemState, 'pairs' | 'pairWords'>,
  after: Pick<ItemState, 'pairs' | 'pairWords'>,
): ReadonlyMap<string, PairVerdict | null> {
  const old = verdictsOf(before);
  const now = verdictsOf(after);
  const changed = new Map<string, PairVerdict | null>();
  for (const [otherId, verdict] of now) {
    const was = old.get(otherId);
    if (was === undefined || !isSameVerdict(was, verdict)) changed.set(otherId, verdict);
  }
  for (const otherId of old.keys()) if (!now.has(otherId)) changed.set(otherId, null);
  return changed;
}

/** A pair's score and a person's word on it, together. */
export interface PairVerdict {
  readonly ownerHash: string;
  readonly otherHash: string;
  readonly outcome: Pair['outcome'];
  readonly relation: string;
  readonly score: number;
  readonly word: SaidOfPair['word'];
  /** ms; null where no person has said anything. */
  readonly saidAt: number | null;
}

/** By the other item. A person's word stands also where the score finds nothing. */
function verdictsOf({
  pairs,
  pairWords,
}: Pick<ItemState, 'pairs' | 'pairWords'>): ReadonlyMap<string, PairVerdict> {
  const verdicts = new Map<string, PairVerdict>();
  for (const { otherId, hash: ownerHash, otherHash, outcome, relation, score } of pairs) {
    verdicts.set(otherId, { ownerHash, otherHash, outcome, relation, score, ...unsaid });
  }
  for (const { otherId, word, at: saidAt } of pairWords) {
    if (word === 'NONE') continue;
    const scored = verdicts.get(otherId) ?? unscored;
    verdicts.set(otherId, { ...scored, word, saidAt });
  }
  return verdicts;
}

const unsaid = { word: 'NONE', saidAt: null } as const;

const unscored: PairVerdict = {
  ownerHash: '',
  otherHash: '',
  outcome: 'NONE',
  relation: 'SAME_MATTER',
  score: 0,
  ...unsaid,
};

const isSameVerdict = (a: PairVerdict, b: PairVerdict): boolean =>
  a.ownerHash === b.ownerHash &&
  a.otherHash === b.otherHash &&
  a.outcome === b.outcome &&
  a.relation === b.relation &&
  a.score === b.score &&
  a.word === b.word &&
  a.saidAt === b.saidAt;

/**
 * `Item.links`: by which other item it belongs to its cluster, matters that stay apart, what a person has linked, and on a primary the
 * members. All that it was compared with is in its memory, and shown by `why`.
 */
export function linksOf(state: Pick<ItemState, 'itemId' | 'pairs' | 'pairWords' | 'membership'>): Link[] {
  const { pairs, pairWords, membership } = state;
  const links = new Map<string, Link>();
  const add = (link: Link): void => {
    if (!links.has(link.itemId)) links.set(link.itemId, link);
  };
  for (const { otherId: itemId, word, at } of pairWords) {
    const relation = pairs.find(({ otherId }) => otherId === itemId)?.relation ?? 'SAME_MATTER';
    if (word === 'LINK') add({ ...personsLink, itemId, relation, decidedAt: at });
  }
  for (const pair of pairs) {
    const { otherId: itemId, relation, score, method, ruleVersion, decidedAt, parts, outcome } = pair;
    if (pairWords.some((said) => said.otherId === itemId && said.word === 'UNLINK')) continue;
    const isBond = outcome === 'MADE' && membership?.joined?.itemId === itemId;
    if (isBond || outcome === 'APART')
      add({ itemId, relation, score, method, ruleVersion, decidedBy: 'RULE', decidedAt, parts });
  }
  const others = membership === null ? [] : [membership.joined, ...membership.members];
  for (const other of others) {
    if (other === null) continue;
    const { itemId, relation, score, byPerson } = other;
    const decidedBy = byPerson ? 'PERSON' : 'RULE';
    add({ ...membersLink, itemId, relation, score, decidedBy, decidedAt: membership!.at });
  }
  return [...links.values()].sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
}

const personsLink = {
  score: 1,
  method: 'PERSON',
  ruleVersion: '',
  decidedBy: 'PERSON',
  parts: null,
} as const;

/** How a member was found is said on the member. */
const membersLink = { method: 'CLUSTER', ruleVersion: '', parts: null } as const;
