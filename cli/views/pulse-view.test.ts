import { describe, expect, test } from '@jest/globals';
import { currentCatalogueVersion, loadCatalogue } from '../../processors/catalogue/index.ts';
import { exampleItem } from '../../schemas/examples.ts';
import { cutTo, widthOf } from './layout.ts';
import { type Pulse, pulseView } from './pulse-view.ts';

const catalogue = loadCatalogue(currentCatalogueVersion);
const itemId = 'b0a1845d-9726-5218-85d3-181c701304cc';
const other = '6645a628-9726-5218-85d3-181c701304cc';
const pulse: Pulse = {
  received: { 'complaint-report': 7, 'grid-safety': 3 },
  deadLetters: 0,
  counts: {
    total: 9,
    byClass: { ORDINARY: 7, MAJOR: 2 },
    byStatus: { LINKED: 2 },
    byLead: { 'law-enforcement': 4, court: 1, health: 1, justice: 1, transport: 1, education: 1 },
  },
  newest: [
    { itemId, item: { ...exampleItem, title: '菜场后门垃圾没人清', primaryItemId: null } },
    { itemId: other, item: { ...exampleItem, primaryItemId: itemId } },
  ],
};

describe('the first lines of a hub', () => {
  test('say what came in, what became of it, to whom it went, and name an item to ask about', () => {
    const text = pulseView(pulse, catalogue, 'en').join('\n');
    expect(text).toContain('10 records: complaint-report 7, grid-safety 3');
    expect(text).toContain('9, of which 2 tell a matter that was known');
    expect(text).toContain('ordinary 7 → dispatched for handling; specialized 0');
    expect(text).toContain('law-enforcement (Integrated law enforcement) 4');
    expect(text).toContain('1 more');
    expect(text).toContain('菜场后门垃圾没人清 (');
    expect(text).toContain('follows b0a1845d');
    expect(text).toContain('why b0a1845d');
    expect(text).not.toContain('unreadable');
  });

  test('mention dead letters where there are some, in Chinese, too', () => {
    const text = pulseView({ ...pulse, deadLetters: 2 }, catalogue, 'zh-CN').join('\n');
    expect(text).toContain('无法读取');
    expect(text).toContain('2 条');
    expect(text).toContain('law-enforcement (综合执法局（城管）) 4');
  });

  test('are a dozen or so, whatever the number of organisations', () => {
    expect(pulseView(pulse, catalogue, 'en').length).toBeLessThanOrEqual(14);
  });

  test('fit a terminal whose Chinese characters take two columns', () => {
    expect(cutTo('a菜场后门', 4)).toBe('a菜');
    expect(widthOf(cutTo('菜场后门垃圾', 7))).toBe(6);
    expect(cutTo('short', 80)).toBe('short');
  });
});
