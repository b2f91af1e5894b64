/**
 * Record numbers of the ten sources as people quote them in texts: "打过12345(PT20260310000381)也没人管". The forms are those of the samples in
 * domain.md §3; lengths are bounded, so that a long run of digits is nobody's number.
 */
const numberForms: readonly (readonly [system: string, form: string])[] = [
  ['four-platforms', 'SPT\\d{6}-\\d{10}'],
  ['hotline-12345', 'PT\\d{14,18}'],
  ['complaint-report', 'TS\\d{12}'],
  ['grid-safety', 'WG\\d{9}-\\d{8}-\\d{4}'],
  ['smart-city', '\\d{8}-CG-\\d{6}(?:-R\\d{1,2})?'],
  ['smart-ocean', 'YJ\\d{8}-\\d{4}'],
  ['smart-tourism', 'LY\\d{10}'],
  ['legal-12348', 'FL\\d{11}'],
  ['court-12368', '12368-\\d{6}-\\d{8}-\\d{4}'],
  // 1, county code, 13 digits.
  ['market-12315', '1[1-6]\\d{18}'],
];

const anyNumber = new RegExp(
  `(?<![A-Za-z0-9-])(?:${numberForms.map(([, form]) => `(${form})`).join('|')})(?![A-Za-z0-9])`,
  'gi',
);

/** Every form has four digits in a row, full-width ones too: most texts are done with after this. */
const someDigits = /\p{Nd}{4}/u;

/** More quotations than this are a pasted list, not a reference. */
const maxQuotations = 20;

/**
 * Numbers quoted in the texts as `system:number`, each once, in order of appearance; never the record's own.
 * @param own `system:number` of the record itself.
 */
export function quotedNumbers(texts: readonly string[], own: string): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    if (!someDigits.test(text)) continue;
    for (const match of text.normalize('NFKC').matchAll(anyNumber)) {
      const form = match.slice(1).findIndex((group) => group !== undefined);
      const quoted = `${numberForms[form]?.[0]}:${match[0].toUpperCase()}`;
      if (quoted !== own) found.add(quoted);
      if (found.size === maxQuotations) return [...found];
    }
  }
  return [...found];
}
