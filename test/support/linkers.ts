import type { Linker, WarningRules } from '../../runtime/processor.ts';

/** Finds nothing: for tests that are not about links. */
export const unlinked: Linker = {
  version: 'none',
  features: () => ({ keys: [], bytes: new Uint8Array() }),
  score: () => null,
};

/** No warning concerns anything: for tests that are not about warnings. */
export const unwarned: WarningRules = { concerning: () => [], categories: () => [] };
