import { currentCatalogueVersion, loadCatalogue } from '../../processors/catalogue/index.ts';
import type { Suggestion } from '../../runtime/control/review.ts';
import type { Item } from '../../schemas/types.ts';
import type { Language } from '../language.ts';
import { messagesIn } from '../messages/index.ts';
import { clockTime, isoTime } from '../time.ts';
import { named, organisation } from './item-head.ts';
import { indented, table } from './layout.ts';
import { partsJson, partsLine, scoreNumber, scoreText } from './pairs-view.ts';

/** A suggestion with what its two items say. */
export interface ShownSuggestion {
  readonly suggestion: Suggestion;
  /** Whose it is, whether a person was named or not. */
  readonly assignee: string;
  readonly owner: Item;
  readonly other: Item;
}

/** Enough of an id to name one among a few thousand; a clash is told. */
const shortId = (id: string): string => id.slice(0, 8);

/** One question in a few lines: by when, how sure, why, and the two matters below each other, the earlier first. */
export function suggestionView(
  { suggestion, assignee, owner, other }: ShownSuggestion,
  language: Language,
): string[] {
  const t = messagesIn(language);
  const catalogue = loadCatalogue(currentCatalogueVersion);
  const { id, pair, since, due, isOverdue, isLive, also } = suggestion;
  const notes = [
    t.review.due(clockTime(due)),
    ...(isOverdue ? [t.review.overdue] : []),
    organisation(assignee, catalogue, language),
    ...(isLive ? [] : [t.review.history]),
  ];
  const itemRow = ({ source, classification, route, title }: Item) => [
    `${source.system}:${source.recordId}`,
    named(t.names.classes, classification.itemClass),
    organisation(route.leadDepartment, catalogue, language),
    title,
  ];
  return [
    `${shortId(id)}  ${scoreText(pair.score)}  ${named(t.names.relations, pair.relation)}  ${notes.join(', ')}`,
    ...indented([
      ...table([itemRow(other), itemRow(owner)]),
      `${t.why.foundBy(named(t.names.linkMethods, pair.method))}, ${t.review.since(clockTime(since))}`,
      ...partsLine(pair.parts, t),
      ...(also.length === 0 ? [] : [t.review.also(also.length)]),
    ]),
  ];
}

export function suggestionJson({ suggestion, assignee, owner, other }: ShownSuggestion) {
  const { id, pair, since, due, isOverdue, isLive, also } = suggestion;
  const { relation, score, parts, method, ruleVersion } = pair;
  const itemJson = ({ itemId, title, source, classification, route, status, reportedAt }: Item) => ({
    itemId,
    baseId: `${source.system}:${source.recordId}`,
    title,
    itemClass: classification.itemClass,
    leadDepartment: route.leadDepartment,
    status,
    reportedAt: isoTime(reportedAt),
  });
  return {
    id,
    assignee,
    since: isoTime(since),
    due: isoTime(due),
    overdue: isOverdue,
    live: isLive,
    relation,
    score: scoreNumber(score),
    parts: partsJson(parts),
    method,
    ruleVersion,
    earlier: itemJson(other),
    later: itemJson(owner),
    also,
  };
}
