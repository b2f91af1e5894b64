import type { Linker } from '../../runtime/processor.ts';
import { linkFeatures } from './features.ts';
import { score } from './score.ts';
import { tables } from './tables.ts';

/** Which records tell one matter, and which only look like it (domain.md §6). See README.md. */
export const linker: Linker = {
  version: `3.2.0+${tables.version}`,
  features: linkFeatures,
  score,
};
