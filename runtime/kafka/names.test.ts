import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { topicSpecs } from '../topics.ts';
import { kafkaNames } from './names.ts';

const instance = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5}){0,2}$/);
const names = topicSpecs(4, ['grid-safety'], ['market-regulation']).map(({ name }) => name);

describe('names on the cluster', () => {
  test('are those of the hub for the instance hub, and begin with the name of any other', () => {
    expect(kafkaNames('hub').topic('hub.input')).toBe('hub.input');
    expect(kafkaNames('hub').group('writer')).toBe('hub.writer');
    expect(kafkaNames('east').topic('hub.input')).toBe('east.hub.input');
    expect(kafkaNames('east').transactionalId('writer-3')).toBe('east.hub.writer-3');
    expect(kafkaNames('east').own('east.hub.input')).toBe('hub.input');
    expect(kafkaNames('east').own('hub.input')).toBeNull();
  });

  test('of two instances never meet, and none begins with the prefix of the other', () => {
    fc.assert(
      fc.property(fc.constantFrom('hub', 'hub-hub', 'east'), instance, (one, other) => {
        fc.pre(one !== other);
        const [a, b] = [kafkaNames(one), kafkaNames(other)];
        const all = ({ topic, group, transactionalId }: typeof a) => [
          ...names.map(topic),
          group('writer'),
          transactionalId('writer-0'),
        ];
        expect(all(a).filter((name) => name.startsWith(b.prefix))).toEqual([]);
        expect(all(b).filter((name) => name.startsWith(a.prefix))).toEqual([]);
        expect(all(a).every((name) => name.startsWith(a.prefix) && b.own(name) === null)).toBe(true);
        expect(names.map((name) => b.own(b.topic(name)))).toEqual(names);
      }),
    );
  });

  test('of an organisation’s groups are no beginning of another’s, and none of the hub’s', () => {
    const { departmentGroups, analystGroups, group } = kafkaNames('hub');
    expect(departmentGroups('town-10').startsWith(departmentGroups('town-1'))).toBe(false);
    for (const own of ['writer', 'sink-file']) {
      expect(group(own).startsWith(departmentGroups('town-1'))).toBe(false);
      expect(group(own).startsWith(analystGroups)).toBe(false);
    }
  });
});
