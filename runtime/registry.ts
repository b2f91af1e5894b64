import { nearest } from './did-you-mean.ts';
import { type ErrorCode, HubError } from './errors.ts';

/** The definitions of one kind, by name. */
export interface Registry<D> {
  /** In the order of the list. */
  readonly all: readonly D[];
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Throws HUB_REGISTRY_UNKNOWN, which lists what there is. */
  get(name: string): D;
  /** file: URL of the module that exports the definition: threads import it for themselves. */
  moduleOf(name: string): string;
}

/**
 * Registers definitions from a readable list; there is no scan of folders. Each lives in the folder of its name:
 * `<folder of base>/<name>/index.ts`. Throws HUB_REGISTRY_DUPLICATE.
 * @param kind as the operator calls it: connector, sink
 * @param base `import.meta.url` of the file with the list
 */
export function registry<D extends { readonly name: string }>(
  kind: string,
  base: string,
  definitions: readonly D[],
): Registry<D> {
  const byName = new Map<string, D>();
  for (const definition of definitions) {
    if (byName.has(definition.name)) {
      throw new HubError('HUB_REGISTRY_DUPLICATE', `two ${kind}s are named "${definition.name}"`);
    }
    byName.set(definition.name, definition);
  }
  const names = [...byName.keys()];

  function get(name: string): D {
    const found = byName.get(name);
    if (found !== undefined) return found;
    const guess = nearest(name, names);
    const hint = guess === null ? '' : ` (did you mean ${guess}?)`;
    const code: ErrorCode = 'HUB_REGISTRY_UNKNOWN';
    throw new HubError(code, `no ${kind} "${name}"${hint}; there are: ${names.join(', ') || 'none'}`);
  }

  return {
    all: [...byName.values()],
    names,
    has: (name) => byName.has(name),
    get,
    moduleOf: (name) => new URL(`./${get(name).name}/index.ts`, base).href,
  };
}
