import { Dictionary } from './dictionary.ts';
import { tables, topicNames } from './tables.ts';

const words = new Dictionary(
  topicNames.flatMap((name, i) => tables.topics[name]!.map((word) => [word, i + 1] as const)),
);

const maxText = 600;

/** 臭味不是煤气; 跟会员卡没有关系: what a matter is said not to be. */
const denied =
  /(?:不是|并非|不像)[^,，。!！?？;；\n]{1,8}|(?:跟|和|与)[^,，。!！?？;；\n]{1,10}(?:没有?关系|无关)/g;

/** Numbers of the problems that a record tells of, at most `limit`: its title's first, then the most often said. */
export function topicsOf(title: string, body: string, limit: number): number[] {
  const said = new Map<number, number>();
  count(title, titleWeight, said);
  count(body, 1, said);
  return [...said]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, limit)
    .map(([topic]) => topic);
}

/** A title says what the matter is; a body also what came before and beside it. */
const titleWeight = 3;

function count(text: string, weight: number, said: Map<number, number>): void {
  words.eachIn(text.slice(0, maxText).replace(denied, ' '), (topic) => {
    said.set(topic, (said.get(topic) ?? 0) + weight);
  });
}

const again = new Dictionary(tables.again.map((word) => [word, true] as const));
const another = new Dictionary(tables.another.map((word) => [word, true] as const));

/** Does a record say that its matter was told before? */
export function saysAgain(text: string): boolean {
  const bare = text.slice(0, maxText);
  return again.has(bare) && !another.has(bare);
}

const numberOf = (name: string): number => topicNames.indexOf(name) + 1;

/** Numbers of the problems that belong to one home. */
export const homeTopicNumbers: ReadonlySet<number> = new Set(tables.homeTopics.map(numberOf));
export const onlyHomeTopicNumber: number = numberOf(tables.onlyHomeTopic);
export const commonTopicNumbers: ReadonlySet<number> = new Set(tables.commonTopics.map(numberOf));
