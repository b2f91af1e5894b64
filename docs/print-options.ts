/**
 * node docs/print-options.ts           print the options of connectors and sinks into their README.md
 * node docs/print-options.ts --check   exit 1 when one is out of step
 *
 * A README.md without a place for them is left alone; test/conformance.test.ts does not let that pass.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connectors } from '../connectors/index.ts';
import { sinks } from '../sinks/index.ts';
import { optionTable } from './option-table.ts';

const place = /(<!-- options -->\n)[\s\S]*?(<!-- \/options -->)/;

let stale = 0;
for (const registry of [connectors, sinks]) {
  for (const { name, config } of registry.all) {
    const page = new URL('README.md', registry.moduleOf(name));
    const written = existsSync(page) ? readFileSync(page, 'utf8') : '';
    if (!place.test(written)) continue;
    const printed = written.replace(
      place,
      (_, begin: string, end: string) => begin + optionTable(config) + end,
    );
    if (printed === written) continue;
    if (!process.argv.includes('--check')) writeFileSync(page, printed);
    else {
      process.stderr.write(`${name}/README.md is out of step with its options; run: npm run generate\n`);
      stale += 1;
    }
  }
}
if (stale > 0) process.exitCode = 1;
