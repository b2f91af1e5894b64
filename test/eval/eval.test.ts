import { describe, expect, test } from '@jest/globals';
import { judgeLookAlikes } from './look-alikes.ts';
import { linkReposts } from './reposts.ts';
import { storyFigures } from './story-figures.ts';
import { linkStories } from './story-links.ts';

const links = linkStories();

/** The marks of the links' issue, and below them what was reached less a small margin: who loses more says why. */
describe('links on the stories', () => {
  test('reach the first marks over all matters', async () => {
    const { made, madeOrSuggested, apart, byRelation } = storyFigures(await links, 'all');
    expect(made.precision).toBeGreaterThanOrEqual(0.97);
    expect(made.recall).toBeGreaterThanOrEqual(0.7);
    expect(madeOrSuggested.recall).toBeGreaterThanOrEqual(0.85);
    expect(apart).toEqual({ there: 6, found: 6 });
    expect(byRelation.MIRROR).toMatchObject({ precision: 1, recall: 1 });
  });

  test('merge no look-alikes of the matters that were read', async () => {
    const { made, clusters, neverMergeViolations } = storyFigures(await links, 'read');
    expect(neverMergeViolations).toEqual([]);
    expect(made.precision).toBeGreaterThanOrEqual(0.99);
    expect(made.recall).toBeGreaterThanOrEqual(0.74);
    expect(clusters.precision).toBeGreaterThanOrEqual(0.99);
  });

  test('hold their figures on the quarter that was not read', async () => {
    const { made, clusters, neverMergeViolations } = storyFigures(await links, 'held out');
    expect(made.precision).toBeGreaterThanOrEqual(0.9);
    expect(made.recall).toBeGreaterThanOrEqual(0.55);
    expect(clusters.precision).toBeGreaterThanOrEqual(0.98);
    expect(neverMergeViolations.length).toBeLessThanOrEqual(8);
  });
});

test('re-posted messages are linked or suggested', async () => {
  const { figures, unlisted } = await linkReposts();
  expect(figures).toMatchObject({ pairsWithoutTime: 126, pairsBeyondWindow: 53, forbidden: 0 });
  expect(figures.made.there).toBe(517);
  expect(figures.madeOrSuggested.recall).toBeGreaterThanOrEqual(0.98);
  expect(figures.made.recall).toBeGreaterThanOrEqual(0.86);
  expect(figures.made.precision).toBeGreaterThanOrEqual(0.95);
  // Without a place nothing but a person's own words is surely the same in other words.
  const made = unlisted.filter(({ scored }) => scored.outcome === 'MADE');
  expect(made.every(({ scored }) => scored.relation === 'SAME_PERSON')).toBe(true);
});

test('no short question is linked to one that only looks like it', () => {
  expect(judgeLookAlikes()).toMatchObject({ pairs: 4400, made: 0 });
});
