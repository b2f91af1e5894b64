import { byOrderKey } from '../../runtime/dedup-index/index.ts';
import type { Indexed, LinkedPair } from './linked.ts';

/**
 * Clusters as design.md §4 point 4 makes them while no person and no department has said anything: mirrors contract first;
 * then each matter, in total order, joins the cluster with its strongest made pair in which nothing forbids it and to
 * whose primary, its earliest member, it has at least a suggested pair.
 */
export function clustersOf(items: readonly Indexed[], pairs: readonly LinkedPair[]): readonly Indexed[][] {
  const order = [...items].sort(byOrderKey);
  const between = new Map<string, LinkedPair[]>();
  for (const pair of pairs) {
    for (const { itemId } of [pair.later, pair.earlier])
      between.set(itemId, [...(between.get(itemId) ?? []), pair]);
  }
  const matterOf = contractMirrors(order, pairs);
  const clusterOf = new Map<string, Indexed[]>();
  const clusters: Indexed[][] = [];
  for (const matter of new Set(order.map(({ itemId }) => matterOf.get(itemId)!))) {
    const found = new Map<Indexed[], { made: number; isNear: boolean; isForbidden: boolean }>();
    for (const item of matter) {
      for (const { later, earlier, scored } of between.get(item.itemId) ?? []) {
        const other = later === item ? earlier : later;
        const cluster = clusterOf.get(other.itemId);
        if (cluster === undefined) continue;
        const link = found.get(cluster) ?? { made: 0, isNear: false, isForbidden: false };
        found.set(cluster, link);
        const isKept = scored.outcome === 'APART' || scored.outcome === 'FORBIDDEN';
        if (isKept) link.isForbidden = true;
        if (scored.outcome === 'MADE') link.made = Math.max(link.made, scored.score);
        if (!isKept && matterOf.get(cluster[0]!.itemId)!.includes(other)) link.isNear = true;
      }
    }
    let best: Indexed[] | null = null;
    let strength = 0;
    for (const [cluster, { made, isNear, isForbidden }] of found) {
      if (isForbidden || !isNear || made <= strength) continue;
      best = cluster;
      strength = made;
    }
    if (best === null) {
      best = [];
      clusters.push(best);
    }
    best.push(...matter);
    for (const { itemId } of matter) clusterOf.set(itemId, best);
  }
  return clusters;
}

function contractMirrors(
  order: readonly Indexed[],
  pairs: readonly LinkedPair[],
): ReadonlyMap<string, readonly Indexed[]> {
  const matterOf = new Map<string, Indexed[]>(order.map((item) => [item.itemId, [item]]));
  for (const { later, earlier, scored } of pairs) {
    if (scored.relation !== 'MIRROR' || scored.outcome !== 'MADE') continue;
    const [into, from] = [matterOf.get(earlier.itemId)!, matterOf.get(later.itemId)!];
    if (into === from) continue;
    into.push(...from);
    for (const { itemId } of from) matterOf.set(itemId, into);
  }
  for (const matter of matterOf.values()) matter.sort(byOrderKey);
  return matterOf;
}
