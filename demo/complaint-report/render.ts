import { beijing, dashed, two } from '../city/beijing.ts';
import { draw, drawInt, drawOne } from '../city/draw.ts';
import { pointOnMap } from '../city/location.ts';
import { nameOf, quotedOrder, type Told } from '../city/stories.ts';

/** Everything about a row that changes in its life. Times are ms, those that the city's calendar shows. */
export interface RowState {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly status: '0' | '1' | '2' | '9';
  readonly corrected: boolean;
}

const minuteMs = 60_000;

const types: Readonly<Record<string, string>> = {
  COMPLAINT: '投诉',
  REPORT: '举报',
  CONSULTATION: '咨询',
  HELP: '求助',
  SUGGESTION: '建议',
  PRAISE: '表扬',
};
const channels: Readonly<Record<string, string>> = {
  WECHAT: '微信',
  WEB: '网站',
  APP: 'APP',
  PHONE: '电话',
  LETTER: '来信',
};
const surnames = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗'];
const additions = [
  '补充:已经拍了照片。',
  '补充:今天又来了一次,还是老样子。',
  '更正:时间应该是前一天。',
  '补充:邻居也可以作证。',
];
const emergencies = new Set(['SAF.FIRE', 'SAF.FLOOD', 'SEA.DISTRESS', 'MKT.POISON']);

/** A telling as the portal's API shows it (domain.md §3.1), dirt included. A function of seed, telling and state. */
export function renderRow(seed: number, told: Told, state: RowState): string {
  const { matter, telling } = told;
  const chance = (what: string) => draw(seed, nameOf(told), what);
  const anonymous = telling.reporter === 'ANON';
  const order = quotedOrder(told);
  // GCJ-02, which the record does not say.
  const point = pointOnMap(seed, told);
  return JSON.stringify({
    id: state.id,
    title: telling.title,
    content: [
      telling.body,
      order === null ? '' : `(单号${order})`,
      state.corrected ? drawOne(additions, seed, nameOf(told), 'addition') : '',
    ].join(''),
    type: types[telling.kind] ?? '投诉',
    channel: channels[telling.channel] ?? '网站',
    reporterName: anonymous ? '匿名' : `${drawOne(surnames, seed, telling.reporter)}**`,
    reporterTel: anonymous ? '' : maskedPhone(seed, telling.reporter),
    anonymous: anonymous ? '1' : '0',
    addr: telling.addressAsSaid ?? '',
    lng: point?.[0].toFixed(6) ?? (chance('zero') < 0.25 ? '0' : ''),
    lat: point?.[1].toFixed(6) ?? (chance('zero') < 0.25 ? '0' : ''),
    happenTime: happenTime(
      state.createdAt - drawInt(5, 180, seed, nameOf(told), 'delay') * minuteMs,
      chance('format'),
    ),
    createTime: dashed(state.createdAt),
    updateTime: state.updatedAt,
    status: state.status,
    imgs: images(seed, told, state.createdAt),
    ...(telling.itemClass === 'MAJOR' && emergencies.has(matter.category) && chance('level') < 0.5
      ? { level: '特急' }
      : {}),
  });
}

const maskedPhone = (seed: number, reporter: string) =>
  `${drawOne(['135', '138', '139', '158', '187'], seed, reporter, 'net')}****${String(drawInt(0, 9999, seed, reporter, 'end')).padStart(4, '0')}`;

function images(seed: number, told: Told, createdAt: number): string {
  const count = Math.max(0, drawInt(-2, 3, seed, nameOf(told), 'images'));
  const day = dashed(createdAt).slice(5, 10).replace('-', '');
  const name = (i: number) =>
    drawInt(0, 0xffffff, seed, nameOf(told), 'image', i).toString(16).padStart(6, '0');
  return Array.from({ length: count }, (_, i) => `/up/${day}/${name(i)}.jpg`).join(',');
}

/** Clerks type it by hand. */
function happenTime(at: number, chance: number): string {
  const { year, month, day, hour, minute } = beijing(at);
  if (chance < 0.05) return '';
  if (chance < 0.15) return `${String(year).slice(2)}-${two(month)}-${two(day)}`;
  if (chance < 0.3) return `${year}年${month}月${day}日 ${hour}:${two(minute)}`;
  return `${year}/${month}/${day} ${hour}:${minute}`;
}
