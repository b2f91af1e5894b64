import { parseArgs } from 'node:util';
import { backgroundOf, inThatMonth } from './background.ts';
import { Crowd, type Linked } from './crowd.ts';
import type { BCubed, Found } from './figures.ts';
import { judgeLookAlikes } from './look-alikes.ts';
import { linkReposts } from './reposts.ts';
import { loadBlindMatters, loadSecondMatters, type Matter } from './stories.ts';
import { type StoryFigures, storyFigures } from './story-figures.ts';
import { linkStories } from './story-links.ts';

/**
 * How good the links are, on the stories and on re-posted messages: npm run eval [-- --json] [-- --mistakes] [-- --background N] [-- --blind]
 * Mistakes are shown of the stories and of the messages. The blind set, its sums too, is for the end: --blind. With a background, both are linked again among N items
 * that a district is told in the same month (60,000 = 2,000 a day), and what an item costs is measured.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    mistakes: { type: 'boolean', default: false },
    background: { type: 'string', default: '0' },
    blind: { type: 'boolean', default: false },
  },
});

const percent = (share: number): string => (share * 100).toFixed(1);
const shares = ({ precision, recall, f1 }: BCubed): string =>
  `P ${percent(precision)} R ${percent(recall)} F1 ${percent(f1)}`;

const links = await linkStories();
const stories = {
  all: storyFigures(links, 'all'),
  read: storyFigures(links, 'read'),
  heldOut: storyFigures(links, 'held out'),
};
const bare = await linkStories(false);
const withoutGeocoder = {
  all: storyFigures(bare, 'all'),
  read: storyFigures(bare, 'read'),
  heldOut: storyFigures(bare, 'held out'),
};
const bothWays = async (matters: readonly Matter[]) => ({
  withGeocoder: storyFigures(await linkStories(true, matters), 'all'),
  withoutGeocoder: storyFigures(await linkStories(false, matters), 'all'),
});
const second = await bothWays(loadSecondMatters());
const blind = values.blind ? await bothWays(loadBlindMatters()) : null;
const reposts = await linkReposts();
const lookAlikes = judgeLookAlikes();

const among = Number(values.background) > 0 ? await amongOthers(Number(values.background)) : null;

if (values.json)
  console.log(
    JSON.stringify(
      { stories, second, blind, withoutGeocoder, reposts: reposts.figures, lookAlikes, among },
      null,
      2,
    ),
  );
else print();

async function amongOthers(size: number) {
  const crowd = new Crowd(size, backgroundOf(links.matters));
  const { pairs, foreign } = await crowd.link(links.told.map(({ item }) => item));
  const told = (part: 'all' | 'read' | 'held out') => storyFigures({ ...links, pairs }, part);
  const messages = await crowd.link(inThatMonth(reposts.items));
  return {
    figures: await crowd.figures(),
    stories: { all: told('all'), read: told('read'), heldOut: told('held out') },
    foreign,
    reposts: reposts.recallOf(messages.pairs),
  };
}

function printAmong({ figures, stories: told, foreign, reposts: found }: NonNullable<typeof among>): void {
  const { candidatesMedian, candidatesP99, featuresUs, askUs, scoreUs, scorePairUs } = figures;
  console.log(`\n\namong ${figures.background} other items of the month:`);
  for (const [name, part] of Object.entries(told)) printStories(name, part);
  console.log(
    `\nre-posts: recall made ${percent(found.made)}, suggested too ${percent(found.madeOrSuggested)}`,
  );
  console.log(`candidates an item: median ${candidatesMedian}, p99 ${candidatesP99}`);
  console.log(
    `µs of CPU an item: features ${featuresUs.toFixed(1)}, ask ${askUs.toFixed(1)}, score ${scoreUs.toFixed(1)} ` +
      `(${scorePairUs.toFixed(2)} a pair)`,
  );
  const rates = ({ made, suggested }: Linked): string =>
    `${made.toFixed(4)} made, ${suggested.toFixed(3)} suggested`;
  console.log(`wrong links an item of the background, between two sites: ${rates(figures.otherSite)}`);
  console.log(`links an item of the background at its own site: ${rates(figures.sameSite)}`);
  console.log(`wrong links a telling with the background: ${rates(foreign)}`);
}

function print(): void {
  for (const [name, figures] of Object.entries(stories)) printStories(name, figures);
  console.log('\n\nwithout the points that a geocoder would give:');
  for (const [name, figures] of Object.entries(withoutGeocoder)) printStories(name, figures);
  console.log('\n\nmatters whose sums alone were looked at (demo/stories/blind.jsonl):');
  printStories('with a geocoder', second.withGeocoder);
  printStories('without', second.withoutGeocoder);
  if (blind !== null) {
    console.log('\n\nblind: matters that no rule was written by (demo/stories/d.jsonl):');
    printStories('with a geocoder', blind.withGeocoder);
    printStories('without', blind.withoutGeocoder);
  }
  const { figures } = reposts;
  console.log(
    `\nre-posts: ${figures.messages} messages; ${figures.made.there} listed pairs inside the 30 days, ` +
      `${figures.pairsBeyondWindow} beyond (never compared), ${figures.pairsWithoutTime} of messages without a time ` +
      '(no records: dead letters)',
  );
  table([
    ['made', figures.made],
    ['made or suggested', figures.madeOrSuggested],
  ]);
  console.log(
    `not in the list: ${reposts.unlisted.filter(({ scored }) => scored.outcome === 'MADE').length} made, ` +
      `${reposts.unlisted.filter(({ scored }) => scored.outcome === 'SUGGESTED').length} suggested; ` +
      `missed: ${reposts.missed.length}`,
  );
  console.log(
    `\nshort questions of other meaning: ${lookAlikes.pairs} pairs, ${lookAlikes.made} made, ${lookAlikes.suggested} suggested`,
  );
  if (among !== null) printAmong(among);
  if (values.mistakes) printMistakes();
}

function printStories(name: string, figures: StoryFigures): void {
  console.log(`\nstories, ${name}: ${figures.tellings} tellings`);
  table([
    ['made', figures.made],
    ['made or suggested', figures.madeOrSuggested],
    ...Object.entries(figures.byRelation),
    ['all pairs, made', figures.allPairs],
    ['all pairs, made or suggested', figures.allPairsMadeOrSuggested],
  ]);
  const { clusters, apart, neverMergeViolations } = figures;
  console.log(`clusters: B-cubed ${shares(clusters)}; siblings set apart ${apart.found} of ${apart.there}`);
  console.log(`never-merge violations: ${neverMergeViolations.length} pairs`);
}

function table(rows: readonly (readonly [string, Found])[]): void {
  for (const [name, { right, wrong, there, precision, recall, f05 }] of rows) {
    console.log(
      `  ${name.padEnd(30)} P ${percent(precision).padStart(5)} R ${percent(recall).padStart(5)} F0.5 ${percent(f05).padStart(5)}` +
        `   ${right} right, ${wrong} wrong, of ${there}`,
    );
  }
}

function printMistakes(): void {
  console.log('\nnever-merge violations:', stories.all.neverMergeViolations);
  for (const { later, earlier, scored } of reposts.unlisted) {
    const text = ({ record }: typeof later): string => `${record.title} | ${record.body.slice(0, 80)}`;
    console.log(
      `\nnot listed, ${scored.outcome} ${scored.method} ${scored.relation} ${scored.score}\n  ${text(later)}\n  ${text(earlier)}`,
    );
  }
  for (const [a, b] of reposts.missed) console.log(`\nmissed\n  ${a.record.title}\n  ${b.record.title}`);
}
