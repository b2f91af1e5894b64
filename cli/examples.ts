import type { Messages } from './messages/index.ts';

/** The end of a command's help. */
export const examples = (t: Messages, ...lines: readonly string[]): string =>
  ['', t.help.examples, ...lines.map((line) => `  ${line}`)].join('\n');
