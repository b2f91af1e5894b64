/** Category of the hub that each of the platform's alarm types is, by the words in it; the first row that fits. */
const categories: readonly (readonly [words: RegExp, code: string])[] = [
  [
    /SOS|遇险|求救|落水|坠海|沉没|沉船|进水|弃船|倾覆|触礁|起火|火灾|12395|SART|EPIRB|\bMOB\b|示位标|应答器/i,
    'SEA.DISTRESS',
  ],
  [/失联|离线|脱管|信号中断|无信号/, 'SEA.LOST'],
  [/碰撞|擦碰|CPA|油污|溢油|漏油|油膜/i, 'SEA.COLLISION'],
  [/越界|围栏|禁渔|休渔|禁锚|禁航|禁入|进入航道|偷捕|未回港|未归港|未进港|未避风/, 'SEA.FENCE'],
];
const test = /测试|自测|自检|演练|\bTEST\b/i;

/** UNK.OTHER for a word that nobody has mapped (a person will), and for a test, which is nobody's distress. */
export function categoryOf(alarmType: string): string {
  if (test.test(alarmType)) return 'UNK.OTHER';
  return categories.find(([words]) => words.test(alarmType))?.[1] ?? 'UNK.OTHER';
}

interface Grade {
  readonly severity: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  readonly urgency: 'NORMAL' | 'URGENT' | 'EXTRA_URGENT';
}

/** The four colours of China's warnings, 红 the gravest (domain.md §3.6); also as 红色, 一级, 1, I. */
const grades: readonly (readonly [words: readonly string[], grade: Grade])[] = [
  [['红', '一', '1', 'I'], { severity: 'CRITICAL', urgency: 'EXTRA_URGENT' }],
  [['橙', '二', '2', 'II'], { severity: 'HIGH', urgency: 'URGENT' }],
  [['黄', '三', '3', 'III'], { severity: 'MEDIUM', urgency: 'NORMAL' }],
  [['蓝', '四', '4', 'IV'], { severity: 'LOW', urgency: 'NORMAL' }],
];

export function gradeOf(level: string): Grade {
  const word = level
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[色级\s]|预警|报警/g, '');
  return grades.find(([words]) => words.includes(word))?.[1] ?? { severity: 'MEDIUM', urgency: 'NORMAL' };
}

const events: Readonly<Record<string, string>> = {
  未处置: 'ITEM_RECEIVED',
  待处置: 'ITEM_RECEIVED',
  处置中: 'STARTED',
  已处置: 'CLOSED',
  已解除: 'CLOSED',
  误报: 'CLOSED',
};

/** The platform's own word and the event of domain.md §7 that it is; null for a word that we do not know. */
export function stateOf(status: string): { sourceStatus: string | null; sourceEvent: string | null } {
  return {
    sourceStatus: status || null,
    sourceEvent: Object.hasOwn(events, status) ? events[status]! : null,
  };
}

export const isOver = (status: string): boolean => stateOf(status).sourceEvent === 'CLOSED';

/** Registered names of Zhoushan's fishing boats begin with province and district; on the air they stand in Latin letters. */
const districts: readonly (readonly [latin: RegExp, name: string])[] = [
  [/^ZHE ?PU ?YU|^ZPY/i, '浙普渔'],
  [/^ZHE ?DAI ?YU|^ZDAIY/i, '浙岱渔'],
  [/^ZHE ?SHENG ?YU|^ZSY/i, '浙嵊渔'],
  [/^ZHE ?DING ?YU|^ZDINGY/i, '浙定渔'],
];

/** 浙普渔99902, 浙普渔 99902 号 and ZHEPUYU 99902 are one ship: the first form. */
export function shipNameOf(name: string): string {
  const bare = name
    .normalize('NFKC')
    .replace(/[\s\-_.]+/g, ' ')
    .replace(/号?(渔船|轮|船)?$/, '')
    .trim();
  const district = districts.find(([latin]) => latin.test(bare));
  const named = district === undefined ? bare : bare.replace(district[0], district[1]);
  return named.replace(/(?<=[\p{Script=Han}\d]) +(?=[\p{Script=Han}\d])/gu, '');
}
