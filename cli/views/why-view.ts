import { readReason } from '../../processors/route/index.ts';
import type { StoredItem } from '../../runtime/item-store/index.ts';
import type { ItemEvent, ItemState } from '../../schemas/types.ts';
import type { Language } from '../language.ts';
import { messagesIn } from '../messages/index.ts';
import type { ToldCluster, ToldPair } from '../reading/pairs-of.ts';
import { clockTime, isoTime } from '../time.ts';
import { itemHead, named, organisation } from './item-head.ts';
import { indented } from './layout.ts';
import { clusterJson, clusterView, pairJson, pairsView } from './pairs-view.ts';
import { type Catalogue, reasonIn, reasonLine, ruleName } from './reasons.ts';

/** All that `hub why` tells about an item. */
export interface Why {
  readonly stored: StoredItem;
  readonly events: readonly ItemEvent[];
  /** The item writer's memory: the catalogue version in force, a suggested class. Null when it is gone. */
  readonly state: ItemState | null;
  readonly pairs: readonly ToldPair[];
  /** Null while it is alone. */
  readonly cluster: ToldCluster | null;
  /** That of the decision in force. */
  readonly catalogue: Catalogue;
}

interface PersonDecision {
  readonly at: number;
  readonly actor: string;
  readonly reason: string | null;
  readonly itemClass: string;
}

function decisionsOf(events: readonly ItemEvent[]): readonly PersonDecision[] {
  return events
    .filter(({ actorKind, data }) => actorKind === 'PERSON' && data.itemClass !== undefined)
    .map(({ at, actor, reason, data }) => ({ at, actor, reason, itemClass: data.itemClass ?? '' }));
}

/** The reasons in a language, as plain data. */
export function whyJson(why: Why, language: Language): Readonly<Record<string, unknown>> {
  const { stored, events, state, catalogue, pairs, cluster } = why;
  const { item, itemId, baseId } = stored;
  const { classification, category, route, deadlines, links } = item;
  return {
    itemId,
    baseId,
    catalogueVersion: catalogue.version,
    class: {
      itemClass: classification.itemClass,
      procedure: classification.procedure,
      previousClass: classification.previousClass,
      decidedBy: classification.decidedBy,
      decidedAt: isoTime(classification.decidedAt),
      reasons: classification.reasons.map((reason) => ({
        ruleId: reason.ruleId,
        rule: ruleName(reason.ruleId, catalogue, language),
        ruleVersion: reason.ruleVersion,
        evidence: reason.evidence,
        text: reasonIn(reason, language),
      })),
      suggestedClass: state?.suggestedClass ?? null,
    },
    category: { ...category, name: categoryName(category.code, catalogue, language) },
    route: { ...route, reason: readReason(item, language, catalogue), slaId: deadlines.slaId },
    personDecisions: decisionsOf(events).map((decision) => ({ ...decision, at: isoTime(decision.at) })),
    links: links.map((link) => ({ ...link, decidedAt: isoTime(link.decidedAt) })),
    pairs: pairs.map(pairJson),
    /** UNLINKED_PENDING: what it was compared with may be missing, until it looks again. */
    unlinkedSince: state?.unlinked ? isoTime(state.unlinked.since) : null,
    cluster: clusterJson(cluster),
  };
}

export function whyView(why: Why, language: Language): string[] {
  const t = messagesIn(language);
  const { stored, events, state, catalogue } = why;
  const { item, itemId } = stored;
  const { classification, category, route, deadlines } = item;
  const people = decisionsOf(events);
  const lastPerson = people.at(-1);
  const byPerson = classification.decidedBy === 'PERSON' && lastPerson !== undefined;
  const suggested = state?.suggestedClass ?? null;
  const org = (id: string) => organisation(id, catalogue, language);
  const sourceCategory = [category.sourceCode, category.sourceName].filter((part) => part !== null).join(' ');
  return [
    ...itemHead(stored, catalogue, language),
    '',
    `${t.item.class}: ${named(t.names.classes, classification.itemClass)}, ${t.why.decidedBy(byPerson ? lastPerson.actor : t.why.rules)}`,
    ...indented(classification.reasons.map((reason) => reasonLine(reason, catalogue, language))),
    ...(suggested === null
      ? []
      : [
          `${t.why.suggested}: ${t.why.suggestion(suggested, `hub reclass ${itemId} ${suggested} --reason …`)}`,
        ]),
    '',
    `${t.why.category}: ${category.code} (${categoryName(category.code, catalogue, language)})`,
    ...indented([
      t.why.method(t.names.methods[category.method], String(Number(category.confidence.toFixed(2)))),
      ...(sourceCategory === '' ? [] : [`${t.why.sourceCategory}: ${sourceCategory}`]),
    ]),
    '',
    `${t.why.route}: ${org(route.leadDepartment)}, ${t.names.levels[route.level]}`,
    ...indented([readReason(item, language, catalogue), `${t.why.sla}: ${deadlines.slaId}`]),
    ...(people.length === 0 ? [] : ['', t.why.people]),
    ...indented(
      people.map(
        ({ at, actor, reason, itemClass }) => `${clockTime(at)}  ${actor} → ${itemClass}: ${reason ?? ''}`,
      ),
    ),
    ...clusterView(why.cluster, language),
    ...pairsView(why.pairs, language),
    ...(state?.unlinked ? ['', t.why.unlinkedPending(clockTime(state.unlinked.since))] : []),
    '',
    `${t.why.catalogue}: ${catalogue.version}`,
  ];
}

function categoryName(code: string, catalogue: Catalogue, language: Language): string {
  const { zh, en } = catalogue.category(code);
  return language === 'zh-CN' ? zh : en;
}
