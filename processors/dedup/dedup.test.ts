import { describe, expect, test } from '@jest/globals';
import type { PairScore } from '../../runtime/processor.ts';
import type { Item, SourceRecord } from '../../schemas/types.ts';
import { draftOf } from '../../test/support/drafts.ts';
import { morning, sourceRecord } from '../../test/support/records.ts';
import { linker } from './index.ts';

const hourMs = 3_600_000;

interface Told extends Partial<SourceRecord> {
  readonly category?: string;
  /** Hours after the morning. */
  readonly hours?: number;
  readonly closedAt?: number;
  readonly address?: string | null;
  readonly premise?: string;
  /** Metres north of the one point; null = no point. */
  readonly north?: number | null;
  readonly person?: Partial<SourceRecord['reporter']>;
}

let records = 0;

function side(told: Told) {
  records += 1;
  const {
    category = 'URB.GARBAGE',
    hours = 0,
    closedAt = null,
    address = '海棠路望海家园',
    premise = null,
    north = 0,
    person = {},
    ...over
  } = told;
  const { place, reporter } = sourceRecord();
  const draft = draftOf({
    recordId: `TS${String(records).padStart(12, '0')}`,
    reportedAt: morning + hours * hourMs,
    place: {
      ...place,
      address,
      premise,
      lat: north === null ? null : place.lat! + north / 111_195,
      lon: north === null ? null : place.lon,
      locatedBy: north === null ? 'NONE' : 'SOURCE',
    },
    reporter: { ...reporter, phone: `138****${String(records).padStart(4, '0')}`, name: null, ...person },
    ...over,
  });
  const item: Item = {
    ...draft.item,
    category: { ...draft.item.category, code: category, method: 'MAPPED', confidence: 1 },
  };
  const { bytes, keys } = linker.features({ ...draft, item }, closedAt);
  return { keys, itemId: item.itemId, orderKeyAt: draft.record.reportedAt, features: bytes };
}

/** What the later of two tellings is to the earlier; null when they have nothing to do with each other. */
const judge = (earlier: Told, later: Told): PairScore | null =>
  linker.score(side({ hours: 2, ...later }), side(earlier));

const heap = { title: '垃圾没人清运', body: '垃圾桶满了三天,臭得很' };
const again = { title: '楼下垃圾成堆', body: '苍蝇乱飞,环卫几天没来清运垃圾' };

const neighbour = { ref: 'hk1:neighbour' };
const device = (assetId: string) => ({ ...sourceRecord().place, address: '海棠路望海家园', assetId });

/** 78 characters. */
const template =
  '本人在被投诉人处购得食品两件,收货后发现外包装未标注生产者联系方式,不符合食品安全标准,属于误导消费者的行为,请求依法查处并退还货款,赔偿一千元整,并书面告知处理结果。';

describe('record numbers', () => {
  test('an order and its mirror are linked with certainty, even after the order was closed', () => {
    const order: Told = {
      system: 'hotline-12345',
      recordId: 'PT20260310000381',
      closedAt: morning + hourMs / 2,
    };
    const mirror: Told = { system: 'four-platforms', relatedIds: ['hotline-12345:PT20260310000381'] };
    expect(judge(order, mirror)).toMatchObject({ outcome: 'MADE', relation: 'MIRROR', score: 1 });
    expect(judge({ ...mirror, recordId: 'SPT1' }, { ...order, closedAt: morning * 2 })).toMatchObject({
      outcome: 'MADE',
      relation: 'MIRROR',
    });
  });

  test('who quotes a number is the same person', () => {
    const quoted = judge(
      { system: 'hotline-12345', recordId: 'PT20260310000382', ...heap },
      { relatedIds: ['hotline-12345:PT20260310000382'], body: '还是没人管' },
    );
    expect(quoted).toMatchObject({ outcome: 'MADE', relation: 'SAME_PERSON', method: 'QUOTED_NUMBER' });
  });

  test('complaint and report of one filing are siblings and stay apart', () => {
    const filing: Told = { system: 'market-12315', body: template, category: 'MKT.FOOD' };
    const sibling = judge(
      { ...filing, recordId: '13309030030260310471', kind: 'COMPLAINT' },
      { ...filing, kind: 'REPORT', relatedIds: ['market-12315:13309030030260310471'] },
    );
    expect(sibling).toMatchObject({ outcome: 'APART', relation: 'SIBLING' });
  });
});

