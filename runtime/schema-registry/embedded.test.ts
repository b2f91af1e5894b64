import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { schemaRegistryContract } from '../../test/contract/schema-registry.ts';
import { embeddedSchemaRegistry } from './embedded.ts';

schemaRegistryContract('embedded', async () => {
  const database = new DatabaseSync(':memory:');
  return { registry: embeddedSchemaRegistry(database), close: async () => database.close() };
});

const note = JSON.stringify({ type: 'record', name: 'Note', fields: [{ name: 'text', type: 'string' }] });
const clash = JSON.stringify({ type: 'record', name: 'Note', fields: [{ name: 'text', type: 'long' }] });

test('ids and versions outlive the process that registered them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'schema-registry-'));
  try {
    const before = new DatabaseSync(join(folder, 'hub.db'));
    const id = await embeddedSchemaRegistry(before).register('a-value', note);
    before.close();
    const after = new DatabaseSync(join(folder, 'hub.db'));
    const reopened = embeddedSchemaRegistry(after);
    expect(await reopened.register('b-value', note)).toBe(id);
    expect(await reopened.latest('a-value')).toMatchObject({ version: 1, id });
    after.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a refused registration leaves a transaction of the caller as it was', async () => {
  const database = new DatabaseSync(':memory:');
  const registry = embeddedSchemaRegistry(database);
  await registry.register('a-value', note);
  database.exec('CREATE TABLE other (n INTEGER); BEGIN; INSERT INTO other VALUES (1)');
  await expect(registry.register('a-value', clash)).rejects.toMatchObject({
    code: 'HUB_SCHEMA_INCOMPATIBLE',
  });
  expect(database.isTransaction).toBe(true);
  database.exec('COMMIT');
  expect(database.prepare('SELECT count(*) AS n FROM other').get()).toEqual({ n: 1 });
  expect(database.prepare('SELECT count(*) AS n FROM schema').get()).toEqual({ n: 1 });
});
