import { describe, expect, test } from '@jest/globals';
import type { TopicSpec } from '../log/index.ts';
import { kafkaNames } from './names.ts';
import { kafkaOptions } from './options.ts';
import { type Found, type FoundTopic, planOf, type Wanted } from './plan.ts';
import { type Right, rightsOf } from './rights.ts';
import { topicSettings } from './topic-settings.ts';

const input: TopicSpec = { name: 'hub.input', partitions: 4, retentionMs: 1_000 };
const state: TopicSpec = { name: 'hub.state', partitions: 4, compacted: true };
const wanted = (over: Partial<Wanted> = {}): Wanted => ({
  names: kafkaNames('east'),
  topics: [input, state],
  rights: null,
  replication: 3,
  minInSyncReplicas: 2,
  ...over,
});
const made = (spec: TopicSpec, over: Partial<FoundTopic> = {}): FoundTopic => ({
  name: `east.${spec.name}`,
  partitions: spec.partitions,
  replicas: 3,
  settings: topicSettings(spec, 2),
  ...over,
});
const found = (...topics: readonly FoundTopic[]): Found => ({ topics, rights: null });
const { rights: who } = kafkaOptions.parse({ brokers: ['a:1'] });
const rights = rightsOf('east', kafkaNames('east'), ['market-regulation'], who);
const asFound = (right: Right) => ({ ...right, host: '*', isDenial: false });

describe('a plan', () => {
  test('makes what is not there, with all that the brokers must know of it', () => {
    expect(planOf(wanted(), found(made(input)))).toEqual({
      steps: [
        {
          kind: 'create',
          topic: 'east.hub.state',
          partitions: 4,
          replicas: 3,
          settings: {
            'cleanup.policy': 'compact',
            'retention.ms': '-1',
            'retention.bytes': '-1',
            'max.message.bytes': '8388608',
            'min.insync.replicas': '2',
            'unclean.leader.election.enable': 'false',
          },
        },
      ],
      refusals: [],
      notes: [],
    });
  });

  test('is empty where all is as wanted', () => {
    expect(planOf(wanted(), found(made(input), made(state)))).toEqual({ steps: [], refusals: [], notes: [] });
  });

  test('sets what differs, and leaves alone what the hub does not care for', () => {
    const settings = { ...topicSettings(input, 1), 'segment.ms': '60000' };
    expect(planOf(wanted(), found(made(input, { settings }), made(state))).steps).toEqual([
      { kind: 'set', topic: 'east.hub.input', setting: 'min.insync.replicas', from: '1', to: '2' },
    ]);
  });

  test.each([
    [
      'fewer partitions',
      { partitions: 3 },
      { kind: 'partitions', topic: 'east.hub.input', found: '3', wanted: '4' },
    ],
    [
      'more partitions, with records in them',
      { partitions: 8, usedPartitions: 6 },
      { kind: 'partitions', topic: 'east.hub.input', found: '8', wanted: '4' },
    ],
    [
      'compaction, which the hub does not want there',
      { settings: { ...topicSettings(input, 2), 'cleanup.policy': 'compact' } },
      { kind: 'compaction', topic: 'east.hub.input', found: 'compact', wanted: 'delete' },
    ],
  ])('refuses a topic with %s', (_what, over, refusal) => {
    expect(planOf(wanted(), found(made(input, over), made(state))).refusals).toEqual([refusal]);
  });

  test('leaves added partitions unused as long as nobody has written to them', () => {
    const plan = planOf(wanted(), found(made(input, { partitions: 8, usedPartitions: 4 }), made(state)));
    expect(plan).toEqual({
      steps: [],
      refusals: [],
      notes: [{ kind: 'unused-partitions', topic: 'east.hub.input', found: 8, wanted: 4 }],
    });
  });

  test('deletes nothing: what nobody wants any more is a note', () => {
    const gone = made({ name: 'hub.department.gone', partitions: 4 }, { replicas: 1 });
    expect(planOf(wanted(), found(made(input, { replicas: 1 }), made(state), gone))).toEqual({
      steps: [],
      refusals: [],
      notes: [
        { kind: 'replicas', topic: 'east.hub.input', found: 1, wanted: 3 },
        { kind: 'kept-topic', topic: 'east.hub.department.gone' },
      ],
    });
  });

  test('grants the rights that are missing, and tells of those that others have on what is ours', () => {
    const [first, ...others] = rights.map(asFound);
    const nosy = {
      ...first!,
      principal: 'User:nosy',
      resource: 'TOPIC',
      name: 'east.hub.items',
      pattern: 'LITERAL',
      operation: 'READ',
    };
    const elsewhere = { ...nosy, name: 'hub.items' };
    const denied = { ...others.at(-1)!, isDenial: true };
    const everything = { ...nosy, name: '*' };
    const plan = planOf(wanted({ topics: [], rights }), {
      topics: [],
      rights: [...others, nosy, elsewhere, denied, everything],
    });
    expect(plan.steps).toEqual([{ kind: 'grant', right: rights[0] }]);
    expect(plan.notes).toEqual([nosy, denied, everything].map((right) => ({ kind: 'foreign-right', right })));
  });

  test('says that brokers without an authorizer keep nobody out', () => {
    expect(planOf(wanted({ topics: [], rights }), found()).notes).toEqual([{ kind: 'no-authorizer' }]);
    expect(planOf(wanted({ topics: [] }), found()).notes).toEqual([]);
  });
});

describe('the rights of an instance', () => {
  test('are everything for the hub below its prefix, and to read one’s own for everybody else', () => {
    expect(
      rights.map(({ principal, resource, name, pattern, operation }) =>
        [principal, operation, resource, pattern, name].join(' '),
      ),
    ).toEqual([
      'User:east ALL TOPIC PREFIXED east.hub.',
      'User:east ALL GROUP PREFIXED east.hub.',
      'User:east ALL TRANSACTIONAL_ID PREFIXED east.hub.',
      'User:east.analysts READ TOPIC LITERAL east.hub.items',
      'User:east.analysts READ GROUP PREFIXED east.hub.analysts.',
      'User:east.market-regulation READ TOPIC LITERAL east.hub.department.market-regulation',
      'User:east.market-regulation READ GROUP PREFIXED east.hub.department.market-regulation.',
    ]);
  });

  test('are refused where two of them would be one', () => {
    expect(() => rightsOf('east', kafkaNames('east'), ['analysts', 'town-1'], who)).toThrow(
      expect.objectContaining({
        code: 'HUB_CONFIG_INVALID',
        message: expect.stringContaining('User:east.analysts'),
      }),
    );
  });
});
