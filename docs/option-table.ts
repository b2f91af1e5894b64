import type { z } from 'zod';
import { type OptionDoc, optionDocs } from '../runtime/option-docs.ts';

/** The options of a connector or sink as its README.md shows them, between `<!-- options -->` and `<!-- /options -->`. */
export function optionTable(config: z.ZodType): string {
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
