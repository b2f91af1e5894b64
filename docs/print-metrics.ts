/**
 * node docs/print-metrics.ts           print docs/metrics.md from runtime/metrics.ts
 * node docs/print-metrics.ts --check   exit 1 when it is out of step
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { bucketSeconds, type MetricKind, metricKinds } from '../runtime/metrics.ts';

const page = new URL('metrics.md', import.meta.url);
const rows = Object.entries(metricKinds as Readonly<Record<string, MetricKind>>).map(
  ([name, { type, labels, help }]) =>
    `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
);
const printed = `# Metrics

Printed from \`runtime/metrics.ts\` by \`docs/print-metrics.ts\`. The list is closed. A running hub shows them at \`/metrics\` (default
http://127.0.0.1:8080/metrics) in the text format of Prometheus; alert rules over them are in [deploy/alerts.yml](../deploy/alerts.yml), what to do is in
[duty.md](duty.md). Labels come from the configuration and the catalogue; no label holds an item, a person or a text.

Counters "since the start" begin at 0 with the process, those "ever" with the data folder. What is read from the data folder is at most a few seconds old
(\`hub_status_age_seconds\`). Buckets of histograms, seconds: ${bucketSeconds.join(', ')}.

| name | type | labels | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}
`;

if (!process.argv.includes('--check')) writeFileSync(page, printed);
else if (readFileSync(page, 'utf8') !== printed) {
  process.stderr.write('docs/metrics.md is out of step with runtime/metrics.ts; run: npm run generate\n');
  process.exitCode = 1;
}
