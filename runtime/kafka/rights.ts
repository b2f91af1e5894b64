import { HubError } from '../errors.ts';
import { topics } from '../topics.ts';
import type { KafkaNames } from './names.ts';
import type { KafkaOptions } from './options.ts';

/** An ACL of Kafka, from any host. */
export interface Right {
  readonly principal: string;
  readonly resource: 'TOPIC' | 'GROUP' | 'TRANSACTIONAL_ID';
  readonly name: string;
  readonly pattern: 'LITERAL' | 'PREFIXED';
  /** READ includes DESCRIBE. */
  readonly operation: 'ALL' | 'READ';
}

/**
 * Who may do what on the things of one instance: the hub everything, an organisation reads its own topic, analysts the unified stream; and
 * each of these reads in groups of its own, so that nobody can take the place of a reader of somebody else. Throws HUB_CONFIG_INVALID
 * when two of them are one principal.
 */
export function rightsOf(
  instance: string,
  { prefix, topic, departmentGroups, analystGroups }: KafkaNames,
  organisations: readonly string[],
  { hub, analysts, department }: KafkaOptions['rights'],
): readonly Right[] {
  const named = (pattern: string, organisation = '') =>
    pattern.replaceAll('{instance}', instance).replaceAll('{organisation}', organisation);
  const readers = [
    { principal: named(analysts), name: topic(topics.items), groups: analystGroups },
    ...organisations.map((organisation) => ({
      principal: named(department, organisation),
      name: topic(topics.department(organisation)),
      groups: departmentGroups(organisation),
    })),
  ];
  expectApart([named(hub), ...readers.map(({ principal }) => principal)]);
  const owned = ['TOPIC', 'GROUP', 'TRANSACTIONAL_ID'] as const;
  return [
    ...owned.map(
      (resource): Right => ({
        principal: named(hub),
        resource,
        name: prefix,
        pattern: 'PREFIXED',
        operation: 'ALL',
      }),
    ),
    ...readers.flatMap(({ principal, name, groups }): readonly Right[] => [
      { principal, resource: 'TOPIC', name, pattern: 'LITERAL', operation: 'READ' },
      { principal, resource: 'GROUP', name: groups, pattern: 'PREFIXED', operation: 'READ' },
    ]),
  ];
}

function expectApart(principals: readonly string[]): void {
  const twice = principals.filter((principal, at) => principals.indexOf(principal) !== at);
  if (twice.length === 0) return;
  throw new HubError(
    'HUB_CONFIG_INVALID',
    `kafka.rights: ${[...new Set(twice)].join(', ')} would be more than one of hub, analysts and organisations; give each a name of its own`,
  );
}
