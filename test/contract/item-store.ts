import { describe } from '@jest/globals';
import { findingContract } from './item-store/finding.ts';
import type { OpenItemStore } from './item-store/fixture.ts';
import { followingContract } from './item-store/following.ts';
import { pairContract } from './item-store/pairs.ts';
import { writingContract } from './item-store/writing.ts';

export type { OpenedItemStore, OpenItemStore } from './item-store/fixture.ts';

/**
 * What every form of the item-store port must do: embedded, PostgreSQL. A difference between two forms is a bug of one of them.
 *
 * @param open a fresh, empty store each time
 * @param options.histories random histories that are taken in by different ways (default 25)
 */
export function itemStoreContract(
  name: string,
  open: OpenItemStore,
  options: { readonly histories?: number } = {},
): void {
  describe(`${name} keeps the contract of the item store`, () => {
    findingContract(open);
    pairContract(open);
    writingContract(open);
    followingContract(open, options.histories ?? 25);
  });
}
