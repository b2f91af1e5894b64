import { contextOf } from '../../processors/classify/drafts.ts';
import { classify } from '../../processors/classify/index.ts';
import { linker } from '../../processors/dedup/index.ts';
import { baseIdOf, itemIdOf } from '../../runtime/core/ids.ts';
import { openEmbeddedDedupIndex } from '../../runtime/dedup-index/embedded.ts';
import type { IndexEntry } from '../../runtime/dedup-index/index.ts';
import { draftOf } from '../support/drafts.ts';
import type { BackgroundItem } from './background.ts';
import type { Indexed, LinkedPair } from './linked.ts';

/** Links an item, a mean. */
export interface Linked {
  readonly made: number;
  readonly suggested: number;
}

/** What linking costs and finds where many other items of one district and month are told. */
export interface CrowdFigures {
  readonly background: number;
  /** Of every item of the background. */
  readonly candidatesMedian: number;
  readonly candidatesP99: number;
  /** µs of CPU an item. */
  readonly featuresUs: number;
  readonly askUs: number;
  readonly scoreUs: number;
  /** µs of CPU a candidate. */
  readonly scorePairUs: number;
  /** Links of the background's items with earlier ones of it at their own site (who knows), and at another (wrong). */
  readonly sameSite: Linked;
  readonly otherSite: Linked;
}

/** Links among the items that are looked at, and how many they have with the background (wrong). */
export interface AmongCrowd {
  readonly pairs: readonly LinkedPair[];
  readonly foreign: Linked;
}

const batch = 500;

/** Milliseconds of CPU of this thread: other work on the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

export class Crowd {
  readonly #entries: IndexEntry[] = [];
  readonly #sites = new Map<string, number>();
  #featuresMs = 0;

  constructor(count: number, tell: (index: number) => BackgroundItem) {
    for (let i = 0; i < count; i++) {
      const { record, site } = tell(i);
      const outcome = classify.process(draftOf(record), contextOf());
      if (outcome.kind !== 'next') throw new Error(`classify said ${outcome.kind}`);
      const started = cpuMs();
      const { keys, bytes } = linker.features(outcome.value, null);
      this.#featuresMs += cpuMs() - started;
      const baseId = baseIdOf(record.system, record.recordId);
      const { reportedAt: orderKeyAt, ingestedAt } = record;
      const itemId = itemIdOf(baseId, 1);
      this.#sites.set(itemId, site);
      this.#entries.push({ itemId, baseId, orderKeyAt, ingestedAt, version: 1, keys, features: bytes });
    }
  }

  async #indexWith(items: readonly IndexEntry[]) {
    const index = openEmbeddedDedupIndex();
    const all = [...items, ...this.#entries];
    for (let from = 0; from < all.length; from += batch) await index.put(all.slice(from, from + batch));
    return index;
  }

  /** What the background's own items cost, and what is made of them. */
  async figures(): Promise<CrowdFigures> {
    const index = await this.#indexWith([]);
    const candidates: number[] = [];
    const sameSite = { made: 0, suggested: 0 };
    const otherSite = { made: 0, suggested: 0 };
    let askMs = 0;
    let scoreMs = 0;
    for (let from = 0; from < this.#entries.length; from += batch) {
      const asking = this.#entries.slice(from, from + batch);
      const asked = cpuMs();
      const found = await index.neighbours(asking.map((item) => ({ ...item, laterKeys: [] })));
      const answered = cpuMs();
      const judged = found.map(({ earlier }, i) => earlier.map((other) => linker.score(asking[i]!, other)));
      scoreMs += cpuMs() - answered;
      askMs += answered - asked;
      for (const [i, { earlier }] of found.entries()) {
        candidates.push(earlier.length);
        for (const [j, { itemId }] of earlier.entries()) {
          const isSame = this.#sites.get(asking[i]!.itemId) === this.#sites.get(itemId);
          count(judged[i]![j]?.outcome, isSame ? sameSite : otherSite);
        }
      }
    }
    candidates.sort((a, b) => a - b);
    const items = this.#entries.length;
    const pairs = candidates.reduce((sum, each) => sum + each, 0);
    return {
      background: items,
      candidatesMedian: candidates[candidates.length >> 1] ?? 0,
      candidatesP99: candidates[Math.floor(candidates.length * 0.99)] ?? 0,
      featuresUs: (this.#featuresMs * 1_000) / items,
      askUs: (askMs * 1_000) / items,
      scoreUs: (scoreMs * 1_000) / items,
      scorePairUs: (scoreMs * 1_000) / pairs,
      sameSite: shareOf(sameSite, items),
      otherSite: shareOf(otherSite, items),
    };
  }

  /** Links these items among the background. */
  async link(items: readonly Indexed[]): Promise<AmongCrowd> {
    const index = await this.#indexWith(items);
    const known = new Map(items.map((item) => [item.itemId, item]));
    const pairs: LinkedPair[] = [];
    const foreign = { made: 0, suggested: 0 };
    for (let from = 0; from < items.length; from += batch) {
      const asking = items.slice(from, from + batch);
      const found = await index.neighbours(asking.map((item) => ({ ...item, laterKeys: [] })));
      for (const [i, { earlier }] of found.entries()) {
        for (const other of earlier) {
          const scored = linker.score(asking[i]!, other);
          if (scored === null) continue;
          const one = known.get(other.itemId);
          if (one === undefined) count(scored.outcome, foreign);
          else pairs.push({ later: asking[i]!, earlier: one, scored });
        }
      }
    }
    return { pairs, foreign: shareOf(foreign, items.length) };
  }
}

function count(outcome: string | undefined, into: { made: number; suggested: number }): void {
  if (outcome === 'MADE') into.made++;
  if (outcome === 'SUGGESTED') into.suggested++;
}

const shareOf = ({ made, suggested }: Linked, of: number): Linked => ({
  made: made / of,
  suggested: suggested / of,
});
