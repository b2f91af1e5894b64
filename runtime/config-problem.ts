import type { z } from 'zod';
import { pathKey } from './config-file.ts';
import { nearest } from './did-you-mean.ts';
import { HubError } from './errors.ts';
import { type OptionDoc, optionDocs, unknownKeys } from './option-docs.ts';

/** One thing wrong with the configuration, in the operator's words. */
export interface Problem {
  readonly path: readonly string[];
  /** The value as it stands, shortened; never that of a secret. */
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

export const problemLine = ({ path, found, expected, fix }: Problem): string =>
  `${path.join('.') || '(top)'}: found ${found}, expected ${expected}; fix: ${fix}`;

/** All problems as one error, one on a line. */
export const configError = (problems: readonly Problem[]): HubError =>
  new HubError(
    'HUB_CONFIG_INVALID',
    [`${problems.length} problem(s) in the configuration:`, ...problems.map(problemLine)].join('\n  '),
  );

export interface Checked<T> {
  /** Null when there are problems. */
  readonly value: T | null;
  /** What was checked, with referenced text turned into the number or truth value that the schema wants. */
  readonly input: unknown;
  readonly problems: readonly Problem[];
}

/**
 * Checks a value, which stands at `path` in the configuration, against a schema.
 * @param referenced paths whose values came from `${env:…}` or `${file:…}`: never printed
 */
export function check<T>(
  schema: z.ZodType<T>,
  value: unknown,
  path: readonly string[],
  referenced: ReadonlySet<string>,
): Checked<T> {
  let input = value;
  let result = schema.safeParse(input);
  if (!result.success) {
    input = withNumbers(input, result.error.issues, (inner) => referenced.has(pathKey([...path, ...inner])));
    result = schema.safeParse(input);
  }
  const docs = new Map(optionDocs(schema).map((doc) => [doc.name, doc]));
  const unknown = unknownKeys(schema, input).map(({ path: inner, known }) =>
    unknownKey([...path, ...inner], known),
  );
  const invalid = (result.error?.issues ?? [])
    .filter(({ code }) => code !== 'unrecognized_keys')
    .map((issue): Problem => {
      const inner = issue.path.map(String);
      const doc = docs.get(inner.join('.'));
      const found = at(input, issue.path);
      const secret =
        doc?.secret === true || inner.some(soundsSecret) || referenced.has(pathKey([...path, ...inner]));
      return {
        path: [...path, ...inner],
        found: show(found, secret),
        expected: expectation(issue.message),
        fix: fixFor(doc, found === undefined),
      };
    });
  const problems = [...unknown, ...invalid];
  return { value: problems.length === 0 && result.success ? result.data : null, input, problems };
}

export function unknownKey(path: readonly string[], known: readonly string[]): Problem {
  const guess = nearest(path.at(-1) ?? '', known);
  return {
    path,
    found: 'an unknown key',
    expected: `one of ${known.join(', ') || 'none'}`,
    fix: guess === null ? 'remove it' : `did you mean ${guess}?`,
  };
}

const soundsSecret = (key: string): boolean =>
  /password|passwd|secret|token|credential|(api|private|access)key/i.test(key);

export function show(value: unknown, secret: boolean): string {
  if (value === undefined) return 'nothing';
  if (secret) return 'a secret (not shown)';
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a list' : 'a group of options';
  // An address may carry a password before its host.
  const text = JSON.stringify(value).replace(/\/\/[^/@\s]*@/g, '//…@');
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** zod says "Too big: expected number to be <=200", "Invalid input: expected string, received number", "Invalid URL". */
function expectation(message: string): string {
  const expected = /expected (.*?)(, received .*)?$/s.exec(message);
  return expected?.[1] ?? `something else (${message})`;
}

function fixFor(doc: OptionDoc | undefined, missing: boolean): string {
  const about = doc === undefined || doc.text === '' ? '' : ` (${doc.text.replace(/\.$/, '')})`;
  if (missing) return `add it${about}`;
  const without =
    doc?.default === undefined ? '' : `, or remove it: the default is ${JSON.stringify(doc.default)}`;
  return `correct it${about}${without}`;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null) return undefined;
    inner = Reflect.get(inner, key);
  }
  return inner;
}

/** What comes from the environment is text; where the schema wants a number or a truth value, it is read as one. */
function withNumbers(
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
  isReferenced: (path: readonly PropertyKey[]) => boolean,
): unknown {
  const copy = structuredClone(value);
  for (const issue of issues) {
    if (issue.code !== 'invalid_type' || !isReferenced(issue.path)) continue;
    const parent = at(copy, issue.path.slice(0, -1));
    const key = issue.path.at(-1);
    const text = at(copy, issue.path);
    if (typeof parent !== 'object' || parent === null || key === undefined || typeof text !== 'string')
      continue;
    if (issue.expected === 'boolean' && /^(true|false)$/.test(text))
      Reflect.set(parent, key, text === 'true');
    else if (/^(number|int)$/.test(issue.expected) && text.trim() !== '' && Number.isFinite(Number(text)))
      Reflect.set(parent, key, Number(text));
  }
  return copy;
}
