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
  tellsOfHarm,
} from '../item-facts.ts';

/**
 * Is `reporter.count` a number of people who want something together? From a grid worker or a sensor it may be a number of
 * people found or affected: there the words must say what they do.
 */
function isJointDemand({ item }: ItemFacts): boolean {
  const isDemand = !['HAZARD', 'ALERT', 'CONSULTATION', 'PRAISE'].includes(item.kind);
  return isDemand && !['GRID_WORKER', 'OFFICIAL', 'SENSOR', 'VESSEL'].includes(item.reporter.kind);
}

/** Gathering or joint action of thirty, or a blocked road, strike, banner. */
const m03: RuleTest = {
  id: 'M03',
  test: (facts) => {
    const { item, thresholds } = facts;
    const limit = thresholds.m03GatheringPersons;
    const gathering = facts.words.said('gathering');
    const isGathering = gathering.length > 0 || item.signals.includes('GROUP');
    return [
      ...(tellsOfHarm(facts) ? actionsSaid(facts, limit) : []),
      ...(isGathering ? reaching('gathered', item.impact?.peopleAffected, limit) : []),
      ...(isGathering || isJointDemand(facts) ? reaching('persons', item.reporter.count, limit) : []),
      ...byCategory(facts, 'GOV.GROUP'),
    ];
  },
};

/** Strike and banner speak for themselves; a road may be blocked by cars, a gathering may be small. */
function actionsSaid(facts: ItemFacts, limit: number): Evidence {
  const { words, counts } = facts;
  const { together } = words.reading;
  const gathering = words.said('gathering');
  const groups = counts.filter(({ unit, value }) => (unit === 'PERSON' || unit === 'HOUSEHOLD') && value > 2);
  const blocked = words.said('blocked').filter((hit) => groups.some((count) => together(hit, count)));
  const gathered = reaching('gathered', countNear(facts, gathering, ['PERSON', 'HOUSEHOLD']), limit);
  return [
    ...said(facts, 'strike', 'banner'),
    ...saidTogether(facts, 'blocked', 'crowd'),
    ...quoted(blocked),
    ...(gathered.length > 0 ? [...quoted(gathering), ...gathered] : []),
  ];
}

/** In park / capacity as a counter's alert writes it: 10340 / 10000. */
const ratio = /(\d{2,6}) ?\/ ?(\d{2,6})/;

/** Per cent of the capacity: from the counter's own numbers, else as its alert writes them. */
function percentOfCapacity(facts: ItemFacts): number | null {
  const inPark = extNumber(facts, 'inPark');
  const capacity = extNumber(facts, 'instantMax');
  if (inPark !== null && capacity !== null && capacity > 0) return (inPark / capacity) * 100;
  const rate = extNumber(facts, 'rate');
  if (rate !== null) return rate;
  if (facts.item.category.code !== 'TOU.CROWD' || facts.item.kind !== 'ALERT') return null;
  const written = facts.counts.filter(({ unit }) => unit === 'PERCENT').map(({ value }) => value);
  const [, above = '0', below = '0'] = ratio.exec(facts.item.body) ?? [];
  return Math.max(...written, Number(below) > 0 ? (Number(above) / Number(below)) * 100 : 0);
}

const m08: RuleTest = {
  id: 'M08',
  test: (facts) => {
    const percent = percentOfCapacity(facts);
    const floored = percent === null ? null : Math.floor(percent * 100) / 100;
    return reaching('capacityPercent', floored, facts.thresholds.m08CrowdPercentOfCapacity);
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
    const workers = [...words.said('wage'), ...words.said('crowd'), ...words.said('fellow')];
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
