import type { Catalogue } from '../catalogue/index.ts';

/** The rules of a catalogue as the Markdown table of README.md; its test keeps the two in step. */
export function ruleTable(catalogue: Catalogue): string {
  const rows = catalogue.rules.map(({ id, zh, en, itemClass, thresholds }) => {
    const limits = thresholds.map(
      (name) => `${name} = ${catalogue.thresholds[name as keyof typeof catalogue.thresholds]}`,
    );
    return `| ${id} | ${zh} | ${en} | ${itemClass} | ${limits.join(', ')} |`;
  });
  return ['| rule | 中文 | English | class | thresholds |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}
