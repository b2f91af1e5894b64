/**
 * node docs/print-options.ts           print the options of connectors and sinks into their README.md
 * node docs/print-options.ts --check   exit 1 when one is out of step
 *
 * The table goes between the lines `<!-- options -->` and `<!-- /options -->`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';
import { connectors } from '../connectors/index.ts';
import { type OptionDoc, optionDocs } from '../runtime/option-docs.ts';
import { sinks } from '../sinks/index.ts';

const place = /(<!-- options -->\n)[\s\S]*?(<!-- \/options -->)/;

function table(config: z.ZodType): string {
  const rows = optionDocs(config).map(
    (doc) => `| \`${doc.name}\` | ${cell(typeOf(doc))} | ${cell(defaultOf(doc))} | ${cell(doc.text)} |`,
  );
  return ['', '| option | value | default | meaning |', '| --- | --- | --- | --- |', ...rows, '', ''].join(
    '\n',
  );
}

const typeOf = ({ type, bounds }: OptionDoc): string => (bounds === '' ? type : `${type}, ${bounds}`);

function defaultOf({ required, default: value }: OptionDoc): string {
  if (required) return 'required';
  const text = JSON.stringify(value) ?? '';
  return text.length > 40 ? 'see meaning' : text;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

let stale = 0;
for (const registry of [connectors, sinks]) {
  for (const { name, config } of registry.all) {
    const page = new URL('README.md', registry.moduleOf(name));
    const written = existsSync(page) ? readFileSync(page, 'utf8') : '';
    if (!place.test(written)) continue;
    const printed = written.replace(place, (_, begin: string, end: string) => begin + table(config) + end);
    if (printed === written) continue;
    if (!process.argv.includes('--check')) writeFileSync(page, printed);
    else {
      process.stderr.write(`${name}/README.md is out of step with its options; run: npm run generate\n`);
      stale += 1;
    }
  }
}
if (stale > 0) process.exitCode = 1;
