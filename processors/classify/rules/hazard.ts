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
  warned,
} from '../item-facts.ts';

/** MMSI of a search and rescue transmitter, a man overboard device, an EPIRB (ITU-R M.585). */
const emergencyMmsi = /^97[024]\d{6}$/;
const navStatusSart = '14';

function isMaritime({ item, words }: ItemFacts): boolean {
  return (
    item.source.system === 'smart-ocean' ||
    item.category.code.startsWith('SEA.') ||
    words.said('vessel').length > 0
  );
}

function mmsis({ item }: ItemFacts): string[] {
  const given = [item.subject?.ref ?? '', item.ext.mmsi ?? ''];
  // The platform's alarms carry the number in their text when nothing else names the sender.
  const written = item.source.system === 'smart-ocean' ? `${item.title} ${item.body}`.split(/\D+/) : [];
  return [...new Set([...given, ...written])];
}

/** SOS, sinking, man overboard; a transmitter under test is no distress. */
const m05: RuleTest = {
  id: 'M05',
  test: (facts) => {
    const { item, words } = facts;
    const isTest = words.said('test').length > 0;
    const distress = words
      .said('distress')
      .filter(({ word }) => isMaritime(facts) || /船|海|sart|epirb|mayday/i.test(word));
    const transmitters = mmsis(facts).filter((mmsi) => emergencyMmsi.test(mmsi));
    return [
      ...quoted(distress),
      ...(isTest ? [] : transmitters.map((mmsi) => `mmsi=${mmsi}`)),
      ...(!isTest && item.ext.navStatus === navStatusSart ? [`navStatus=${navStatusSart}`] : []),
      ...(isTest ? [] : byCategory(facts, 'SEA.DISTRESS')),
    ];
  },
};

/** Hours without a signal, from the alarm's own minutes, else as the text says. A vessel known to be empty is not meant. */
const m06: RuleTest = {
  id: 'M06',
  test: (facts) => {
    const { item, words, thresholds } = facts;
    const lost = words.said('lost');
    const isLost = item.category.code === 'SEA.LOST' || (lost.length > 0 && isMaritime(facts));
    if (!isLost || extNumber(facts, 'crewNum') === 0) return [];
    const written =
      item.category.code === 'SEA.LOST' && item.kind === 'ALERT'
        ? facts.counts.filter(({ unit }) => unit === 'MINUTE').map(({ value }) => value)
        : [];
    const minutes =
      extNumber(facts, 'lostMin') ??
      (written.length > 0 ? Math.max(...written) : countNear(facts, lost, ['MINUTE']));
    const typhoon: Evidence = [
      ...(item.ext.typhoonWarning === undefined || item.ext.typhoonWarning === '0'
        ? said(facts, 'typhoon')
        : [`typhoonWarning=${item.ext.typhoonWarning}`]),
      ...warned(facts, ['TYPHOON']),
    ];
    const hours =
      typhoon.length > 0 ? thresholds.m06NoSignalHoursInTyphoonWarning : thresholds.m06NoSignalHours;
    return minutes !== null && minutes > hours * 60 ? [`lostMinutes=${minutes}`, ...typhoon] : [];
  },
};

/** Red warning with people not moved, water in the houses, oil on the sea, sign of an epidemic. */
const m07: RuleTest = {
  id: 'M07',
  test: (facts) => {
    const { item, words, counts, thresholds } = facts;
    const warning = said(facts, 'warning');
    const unmoved = said(facts, 'unmoved', 'trapped');
    const evacuate = said(facts, 'evacuate');
    const water = said(facts, 'water');
    // Without a word of water or of leaving, "nobody comes" is said of anything.
    const isOfWater =
      item.category.code === 'SAF.FLOOD' ||
      item.category.code === 'URB.DRAIN' ||
      evacuate.length > 0 ||
      water.length > 0;
    const atRisk = isOfWater ? unmoved : said(facts, 'trapped');
    const red = warned(facts, ['TYPHOON', 'FLOOD'], 'RED');
    const epidemic = said(facts, 'epidemic');
    const cases =
      epidemic.length === 0
        ? []
        : [
            ...saidTogether(facts, 'epidemic', 'spreading'),
            ...reaching(
              'cases',
              Math.max(
                item.reporter.count,
                item.impact?.injured ?? 0,
                ...counts.filter(({ unit }) => unit === 'PERSON').map(({ value }) => value),
              ),
              thresholds.m07EpidemicCases,
            ),
          ];
    return [
      ...said(facts, 'flood'),
      ...(isMaritime(facts) || words.said('seaside').length > 0 ? said(facts, 'oil') : []),
      ...(warning.length > 0 && unmoved.length > 0 ? [...warning, ...unmoved] : []),
      ...(red.length > 0 && atRisk.length > 0 ? [...red, ...atRisk] : []),
      ...(evacuate.length > 0 && water.length > 0 ? [...evacuate, ...water] : []),
      ...(cases.length > 0 ? [...new Set([...epidemic, ...cases])] : []),
      ...byCategory(facts, 'SAF.FLOOD'),
    ];
  },
};

const s04: RuleTest = {
  id: 'S04',
  test: ({ item, defaultClass }) =>
    item.category.code.startsWith('SEA.') && defaultClass !== 'MAJOR'
      ? [`category=${item.category.code}`]
      : [],
};

export const hazardRules: readonly RuleTest[] = [m05, m06, m07, s04];
