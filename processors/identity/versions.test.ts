import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareVersions } from './versions.ts';

describe('record versions', () => {
  test.each([
    ['9', '10'],
    ['3', '88213'],
    ['99999999999999999999', '100000000000000000000'],
    ['2026-03-10 9:02', '2026-03-10 10:00'],
    ['20260310091533', '20260310091534'],
    ['v2', 'v11'],
    ['1.9.9', '1.10.0'],
  ])('%s is older than %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
  });

  test.each([
    ['007', '7'],
    [' 7', '7'],
  ])('%s is as old as %s', (a, b) => expect(compareVersions(a, b)).toBe(0));

  test.each([
    ['3', '2026-03-10'],
    ['a', 'b'],
    ['', '1'],
    ['v1', 'w2'],
  ])('%s and %s cannot be compared', (a, b) => expect(compareVersions(a, b)).toBeNull());

  test('sequence numbers are ordered as numbers are', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        expect(Math.sign(compareVersions(String(a), String(b))!)).toBe(Math.sign(a - b));
      }),
    );
  });
});
