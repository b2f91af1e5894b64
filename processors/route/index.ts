import { defineProcessor, next } from '../../runtime/index.ts';
import { loadCatalogue } from '../catalogue/index.ts';
import { decideRoute, procedureOf } from './decide.ts';
import { calendarId, slaIdOf } from './sla.ts';

export { type Language, readReason, routeCodes } from './reasons.ts';

/** Who handles an item, by which procedure and under which clock. Throws HUB_CATALOGUE_UNKNOWN_VERSION. */
export const route = defineProcessor({
  name: 'route',
  version: '1',
  summary: 'Names the lead, the helpers, the level and the deadline rule from class, category and place.',
  process(draft, { catalogueVersion, at }) {
    const catalogue = loadCatalogue(catalogueVersion);
    const { item } = draft;
    return next({
      ...draft,
      item: {
        ...item,
        classification: { ...item.classification, procedure: procedureOf[item.classification.itemClass] },
        route: decideRoute(item, catalogue, at),
        deadlines: { ...item.deadlines, slaId: slaIdOf(item, catalogue), calendarId },
      },
    });
  },
});
