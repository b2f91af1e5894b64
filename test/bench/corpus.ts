import type { RawRecord } from '../../runtime/connector.ts';
import { type Random, seededRandom } from '../simulation/random.ts';

/** Characters of each text; a text is the body of one report. */
const textLength = 200;
/** One report in so many tells an earlier one again. */
const repeatEvery = 10;
/** A report is told again within this many reports. */
const repeatWithin = 5_000;
/** 2026-03-10T08:00+08:00; reports follow each other so that any million of them lie within ten days. */
const firstReportAt = Date.UTC(2026, 2, 10);
const betweenMs = 800;

const towns = words('东港街道 沈家门街道 临城街道 盐仓街道 展茅街道 普陀山镇');
const surnames = Array.from('王李张刘陈杨黄赵吴周徐孙');
/** Names of roads and estates are made of two of these, so that a name is met again as seldom as in a city. */
const names = words(
  '海印 文昌 滨港 解放 昌洲 合兴 翁山 环城 港湾 千岛 金岛 新桥 桂花 蓝湾 金色 翠竹 明珠 银杏 书香 渔歌 碧海 湖滨 青岭 云台 丹枫 望潮 听涛 白泉 双桥 永安 福源 长峙 北蝉 东荡 马岙 小沙 岑港 册子 勾山 芦花',
);
const estateKinds = words('花园 公寓 家园 小区 新村 嘉园 名邸 苑');

/** What a text is about: one thing, and one thing that is wrong with it. */
const things = words(
  '垃圾桶 路灯 油烟 电梯 摊位 水管 渣土车 行道树 公交车 装修声 污水 围挡 井盖 广告牌 电线 物业费 健身房 护栏 灯箱 花坛 停车位 臭味 扬尘 暖气 门禁',
);
const faults = words(
  '坏了没人修 堵住了 占了半条路 一直在漏 被人偷倒 停了好久 堆成了山 掉下来了 吵得不行 断断续续 漏得厉害 裂开了 往外冒 塌了一块 积满了水 停了又开 挡住了视线 歪在一边 松动了 不停地晃',
);

/**
 * Words of the other clauses, in their order. Two texts share words but hardly ever four characters in a row, which lie across
 * two of them: only a report told again is like another.
 */
const clause: readonly (readonly string[])[] = [
  words(
    '昨天 今早 上周 最近 半夜 傍晚 周末 每天 前天 中午 月初 年底 夏天 雨后 节前 凌晨 去年 开春 平时 早晚 刚才 当时 后来 此前 多次 经常',
  ),
  words(
    '老人 孩子 住户 路人 学生 店主 司机 邻居 业主 游客 乘客 村民 租客 家长 病人 员工 顾客 行人 同事 亲戚 房东 渔民 保安 工人 商户 大家',
  ),
  words(
    '一直 总是 突然 根本 完全 仍然 反复 确实 居然 随意 长期 临时 连续 明显 已经 刚刚 不断 到处 偷偷 渐渐 几乎 依旧 直接 勉强 多半 照样',
  ),
  words(
    '不便 担心 受罪 绕行 失眠 抱怨 走神 害怕 生气 着急 无奈 失望 吃亏 迟到 头痛 咳嗽 为难 吵架 搬走 停业 赔钱 误工 犯愁 难受 受惊 叫苦',
  ),
  words(
    '盼望 要求 建议 请求 恳请 希望 申请 提议 催促 期待 拜托 呼吁 指望 咨询 询问 打听 反映 投诉 说起 申诉 报告 说明 补充 强调 重申 追问',
  ),
  words(
    '核实 处理 看看 清理 答复 整改 检查 协调 公示 更换 疏通 回话 加固 过问 巡查 约谈 补救 想想 帮忙 调解 验收 登记 勘查 回访 劝说 商量',
  ),
];

