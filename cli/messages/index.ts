import type { Language } from '../language.ts';
import { en, type Messages } from './en.ts';
import { zhCN } from './zh-CN.ts';

export type { Messages } from './en.ts';

export const messagesIn = (language: Language): Messages => (language === 'zh-CN' ? zhCN : en);

/** The name of a value that comes from data: one that no catalogue knows (a newer hub's) stands for itself. */
export const nameOf = (names: Readonly<Record<string, string>>, value: string): string =>
  Object.hasOwn(names, value) ? names[value]! : value;
