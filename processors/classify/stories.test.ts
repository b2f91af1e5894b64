import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { currentCatalogueVersion, loadCatalogue } from '../catalogue/index.ts';
import { ruleTable } from './rule-table.ts';
import { type Figures, figuresOf, judgeStories } from './stories.ts';

const judged = judgeStories();

/** Reached figures less a small margin: a change that loses more than that must say why. */
const floors: readonly (readonly [string, Figures, Omit<Figures, 'tellings'>])[] = [
  [
    'all matters',
    figuresOf(judged),
    { classAccuracy: 0.88, majorRecall: 0.81, majorPrecision: 0.92, categoryAccuracy: 0.75 },
  ],
  [
    'the matters that were not read',
    figuresOf(judged.filter(({ isHeldOut }) => isHeldOut)),
    { classAccuracy: 0.78, majorRecall: 0.68, majorPrecision: 0.84, categoryAccuracy: 0.67 },
  ],
];

describe('classify on the stories, telling by telling', () => {
  test.each(floors)('keeps its figures over %s', (_name, reached, floor) => {
    expect(reached.classAccuracy).toBeGreaterThanOrEqual(floor.classAccuracy);
    expect(reached.majorRecall).toBeGreaterThanOrEqual(floor.majorRecall);
    expect(reached.majorPrecision).toBeGreaterThanOrEqual(floor.majorPrecision);
    expect(reached.categoryAccuracy).toBeGreaterThanOrEqual(floor.categoryAccuracy);
  });

  test('judges every telling of every matter', () => {
    expect(judged).toHaveLength(664);
    expect(judged.every(({ item }) => item.classification.reasons.length > 0)).toBe(true);
  });
});

/** The formatter pads the cells of a table. */
const squeezed = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');

describe('README', () => {
  test('shows the rules of the current catalogue', () => {
    const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
    expect(squeezed(readme)).toContain(squeezed(ruleTable(loadCatalogue(currentCatalogueVersion))));
  });
});