/** In place of a clause, in one of twelve texts: what the masks are for. */
const persons: readonly ((random: Random) => string)[] = [
  (random) => `联系人${random.pick(surnames)}先生，电话${phone(random)}`,
  (random) => `我叫${random.pick(surnames)}建国，住在${estateOf(random)}3幢2单元501室`,
  (random) => `车牌浙L·A${1000 + random.below(9000)}的车主一直不肯挪车`,
  (random) => `有事请打${phone(random)}找我`,
];

export interface Report {
  readonly recordId: string;
  readonly raw: RawRecord;
}

/** Report number `index` of the corpus `seed`: the same on every machine, whichever others are asked for. */
export function reportOf(seed: number, index: number, urgent = false): Report {
  const random = seededRandom(seed, `report ${index}`);
  const place = placeOf(seed, index);
  const recordId = `TS${seed}-${urgent ? 'U' : ''}${index}`;
  const at = firstReportAt + index * betweenMs;
  const text = textOf(seed, index);
  const fields = {
    id: recordId,
    title: text.slice(text.indexOf('，') + 1, text.indexOf('。')),
    content: text,
    type: random.pick(['投诉', '求助', '咨询', '建议']),
    channel: random.pick(['微信', '网站', '电话']),
    reporterName: `${random.pick(surnames)}**`,
    reporterTel: `138****${1000 + random.below(9000)}`,
    anonymous: '0',
    ...place,
    happenTime: '',
    createTime: at,
    updateTime: at,
    status: '1',
    urgent: urgent ? '是' : '',
    imgs: '',
  };
  return {
    recordId,
    raw: { bytes: Buffer.from(JSON.stringify(fields)), format: 'JSON', correlationId: `page-${index >> 7}` },
  };
}

/** Told again, a matter lies where it lay. */
function placeOf(seed: number, index: number): { addr: string; lng: string; lat: string } {
  if (index % repeatEvery === repeatEvery - 1)
    return placeOf(seed, earlierThan(seededRandom(seed, `repeat ${index}`), index));
  const random = seededRandom(seed, `place ${index}`);
  return {
    addr: `${random.pick(towns)}${roadOf(random)}${1 + random.below(300)}号`,
    lng: (122.1 + random.next() * 0.3).toFixed(6),
    lat: (29.9 + random.next() * 0.2).toFixed(6),
  };
}

/** A text of its own, or that of an earlier report, edited. */
function textOf(seed: number, index: number): string {
  if (index % repeatEvery !== repeatEvery - 1) return freshText(seededRandom(seed, `text ${index}`));
  const random = seededRandom(seed, `repeat ${index}`);
  const earlier = textOf(seed, earlierThan(random, index));
  if (random.chance(0.3)) return earlier;
  const cut = 40 + random.below(120);
  const changed = `${earlier.slice(0, cut)}${clauseOf(random)}${earlier.slice(cut + 12)}`;
  return (random.chance(0.5) ? changed : `再次反映，${changed}`).slice(0, textLength);
}

const earlierThan = (random: Random, index: number): number =>
  index - 1 - random.below(Math.min(index, repeatWithin));

function freshText(random: Random): string {
  let text = `${roadOf(random)}${1 + random.below(300)}号${estateOf(random)}，${random.pick(things)}${random.pick(faults)}。`;
  const about = random.chance(1 / 12) ? random.below(4) : -1;
  for (let i = 0; text.length < textLength; i++) {
    text += i === about ? random.pick(persons)(random) : clauseOf(random);
    text += random.chance(0.3) ? '。' : '，';
  }
  return text.slice(0, textLength);
}

const roadOf = (random: Random): string => `${random.pick(names)}${random.pick(names)}路`;
const estateOf = (random: Random): string =>
  `${random.pick(names)}${random.pick(names)}${random.pick(estateKinds)}`;
const clauseOf = (random: Random): string => clause.map((bank) => random.pick(bank)).join('');

const phone = (random: Random): string => `139${String(random.below(100_000_000)).padStart(8, '0')}`;

function words(line: string): readonly string[] {
  return line.split(' ');
}
