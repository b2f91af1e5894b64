import { calendarId } from '../route/sla.ts';
import { loadCalendar } from './calendar.ts';

/** Whose a suggested link is while nobody has been named: the district centre keeps the person's queue (domain.md §4). */
export const reviewOwner = 'governance-centre';

/** Project default: a suggested link waits no longer than to the end of the next working day. */
const reviewWorkingDays = 1;

/** By when a person should have looked at what was suggested at `since`; both ms. */
export const reviewDueAt = (since: number): number =>
  loadCalendar(calendarId).addWorkingDays(since, reviewWorkingDays).at;
