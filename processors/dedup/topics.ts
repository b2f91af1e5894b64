import { tables, topicNames } from './tables.ts';

/** Problem words by their first two characters: a text is read once, whatever the number of words. */
const byStart = new Map<string, { readonly word: string; readonly topic: number }[]>();
topicNames.forEach((name, topic) => {
  for (const word of tables.topics[name]!) {
    const start = word.slice(0, 2);
    byStart.set(start, [...(byStart.get(start) ?? []), { word, topic: topic + 1 }]);
  }
});

const maxText = 600;

/** Numbers of the problems that a text tells of, most often said first, at most `limit`. @param text title and body */
export function topicsOf(text: string, limit: number): number[] {
  const bare = text.slice(0, maxText);
  const said = new Map<number, number>();
  for (let i = 0; i + 1 < bare.length; i++) {
    for (const { word, topic } of byStart.get(bare.slice(i, i + 2)) ?? []) {
      if (bare.startsWith(word, i)) said.set(topic, (said.get(topic) ?? 0) + 1);
    }
  }
  return [...said]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, limit)
    .map(([topic]) => topic);
}

/** Numbers of the problems that belong to one home. */
export const homeTopicNumbers: ReadonlySet<number> = new Set(
  tables.homeTopics.map((name) => topicNames.indexOf(name) + 1),
);
