import { defineProcessor, next } from '../../runtime/index.ts';
import { loadCatalogue } from '../catalogue/index.ts';
import { viewsOf } from './views.ts';

/** The last judgement: what each reader may see. After it nothing unmasked is published. */
export const mask = defineProcessor({
  name: 'mask',
  version: '1',
  summary: 'Scrubs texts, masks the reporter and gives every reader no more of the place than he needs.',
  process: (draft, { catalogueVersion }) =>
    next({ ...draft, views: viewsOf(draft, loadCatalogue(catalogueVersion)) }),
});
