import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { Problem } from './config-problem.ts';
import { HubError } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigDocument {
  /** The YAML as plain values, references replaced. */
  readonly value: unknown;
  /** Paths of values that came from a reference: taken for secrets, and always text, whatever the schema wants. */
  readonly referenced: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** A path as one string; keys may contain dots. */
export const pathKey = (path: readonly PropertyKey[]): string => JSON.stringify(path.map(String));

/**
 * Reads a `hub.yaml` and replaces `${env:NAME}` and `${file:PATH}` (relative to the file's folder; one newline at its
 * end is dropped) in its text values; `$${` stands for a literal `${`. Null: the empty configuration.
 * Throws HUB_CONFIG_UNREADABLE, or HUB_CONFIG_INVALID when it is not YAML.
 */
export function readConfigFile(path: string | null, environment: Environment): ConfigDocument {
  if (path === null) return { value: {}, referenced: new Set(), problems: [] };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new HubError('HUB_CONFIG_UNREADABLE', `${path} cannot be read: ${reasonOf(cause)}`, { cause });
  }
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) {
    const lines = document.errors.map((error) => {
      const before = text.slice(0, error.pos[0]).split('\n');
      return `line ${before.length}, column ${before.at(-1)!.length + 1}: ${error.message}`;
    });
    throw new HubError('HUB_CONFIG_INVALID', `${path} is not valid YAML:\n  ${lines.join('\n  ')}`);
  }
  return interpolate(document.toJS() ?? {}, environment, dirname(path));
}

function interpolate(document: unknown, environment: Environment, folder: string): ConfigDocument {
  const referenced = new Set<string>();
  const problems: Problem[] = [];

  function refer(kind: string, name: string, path: readonly string[]): string {
    referenced.add(pathKey(path));
    if (kind === 'env') {
      const value = environment[name];
      if (value !== undefined) return value;
      problems.push({
        path,
        found: `\${env:${name}}`,
        expected: `an environment variable ${name}, but it is not set`,
        fix: `set ${name} before starting the hub`,
      });
      return '';
    }
    const file = resolve(folder, name);
    try {
      return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    } catch (cause) {
      problems.push({
        path,
        found: `\${file:${name}}`,
        expected: `a readable file ${file}, but: ${reasonOf(cause)}`,
        fix: 'create it, correct the path or its rights',
      });
      return '';
    }
  }

  function walk(value: unknown, path: readonly string[]): unknown {
    if (typeof value === 'string') {
      return value.replace(/\$\$\{|\$\{(env|file):([^}]+)\}/g, (whole, kind?: string, name?: string) =>
        kind === undefined || name === undefined ? whole.slice(1) : refer(kind, name.trim(), path),
      );
    }
    if (Array.isArray(value)) return value.map((inner, index) => walk(inner, [...path, String(index)]));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, walk(inner, [...path, key])]),
      );
    }
    return value;
  }

  return { value: walk(document, []), referenced, problems };
}

const reasonOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : String(cause);
