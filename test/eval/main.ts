import { parseArgs } from 'node:util';
import type { BCubed, Found } from './figures.ts';
import { judgeLookAlikes } from './look-alikes.ts';
import { linkReposts } from './reposts.ts';
import { type StoryFigures, storyFigures } from './story-figures.ts';
import { linkStories } from './story-links.ts';

/**
 * How good the links are, on the stories and on re-posted messages: npm run eval [-- --json] [-- --mistakes]
 * Mistakes are shown of the stories that are not held out, and of the messages.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    mistakes: { type: 'boolean', default: false },
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
const reposts = await linkReposts();
const lookAlikes = judgeLookAlikes();

if (values.json) console.log(JSON.stringify({ stories, reposts: reposts.figures, lookAlikes }, null, 2));
else print();

function print(): void {
  for (const [name, figures] of Object.entries(stories)) printStories(name, figures);
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
  console.log('\nnever-merge violations, read:', stories.read.neverMergeViolations);
  for (const { later, earlier, scored } of reposts.unlisted) {
    const text = ({ record }: typeof later): string => `${record.title} | ${record.body.slice(0, 80)}`;
    console.log(
      `\nnot listed, ${scored.outcome} ${scored.method} ${scored.relation} ${scored.score}\n  ${text(later)}\n  ${text(earlier)}`,
    );
  }
  for (const [a, b] of reposts.missed) console.log(`\nmissed\n  ${a.record.title}\n  ${b.record.title}`);
}
