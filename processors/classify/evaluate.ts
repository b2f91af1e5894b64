import { figuresOf, type JudgedTelling, judgeStories } from './stories.ts';

/**
 * Prints the figures of processors/classify/README.md: node processors/classify/evaluate.ts [--mistakes]
 * Mistakes are listed of the matters that were read only, so that the others stay unread.
 */
const judged = judgeStories();
const parts: readonly (readonly [string, readonly JudgedTelling[]])[] = [
  ['read', judged.filter(({ isHeldOut }) => !isHeldOut)],
  ['held out', judged.filter(({ isHeldOut }) => isHeldOut)],
  ['all', judged],
];
const percent = (share: number): string => (share * 100).toFixed(1);

console.log('| matters | tellings | class right % | MAJOR recall % | MAJOR precision % | category right % |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const [name, part] of parts) {
  const { tellings, classAccuracy, majorRecall, majorPrecision, categoryAccuracy } = figuresOf(part);
  const shares = [classAccuracy, majorRecall, majorPrecision, categoryAccuracy].map(percent);
  console.log(`| ${[name, tellings, ...shares].join(' | ')} |`);
}

if (process.argv.includes('--mistakes')) {
  for (const { matter, source, title, body, sourceCategory, trueCategory, trueClass, item } of parts[0]![1]) {
    const { classification, category } = item;
    if (classification.itemClass === trueClass && category.code === trueCategory) continue;
    const reasons = classification.reasons.map(({ code, evidence }) => `${code} ${evidence}`).join('; ');
    console.log(
      `\n${matter} ${source} ${sourceCategory}: ${trueClass} ${trueCategory}, found ${classification.itemClass} ${category.code} ${category.method} ${category.confidence}\n  ${title} | ${body}\n  ${reasons}`,
    );
  }
}
