import { describe, expect, test } from '@jest/globals';
import { reviewDueAt } from './review.ts';

const at = (text: string): number => Date.parse(`${text}+08:00`);

describe('the clock of a suggested link', () => {
  test.each([
    ['a Tuesday morning', '2026-03-10T08:12:33', '2026-03-11T23:59:59'],
    ['a Friday night', '2026-03-13T23:59:59', '2026-03-16T23:59:59'],
    ['a Saturday', '2026-03-14T10:00:00', '2026-03-16T23:59:59'],
    ['the day before a holiday', '2026-09-30T10:00:00', '2026-10-08T23:59:59'],
  ])('runs from %s to the end of the next working day', (_, since, due) => {
    expect(reviewDueAt(at(since))).toBe(at(due));
  });
});
