import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, dayOf, dueDay, mostDays, type PullPosition, planPull, withoutDay } from './days.ts';

const at = (text: string) => Date.parse(`${text}+08:00`);
const plan = { timeOfDay: '02:30', rereadDays: 2, since: null };

describe('a day', () => {
  test.each([
    ['2026-03-10T00:00:00', '2026-03-10'],
    ['2026-03-09T23:59:59', '2026-03-09'],
    ['2026-01-01T07:59:59', '2026-01-01'],
  ])('%s in Beijing is in %s', (time, day) => {
    expect(dayOf(at(time))).toBe(day);
  });

  test.each([
    ['2026-03-10T02:29:59', '2026-03-09'],
    ['2026-03-10T02:30:00', '2026-03-10'],
  ])('at %s the pull of %s is due', (time, day) => {
    expect(dueDay(at(time), '02:30')).toBe(day);
  });
});

describe('a pull', () => {
  test('the first one reads the last days', () => {
    expect(planPull(null, at('2026-03-10T12:00:00'), plan)).toEqual({
      run: '2026-03-10',
      todo: ['2026-03-08', '2026-03-09', '2026-03-10'],
    });
  });

  test('the first one reads from a given day on, at most a year back', () => {
    const now = at('2026-03-10T12:00:00');
    expect(planPull(null, now, { ...plan, since: '2026-03-04' }).todo).toHaveLength(7);
    expect(planPull(null, now, { ...plan, since: '2020-01-01' }).todo).toHaveLength(mostDays);
  });

  test('that has begun goes on where it was', () => {
    const begun: PullPosition = { run: '2026-03-10', todo: ['2026-03-10'] };
    expect(planPull(begun, at('2026-03-11T02:00:00'), plan)).toBe(begun);
  });

  test('that comes days late reads what lies between, and what failed before', () => {
    const old: PullPosition = { run: '2026-03-06', todo: ['2026-02-20'] };
    expect(planPull(old, at('2026-03-08T12:00:00'), plan).todo).toEqual([
      '2026-02-20',
      '2026-03-04',
      '2026-03-05',
      '2026-03-06',
      '2026-03-07',
      '2026-03-08',
    ]);
  });

  test('begins again when the clock had run ahead', () => {
    const ahead: PullPosition = { run: '2099-01-01', todo: [] };
    expect(planPull(ahead, at('2026-03-10T12:00:00'), plan).todo).toEqual([
      '2026-03-08',
      '2026-03-09',
      '2026-03-10',
    ]);
  });

  test('reads every day again until it is older than the days that are reread, whatever fails and however long the hub is down', () => {
    const step = fc.record({
      hours: fc.integer({ min: 1, max: 100 }),
      readable: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        let position: PullPosition | null = null;
        let now = at('2026-03-10T12:00:00');
        const readOn = new Map<string, string>();
        let first = '';
        for (const { hours, readable } of steps) {
          now += hours * 3_600_000;
          position = planPull(position, now, plan);
          first ||= position.todo[0]!;
          const read: readonly string[] = position.todo.slice(0, Math.round(position.todo.length * readable));
          for (const day of read) {
            readOn.set(day, position.run);
            position = withoutDay(position, day);
          }
        }
        // Whatever is left: every other day was read by a pull that came after its end, for as long as phones may be late.
        const { run, todo } = position!;
        for (let day = first; day <= addDays(run, -plan.rereadDays); day = addDays(day, 1)) {
          if (!todo.includes(day)) expect((readOn.get(day) ?? '') >= addDays(day, 1)).toBe(true);
        }
      }),
    );
  });
});
