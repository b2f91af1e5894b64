import type { CategoryMethod, ItemKind } from '../../schemas/types.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { categoryList, type ItemWords } from './words.ts';

/** How a category was found. */
export interface CategoryFound {
  readonly code: string;
  readonly method: Extract<CategoryMethod, 'MAPPED' | 'RULE'>;
  /** 0 to 1; of a keyword rule it says how far its words are ahead of the next category's, not a measured probability. */
  readonly confidence: number;
  /** Source words or keywords that decided, in the order of the text. */
  readonly words: readonly string[];
}

export interface CategoryQuestion {
  readonly system: string;
  readonly kind: ItemKind;
  /** Canonical code where the connector maps it. */
  readonly code: string | null;
  /** The source's own path of names: 城市管理>环境卫生>生活垃圾. */
  readonly path: string | null;
}

interface PathMatch {
  readonly category: string;
  readonly confidence: number;
  readonly words: string;
}

/**
 * The category of an item: the connector's canonical code; else the source's own words, where the catalogue knows them for
 * certain; else the words of the text, with the source's less certain words and the source itself as hints; else UNK.OTHER.
 */
export function categorize(
  catalogue: Catalogue,
  question: CategoryQuestion,
  words: ItemWords,
): CategoryFound {
  const { code, path } = question;
  if (code !== null && catalogue.category(code).code === code) {
    return { code, method: 'MAPPED', confidence: 1, words: [code] };
  }
  const match = path === null ? null : matchPath(catalogue, path);
  if (match !== null && match.confidence >= catalogue.thresholds.categoryCertainConfidence) {
    return { code: match.category, method: 'MAPPED', confidence: match.confidence, words: [match.words] };
  }
  return byWords(catalogue, question, words, match);
}

/** A path is a handful of segments; what is longer is none. */
const maxSegments = 10;
const separators = /[>›》/—、|-]/;
const pathIndexes = new WeakMap<Catalogue, Map<string, PathMatch>>();

function pathIndex(catalogue: Catalogue): Map<string, PathMatch> {
  let index = pathIndexes.get(catalogue);
  if (index === undefined) {
    index = new Map(
      catalogue.keywords.paths.flatMap(({ category, confidence, any }) =>
        any.map((words) => [words, { category, confidence, words }] as const),
      ),
    );
    pathIndexes.set(catalogue, index);
  }
  return index;
}

/** The run of segments that ends deepest in the path decides, of two that end together the longer one. */
function matchPath(catalogue: Catalogue, path: string): PathMatch | null {
  const index = pathIndex(catalogue);
  const segments = path.split(separators, maxSegments).map((segment) => segment.trim());
  for (let end = segments.length; end > 0; end--) {
    for (let start = 0; start < end; start++) {
      const match = index.get(segments.slice(start, end).join('>'));
      if (match !== undefined) return match;
    }
  }
  return null;
}

/** What the second and later words of one rule add, and how many of them count. */
const furtherWord = 0.35;
const furtherWords = 3;
/** An uncertain path weighs as much as its confidence times this. */
const pathWeight = 2.4;
/** Evidence as weak as one stray word in the body gives no confidence. */
const doubt = 0.6;

function byWords(
  catalogue: Catalogue,
  { system, kind }: CategoryQuestion,
  words: ItemWords,
  match: PathMatch | null,
): CategoryFound {
  const scores = new Map<string, { score: number; words: string[] }>();
  const add = (category: string, score: number, because: readonly string[]): void => {
    const known = scores.get(category);
    if (known === undefined) scores.set(category, { score, words: [...because] });
    else {
      known.score += score;
      known.words.push(...because);
    }
  };
  catalogue.keywords.categories.forEach((rule, number) => {
    const all = words.reading.hits(categoryList(number));
    // A path that the catalogue knows speaks once, as itself.
    const hits = match === null ? all : all.filter((hit) => hit.start >= words.titleStart);
    if (hits.length === 0) return;
    const distinct = [...new Set(hits.map((hit) => hit.word))];
    const inTitle = hits.some((hit) => hit.start >= words.titleStart && hit.end <= words.titleEnd);
    const further = Math.min(distinct.length - 1, furtherWords);
    add(rule.category, (inTitle ? rule.titleWeight : rule.weight) * (1 + furtherWord * further), distinct);
  });
  if (match !== null) add(match.category, match.confidence * pathWeight, [match.words]);
  for (const hint of catalogue.keywords.hints) {
    if ((hint.source === null || hint.source === system) && (hint.kind === null || hint.kind === kind)) {
      add(hint.category, hint.weight, []);
    }
  }

  let best: [string, { score: number; words: string[] }] | null = null;
  let second = 0;
  for (const entry of scores) {
    if (best === null || entry[1].score > best[1].score) {
      second = best?.[1].score ?? 0;
      best = entry;
    } else second = Math.max(second, entry[1].score);
  }
  if (best === null) return { code: 'UNK.OTHER', method: 'RULE', confidence: 0, words: [] };
  const [code, { score, words: because }] = best;
  const confidence = Math.round((score / (score + second + doubt)) * 100) / 100;
  return { code, method: 'RULE', confidence, words: because };
}
