import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SchemaRegistry } from '../../runtime/schema-registry/index.ts';

export interface OpenedRegistry {
  /** Knows no subject that the suite uses. */
  readonly registry: SchemaRegistry;
  close(): Promise<void>;
}

const record = (name: string, ...fields: readonly object[]): string =>
  JSON.stringify({ type: 'record', name, namespace: 'contract', fields });
const field = (name: string, type: unknown = 'string') => ({ name, type });
const optional = (name: string, type: unknown = 'string') => ({ name, type: ['null', type], default: null });
const colours = (...symbols: readonly string[]) => ({
  type: 'enum',
  name: 'Colour',
  symbols,
  default: 'NONE',
});

/** What every form of the registry does, as the Confluent API does it. */
export function schemaRegistryContract(form: string, open: () => Promise<OpenedRegistry>): void {
  describe(`schema registry, ${form}`, () => {
    let opened: OpenedRegistry;
    let registry: SchemaRegistry;
    beforeEach(async () => {
      opened = await open();
      registry = opened.registry;
    });
    afterEach(() => opened.close());

    const v1 = record('Note', field('text'));
    const v2 = record('Note', field('text'), optional('author'));

    test('gives a text back by the id it was registered under', async () => {
      const id = await registry.register('a-value', v1);
      expect(JSON.parse(await registry.schema(id))).toEqual(JSON.parse(v1));
    });

    test('gives one text the same id under every subject, and another text another id', async () => {
      const id = await registry.register('a-value', v1);
      expect(await registry.register('b-value', v1)).toBe(id);
      expect(await registry.register('c-value', record('Other', field('text')))).not.toBe(id);
    });

    test('finds a text again instead of adding a version, whatever its white space', async () => {
      const id = await registry.register('a-value', v1);
      await registry.register('a-value', v2);
      expect(await registry.register('a-value', JSON.stringify(JSON.parse(v1), null, 4))).toBe(id);
      expect(await registry.versions('a-value')).toEqual([1, 2]);
      expect((await registry.latest('a-value'))?.version).toBe(2);
    });

    test('counts the versions of each subject from 1 and names the newest', async () => {
      await registry.register('a-value', v1);
      const id = await registry.register('a-value', v2);
      await registry.register('b-value', v2);
      expect(await registry.versions('a-value')).toEqual([1, 2]);
      expect(await registry.versions('b-value')).toEqual([1]);
      const latest = await registry.latest('a-value');
      expect(latest).toMatchObject({ subject: 'a-value', version: 2, id });
      expect(JSON.parse(latest?.schemaText ?? '')).toEqual(JSON.parse(v2));
    });

    test('knows nothing of a subject that nobody registered', async () => {
      expect(await registry.latest('nobody-value')).toBeNull();
      expect(await registry.versions('nobody-value')).toEqual([]);
    });

    test('says so when an id is unknown', async () => {
      await expect(registry.schema(987_654)).rejects.toMatchObject({ code: 'HUB_SCHEMA_UNKNOWN_ID' });
    });

    test('takes a new optional field and a new symbol of an enum that has a default', async () => {
      await registry.register('a-value', record('Car', field('colour', colours('NONE', 'RED'))));
      await registry.register(
        'a-value',
        record('Car', field('colour', colours('NONE', 'RED', 'BLUE')), optional('plate')),
      );
      expect(await registry.versions('a-value')).toEqual([1, 2]);
    });

    test.each([
      ['a new field without a default', record('Note', field('text'), field('author')), 'author'],
      ['a removed field', record('Note', optional('author')), 'text'],
      ['a changed type', record('Note', field('text', 'long')), 'text'],
      ['a renamed record', record('Remark', field('text')), 'Remark'],
      [
        'an enum without a default',
        record('Note', field('text'), {
          ...optional('colour', { type: 'enum', name: 'Colour', symbols: ['RED'] }),
        }),
        'colour',
      ],
      ['what is no Avro', JSON.stringify({ type: 'record', name: 'Note' }), 'a-value'],
      ['what is no JSON', '{', 'a-value'],
    ])('refuses %s, says where, and stores nothing', async (_what, broken, where) => {
      await registry.register('a-value', v1);
      await expect(registry.register('a-value', broken)).rejects.toMatchObject({
        code: 'HUB_SCHEMA_INCOMPATIBLE',
        message: expect.stringContaining(where),
      });
      expect(await registry.versions('a-value')).toEqual([1]);
    });

    test('compares with every version, not only with the newest', async () => {
      await registry.register('a-value', record('Note', field('text'), optional('author')));
      await registry.register(
        'a-value',
        record('Note', field('text'), optional('author'), optional('place')),
      );
      const forgotten = record(
        'Note',
        field('text'),
        { name: 'author', type: ['null', 'string'] },
        optional('place'),
      );
      await expect(registry.register('a-value', forgotten)).rejects.toMatchObject({
        code: 'HUB_SCHEMA_INCOMPATIBLE',
        message: expect.stringContaining('version 1'),
      });
    });

    test('asks a subject only about its own versions', async () => {
      await registry.register('a-value', v1);
      await registry.register('b-value', record('Note', field('text', 'long')));
      expect(await registry.versions('b-value')).toEqual([1]);
    });

    test('gives one id to a text that many register at once', async () => {
      const ids = await Promise.all(
        Array.from({ length: 20 }, (_, n) => registry.register(`s${n % 4}-value`, v1)),
      );
      expect(new Set(ids).size).toBe(1);
      expect(await registry.versions('s0-value')).toEqual([1]);
    });
  });
}
