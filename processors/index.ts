import type { Pipeline } from '../runtime/processor.ts';
import { hasCatalogue } from './catalogue/index.ts';
import { classify, ownClass, suggestedClass } from './classify/index.ts';
import { deadlines } from './deadlines/index.ts';
import { linker } from './dedup/index.ts';
import { chooseGeneration, identity } from './identity/index.ts';
import { mask } from './mask/index.ts';
import { route } from './route/index.ts';
import { warningRules } from './warnings/index.ts';

/** The judgements in their order: what is it, how grave is it, who handles it, by when, who may see what. */
export const pipeline: Pipeline = {
  processors: [identity, classify, route, deadlines, mask],
  chooseGeneration,
  suggestedClass,
  ownClass,
  linker,
  warnings: warningRules,
  hasCatalogue,
};
