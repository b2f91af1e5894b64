import { describe, expect, test } from '@jest/globals';
import { neverMergeRules } from '../../processors/dedup/never-merge.ts';
import { errorKinds } from '../../runtime/errors.ts';
import { en } from './en.ts';
import { errorsZhCN } from './errors.zh-CN.ts';
import { zhCN } from './zh-CN.ts';

/** Every text of a catalogue by its path; functions as what they give for placeholders. */
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const text = value(...Array.from({ length: value.length }, (_, index) => `<${index}>`)) as string;
    return [[`${path}()`, text]];
  }
  return Object.entries(value as object).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
}

const hasChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);
/** Only an arrow, or a time and a word, in both languages. */
const withoutWords = new Set(['.status.comma', '.status.run()', '.status.at()', '.status.part()']);

describe('the texts of the command line', () => {
  const english = new Map(textsOf(en));
  const chinese = new Map(textsOf(zhCN));

  test('are the same in both languages, one by one', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test.each([...english.keys()])('%s says something in both languages, each in its own', (path) => {
    const [one, other] = [english.get(path)!, chinese.get(path)!];
    expect(one.trim()).not.toBe('');
    expect(hasChinese(one)).toBe(false);
    expect(hasChinese(other)).toBe(!withoutWords.has(path));
  });

  test.each([...english.keys()].filter((path) => path.endsWith('()')))(
    '%s uses the same facts in both languages',
    (path) => {
      const facts = (text: string) => [...text.matchAll(/<\d>/g)].map(([fact]) => fact).sort();
      expect(facts(chinese.get(path)!)).toEqual(facts(english.get(path)!));
    },
  );

  test('name every never-merge rule', () => {
    expect(neverMergeRules.map(({ name }) => name).filter((name) => !(name in en.names.neverMerge))).toEqual(
      [],
    );
  });

  test.each(Object.entries(errorKinds))('%s has its meaning and its next step in Chinese', (code, kind) => {
    const found = errorsZhCN[code as keyof typeof errorKinds];
    for (const text of [found.meaning, found.fix]) expect(hasChinese(text)).toBe(true);
    for (const text of [kind.meaning, kind.fix]) expect(hasChinese(text)).toBe(false);
    const commands = (text: string) =>
      text.match(/hub (?:[a-z]+-)*[a-z]+|--[a-z-]+|[a-z]+(?:[A-Z][a-z]+)+/g) ?? [];
    const ofHub = (text: string) =>
      commands(text).filter((word) => /^hub (trace|tap|dead|up|connector|help)|^--|[A-Z]/.test(word));
    expect(ofHub(found.fix)).toEqual(ofHub(kind.fix));
  });
});
