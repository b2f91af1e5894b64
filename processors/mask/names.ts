import { doubleSurnames, surnames } from './surnames.ts';

/**
 * Names of persons after words that announce one. A name alone cannot be told from other words, so nothing is guessed
 * without such a word; names that a source has masked (张某某, 王**) are left as they are.
 */
const surname = `(?:${doubleSurnames.join('|')}|[${surnames}])`;
const han = '\\p{Script=Han}';
/** What cannot be the third character of a name: words that follow one. */
const after = '联电手身住址是在的今系为于说称反被把从到向对去已没与及，,。;；、:：\\s（(）)';
const given = `(?:[^某\\P{Script=Han}](?:[^${after}\\P{Script=Han}])?)`;

/** With a colon after the word, or one of the words that need none. */
export const announcedName = new RegExp(
  `(?:(?:姓名|名字|联系人|当事人|投诉人|举报人|来电人|反映人|申请人|求助人|报案人|患者|死者|伤者|户主|业主|车主|房东|租客|法人|原告|被告|经办人)(?:姓名)?\\s{0,2}[:：是为]\\s{0,2}|(?:我叫|名叫|本人叫|我是叫|姓名|我的名字叫|名字叫)\\s{0,2})(${surname}${given})`,
  'gu',
);

/** A full name with a title (not 老师, 医生: 任课老师 is nobody's name), where the name does not stand in the middle of other Chinese words. */
export const titledName = new RegExp(
  `(?<!${han})(${surname}[^某\\P{Script=Han}]{1,2})(?=先生|女士|小姐|同志|师傅|阿姨|大爷|大妈)`,
  'gu',
);

const nobody = /^(?:匿名|无名|不详|未知|保密|市民|群众|网友|居民|业主|热心市民|先生|女士)/;

/** A full name in clear, worth looking for in the text: Chinese, two to four characters, not masked, not 王女士. */
export const isFullName = (name: string): boolean =>
  /^\p{Script=Han}{2,4}$/u.test(name) && !/某|先生|女士|小姐|同志$/.test(name) && !nobody.test(name);

/** First character and `**`; what is masked already stays; null where the source names nobody. */
export function maskName(name: string | null): string | null {
  const trimmed = name?.trim() ?? '';
  if (trimmed === '' || nobody.test(trimmed)) return null;
  if (/^[^*＊]?[*＊]+$/u.test(trimmed)) return trimmed;
  return `${String.fromCodePoint(trimmed.codePointAt(0)!)}**`;
}
