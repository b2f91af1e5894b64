import { itemIdOf } from '../../runtime/core/ids.ts';
import { mixed } from '../../runtime/dedup-index/hash-table.ts';
import { type IndexEntry, maxFeatureBytes, maxKeys } from '../../runtime/dedup-index/index.ts';

const systems = ['hotline-12345', 'four-platforms', 'complaint-report', 'smart-ocean'];
const firstAt = Date.UTC(2026, 2, 10);

/**
 * The n-th of a stream of index entries of the largest size: 12 keys and 112 bytes of features. Two keys are place and category,
 * shared with thousands; two with some ten others; one in ten items repeats the other eight of an earlier item. A report
 * every 3 seconds, read within ten minutes.
 */
export function exampleEntries(seed: number): (n: number) => IndexEntry {
  const chance = (n: number, what: number) => mixed(mixed(n ^ mixed(what)) ^ seed);
  return (n) => {
    const baseId = `${systems[chance(n, 1) % systems.length]}:PT20260310${String(n).padStart(6, '0')}`;
    const told = chance(n, 2) % 10 === 0 ? Math.max(0, n - 1 - (chance(n, 3) % 5_000)) : n;
    const keys = [
      mixed(chance(n, 4) % 400),
      mixed(1_000 + (chance(n, 5) % 2_000)),
      mixed(10_000_000 + Math.floor(n / 1_000) * 200 + (chance(n, 6) % 100)),
      mixed(20_000_000 + Math.floor(n / 1_000) * 200 + (chance(n, 7) % 100)),
    ];
    for (let own = keys.length; own < maxKeys; own += 1) keys.push(mixed(told * 16 + own + 0x4000_0000));
    const orderKeyAt = firstAt + n * 3_000 + (chance(n, 8) % 3_000);
    const features = new Uint8Array(maxFeatureBytes).fill(chance(n, 9) & 255);
    return {
      itemId: itemIdOf(baseId, 1),
      baseId,
      orderKeyAt,
      ingestedAt: orderKeyAt + (chance(n, 10) % 600_000),
      version: 1,
      keys: [...new Set(keys)],
      features,
    };
  };
}
