import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { connectors } from '../connectors/index.ts';
import { optionTable } from '../docs/option-table.ts';
import { pipeline } from '../processors/index.ts';
import { connectorOptions, sinkOptions } from '../runtime/config.ts';
import { optionDocs } from '../runtime/option-docs.ts';
import { sinks } from '../sinks/index.ts';

/** A connector, sink or processor, and the folder in which it must lie. */
interface Component {
  readonly kind: 'connectors' | 'processors' | 'sinks';
  readonly name: string;
  readonly summary: string;
  /** Null where it has no options. */
  readonly config: z.ZodType | null;
}

const components: readonly Component[] = [
  ...connectors.all.map((definition) => ({ ...definition, kind: 'connectors' as const })),
  ...sinks.all.map((definition) => ({ ...definition, kind: 'sinks' as const })),
  ...pipeline.processors.map((definition) => ({ ...definition, kind: 'processors' as const, config: null })),
];
const each = (chosen: readonly Component[]) =>
  chosen.map((component) => [`${component.kind}/${component.name}`, component] as const);
const configured = components.filter(({ config }) => config !== null);

/** Folders that hold no component of their own, with the reason. */
const shared: Readonly<Record<string, string>> = {
  'connectors/transports': 'what several connectors read by',
  'connectors/parsing': 'what several connectors understand records with',
  'processors/catalogue': 'versioned data that the processors judge by',
  'processors/text': 'how classify and dedup find words in a text; judges nothing',
  'processors/warnings': 'answers which warnings concern an item, before the processors run',
  'processors/dedup': 'judges pairs of items, not items: a linker, not a processor',
};

const root = new URL('../', import.meta.url);
const folderOf = ({ kind, name }: Component): URL => new URL(`${kind}/${name}/`, root);
const readmeOf = (component: Component): string =>
  readFileSync(new URL('README.md', folderOf(component)), 'utf8');

/** What the runtime takes for itself before a part sees its options. */
const runtimeOptions: Readonly<Record<Component['kind'], readonly string[]>> = {
  connectors: Object.keys(connectorOptions.shape),
  sinks: Object.keys(sinkOptions.shape),
  processors: [],
};

describe.each(each(components))('%s', (_, component) => {
  test('has a name in kebab-case, and lies in a folder of that name', async () => {
    expect(component.name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    const exported: unknown[] = Object.values(await import(new URL('index.ts', folderOf(component)).href));
    const names = exported.map((value) => (value as { name?: unknown } | null)?.name);
    expect(names).toContain(component.name);
  });

  test('says in one sentence what it is, and in a README more', () => {
    expect(component.summary).toMatch(/^\p{Lu}.*\.$/u);
    expect(readmeOf(component)).toMatch(new RegExp(`^# ${component.name}\\b`));
  });

  test('has a test beside it', () => {
    const files = readdirSync(folderOf(component));
    expect(files.filter((file) => file.endsWith('.test.ts'))).not.toEqual([]);
  });
});

describe.each(each(configured))('the options of %s', (_, component) => {
  const options = optionDocs(component.config!);

  test('are described, in camel case, with bounds on every number', () => {
    expect(options).not.toEqual([]);
    for (const { name, text, type, bounds } of options) {
      expect(name).toMatch(/^[a-z][a-zA-Z0-9]*(\.[a-z][a-zA-Z0-9]*)*$/);
      expect({ name, text }).toEqual({ name, text: expect.stringMatching(/^.{10,}[.)]$/) });
      if (type === 'integer' || type === 'number')
        expect({ name, bounds }).toEqual({ name, bounds: expect.stringMatching(/at least .*at most /) });
    }
  });

  test('carry their unit in the name where they are times or sizes', () => {
    for (const { name, text } of options) {
      if (/\bms\b/.test(text)) expect(name).toMatch(/Ms$/);
      if (/\bbytes\b/.test(text)) expect(name).toMatch(/Bytes$/);
      if (/(interval|timeout|pause|delay)$/i.test(name)) throw new Error(`${name} does not say its unit`);
    }
  });

  test('are secret where they look like one', () => {
    const suspicious = options.filter(({ name }) => /password|secret|token|apiKey|credential/i.test(name));
    for (const { name, secret } of suspicious) expect({ name, secret }).toEqual({ name, secret: true });
  });

  test('hide none that the runtime takes for itself', () => {
    const top = options.map(({ name }) => name.split('.')[0]);
    expect(top.filter((name) => runtimeOptions[component.kind].includes(name!))).toEqual([]);
  });

  test('stand in its README as they are', () => {
    const [, table] = /<!-- options -->\n([\s\S]*?)<!-- \/options -->/.exec(readmeOf(component)) ?? [];
    expect(table).toBe(optionTable(component.config!));
  });
});

describe.each(each(components.filter(({ kind }) => kind === 'connectors')))('%s', (_, component) => {
  test('passes the contract of connectors', () => {
    const suite = readFileSync(new URL('connector.test.ts', folderOf(component)), 'utf8');
    // One that is only pushed to has nothing that could be asked for.
    expect(suite).toMatch(/connectorContract\(|pushedConnectorContract\(/);
  });

  test('has fixtures, with what becomes of them, and broken ones among them', () => {
    const fixtures = readdirSync(new URL('fixtures/', folderOf(component)), { recursive: true }).map(String);
    const expected = fixtures.filter((file) => file.endsWith('.expected.json'));
    expect(expected).not.toEqual([]);
    for (const file of expected)
      expect(fixtures.filter((other) => other.startsWith(file.replace('.expected.json', '.')))).toHaveLength(
        2,
      );
    expect(fixtures.filter((file) => /broken|truncated|no-/.test(file))).not.toEqual([]);
  });
});

describe('the registries', () => {
  test.each(['connectors', 'processors', 'sinks'] as const)('know every folder of %s', (kind) => {
    const known = components.filter((component) => component.kind === kind).map(({ name }) => name);
    const folders = readdirSync(new URL(`${kind}/`, root), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && shared[`${kind}/${entry.name}`] === undefined)
      .map(({ name }) => name);
    expect([...known].sort()).toEqual(folders.sort());
  });
});
