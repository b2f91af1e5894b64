import { readFileSync } from 'node:fs';

export interface Rule {
  readonly id: string;
  readonly department: string;
  readonly words: readonly string[];
}

export interface Rules {
  readonly rules: readonly Rule[];
  readonly departments: readonly string[];
  /** The department of what no rule fires for. */
  readonly otherwise: string;
}

/** The twenty rules that every peer reads: all that fire are named, the first decides the department. */
export const rules = JSON.parse(
  readFileSync(new URL('../peers/rules.json', import.meta.url), 'utf8'),
) as Rules;

/** Schema of what every peer writes. */
export const reportSchema = readFileSync(new URL('../peers/report.avsc', import.meta.url), 'utf8');

export interface Decision {
  readonly department: string;
  /** Ids of the rules that fired. */
  readonly rules: readonly string[];
}

export function decide(title: string, text: string): Decision {
  let department: string | null = null;
  const fired: string[] = [];
  for (const rule of rules.rules) {
    if (!rule.words.some((word) => text.includes(word) || title.includes(word))) continue;
    department ??= rule.department;
    fired.push(rule.id);
  }
  return { department: department ?? rules.otherwise, rules: fired };
}
