import type { Catalogue, Condition } from '../catalogue/index.ts';
import { compileLexicon, type Hit, type Reading } from './lexicon.ts';

/** An item's words, read once: what the category and the rules look at. */
export interface ItemWords {
  /** Subject's name, source category path, title and body, a line each. */
  readonly reading: Reading;
  /** Where the title begins and ends: words before it are not the reporter's own. */
  readonly titleStart: number;
  readonly titleEnd: number;
  /** Hits of a rule's list in title and body. */
  said(list: string): readonly Hit[];
}

export interface Wordbook {
  read(item: {
    readonly title: string;
    readonly body: string;
    readonly subjectName: string | null;
    readonly categoryPath: string | null;
  }): ItemWords;
}

/** Name under which the keyword rule of this number stands in the lexicon. */
export function categoryList(rule: number): string {
  for (let next = categoryLists.length; next <= rule; next++) categoryLists.push(`category ${next}`);
  return categoryLists[rule]!;
}

/** Every text asks for all of them. */
const categoryLists: string[] = [];

/**
 * Characters that are read: far more than a source sends (a hotline cuts a body at 500), and few enough that a text of
 * megabytes cannot hold up the pipeline, as hits are compared in pairs.
 */
const maxBody = 10_000;
const maxLine = 500;

const wordbooks = new WeakMap<Catalogue, Wordbook>();

/** Compiles the keywords of a catalogue, once. */
export function wordbookOf(catalogue: Catalogue): Wordbook {
  let wordbook = wordbooks.get(catalogue);
  if (wordbook === undefined) {
    wordbook = compile(catalogue);
    wordbooks.set(catalogue, wordbook);
  }
  return wordbook;
}

function compile(catalogue: Catalogue): Wordbook {
  const lists: Record<string, Condition> = { ...catalogue.keywords.lists };
  catalogue.keywords.categories.forEach((rule, number) => {
    lists[categoryList(number)] = rule;
  });
  const lexicon = compileLexicon(lists, catalogue.keywords.negators);
  return {
    read({ title, body, subjectName, categoryPath }) {
      const subject = (subjectName ?? '').slice(0, maxLine);
      const path = (categoryPath ?? '').slice(0, maxLine);
      const heading = title.slice(0, maxLine);
      // join, not +: it leaves one flat string, which is read a character at a time several times.
      const reading = lexicon([subject, path, heading, body.slice(0, maxBody)].join('\n'));
      const titleStart = subject.length + path.length + 2;
      return {
        reading,
        titleStart,
        titleEnd: titleStart + heading.length,
        said: (list) => {
          const hits = reading.hits(list);
          return hits.length > 0 && hits[0]!.start < titleStart
            ? hits.filter((hit) => hit.start >= titleStart)
            : hits;
        },
      };
    },
  };
}
