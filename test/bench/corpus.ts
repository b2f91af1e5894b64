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

const roads = words(
  '海印路 文昌街 滨港路 解放东路 昌洲大道 临城新街 合兴路 翁山路 体育路 环城南路 港湾路 千岛路 昌国路 人民北路 金岛路 新桥路',
);
const places = words(
  '农贸市场 小学东门 公交站台 幼儿园门口 社区卫生站 停车场出口 滨河步道 物流园区 老年活动中心 商业广场 工地围挡 加油站对面 桥洞下面 文化礼堂',
);
const estates = words(
  '海悦花园 桂花城 蓝湾公寓 金色家园 翠竹苑 东方明珠 港城名邸 银杏小区 书香里 渔歌新村 碧海苑 湖滨嘉园',
);
const towns = words('东港街道 沈家门街道 临城街道 盐仓街道 展茅街道 普陀山镇');
const surnames = Array.from('王李张刘陈杨黄赵吴周徐孙');

/** Sentences of one matter each; `R` a road, `P` a place, `E` an estate, `N` a small number. */
const matters: readonly (readonly string[])[] = [
  [
    'R与P之间的垃圾箱已经N天没有清运',
    '污水流到人行道上,气味很大',
    '夏天蚊虫特别多,老人小孩都绕着走',
    '保洁员说车辆坏了,但一直没有修好',
  ],
  [
    'R的路灯从月初开始有N盏不亮',
    '晚上骑车的人看不清路面的坑',
    '已经有人摔倒过,好在伤得不重',
    '希望电力或市政部门尽快派人检修',
  ],
  [
    'E楼下的烧烤店每天营业到凌晨',
    '油烟直接排到居民窗口',
    '劝过老板N次,他说有证不怕投诉',
    '家里孩子要中考,晚上根本没法复习',
  ],
  [
    'E的电梯这个月停了N次',
    '物业只贴一张通知,从不说明原因',
    '高层的住户买菜都要爬楼梯',
    '维修基金的账目也没有公开过',
  ],
  [
    'P附近有人长期占道经营',
    '机动车道只剩一条可以通行',
    '上下班时间堵得厉害,公交车也进不了站',
    '城管来的时候收摊,走了又摆出来',
  ],
  [
    'R下面的自来水管漏了N天',
    '路面已经塌了一块,用木板盖着',
    '附近住户水压很低,洗澡都困难',
    '打了抢修电话,回复说正在排队',
  ],
  [
    '工地在R连夜打桩,声音很大',
    '施工单位说有夜间许可,但没有看到公示',
    '渣土车出来不冲洗,R上全是泥',
    '住在E的老人血压都高了,请核实',
  ],
  [
    'E二期的房产证拖了N年还没有办下来',
    '开发商换了几次说法',
    '孩子上学要用,再拖就错过报名时间',
    '请住建部门给业主一个明确的答复',
  ],
  [
    '公司拖欠我们N个月的工资',
    '老板先说月底发,现在电话也打不通',
    '劳动合同没有给我们,只有考勤记录',
    '请劳动监察帮助我们讨回来',
  ],
  [
    '在P买的海鲜回家发现缺斤少两',
    '摊主不承认,态度非常恶劣',
    '市场管理员说要有证据才处理',
    '希望市场监管部门定期检查电子秤',
  ],
  ['R的树枝伸到了电线上', '刮风的时候会打出火花', '下面就是P,人来人往', '请园林部门修剪一下'],
  ['公交N路的班次越来越少', 'P等了四十分钟才来一辆', '老人看病、学生上学都不方便', '建议早晚高峰加密班次'],
  [
    'E的地下车库雨天积水',
    '水泵坏了以后一直没有换',
    '我的车被泡了,物业不肯赔',
    '想请有关部门协调,也请查一查物业的资质',
  ],
  ['村里的河道被人倒了建筑垃圾', '水变黑了,鱼也死了不少', '上游的小作坊晚上偷排', '请环保部门来取水样化验'],
];

