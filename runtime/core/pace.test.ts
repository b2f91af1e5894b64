import { describe, expect, test } from '@jest/globals';
import { Pace } from './pace.ts';

/** Lets every turn take what it is given. @returns the size of the last one */
function settled(pace: Pace, msAnInput: number, turns = 40): number {
  for (let turn = 0; turn < turns; turn++) {
    const inputs = pace.next();
    pace.took(inputs, 5 + inputs * msAnInput);
  }
  return pace.next();
}

describe('the pace of the item writer', () => {
  test('takes as many inputs as fit into a turn of 250 ms', () => {
    const inputs = settled(new Pace(1_000), 1);
    expect(5 + inputs).toBeGreaterThanOrEqual(230);
    expect(5 + inputs).toBeLessThanOrEqual(260);
  });

  test('follows when the work grows heavier, and when it grows lighter again', () => {
    const pace = new Pace(1_000);
    const light = settled(pace, 0.5);
    const heavy = settled(pace, 10);
    expect(heavy * 10).toBeLessThanOrEqual(260);
    expect(settled(pace, 0.5)).toBeGreaterThan(light * 0.9);
  });

  test('takes at least eight, and never more than it may', () => {
    expect(settled(new Pace(1_000), 200)).toBe(8);
    expect(settled(new Pace(1_000), 0.001)).toBe(1_000);
    expect(settled(new Pace(5), 200)).toBe(5);
  });

  test('is soon itself again after turns of single inputs, and after a clock that was set', () => {
    const pace = new Pace(1_000);
    const before = settled(pace, 1);
    for (let turn = 0; turn < 100; turn++) pace.took(1, 6);
    expect(pace.next()).toBe(41);
    expect(settled(pace, 1)).toBeGreaterThan(before * 0.9);
    pace.took(before, -3_600_000);
    expect(pace.next()).toBeGreaterThan(before * 0.9);
    pace.took(before, 3_600_000);
    expect(settled(pace, 1)).toBeGreaterThan(before * 0.9);
  });
});
