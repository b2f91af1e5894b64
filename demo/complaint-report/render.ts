import gcoordModule from 'gcoord';
import { draw, drawInt, drawOne } from './draw.ts';
import { nameOf, type Told } from './tellings.ts';

// The package's types describe its CommonJS form, Node loads its ES module: what is typed as `default` is the import itself.
const gcoord = gcoordModule as unknown as typeof gcoordModule.default;

/** Everything about a row that changes in its life. Times are ms, real ones. */
export interface RowState {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly status: '0' | '1' | '2' | '9';
  readonly corrected: boolean;
}

const minuteMs = 60_000;
const metreInDegrees = 1 / 111_320;

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
  const point = pointOf(seed, told);
  return JSON.stringify({
    id: state.id,
    title: telling.title,
    content: [
      telling.body,
      quoteOf(told),
      state.corrected ? drawOne(additions, seed, nameOf(told), 'addition') : '',
    ].join(''),
    type: types[telling.kind] ?? '投诉',
    channel: channels[telling.channel] ?? '网站',
    reporterName: anonymous ? '匿名' : `${drawOne(surnames, seed, telling.reporter)}**`,
    reporterTel: anonymous ? '' : maskedPhone(seed, telling.reporter),
    anonymous: anonymous ? '1' : '0',
    addr: telling.addressAsSaid,
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

/** WGS-84 of the story to the GCJ-02 of the portal's map, which its records do not mention. */
function pointOf(seed: number, told: Told): readonly [number, number] | null {
  const { lon, lat } = told.matter.place;
  if (lon === null || lat === null || told.telling.point === 'none') return null;
  const angle = draw(seed, nameOf(told), 'angle') * 2 * Math.PI;
  const metres =
    told.telling.point === 'exact'
      ? drawInt(0, 15, seed, nameOf(told), 'off')
      : drawInt(100, 300, seed, nameOf(told), 'off');
  const north = metres * Math.cos(angle) * metreInDegrees;
  const east = (metres * Math.sin(angle) * metreInDegrees) / Math.cos((lat * Math.PI) / 180);
  const [x, y] = gcoord.transform([lon + east, lat + north], gcoord.WGS84, gcoord.GCJ02);
  return [x!, y!];
}

/** The number of the hotline's order that the citizen mentions; the story says only which one. */
function quoteOf({ matter, telling }: Told): string {
  if (telling.quotes === null) return '';
  const quoted = matter.tellings.find(({ n }) => n === telling.quotes);
  if (quoted?.source !== 'hotline-12345') return '';
  const day = dashed(Date.parse(`${matter.start}:00+08:00`) + quoted.afterMin * minuteMs).slice(0, 10);
  const serial = drawInt(0, 999_999, 0, matter.matter, quoted.n);
  return `(单号PT${day.replaceAll('-', '')}${String(serial).padStart(6, '0')})`;
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

/** 2026-03-10 08:12:33, Beijing time. */
export function dashed(at: number): string {
  const { year, month, day, hour, minute, second } = beijing(at);
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
}

function beijing(at: number) {
  const date = new Date(at + 8 * 60 * minuteMs);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

const two = (n: number) => String(n).padStart(2, '0');
