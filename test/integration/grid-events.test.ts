import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventOn, noon, today } from '../../connectors/grid-safety/fake-platform.ts';
import { gridSafety } from '../../connectors/grid-safety/index.ts';
import { topics } from '../../runtime/topics.ts';
import type { Item } from '../../schemas/types.ts';
import { openSmallHub, type SmallHub } from '../support/small-hub.ts';

const town = 'town-command-330903003';

/** What a grid worker files, and what the hub makes of it. */
const events: readonly (readonly [what: string, over: Record<string, unknown>, expected: unknown[]])[] = [
  [
    'rubbish filed under 其他隐患 is found by its words',
    { type2: '其他隐患', desc: '菜场后门生活垃圾堆积约2方,无人清运' },
    ['URB.GARBAGE', 'ORDINARY', town, 'COMMUNITY'],
  ],
  [
    'the same where the worker chose a type that says little',
    { type2: '环保生态', desc: '桥头路边堆了三车建筑垃圾,几天没人拉走' },
    ['URB.GARBAGE', 'ORDINARY', town, 'COMMUNITY'],
  ],
  [
    'a quarrel of neighbours stays in the community',
    { type1: '矛盾纠纷', type2: '邻里纠纷', desc: '两户因宅间通道砌墙争吵,已劝开' },
    ['GOV.NEIGHBOUR', 'ORDINARY', town, 'COMMUNITY'],
  ],
  [
    'a group of 35 about their wages is a mass incident',
    {
      type1: '矛盾纠纷',
      type2: '劳资纠纷',
      isGroup: '是',
      personNum: 35,
      severity: '重大',
      desc: '工地工人讨要工资',
    },
    ['LAB.WAGE', 'MAJOR', 'human-resources', 'DISTRICT'],
  ],
  [
    '35 persons counted on patrol are none',
    { type2: '公共安全', personNum: '35', desc: '广场晨练老人35名,地砖松动三块,易绊倒' },
    [expect.any(String), expect.not.stringMatching('MAJOR'), expect.any(String), expect.any(String)],
  ],
  [
    'a fire is one by its type',
    { type2: '火灾', desc: '仓库冒烟,已报119', isEmergency: '是' },
    ['SAF.FIRE', 'MAJOR', 'fire-rescue', 'DISTRICT'],
  ],
  [
    'help for the needy goes by the county list of types',
    { type2: '困难救助', desc: '独居老人屋顶漏雨,生活困难' },
    ['CNV.SOCIAL', 'ORDINARY', town, 'COMMUNITY'],
  ],
  [
    'an illegal building is for its lead by law',
    { type2: '治危拆违', desc: '村民在河边违章搭建钢棚一处' },
    ['URB.ILLEGALBUILD', 'SPECIALIZED', 'law-enforcement', 'DISTRICT'],
  ],
];

/** The same event after its grid was drawn anew: another number, another code. */
const renumbered = {
  desc: '滨海公园东侧步道边堆放废旧沙发床垫多件,挡住盲道,影响通行,请清走',
  mapLocation: '122.331200,29.970600',
};

let hub: SmallHub;
let items: ReadonlyMap<string, Item>;

beforeAll(async () => {
  hub = await openSmallHub();
  const all = [...events.map(([, over]) => over), renumbered, { ...renumbered, gridCode: '330903003003033' }];
  const records = all.map((over, index) => {
    const event = eventOn(today, index + 1, { gridCode: `33090300300301${index}`, mapLocation: '', ...over });
    const raw = { bytes: Buffer.from(JSON.stringify(event)), format: 'JSON' as const, correlationId: '1' };
    const outcome = gridSafety.normalize(raw, { config: null, ingestedAt: noon });
    if (outcome.kind !== 'next') throw new Error(JSON.stringify(outcome));
    const { content: _, ...record } = outcome.value;
    return { ...record, system: 'grid-safety', ingestedAt: noon };
  });
  await hub.accept(...records);
  await hub.settle();
  items = new Map((await hub.items(topics.items)).map((item) => [item.source.recordId, item]));
});
afterAll(() => hub.close());

test.each(events.map(([what, , expected], index) => [what, index, expected] as const))(
  '%s',
  (_, index, expected) => {
    const { category, classification, route } = items.get(eventOn(today, index + 1).eventNo)!;
    expect([category.code, classification.itemClass, route.leadDepartment, route.level]).toEqual(expected);
  },
);

test('what one grid worker files in a row is linked by nobody', () => {
  const own = events.map((_, index) => items.get(eventOn(today, index + 1).eventNo)!);
  expect(own.flatMap(({ links }) => links)).toEqual([]);
});

test('an event that got a new number with its grid is linked with itself', () => {
  const [old, other] = [events.length + 1, events.length + 2].map(
    (serial) => items.get(eventOn(today, serial).eventNo)!,
  );
  expect(old!.clusterId).toBe(other!.clusterId);
});
