/** How many of what was found is right, how much of what is there was found. */
export interface Found {
  readonly right: number;
  readonly wrong: number;
  readonly there: number;
  readonly precision: number;
  readonly recall: number;
  /** Weighs precision twice: a wrong link costs more than a missing one. */
  readonly f05: number;
}

export function foundOf(right: number, wrong: number, there: number): Found {
  const precision = right + wrong === 0 ? 1 : right / (right + wrong);
  const recall = there === 0 ? 1 : right / there;
  const f05 = right === 0 ? 0 : (1.25 * precision * recall) / (0.25 * precision + recall);
  return { right, wrong, there, precision, recall, f05 };
}

export interface BCubed {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** For each item, the share of its cluster that belongs with it, and the share of what belongs with it that is there; means. */
export function bCubed<Item>(
  clusters: readonly (readonly Item[])[],
  truthOf: (item: Item) => string,
  counts: (item: Item) => boolean = () => true,
): BCubed {
  const sizes = new Map<string, number>();
  for (const cluster of clusters)
    for (const item of cluster) sizes.set(truthOf(item), (sizes.get(truthOf(item)) ?? 0) + 1);
  let precision = 0;
  let recall = 0;
  let items = 0;
  for (const cluster of clusters) {
    for (const item of cluster) {
      if (!counts(item)) continue;
      const same = cluster.filter((other) => truthOf(other) === truthOf(item)).length;
      precision += same / cluster.length;
      recall += same / sizes.get(truthOf(item))!;
      items++;
    }
  }
  precision /= items;
  recall /= items;
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}
