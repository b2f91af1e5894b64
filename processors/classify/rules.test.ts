import { describe, expect, test } from '@jest/globals';
import type { Facts } from '../../runtime/processor.ts';
import type { SourceRecord } from '../../schemas/types.ts';
import { currentCatalogueVersion, loadCatalogue } from '../catalogue/index.ts';
import { contextOf, draftOf, impactOf, personsOf } from './drafts.ts';
import { classify } from './index.ts';
import { ruleTests } from './rules/index.ts';

const catalogue = loadCatalogue(currentCatalogueVersion);
const limits = catalogue.thresholds;

function judged(record: Partial<SourceRecord>, facts: Partial<Facts> = {}) {
  const outcome = classify.process(draftOf(record), contextOf(facts));
  if (outcome.kind !== 'next') throw new Error(outcome.kind);
  return outcome.value.item;
}

const fired = (record: Partial<SourceRecord>, facts: Partial<Facts> = {}): string[] =>
  judged(record, facts).classification.reasons.map(({ ruleId }) => ruleId);

const mapped = (code: string): SourceRecord['sourceCategory'] => ({
  code,
  sourceCode: null,
  sourceName: null,
});

type Case = readonly [record: Partial<SourceRecord>, facts?: Partial<Facts>];

/** Beside each rule: what fires it, and what looks like it and must not. */
const cases: Readonly<Record<string, { readonly fires: readonly Case[]; readonly rests: readonly Case[] }>> =
  {
    M01: {
      fires: [
        [{ body: '两名工人从高处坠落,其中一人重伤昏迷' }],
        [{ body: '老人走失一天了' }],
        [{ body: '有人在桥上要自杀' }],
        [{ body: '小孩掉进窨井里了' }],
        [{ body: '隔壁男的持刀威胁' }],
        [{ impact: impactOf({ deaths: 1 }) }],
        [{ impact: impactOf({ missing: 1 }) }],
        [{ impact: impactOf({ injured: limits.m01SeriouslyInjuredPersons }), severity: 'HIGH' }],
        [{ signals: ['WEAPON'] }],
        [{ signals: ['MINOR'], urgency: 'URGENT' }],
        [{ sourceCategory: mapped('GOV.PERSON'), kind: 'HELP' }],
      ],
      rests: [
        [{ body: '商家打出跳楼价大甩卖' }],
        [{ body: '老板失联,会员卡退不了' }],
        [{ body: '我的手机失联了,掉进井里' }],
        [{ body: '家里狗走失了' }],
        [{ body: '现场无人被困,未造成人员死亡' }],
        [{ body: '最近被困扰得睡不着' }],
        [{ body: '差点被卷进去,孩子吓坏了' }],
        [{ impact: impactOf({ injured: 1 }) }],
        [{ impact: impactOf({ deaths: 0, missing: 0 }) }],
        [{ signals: ['MINOR'] }],
        [{ sourceCategory: mapped('GOV.PERSON'), kind: 'CONSULTATION' }],
      ],
    },
    M02: {
      fires: [
        [{ body: '楼下仓库起火了,浓烟滚滚' }],
        [{ body: '小区里煤气味很浓' }],
        [{ body: '厂房发生爆炸' }],
        [{ body: '老房子坍塌了一角' }],
        [{ sourceCategory: mapped('SAF.FIRE'), kind: 'REPORT' }],
        [{ body: '不是演习,真的着火了' }],
      ],
      rests: [
        [{ body: '今天下午消防演练,会放烟雾,仓库起火是模拟的' }],
        [{ body: '没有爆炸,也没有起火' }],
        [{ body: '这里堆满纸板,存在火灾隐患,请做好防火' }],
        [{ body: '等了半小时我要气爆炸了,原地爆炸' }],
        [{ body: '这家店生意火爆,老板一说就发火' }],
        [{ body: '灭火器过期了' }],
        [{ body: '不是煤气味,是下水道臭' }],
      ],
    },
    M03: {
      fires: [
        [{ body: `村民约${limits.m03GatheringPersons}人聚集在路口` }],
        [{ body: '上百人围堵售楼处' }],
        [{ body: '几十个村民把路口封堵' }],
        [{ body: '出租车司机罢运' }],
        [{ body: '业主拉横幅讨说法' }],
        [{ reporter: personsOf(limits.m03GatheringPersons) }],
        [{ impact: impactOf({ peopleAffected: limits.m03GatheringPersons }), signals: ['GROUP'] }],
        [{ sourceCategory: mapped('GOV.GROUP'), kind: 'REPORT' }],
      ],
      rests: [
        [{ body: `村民约${limits.m03GatheringPersons - 1}人聚集在路口` }],
        [{ body: '视频有1000人看过,大家都在骂' }],
        [{ body: '邻居砌墙堵路,三轮车出不来' }],
        [{ body: '家里空调罢工了' }],
        [{ body: '村口想拉横幅庆祝,要不要报批', kind: 'CONSULTATION' }],
        [{ reporter: personsOf(limits.m03GatheringPersons - 1) }],
        [{ reporter: { ...personsOf(60), kind: 'GRID_WORKER' }, body: '小区60户未办证' }],
        [{ impact: impactOf({ peopleAffected: limits.m03GatheringPersons }) }],
      ],
    },
    M04: {
      fires: [
        [{ body: '在排档吃海鲜后,同桌4人就医', kind: 'REPORT' }],
        [{ body: '喜宴上吃完菜,十几人上吐下泻' }],
        [{ body: '学校食堂午饭后学生呕吐', reporter: personsOf(limits.m04IllPersonsAtSchool) }],
        [
          {
            body: '食用后腹泻',
            impact: impactOf({ injured: limits.m04IllPersons }),
            sourceCategory: mapped('MKT.FOOD'),
          },
        ],
        [{ sourceCategory: mapped('MKT.POISON') }],
      ],
      rests: [
        [{ body: '吃烤生蚝后2人拉肚子' }],
        [
          {
            body: '食用后腹泻',
            impact: impactOf({ injured: limits.m04IllPersons - 1 }),
            sourceCategory: mapped('MKT.FOOD'),
          },
        ],
        [{ body: '学校食品安全应急演练,30名学生扮演腹泻', kind: 'CONSULTATION' }],
        [{ body: '车祸后3人就医' }],
      ],
    },
    M05: {
      fires: [
        [{ subject: { kind: 'VESSEL', name: null, ref: '972009901' } }],
        [{ subject: { kind: 'VESSEL', name: null, ref: '970009901' } }],
        [{ system: 'smart-ocean', body: '974012077 示位标报警' }],
        [{ system: 'smart-ocean', ext: { navStatus: '14' } }],
        [{ body: '渔船机舱进水,请求救援' }],
        [{ sourceCategory: mapped('SEA.DISTRESS') }],
      ],
      rests: [
        [{ subject: { kind: 'VESSEL', name: null, ref: '412999901' } }],
        [{ subject: { kind: 'VESSEL', name: null, ref: '970009901' }, body: 'SART TEST' }],
        [{ system: 'smart-ocean', body: '970009901 自测' }],
        [{ body: '地下室进水,物业不管' }],
        [{ body: '楼上落水管断了' }],
        [{ body: '电话 970009901' }],
      ],
    },
    M06: {
      fires: [
        [
          {
            sourceCategory: mapped('SEA.LOST'),
            ext: { lostMin: String(limits.m06NoSignalHours * 60 + 1), crewNum: '7' },
          },
        ],
        [
          {
            sourceCategory: mapped('SEA.LOST'),
            ext: { lostMin: String(limits.m06NoSignalHoursInTyphoonWarning * 60 + 1), typhoonWarning: '橙' },
          },
        ],
        [{ body: '儿子的渔船失去联系快七个钟头了' }],
      ],
      rests: [
        [{ sourceCategory: mapped('SEA.LOST') }],
        [
          {
            sourceCategory: mapped('SEA.LOST'),
            ext: { lostMin: String(limits.m06NoSignalHours * 60), crewNum: '7' },
          },
        ],
        [{ sourceCategory: mapped('SEA.LOST'), ext: { lostMin: '900', crewNum: '0' } }],
        [{ body: '商家失联9小时了' }],
      ],
    },
    M07: {
      fires: [
        [{ body: '台风红色预警,低洼处老人还没转移' }],
        [{ body: '潮水漫堤,进村了' }],
        [{ body: '码头海面有溢油' }],
        [{ body: `托管班${limits.m07EpidemicCases}名幼儿手足口` }],
        [{ sourceCategory: mapped('SAF.FLOOD'), kind: 'HAZARD' }],
      ],
      rests: [
        [{ body: '红色预警取消了吗' }],
        [{ body: `托管班${limits.m07EpidemicCases - 1}个小朋友手足口` }],
        [{ body: '厨房油污堵了下水道' }],
        [{ body: '不是溢油,是赤潮' }],
        [{ sourceCategory: mapped('SAF.FLOOD'), kind: 'CONSULTATION' }],
      ],
    },
    M08: {
      fires: [
        [{ ext: { inPark: '50000', instantMax: '50000' } }],
        [{ ext: { rate: `${limits.m08CrowdPercentOfCapacity}%` } }],
        [{ kind: 'ALERT', sourceCategory: mapped('TOU.CROWD'), body: '瞬时 10340 / 10000' }],
        [{ kind: 'ALERT', sourceCategory: mapped('TOU.CROWD'), body: '客流红色 100.59%' }],
      ],
      rests: [
        [{ ext: { inPark: '49999', instantMax: '50000' } }],
        [{ ext: { rate: '82.46%' } }],
        [{ ext: { inPark: '-312', instantMax: '0' } }],
        [{ kind: 'COMPLAINT', body: '我100%不满意 3000/2000' }],
      ],
    },
    M09: {
      fires: [
        [{ sourceCategory: mapped('LAB.WAGE'), reporter: personsOf(limits.m09WageDisputeWorkers) }],
        [{ sourceCategory: mapped('LAB.WAGE'), body: '班组十二名工人被拖欠工资' }],
        [{ kind: 'DISPUTE', signals: ['GROUP'] }],
        [{ body: '系群体性纠纷,建议会商' }],
      ],
      rests: [
        [{ sourceCategory: mapped('LAB.WAGE'), reporter: personsOf(limits.m09WageDisputeWorkers - 1) }],
        [{ sourceCategory: mapped('LAB.WAGE'), body: '八名工人被拖欠工资' }],
        [{ sourceCategory: mapped('LAB.WAGE'), body: '假设一个工地欠了30个工人工资' }],
        [{ kind: 'COMPLAINT', signals: ['GROUP'] }],
        [{ reporter: personsOf(limits.m09WageDisputeWorkers), sourceCategory: mapped('CNV.PROPERTY') }],
      ],
    },
    M10: {
      fires: [[{}, { distinctReporters7d: limits.m10DistinctReporters7d }]],
      rests: [[{}, { distinctReporters7d: limits.m10DistinctReporters7d - 1 }]],
    },
    'M10-SHOWN': {
      fires: [
        [{}, { distinctReporters7d: limits.m10ShownFromReporters7d }],
        [{}, { distinctReporters7d: limits.m10DistinctReporters7d - 1 }],
      ],
      rests: [
        [{}, { distinctReporters7d: limits.m10ShownFromReporters7d - 1 }],
        [{}, { distinctReporters7d: limits.m10DistinctReporters7d }],
      ],
    },
    M11: {
      fires: [
        [{ signals: ['MEDIA'] }],
        [{ signals: ['LEADER_NOTE'] }],
        [{ channel: 'MEDIA' }],
        [{ body: '此事已上热搜' }],
        [{ body: '附区长批示' }],
      ],
      rests: [[{ body: '再不处理我要找媒体曝光' }], [{ body: '恳请领导批示' }]],
    },
    M12: {
      fires: [[{}, { overdueWorkingDays: limits.m12OverdueWorkingDays }]],
      rests: [[{}, { overdueWorkingDays: limits.m12OverdueWorkingDays - 1 }]],
    },
    M13: {
      fires: [[{}, { returns: limits.m13Returns }]],
      rests: [[{}, { returns: limits.m13Returns - 1 }]],
    },
    M14: {
      fires: [
        [{}, { reopenings: limits.m14Reopenings }],
        [{}, { notSolved: limits.m14NotSolved }],
      ],
      rests: [[{}, { reopenings: limits.m14Reopenings - 1, notSolved: limits.m14NotSolved - 1 }]],
    },
    S01: {
      fires: [[{ system: 'market-12315' }], [{ system: 'court-12368' }], [{ system: 'legal-12348' }]],
      rests: [[{ system: 'hotline-12345' }]],
    },
    S02: {
      fires: [
        [{ sourceCategory: mapped('MKT.FOOD') }],
        [{ sourceCategory: mapped('SAF.FIRE'), kind: 'CONSULTATION' }],
        [{ body: '这家诊所非法行医' }],
      ],
      rests: [[{ sourceCategory: mapped('URB.GARBAGE') }]],
    },
    S03: {
      fires: [[{ body: '此事法院已受理' }], [{ signals: ['PETITION'] }], [{ kind: 'COURT_SERVICE' }]],
      rests: [[{ body: '逾期不答复本人将申请行政复议' }]],
    },
    S04: {
      fires: [[{ sourceCategory: mapped('SEA.FENCE') }]],
      rests: [[{ sourceCategory: mapped('SEA.DISTRESS') }], [{ sourceCategory: mapped('URB.ROAD') }]],
    },
    O01: {
      fires: [[{ sourceCategory: mapped('URB.GARBAGE'), body: '垃圾没人清' }]],
      rests: [[{ system: 'market-12315' }]],
    },
  };

