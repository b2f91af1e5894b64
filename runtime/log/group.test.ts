import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GroupCoordinator, type Member } from './group.ts';

const fenced = expect.objectContaining({ code: 'HUB_LOG_FENCED' });

describe('a group coordinator', () => {
  test('gives a lone member everything, and takes half of it away when a second one joins', () => {
    const group = new GroupCoordinator('writers');
    const first = group.join('a', 4);
    expect(group.adopt(first)).toEqual({ epoch: 1, partitions: [0, 1, 2, 3], taken: [0, 1, 2, 3] });
    const second = group.join('b', 4);
    expect(group.isStale(first)).toBe(true);
    expect(group.adopt(second)).toEqual({ epoch: 2, partitions: [2, 3], taken: [2, 3] });
    expect(group.adopt(first)).toEqual({ epoch: 2, partitions: [0, 1], taken: [] });
  });

  test('lets a kept partition be committed across epochs, and a revoked one not even before the loser knows', () => {
    const group = new GroupCoordinator('writers');
    const first = group.join('a', 2);
    const { epoch } = group.adopt(first);
    group.join('b', 2);
    expect(() => group.assertMayCommit(first, 0, epoch)).not.toThrow();
    expect(() => group.assertMayCommit(first, 1, epoch)).toThrow(fenced);
  });

  test('refuses a commit of a partition that was lost and came back since the poll', () => {
    const group = new GroupCoordinator('writers');
    const first = group.join('a', 2);
    const { epoch } = group.adopt(first);
    group.leave(group.join('b', 2));
    expect(() => group.assertMayCommit(first, 1, epoch)).toThrow(fenced);
    const again = group.adopt(first);
    expect(again).toEqual({ epoch: 3, partitions: [0, 1], taken: [1] });
    expect(() => group.assertMayCommit(first, 1, again.epoch)).not.toThrow();
  });

  test('lets the same member id take everything over, once the newer one has polled', () => {
    const group = new GroupCoordinator('writers');
    const older = group.join('a', 2);
    const { epoch } = group.adopt(older);
    const newer = group.join('a', 2);
    expect(() => group.adopt(older)).toThrow(fenced);
    expect(() => group.isStale(older)).toThrow(fenced);
    expect(() => group.assertMayCommit(older, 0, epoch)).toThrow(fenced);
    expect(() => group.assertMayCommit(newer, 0, epoch)).toThrow(fenced);
    group.leave(older);
    expect(group.adopt(newer)).toMatchObject({ partitions: [0, 1], taken: [0, 1] });
  });

  test('has members without a partition when there are more of them than numbers', () => {
    const group = new GroupCoordinator('writers');
    const members = ['a', 'b', 'c'].map((id) => group.join(id, 2));
    expect(members.map((member) => group.adopt(member).partitions)).toEqual([[0], [1], []]);
  });

  test('keeps shares even, complete and without overlap, and moves no more than it must, whatever comes and goes', () => {
    const step = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 30 }), (count, steps) => {
        const group = new GroupCoordinator('g');
        const members = new Map<string, Member>();
        const before = new Map<string, readonly number[]>();
        for (const { id, leaves } of steps) {
          const member = members.get(id);
          if (leaves && member) {
            group.leave(member);
            members.delete(id);
            before.delete(id);
          } else members.set(id, group.join(id, count));
          const shares = new Map([...members].map(([name, each]) => [name, group.adopt(each).partitions]));
          const all = [...shares.values()].flat().sort((a, b) => a - b);
          if (members.size === 0) continue;
          expect(all).toEqual(Array.from({ length: count }, (_, partition) => partition));
          const sizes = [...shares.values()].map((share) => share.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          for (const [name, share] of shares) {
            const kept = (before.get(name) ?? []).filter((partition) => share.includes(partition)).length;
            expect(kept).toBe(Math.min(before.get(name)?.length ?? 0, share.length));
            before.set(name, share);
          }
        }
      }),
    );
  });
});