describe('re-posts', () => {
  const nowhere: Told = { address: null, north: null, title: '', category: 'MKT.FOOD' };
  const known = { name: '赵明涛' };
  const long = `${template}${template.replaceAll('食品', '商品')}${template.replaceAll('本人', '我们')}`;

  test.each<readonly [string, Told, Told, string]>([
    [
      'equal text of known reporters',
      { body: template, person: known },
      { body: template, person: { name: '钱芳' } },
      'MADE',
    ],
    [
      'equal text, one reporter unknown',
      { body: template },
      { body: template, person: { phone: null } },
      'SUGGESTED',
    ],
    [
      'equal long text, reporters unknown',
      { body: long, person: { phone: null } },
      { body: long, person: { phone: null } },
      'MADE',
    ],
    ['one text inside the other', { body: template }, { body: `转来件如下:${template}附照片三张。` }, 'MADE'],
    [
      'an edited text',
      { body: template },
      {
        body: template
          .replace('食品两件', '过期牛奶三盒')
          .replace('一千元整', '五百元')
          .replace('书面告知', '打电话告诉我'),
      },
      'SUGGESTED',
    ],
  ])('%s', (_name, earlier, later, outcome) => {
    expect(judge({ ...nowhere, ...earlier }, { ...nowhere, ...later })?.outcome).toBe(outcome);
  });

  test('a text shorter than thirty characters is no re-post', () => {
    const short: Told = { ...nowhere, body: '请问什么时候能修好', category: 'UNK.OTHER' };
    expect(judge(short, short)).toBeNull();
  });

  test('anonymous texts are never joined by text alone', () => {
    const anonymous: Told = { ...nowhere, body: template, person: { kind: 'ANONYMOUS', phone: null } };
    expect(judge(anonymous, anonymous)).toMatchObject({ outcome: 'FORBIDDEN', method: 'ANONYMOUS_TEXT' });
  });

  test('a template against another firm is forbidden', () => {
    const against = (ref: string): Told => ({
      ...nowhere,
      body: template,
      person: known,
      subject: { kind: 'ORG', name: null, ref },
    });
    expect(judge(against('91330903MA00000001'), against('91330903MA00000001'))?.outcome).toBe('MADE');
    expect(judge(against('91330903MA00000001'), against('91330903MA00000002'))).toMatchObject({
      outcome: 'FORBIDDEN',
      method: 'OTHER_SUBJECT',
    });
  });

  test('the same words in another town are another matter', () => {
    const inTown = (townCode: string): Told => ({
      body: template,
      place: { ...sourceRecord().place, townCode, lat: null, lon: null, locatedBy: 'NONE' },
    });
    expect(judge(inTown('330903003'), inTown('330903100'))).toMatchObject({
      outcome: 'FORBIDDEN',
      method: 'OTHER_PLACE',
    });
  });
});

