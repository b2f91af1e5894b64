import { compilePhrases } from '../text/phrases.ts';
import { tables, topicNames } from './tables.ts';

/** Says that it was told before; says that this is another matter. */
const again = -1;
const another = -2;

const words: readonly (readonly [word: string, meaning: number])[] = [
  ...topicNames.flatMap((name, i) => tables.topics[name]!.map((word) => [word, i + 1] as const)),
  ...tables.again.map((word) => [word, again] as const),
  ...tables.another.map((word) => [word, another] as const),
];
const meanings = words.map(([, meaning]) => meaning);
const finder = compilePhrases(words.map(([word]) => word));

const maxText = 600;
/** A title says what the matter is; a body also what came before and beside it. */
const titleWeight = 3;

/** 臭味不是煤气; 跟会员卡没有关系: what a matter is said not to be. */
const denied =
  /(?:不是|并非|不像)[^,，。!！?？;；\n]{1,8}|(?:跟|和|与)[^,，。!！?？;；\n]{1,10}(?:没有?关系|无关)/g;
const denying = ['不是', '并非', '不像', '关系', '无关'];

/** Problems that a record tells of. */
export interface Said {
  /** Numbers, at most `limit`: the title's first, then the most often said. */
  readonly topics: readonly number[];
  /** It says that its matter was told before. */
  readonly again: boolean;
  /** It says that this is another matter than one told before. */
  readonly another: boolean;
}

/** Of the record at hand, by topic. */
const weights = new Uint16Array(topicNames.length + 1);
const met: number[] = [];
let weight = 0;
let saysAgain = false;
let saysAnother = false;

export function saidIn(
  title: string,
  body: string,
  limit: number,
  category: { readonly code: string; readonly isCertain: boolean },
): Said {
  met.length = 0;
  saysAgain = false;
  saysAnother = false;
  weight = titleWeight;
  read(title);
  weight = 1;
  read(body);
  met.sort((a, b) => weights[b]! - weights[a]! || a - b);
  putFirst(topicOfCategory.get(category.code), category.isCertain);
  const topics = met.slice(0, limit);
  for (const topic of met) weights[topic] = 0;
  return { topics, again: saysAgain && !saysAnother, another: saysAnother };
}

/** Of the problems told, that of the category is the main one; who tells none by a word that is known, tells that one if it is certain. */
function putFirst(own: number | undefined, isCertain: boolean): void {
  if (own === undefined) return;
  const at = met.indexOf(own);
  if (at > 0) met.splice(at, 1);
  if (at > 0 || (isCertain && met.length === 0)) met.unshift(own);
}

function read(text: string): void {
  const start = text.length > maxText ? text.slice(0, maxText) : text;
  const isPlain = denying.every((word) => !start.includes(word));
  finder.find(isPlain ? start : start.replace(denied, ' '), note);
}

function note(word: number): void {
  const meaning = meanings[word]!;
  if (meaning === again) saysAgain = true;
  else if (meaning === another) saysAnother = true;
  else {
    if (weights[meaning] === 0) met.push(meaning);
    weights[meaning]! += weight;
  }
}

const numberOf = (name: string): number => topicNames.indexOf(name) + 1;

/** Numbers of the problems that belong to one home. */
export const homeTopicNumbers: ReadonlySet<number> = new Set(tables.homeTopics.map(numberOf));
export const buildingTopicNumbers: ReadonlySet<number> = new Set(tables.buildingTopics.map(numberOf));
export const purchaseTopicNumbers: ReadonlySet<number> = new Set(tables.purchaseTopics.map(numberOf));
export const allCustomersTopicNumbers: ReadonlySet<number> = new Set(tables.allCustomersTopics.map(numberOf));
export const onlyHomeTopicNumber: number = numberOf(tables.onlyHomeTopic);
export const commonTopicNumbers: ReadonlySet<number> = new Set(tables.commonTopics.map(numberOf));
const topicOfCategory = new Map(
  Object.entries(tables.categoryTopics).map(([code, name]) => [code, numberOf(name)]),
);
