import { errorKinds, type HubError } from '../runtime/errors.ts';
import type { Language } from './language.ts';
import { errorsZhCN } from './messages/errors.zh-CN.ts';
import { messagesIn } from './messages/index.ts';

/** Meaning and next step of a code, in a language. */
export const meaningOf = (code: HubError['code'], language: Language): { meaning: string; fix: string } =>
  language === 'zh-CN' ? errorsZhCN[code] : errorKinds[code];

/**
 * An error as the operator reads it: code and what was found, what the code means, what lies behind it, what to do. A bug shows
 * its stack, since that is what has to be reported.
 */
export function explain(error: HubError, language: Language): string {
  const { code, message, stack } = error;
  const { error: labels } = messagesIn(language);
  const { meaning, fix } = meaningOf(code, language);
  const colon = language === 'zh-CN' ? '：' : ': ';
  const lines = [`${code}${colon}${message}`, `  ${labels.meaning}${colon}${meaning}`];
  for (const cause of causesOf(error)) {
    if (!message.includes(cause)) lines.push(`  ${labels.cause}${colon}${cause}`);
  }
  lines.push(`  ${labels.fix}${colon}${fix}`);
  if (code === 'HUB_INTERNAL') {
    const { cause } = error;
    lines.push((cause instanceof Error ? cause.stack : stack) ?? '');
  }
  return lines.join('\n');
}

function causesOf(error: Error): string[] {
  const causes: string[] = [];
  for (let { cause } = error; cause instanceof Error; { cause } = cause) causes.push(cause.message);
  return causes;
}
