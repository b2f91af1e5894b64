import { deliveryTo, isEnded, isLinked, standing } from '../../runtime/core/lifecycle.ts';
import { defineProcessor, HubError, next } from '../../runtime/index.ts';
import { loadCatalogue } from '../catalogue/index.ts';
import { loadCalendar } from './calendar.ts';
import { type ClockName, clocksOf } from './clocks.ts';

export { type Calendar, loadCalendar, type Moment } from './calendar.ts';
export { reviewDueAt, reviewOwner } from './review.ts';

/** Added to `calendarId` when a day on the way to a deadline lies outside the calendar's lists. */
export const provisionalSuffix = '-provisional';

/**
 * By when an item must be signed, answered, accepted and resolved (domain.md §5), from the rule and the calendar that
 * `route` has named. Must come after it. Throws HUB_CATALOGUE_UNKNOWN_VERSION, HUB_CALENDAR_NO_DATA for a calendar that is
 * not installed; a date outside an installed calendar only makes the deadline provisional.
 */
export const deadlines = defineProcessor({
  name: 'deadlines',
  version: '1',
  summary: 'Works out by when an item must be signed, answered, accepted and resolved.',
  process(draft, { state, catalogueVersion, at }) {
    const { item, record } = draft;
    const { slaId, calendarId } = item.deadlines;
    const sla = loadCatalogue(catalogueVersion).slas.find(({ id }) => id === slaId);
    if (sla === undefined)
      throw new HubError('HUB_INTERNAL', `the catalogue ${catalogueVersion} has no deadline rule ${slaId}`);
    const rests = isLinked(state) || isEnded(standing(state, record));
    const deliveredAt = deliveryTo(item.route.leadDepartment, state, rests, at);
    const clocks = clocksOf(
      sla,
      loadCalendar(calendarId),
      { deliveredAt, reportedAt: item.reportedAt },
      item.ext,
    );
    const provisional = Object.entries(clocks).flatMap(([name, due]) => (due?.provisional ? [name] : []));
    const time = (name: ClockName): number | null => clocks[name]?.at ?? null;
    return next({
      ...draft,
      item: {
        ...item,
        deadlines: {
          ...item.deadlines,
          signBy: time('signBy'),
          contactBy: time('contactBy'),
          acceptBy: time('acceptBy'),
          resolveBy: time('resolveBy'),
          calendarId: provisional.length === 0 ? calendarId : calendarId + provisionalSuffix,
        },
        ext:
          provisional.length === 0 ? item.ext : { ...item.ext, deadlineProvisional: provisional.join(',') },
      },
    });
  },
});
