import {
  byCategory,
  countNear,
  type Evidence,
  extNumber,
  type ItemFacts,
  quoted,
  type RuleTest,
  reaching,
  said,
  saidTogether,
  signal,
} from '../item-facts.ts';
import { together } from '../lexicon.ts';

/** Kinds in which `reporter.count` is a number of people who want something, not of people found or affected. */
const isDemand = ({ item }: ItemFacts): boolean =>
  item.kind !== 'HAZARD' && item.kind !== 'ALERT' && item.kind !== 'CONSULTATION' && item.kind !== 'PRAISE';

/** Gathering or joint action of thirty, or a blocked road, strike, banner. */
const m03: RuleTest = {
  id: 'M03',
  test: (facts) => {
    const { item, thresholds, words, counts } = facts;
    const limit = thresholds.m03GatheringPersons;
    const gathering = words.said('gathering');
    const { text } = words.reading;
    const heads = counts.filter(({ unit }) => unit === 'PERSON' || unit === 'HOUSEHOLD');
    const blockedByPeople = words
      .said('blocked')
      .filter((hit) => heads.some((count) => count.value > 2 && together(text, hit, count)));
    const gathered = reaching('gathered', countNear(facts, gathering, ['PERSON', 'HOUSEHOLD']), limit);
    const affected =
      gathering.length > 0 || item.signals.includes('GROUP')
        ? reaching('gathered', item.impact?.peopleAffected, limit)
        : [];
    return [
      ...said(facts, 'strike', 'banner'),
      ...saidTogether(facts, 'blocked', 'crowd'),
      ...quoted(blockedByPeople),
      ...(gathered.length > 0 ? [...quoted(gathering), ...gathered] : []),
      ...affected,
      ...(isDemand(facts) ? reaching('persons', item.reporter.count, limit) : []),
      ...byCategory(facts, 'GOV.GROUP'),
    ];
  },
};

/** The park's own counter, else the percentage in the text of its alert. */
const m08: RuleTest = {
  id: 'M08',
  test: (facts) => {
    const inPark = extNumber(facts, 'inPark');
    const capacity = extNumber(facts, 'instantMax');
    const measured = inPark !== null && capacity !== null && capacity > 0 ? (inPark / capacity) * 100 : null;
    const isAlert = facts.item.category.code === 'TOU.CROWD' && facts.item.kind === 'ALERT';
    const written = facts.counts.filter(({ unit }) => unit === 'PERCENT').map(({ value }) => value);
    const percent =
      measured ?? extNumber(facts, 'rate') ?? (isAlert && written.length > 0 ? Math.max(...written) : null);
    return reaching(
      'capacityPercent',
      percent === null ? null : Math.round(percent * 100) / 100,
      facts.thresholds.m08CrowdPercentOfCapacity,
    );
  },
};

/** A dispute of a group in the eyes of an office, or of ten workers about their wages. */
const m09: RuleTest = {
  id: 'M09',
  test: (facts) => {
    const { item, words, thresholds } = facts;
    const isDispute = item.kind === 'DISPUTE';
    const wage = said(facts, 'wage');
    const isWage = item.category.code === 'LAB.WAGE' || wage.length > 0;
    const workers = [...words.said('wage'), ...words.said('crowd')];
    const isStaged = words.reading.hits('staged').length > 0;
    const numbers: Evidence = isWage
      ? [
          ...reaching('workers', item.reporter.count, thresholds.m09WageDisputeWorkers),
          ...(isStaged
            ? []
            : reaching('workers', countNear(facts, workers, ['PERSON']), thresholds.m09WageDisputeWorkers)),
        ]
      : [];
    return [
      ...said(facts, 'disputed'),
      ...(isDispute ? signal(facts, 'GROUP') : []),
      ...(numbers.length > 0 ? [...wage, ...new Set(numbers)] : []),
    ];
  },
};

const m10: RuleTest = {
  id: 'M10',
  test: ({ facts, thresholds }) =>
    reaching('reporters7d', facts.distinctReporters7d, thresholds.m10DistinctReporters7d),
};

const m11: RuleTest = {
  id: 'M11',
  test: (facts) => [
    ...said(facts, 'media', 'leader'),
    ...signal(facts, 'MEDIA', 'LEADER_NOTE'),
    ...(facts.item.source.channel === 'MEDIA' ? ['channel=MEDIA'] : []),
  ],
};

export const crowdRules: readonly RuleTest[] = [m03, m08, m09, m10, m11];