const openings = words(
  '您好, 领导好, 尊敬的领导, 我要反映一个问题, 请帮忙看看, 这件事反映过, 我是附近居民, 上次的答复不满意,',
);
const details = [
  '事情发生在R和P之间,E的住户都可以作证',
  '已经向社区反映过N次,每次都说会上报',
  '照片和录像我都保留着,需要可以提供',
  '这样下去谁也受不了,希望不要再互相推诿',
  '如果处理不了,也请给一个明确的说法',
  '周围的邻居都有同样的意见,只是没有人出面',
  '前面几次答复都写已办结,其实什么也没有变',
  '请实地看一看,最好是晚上或者周末来',
  '我们只要一个正常的生活环境,要求并不高',
  '之前R也有过类似的问题,后来处理得很好',
  '请在规定的时间内回复,谢谢',
  '天气预报说后面还有雨,再不处理会更麻烦',
];
/** Said by one report in twelve or so: what the masks are for. */
const persons = [
  '联系人S先生,电话T',
  '我叫S建国,住在E3幢2单元501室',
  '车牌浙L·A8830的车主一直不肯挪车',
  '有事请打T找我',
];

export interface Report {
  readonly recordId: string;
  readonly raw: RawRecord;
}

/** Report number `index` of the corpus `seed`: the same on every machine, whichever others are asked for. */
export function reportOf(seed: number, index: number, urgent = false): Report {
  const random = seededRandom(seed, `report ${index}`);
  const recordId = `TS${seed}-${urgent ? 'U' : ''}${index}`;
  const at = firstReportAt + index * betweenMs;
  const text = textOf(seed, index);
  const fields = {
    id: recordId,
    title: text.slice(text.indexOf(',') + 1).slice(0, 16),
    content: text,
    type: random.pick(['投诉', '求助', '咨询', '建议']),
    channel: random.pick(['微信', '网站', '电话']),
    reporterName: `${random.pick(surnames)}**`,
    reporterTel: `138****${1000 + random.below(9000)}`,
    anonymous: '0',
    addr: `${random.pick(towns)}${random.pick(roads)}${1 + random.below(300)}号`,
    lng: (122.1 + random.next() * 0.3).toFixed(6),
    lat: (29.9 + random.next() * 0.2).toFixed(6),
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

/** A text of its own, or that of an earlier report, edited. */
function textOf(seed: number, index: number): string {
  if (index % repeatEvery !== repeatEvery - 1) return freshText(seededRandom(seed, `text ${index}`));
  const random = seededRandom(seed, `repeat ${index}`);
  const back = 1 + random.below(Math.min(index, repeatWithin));
  const earlier = textOf(seed, index - back);
  if (random.chance(0.3)) return earlier;
  const cut = 20 + random.below(120);
  const changed = `${earlier.slice(0, cut)}${random.pick(details)}${earlier.slice(cut + 12)}`;
  return fill(random, random.chance(0.5) ? changed : `再次反映,${changed}`).slice(0, textLength);
}

function freshText(random: Random): string {
  let text = `${random.pick(openings)}${random.pick(random.pick(matters).slice(0, 1))}。`;
  const matter = random.pick(matters);
  for (const sentence of matter) text += `${sentence},`;
  if (random.chance(1 / 12)) text += `${random.pick(persons)}。`;
  const said = random.below(details.length);
  for (let i = 0; text.length < textLength; i += 5) text += `${details[(said + i) % details.length]}。`;
  return fill(random, text).slice(0, textLength).padEnd(textLength, '。');
}

const fill = (random: Random, text: string): string =>
  text.replace(/[RPENST]/g, (sign) => {
    switch (sign) {
      case 'R':
        return random.pick(roads);
      case 'P':
        return random.pick(places);
      case 'E':
        return random.pick(estates);
      case 'N':
        return String(2 + random.below(30));
      case 'S':
        return random.pick(surnames);
      default:
        return `139${String(random.below(100_000_000)).padStart(8, '0')}`;
    }
  });

function words(line: string): readonly string[] {
  return line.split(' ');
}
