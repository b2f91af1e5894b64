/**
 * node docs/print-options.ts           print the options of connectors and sinks into their README.md, those of Kafka mode into kafka.md
 * node docs/print-options.ts --check   exit 1 when one is out of step
 *
 * A page without a place for them is left alone; test/conformance.test.ts does not let that pass for a README.md.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { connectors } from '../connectors/index.ts';
import { hubOptions } from '../runtime/config.ts';
import { sinks } from '../sinks/index.ts';
import { optionTable } from './option-table.ts';

const place = /(<!-- options -->\n)[\s\S]*?(<!-- \/options -->)/;

const { kafka, registry, redis, postgres } = hubOptions.shape;
const pages = [
  ...[connectors, sinks].flatMap((definitions) =>
    definitions.all.map(({ name, config }) => ({
      page: new URL('README.md', definitions.moduleOf(name)),
      called: `${name}/README.md`,
      options: config,
    })),
  ),
  {
    page: new URL('kafka.md', import.meta.url),
    called: 'docs/kafka.md',
    options: z.object({ kafka, registry, redis, postgres }),
  },
];

let stale = 0;
for (const { page, called, options } of pages) {
  const written = existsSync(page) ? readFileSync(page, 'utf8') : '';
  if (!place.test(written)) continue;
  const printed = written.replace(
    place,
    (_, begin: string, end: string) => begin + optionTable(options) + end,
  );
  if (printed === written) continue;
  if (!process.argv.includes('--check')) writeFileSync(page, printed);
  else {
    process.stderr.write(`${called} is out of step with its options; run: npm run generate\n`);
    stale += 1;
  }
}
if (stale > 0) process.exitCode = 1;
