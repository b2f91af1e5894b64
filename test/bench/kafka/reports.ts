import { type Random, seededRandom } from '../../simulation/random.ts';
import { rules } from './rules.ts';

/** A report as the input topic has it, in JSON. */
export interface Report {
  readonly id: string;
  readonly source: string;
  /** Milliseconds since epoch. */
  readonly reportedAt: number;
  readonly title: string;
  readonly text: string;
  readonly address: string;
  readonly lon: number;
  readonly lat: number;
  readonly reporter: string;
  readonly phone: string;
}

/** UTF-8, of each report. */
export const reportBytes = 440;
/** One record in so many comes a second time… */
const repeatEvery = 20;
/** …within so many records. */
const repeatWithin = 50_000;
const firstReportAt = Date.UTC(2026, 2, 10);
const betweenMs = 200;

const keywords = rules.rules.flatMap(({ words }) => words);
const roads = ['海印路', '文昌路', '滨港路', '解放路', '昌洲大道', '合兴路', '翁山路', '环城北路'];
const surnames = Array.from('王李张刘陈杨黄赵吴周徐孙');
/** None of these holds a keyword. */
const clauses = [
  '昨天傍晚发生在小区门口',
  '附近的老人都不敢出门',
  '已经反映过两次没有结果',
  '请有关部门尽快来看看',
  '希望能给一个明确的答复',
  '邻居们商量过也没有办法',
  '每天上下班都要绕很远的路',
  '孩子放学的时候最危险',
  '这件事拖了快一个月了',
  '照片已经发给社区干部',
];

export interface InputRecord {
  readonly id: string;
  /** Exactly `reportBytes` of JSON. */
  readonly value: Buffer;
}

/** Record number `index` of the corpus; every twentieth is an earlier one, byte for byte. */
export function inputRecord(index: number): InputRecord {
  const report = reportOf(distinctIndex(index));
  return { id: report.id, value: Buffer.from(JSON.stringify(report)) };
}

/** Index of the record that this one repeats, or its own. */
export function distinctIndex(index: number): number {
  if (index % repeatEvery !== repeatEvery - 1) return index;
  return distinctIndex(index - 1 - seededRandom(1, `repeat ${index}`).below(Math.min(index, repeatWithin)));
}

export function reportOf(index: number): Report {
  const random = seededRandom(1, `report ${index}`);
  const told = random.chance(0.85) ? random.pick(keywords) : '一件小事';
  const title = `${random.pick(roads)}有人反映${told}`;
  const report = {
    id: `TS-${String(index).padStart(9, '0')}`,
    source: 'complaint-report',
    reportedAt: firstReportAt + index * betweenMs,
    title,
    text: random.chance(0.2) ? `还有${random.pick(keywords)}，` : '',
    address: `定海区${random.pick(roads)}${100 + random.below(900)}号`,
    lon: (122_100_000 + random.below(300_000)) / 1_000_000,
    lat: (29_900_000 + random.below(200_000)) / 1_000_000,
    reporter: `${random.pick(surnames)}**`,
    phone: `138****${1000 + random.below(9000)}`,
  };
  const missing = reportBytes - Buffer.byteLength(JSON.stringify(report));
  return { ...report, text: report.text + filling(random, missing) };
}

/** So many bytes of clauses: Chinese characters of three bytes, then full stops. */
function filling(random: Random, bytes: number): string {
  const characters = Math.floor(bytes / 3);
  let text = '';
  while (text.length < characters) text += `${random.pick(clauses)}，`;
  return text.slice(0, characters) + '.'.repeat(bytes - characters * 3);
}