describe('one matter in other words', () => {
  test('is linked by place, problem and time, with the parts of its score', () => {
    const linked = judge(heap, again);
    expect(linked).toMatchObject({ outcome: 'MADE', relation: 'SAME_MATTER', method: 'LIKELIHOOD' });
    expect(linked!.parts).toMatchObject({ text: 0, place: 1, category: 1, premise: null });
    expect(linked!.score).toBeGreaterThanOrEqual(0.9);
  });

  test('by the same person through another channel is a repeat', () => {
    const linked = judge(
      { ...heap, person: { ref: 'hk1:aa' } },
      { ...again, person: { ref: 'hk1:aa' }, system: 'hotline-12345' },
    );
    expect(linked).toMatchObject({ outcome: 'MADE', relation: 'SAME_PERSON' });
  });

  test('an alarm and a call on one vessel are one happening', () => {
    const alarm: Told = {
      system: 'smart-ocean',
      category: 'SEA.DISTRESS',
      kind: 'ALERT',
      title: 'SOS遇险报警',
      body: '浙普渔99777 一键求救',
      address: null,
      person: { kind: 'SENSOR', phone: null },
    };
    const call: Told = {
      system: 'hotline-12345',
      category: 'SEA.DISTRESS',
      kind: 'HELP',
      title: '老公的船进水了',
      body: '他在九九七七七船上,快派人去救,要沉船了',
      address: null,
      north: null,
    };
    expect(judge(alarm, call)).toMatchObject({ outcome: 'MADE', relation: 'SENSOR_HUMAN' });
    expect(judge(alarm, { ...call, body: '他在九九八八八船上,快派人去救,要沉船了' })?.outcome).not.toBe(
      'MADE',
    );
  });

  test('solved, closed and back again is another matter', () => {
    const closed = { ...heap, closedAt: morning + 48 * hourMs };
    expect(judge(closed, { ...again, hours: 72 })).toMatchObject({
      outcome: 'APART',
      relation: 'RECURRENCE',
    });
    expect(judge(closed, again)?.outcome).toBe('MADE');
  });

  test('without a place it is a suggestion at most', () => {
    const nowhere: Told = { address: null, north: null };
    expect(judge({ ...heap, ...nowhere }, { ...again, ...nowhere })?.outcome).not.toBe('MADE');
  });
});

describe('claims of their own', () => {
  test('against one employer are related and stay apart', () => {
    const claim: Told = {
      system: 'legal-12348',
      category: 'LAB.WAGE',
      kind: 'HELP',
      title: '拖欠工资',
      body: '海福加工厂欠薪三个月,工资没结',
      subject: { kind: 'ORG', name: null, ref: '91330903MA00000001' },
    };
    expect(judge(claim, { ...claim, body: '在海福加工厂做班组,老板拖欠工资' })).toMatchObject({
      outcome: 'APART',
      relation: 'RELATED',
    });
  });
});

describe('secrecy', () => {
  const secret = { ...neighbour, confidential: true };

  test('a record whose reporter asked for it is joined by a person only', () => {
    expect(judge(heap, again)?.outcome).toBe('MADE');
    expect(judge(heap, { ...again, person: secret })?.outcome).toBe('SUGGESTED');
    expect(judge({ ...heap, person: secret }, again)?.outcome).toBe('SUGGESTED');
    const quoting = { ...again, relatedIds: ['complaint-report:TS1'], person: secret };
    expect(judge({ ...heap, recordId: 'TS1' }, quoting)?.outcome).toBe('SUGGESTED');
  });

  test('a report on an official has no key, and nothing is said of it beside another', () => {
    const report: Told = { category: 'PET.CONDUCT', title: '举报村干部', body: template, person: neighbour };
    expect(judge(report, report)).toBeNull();
    expect(judge(report, { ...report, relatedIds: ['complaint-report:TS2'] })).toBeNull();
    expect(side(report).keys).toEqual([]);
  });
});

