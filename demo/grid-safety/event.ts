import { dashed, dayOf } from '../city/beijing.ts';
import { draw, drawInt, drawOne } from '../city/draw.ts';
import { pointOnMap } from '../city/location.ts';
import { keyOf, type Occurrence } from '../city/programme.ts';
import { nameOf, quotedOrder } from '../city/stories.ts';

/** Everything about an event that changes in its life. */
export interface EventState {
  readonly eventNo: string;
  /** As the platform shows it, ms. */
  readonly acceptedAt: number;
  readonly corrected: boolean;
  /** The grid's borders have been drawn anew, and the event lies in another grid. */
  readonly regridded: boolean;
}

const outlying = ['330903001', '330903102', '330903105'];
const sources: readonly (readonly [string, number])[] = [
  ['排查发现', 0.6],
  ['日常巡查', 0.75],
  ['群众反映', 0.92],
  ['上级交办', 1],
];
const additions = [
  '。复查:已处理一半。',
  '。补充:已拍照上传。',
  '。更正:位置在路对面。',
  '。补充:当事人已联系。',
];
const levels: Readonly<Record<string, readonly [readonly string[], string]>> = {
  MAJOR: [['一级', '二级'], '重大'],
  SPECIALIZED: [['三级'], '中等'],
  ORDINARY: [['四级', '四级', '五级'], '一般'],
};

/** The number that the platform gives an event: WG330903003-20260310-0012. @param serial from 0, unique among all events of a run */
export const eventNoOf = (townCode: string, acceptedAt: number, serial: number): string =>
  `WG${townCode}-${dayOf(acceptedAt).replaceAll('-', '')}-${String(serial + 1).padStart(4, '0')}`;

/** The town whose patrol tells it. What happens at sea is told by the patrol of a harbour. */
export const townOf = (seed: number, told: Occurrence): string =>
  told.matter.place.townCode ?? drawOne(outlying, seed, nameOf(told), 'town');

/**
 * A telling as the patrol platform shows it (domain.md §3.2), dirt included, without `ts`. A function of seed, telling and state.
 * The app asks for no title: the worker types one line.
 */
export function renderEvent(seed: number, told: Occurrence, state: EventState) {
  const { telling } = told;
  const chance = (what: string) => draw(seed, keyOf(told), what);
  const [type1, type2] = typesOf(seed, told);
  const [level, severity] = levels[telling.itemClass] ?? levels.ORDINARY!;
  const point = pointOnMap(seed, told);
  const isGroup = telling.persons >= 5 && /群|聚|业主|工人|集/.test(telling.title + telling.body);
  return {
    eventNo: state.eventNo,
    eventSource: sources.find(([, below]) => chance('source') < below)![0],
    type1,
    type2,
    level: drawOne(level, seed, keyOf(told), 'level'),
    severity,
    gridCode: gridOf(seed, told, state.regridded),
    gridWorker: `网格员${String(drawInt(1, 60, 0, telling.reporter)).padStart(2, '0')}`,
    desc: `${descOf(told)}${state.corrected ? drawOne(additions, seed, keyOf(told), 'addition') : ''}`,
    personNum: telling.persons > 1 ? telling.persons : chance('persons') < 0.8 ? null : 1,
    isGroup: isGroup ? '是' : '否',
    isEmergency: telling.itemClass === 'MAJOR' && chance('emergency') < 0.7 ? '是' : '否',
    mapLocation: point === null ? '' : `${point[0].toFixed(6)},${point[1].toFixed(6)}`,
    coordType: 'gcj02',
    acceptDate: dashed(state.acceptedAt),
    nodeValue: '10',
    files: filesOf(seed, told),
  };
}

export type GridEvent = ReturnType<typeof renderEvent>;

function descOf(told: Occurrence): string {
  const { title, body, addressAsSaid } = told.telling;
  const where = addressAsSaid === null || body.includes(addressAsSaid) ? '' : `${addressAsSaid}:`;
  const order = quotedOrder(told);
  return `${where}${title}。${body}${order === null ? '' : `(12345单号${order})`}`;
}

/** Workers in a hurry take the last entry of the list: rubbish above all is filed under 其他隐患. */
function typesOf(seed: number, told: Occurrence): readonly [string, string] {
  const [type1 = '问题隐患', type2 = '其他隐患'] = told.telling.sourceCategory.split('>');
  const isHasty = type1 === '问题隐患' && told.matter.category === 'URB.GARBAGE';
  return [type1, isHasty && draw(seed, keyOf(told), 'hasty') < 0.4 ? '其他隐患' : type2];
}

/**
 * 15 digits: town 9, village 3, grid 3; squares of some 500 m, numbered without order. Phones that were not updated send the code of
 * before the last redrawing: another number, or village 12 and grid 2.
 */
function gridOf(seed: number, told: Occurrence, regridded: boolean): string {
  const town = townOf(seed, told);
  const { lon, lat } = told.matter.place;
  const cell = [Math.floor((lon ?? 0) * 200), Math.floor((lat ?? 0) * 200)];
  const village = 200 * Number(town[6] !== '0') + drawInt(1, 14, 0, town, cell[0]! >> 1, cell[1]! >> 1);
  const number = drawInt(1, 40, 0, town, ...cell, regridded ? 'redrawn' : '');
  const digits = (value: number, length: number) => String(value).padStart(length, '0');
  if (!regridded && draw(seed, told.telling.reporter, 'old phone') < 0.1)
    return draw(seed, told.telling.reporter, 'older phone') < 0.5
      ? `${town}${digits(village, 3)}${digits(number, 2)}`
      : `${town}${digits(village, 3)}${digits(number + 500, 3)}`;
  return `${town}${digits(village, 3)}${digits(number, 3)}`;
}

function filesOf(seed: number, told: Occurrence) {
  const count = drawInt(0, 2, seed, keyOf(told), 'files');
  return Array.from({ length: count }, (_, i) => ({
    u: `/f/${drawInt(0, 0xffffff, seed, keyOf(told), 'file', i).toString(16).padStart(6, '0')}.jpg`,
    t: i === 0 ? 'before' : 'after',
  }));
}
