/**
 * node docs/print-errors.ts           print docs/errors.md from runtime/errors.ts
 * node docs/print-errors.ts --check   exit 1 when it is out of step
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { errorKinds } from '../runtime/errors.ts';

const page = new URL('errors.md', import.meta.url);
const rows = Object.entries(errorKinds).map(
  ([code, { retriable, meaning, fix }]) =>
    `| [\`${code}\`](runbook.md#${code.toLowerCase()}) | ${retriable ? 'yes' : 'no'} | ${meaning} | ${fix} |`,
);
const printed = `# Error codes

Printed from \`runtime/errors.ts\` by \`docs/print-errors.ts\`. The list is closed. "Retried" means that the hub tries again by itself.
Each code leads to its paragraph in the runbook: what is seen, what lies behind it, what to type ([中文](runbook.zh-CN.md)).

| code | retried | what happened | what to do |
| --- | --- | --- | --- |
${rows.join('\n')}
`;

if (!process.argv.includes('--check')) writeFileSync(page, printed);
else if (readFileSync(page, 'utf8') !== printed) {
  process.stderr.write('docs/errors.md is out of step with runtime/errors.ts; run: npm run generate\n');
  process.exitCode = 1;
}