describe('two independent signs', () => {
  const lamps = { category: 'URB.FACILITY', title: '路灯不亮' };

  test('make a link of nearly the same words at one place, whoever says them', () => {
    const dark = (told: number): Told => ({
      ...lamps,
      body: `海印路菜场门口一带的路灯全都不亮了,晚上出门看不见路,第${told}次反映`,
      person: { ref: `hk1:${told}` },
    });
    expect(judge(dark(3), dark(8))).toMatchObject({ outcome: 'MADE', relation: 'SAME_MATTER' });
  });

  test.each<readonly [string, Told, Told]>([
    ['inexact points near each other', { address: null }, { address: null, north: 150 }],
    ['one road, no points', { address: '银帆路', north: null }, { address: '银帆路', north: null }],
    ['two names, exact points', { address: '银帆路' }, { address: '望鲸苑' }],
    [
      'an estate and a market of one name, no points',
      { address: '银帆小区', north: null },
      { address: '银帆市场', north: null },
    ],
    ['two gates of one estate', { address: '银帆小区东门' }, { address: '银帆小区西门' }],
    [
      'one person at two places',
      { address: '银帆小区', person: neighbour },
      { address: '望鲸公园', north: 200, person: neighbour },
    ],
    [
      'two purchases in one shop',
      { category: 'MKT.CONSUMER', title: '手镯', body: '黄金手镯短斤缺两' },
      { category: 'MKT.CONSUMER', title: '手镯', body: '买的黄金手镯是假的' },
    ],
    [
      'a claim of his own beside that of another with the same firm',
      { category: 'LAB.WAGE', title: '拖欠工资', body: '海福加工厂欠薪三个月' },
      { category: 'LAB.WAGE', title: '工资没结', body: '海福加工厂拖欠工资' },
    ],
    [
      'two cuts in two streets',
      { category: 'CNV.UTILITY', title: '停电', body: '家里停电了', address: '银帆路' },
      { category: 'CNV.UTILITY', title: '没电', body: '又停电了', address: '望鲸街', north: 100 },
    ],
  ])('are not: %s', (_name, earlier, later) => {
    const one = judge({ ...lamps, body: '路灯坏了', ...earlier }, { ...lamps, body: '灯杆不亮', ...later });
    expect(one?.outcome ?? 'NONE').not.toBe('MADE');
  });
});

describe('what little more makes a link of a suggestion', () => {
  const pit = { category: 'URB.ROAD', address: '海棠路望海家园' };
  const person = neighbour;

  test('a problem that no known word tells is that of a category that has one', () => {
    const worded = { ...pit, title: '路面有个坑', body: '路面塌陷' };
    const unworded = { ...pit, title: '走路要当心', body: '今天又崴了一个' };
    expect(judge(worded, unworded)?.outcome).toBe('MADE');
    const lifts = { category: 'MKT.EQUIP', title: '电梯坏了', body: '电梯困人' };
    expect(judge(lifts, { ...lifts, title: '设备有问题', body: '请派人看看' })?.outcome).not.toBe('MADE');
  });

  test('of the problems told the main one is that of the category', () => {
    const noise = { category: 'URB.SITE', title: '打桩太吵', body: '工地打桩' };
    const asked = { ...noise, title: '业委会反映噪音', body: '业主大会上都说隔壁工地打桩' };
    expect(judge(noise, asked)?.outcome).toBe('MADE');
  });

  test('who told it before names the place anew, unless the points deny it or the words are those of a form', () => {
    const first = { category: 'HEA.MEDICAL', title: '医疗纠纷', body: '父亲术后去世', person };
    const second = { ...first, body: '医院的调解会开过了,至今没有答复', address: '东河路医务科' };
    expect(judge(first, { ...second, hours: 90 })?.outcome).toBe('MADE');
    expect(judge(first, { ...second, hours: 90, north: 900 })?.outcome).not.toBe('MADE');
    expect(judge(first, { ...second, body: '医院的病历还没有看到', hours: 90 })?.outcome).not.toBe('MADE');
  });

  test('a happening at a named place needs one problem in common within four hours, wages apart', () => {
    const flood = { category: 'SAF.FLOOD', title: '海水倒灌进屋', body: '水淹到床脚' };
    const sparks = { category: 'CNV.UTILITY', title: '配电箱冒火星', body: '停电了,积水里的变压器' };
    expect(judge(flood, sparks)?.outcome).toBe('MADE');
    expect(judge(flood, { ...sparks, hours: 5 })?.outcome).not.toBe('MADE');
    const strike = { category: 'GOV.GROUP', title: '工人拉横幅堵门', body: '讨薪' };
    const claim = { category: 'LAB.WAGE', title: '拖欠工资', body: '讨薪无果' };
    expect(judge(strike, claim)?.outcome ?? 'NONE').not.toBe('MADE');
  });

  test('the last three digits of a vessel tell it however they are said', () => {
    const distress = { category: 'SEA.DISTRESS', address: null };
    const alarm = { ...distress, kind: 'ALERT', title: '人员落水报警', body: '母船浙普渔99777' } as const;
    const call = { ...distress, north: null, title: '弟弟掉海里了', body: '什么船我只晓得尾号777' };
    expect(judge(alarm, call)?.outcome).toBe('MADE');
    expect(judge(alarm, { ...call, body: '什么船我只晓得尾号778' })?.outcome).not.toBe('MADE');
  });
});

