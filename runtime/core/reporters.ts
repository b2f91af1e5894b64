import type { ItemFact, PairFact } from '../../schemas/types.ts';

const sevenDaysMs = 7 * 86_400_000;

export interface ReporterCount {
  /** Distinct reporters of all items. */
  readonly all: number;
  /** Most distinct reporters within any 7 days (M10). */
  readonly in7Days: number;
}

/**
 * Distinct reporters of one matter (design.md §4 point 4): the same pseudonym, a mirror or a quoted own number is the same reporter; a
 * reporter without a pseudonym is one of its own; several persons behind a record count as many.
 *
 * @param items in their total order. @param pairs all verdicts in force among them.
 */
export function countReporters(items: readonly ItemFact[], pairs: readonly PairFact[]): ReporterCount {
  const reporters = sameReporters(items, pairs);
  const weights = new Map<string, number>();
  for (const { itemId, reporterCount } of items) {
    const reporter = reporters.get(itemId)!;
    weights.set(reporter, Math.max(weights.get(reporter) ?? 1, reporterCount));
  }
  const weightOf = (reporter: string): number => weights.get(reporter)!;
  let all = 0;
  for (const weight of weights.values()) all += weight;

  const inWindow = new Map<string, number>();
  let sum = 0;
  let in7Days = 0;
  let from = 0;
  for (const item of items) {
    const reporter = reporters.get(item.itemId)!;
    const times = inWindow.get(reporter) ?? 0;
    inWindow.set(reporter, times + 1);
    if (times === 0) sum += weightOf(reporter);
    while (item.orderKeyAt - items[from]!.orderKeyAt > sevenDaysMs) {
      const left = reporters.get(items[from]!.itemId)!;
      const rest = inWindow.get(left)! - 1;
      inWindow.set(left, rest);
      if (rest === 0) sum -= weightOf(left);
      from += 1;
    }
    in7Days = Math.max(in7Days, sum);
  }
  return { all, in7Days };
}

/** For each item a name of its reporter. */
function sameReporters(items: readonly ItemFact[], pairs: readonly PairFact[]): ReadonlyMap<string, string> {
  const parent = new Map<string, string>();
  const find = (name: string): string => {
    const above = parent.get(name) ?? name;
    if (above === name) return name;
    const top = find(above);
    parent.set(name, top);
    return top;
  };
  const unite = (a: string, b: string): void => {
    parent.set(find(a), find(b));
  };
  const known = new Set(items.map(({ itemId }) => itemId));
  for (const { itemId, reporterRef } of items) if (reporterRef !== null) unite(itemId, `ref ${reporterRef}`);
  for (const { ownerId, otherId, relation, outcome, word } of pairs) {
    const isSame = outcome === 'MADE' && (relation === 'MIRROR' || relation === 'SAME_PERSON');
    if (isSame && word !== 'UNLINK' && known.has(ownerId) && known.has(otherId)) unite(ownerId, otherId);
  }
  return new Map(items.map(({ itemId }) => [itemId, find(itemId)]));
}
