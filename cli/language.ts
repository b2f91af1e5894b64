/** Languages of what an operator reads. */
export type Language = 'zh-CN' | 'en';
export const languages: readonly Language[] = ['zh-CN', 'en'];

/**
 * The language of this call, known before the command line is parsed, since help and complaints need it: `--lang`, else that
 * of LANG, else English. A value of `--lang` that is none of ours is left for the parser to refuse.
 */
export function languageOf(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const at = args.indexOf('--lang');
  const given =
    at === -1 ? args.find((arg) => arg.startsWith('--lang='))?.slice('--lang='.length) : args[at + 1];
  const named = languages.find((language) => language === given);
  return named ?? (/^zh/i.test(environment.LANG ?? '') ? 'zh-CN' : 'en');
}
