import { describe, expect, test } from '@jest/globals';
import { draftOf } from '../../test/support/drafts.ts';
import { morning } from '../../test/support/records.ts';
import { linker } from './index.ts';

const side = (over: Parameters<typeof draftOf>[0], closedAt: number | null = null) => {
  const draft = draftOf(over);
  const { bytes } = linker.features(draft, closedAt);
  return { itemId: draft.item.itemId, orderKeyAt: draft.record.reportedAt, features: bytes };
};

describe('linker', () => {
  test('links an order with its mirror by the number that the mirror quotes', () => {
    const order = side({ system: 'hotline-12345', recordId: 'PT20260310000381' });
    const mirror = side({
      system: 'four-platforms',
      recordId: 'SPT330903-2603100077',
      relatedIds: ['hotline-12345:PT20260310000381'],
      reportedAt: morning + 3_600_000,
    });
    expect(linker.score(mirror, order)).toMatchObject({ outcome: 'MADE', relation: 'MIRROR', score: 1 });
  });
});