const table = Object.entries(cases);

describe('rules', () => {
  test('every rule of the catalogue has a condition and cases, and every condition is a rule of the catalogue', () => {
    const ids = catalogue.rules.map(({ id }) => id);
    expect([...ruleTests.map(({ id }) => id), 'O01'].sort()).toEqual([...ids].sort());
    expect(Object.keys(cases).sort()).toEqual([...ids, 'M10-SHOWN'].sort());
  });

  test.each(table.flatMap(([id, { fires }]) => fires.map((given) => [id, given] as const)))(
    '%s fires on %j',
    (id, [record, facts]) => {
      expect(fired(record, facts)).toContain(id);
    },
  );

  test.each(table.flatMap(([id, { rests }]) => rests.map((given) => [id, given] as const)))(
    '%s does not fire on %j',
    (id, [record, facts]) => {
      expect(fired(record, facts)).not.toContain(id);
    },
  );

  test('a category whose default class is MAJOR counts as exactly one rule', () => {
    const major = catalogue.categories.filter(({ defaultClass }) => defaultClass === 'MAJOR');
    const rules = major.map(({ code }) => {
      const { reasons } = judged({ sourceCategory: mapped(code), kind: 'REPORT' }).classification;
      const named = reasons.filter(({ ruleId, evidence }) => ruleId < 'N' && evidence === `category=${code}`);
      return [code, named.map(({ ruleId }) => ruleId)];
    });
    expect(rules).toEqual([
      ['SAF.FIRE', ['M02']],
      ['SAF.FLOOD', ['M07']],
      ['GOV.GROUP', ['M03']],
      ['GOV.PERSON', ['M01']],
      ['MKT.POISON', ['M04']],
      ['SEA.DISTRESS', ['M05']],
    ]);
  });

  test('the shop filing of the domain reference is major by four ill at one table', () => {
    const item = judged({
      system: 'market-12315',
      kind: 'COMPLAINT',
      body: '食用后腹泻,同桌4人就医',
      impact: impactOf({ injured: 4 }),
      sourceCategory: { code: null, sourceCode: null, sourceName: '食品>餐饮服务' },
    });
    expect(item.classification.itemClass).toBe('MAJOR');
    expect(item.classification.procedure).toBe('SUPERVISE');
    expect(item.classification.reasons[0]).toEqual({
      code: 'M04',
      text: '疑似群体性食物中毒:「腹泻」、「就医」、发病4人',
      evidence: '「腹泻」 「就医」 ill=4',
      ruleId: 'M04',
      ruleVersion: currentCatalogueVersion,
    });
  });
});
