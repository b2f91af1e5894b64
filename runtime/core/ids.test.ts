import { describe, expect, test } from '@jest/globals';
import { itemIdOf } from './ids.ts';

describe('ids', () => {
  test('an item id is the UUIDv5 that domain.md gives as its example', () => {
    expect(itemIdOf('hotline-12345:PT20260310000381', 1)).toBe('b0a1845d-9726-5218-85d3-181c701304cc');
  });

  test('a number used again for another matter gives another item', () => {
    expect(itemIdOf('complaint-report:TS1', 2)).not.toBe(itemIdOf('complaint-report:TS1', 1));
  });
});