test('a fire is told from wherever it is seen, within two hours', () => {
  const fire = { category: 'SAF.FIRE', title: '着火', body: '看到浓烟', address: '望海家园' };
  const seen = { ...fire, body: '那边着火了', address: '银帆路', north: 200 };
  expect(judge(fire, { ...seen, hours: 1 })?.outcome).toBe('MADE');
  expect(judge(fire, { ...seen, hours: 5 })?.outcome).not.toBe('MADE');
});

test('a shop that is shut is shut for all its customers', () => {
  const shut = { category: 'MKT.CONSUMER', title: '健身房闭店', body: '健身房突然关门,年卡不退款' };
  expect(judge(shut, { ...shut, body: '私教课还没上完,健身房跑路了' })?.outcome).toBe('MADE');
});

describe('never merged', () => {
  test.each<readonly [string, Told, Told, string]>([
    [
      'another problem at one place, told by one person who says that it was told before',
      { ...heap, person: neighbour },
      {
        category: 'SAF.HAZARD',
        title: '消防通道被堵',
        body: '反映过,楼道堆物,安全出口打不开',
        person: neighbour,
      },
      'OTHER_PROBLEM',
    ],
    [
      'dark in one home alone, and the whole street dark',
      { category: 'CNV.UTILITY', title: '整条街停电', body: '停电两小时了,什么时候供电' },
      { category: 'CNV.UTILITY', title: '家里停电', body: '只有我家没电,对门都亮,跳闸了' },
      'ONLY_HOME',
    ],
    [
      'another lift in one building',
      { category: 'MKT.EQUIP', title: '电梯困人', body: '电梯坏了,人困在电梯里', place: device('lift-left') },
      { category: 'MKT.EQUIP', title: '电梯困人', body: '电梯坏了,又困人了', place: device('lift-right') },
      'OTHER_ASSET',
    ],
    [
      'another firm that does the same in one street',
      { category: 'TOU.SERVICE', title: '强制购物', body: '蓝屿旅行社导游逼着买珍珠,要退款' },
      { category: 'TOU.SERVICE', title: '强迫购物', body: '碧湾旅行社的导游带去购物店,要退款' },
      'OTHER_FIRM',
    ],
    [
      'another matter of one person, at another place',
      {
        ...heap,
        category: 'UNK.OTHER',
        body: '垃圾桶满了三天,昨天打过电话没人管',
        person: neighbour,
      },
      {
        category: 'UNK.OTHER',
        title: '候车亭顶棚掀了',
        body: '公交站台要修,打过电话没回音',
        address: '石柱弄',
        person: neighbour,
      },
      'OTHER_MATTER',
    ],
    [
      'another home in one building',
      { category: 'CNV.PROPERTY', title: '卫生间漏水', body: '天花板滴水', premise: '3幢2单元501' },
      { category: 'CNV.PROPERTY', title: '厨房漏水', body: '墙根渗水', premise: '3幢1单元201' },
      'OTHER_PREMISE',
    ],
    [
      'another purchase in one shop',
      {
        category: 'MKT.CONSUMER',
        title: '理发卡不能用',
        body: '会员卡余额不退',
        address: '东河路57号丝雨造型',
      },
      {
        category: 'MKT.CONSUMER',
        title: '染发烫伤',
        body: '头皮起泡流水,要误工费',
        address: '东河路57号丝雨造型',
      },
      'OTHER_PURCHASE',
    ],
    [
      'another vessel',
      {
        category: 'SEA.FENCE',
        system: 'smart-ocean',
        title: '越界报警',
        body: '浙普渔99588 进禁锚区',
        address: null,
      },
      {
        category: 'SEA.FENCE',
        system: 'smart-ocean',
        title: '越界报警',
        body: '浙普渔99589 进禁锚区',
        address: null,
      },
      'OTHER_VESSEL',
    ],
    [
      'a crowd of the next day',
      {
        category: 'TOU.CROWD',
        kind: 'ALERT',
        title: '客流预警橙',
        body: '在园人数超限',
        place: device('spot:cave'),
      },
      {
        category: 'TOU.CROWD',
        kind: 'ALERT',
        title: '客流预警橙',
        body: '瞬时客流',
        place: device('spot:cave'),
        hours: 23,
      },
      'OTHER_DAY',
    ],
    [
      'another spot along a road, told by one person',
      {
        category: 'URB.FACILITY',
        title: '滑梯坏了',
        body: '儿童滑梯有尖角',
        address: '海棠路',
        person: neighbour,
      },
      {
        category: 'URB.FACILITY',
        title: '滑梯坏了',
        body: '儿童滑梯裂开',
        address: '海棠路',
        north: 600,
        person: neighbour,
      },
      'FAR_APART',
    ],
    [
      'the lift of another building',
      { category: 'MKT.EQUIP', title: '电梯困人', body: '电梯坏了,人困在电梯里', premise: '3幢' },
      { category: 'MKT.EQUIP', title: '电梯困人', body: '电梯坏了,又困人了', premise: '5幢' },
      'OTHER_PREMISE',
    ],
    [
      'another bus route at one stop',
      { category: 'TRA.PUBLIC', title: '公交甩站', body: '3路公交车到站不停' },
      { category: 'TRA.PUBLIC', title: '公交甩站', body: '等了半天,27路公交车不停站' },
      'OTHER_THING',
    ],
    ['a consultation with a complaint', heap, { ...again, kind: 'CONSULTATION' }, 'CONSULTATION'],
    [
      'a suggestion with a rescue',
      { category: 'GOV.PERSON', kind: 'HELP', title: '有人要跳海', body: '堤上有人轻生' },
      { category: 'GOV.PERSON', kind: 'SUGGESTION', title: '老头天天跳海', body: '建议装扶手' },
      'SUGGESTION',
    ],
  ])('%s', (_name, earlier, later, rule) => {
    expect(judge(earlier, later)).toMatchObject({ outcome: 'FORBIDDEN', method: rule });
  });

  test('a lamp after a lamp, in the same words by the same caller', () => {
    const lamp = (north: number): Told => ({
      category: 'URB.FACILITY',
      title: '路灯不亮',
      body: '路灯不亮了,晚上看不见路,请尽快派人来修一下,一直没有人来,谢谢',
      address: null,
      north,
      person: neighbour,
    });
    expect(judge(lamp(0), lamp(20))?.outcome).toBe('MADE');
    expect(judge(lamp(0), lamp(900))?.outcome ?? 'NONE').not.toMatch(/MADE|SUGGESTED/);
  });

  test('one phone that tells of two troubles does not join them', () => {
    const person = { ref: 'hk1:agent' };
    const other = judge(
      { ...heap, person },
      {
        person,
        category: 'TRA.PUBLIC',
        title: '候车亭顶棚掀了',
        body: '公交站台要修',
        address: '石柱头公交站',
        north: 900,
      },
    );
    expect(other?.outcome ?? 'NONE').not.toBe('MADE');
    expect(other?.outcome ?? 'NONE').not.toBe('SUGGESTED');
  });

  test('points in the middle of a grid do not join by distance', () => {
    const place = { ...sourceRecord().place, address: null, locatedBy: 'GRID_CENTROID' as const };
    expect(judge({ ...heap, place }, { ...again, place })?.outcome ?? 'NONE').not.toBe('MADE');
    expect(judge({ ...heap, place }, { ...again, place })?.parts.place ?? null).toBeNull();
  });

  test('what would not have been linked anyway is not forbidden', () => {
    expect(judge({ ...heap, north: 9000, address: '东河路' }, { ...again, hours: 500 })).toBeNull();
  });
});
