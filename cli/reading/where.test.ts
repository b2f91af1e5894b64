import { describe, expect, test } from '@jest/globals';
import { messagesIn } from '../messages/index.ts';
import { filterBy } from './where.ts';

describe('--where', () => {
  test('leaves out what it says nothing of, tells of the first such record, and goes on', async () => {
    const notes: string[] = [];
    const isTrue = filterBy('clusterSize >= 3', { t: messagesIn('en'), note: (line) => notes.push(line) });
    const sizes = [null, 5, null, 2];
    const found = await Promise.all(sizes.map((clusterSize, n) => isTrue({ clusterSize }, `items/0/${n}`)));
    expect(found).toEqual([false, true, false, false]);
    expect(notes).toEqual([
      expect.stringMatching(/^--where says nothing of items\/0\/0 \(.+\); such records are left out$/),
    ]);
  });
});
