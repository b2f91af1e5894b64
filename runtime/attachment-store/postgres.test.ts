import { expect, test } from '@jest/globals';
import { attachmentStoreContract } from '../../test/contract/attachment-store.ts';
import { freshInstance, shared } from '../../test/services/shared.ts';
import { openPostgresLink } from '../item-store/postgres-link.ts';
import { postgresOptions } from '../item-store/postgres-options.ts';
import { silentLogger } from '../telemetry.ts';
import { postgresAttachmentStore } from './postgres.ts';

async function linkOf(instance: string) {
  const { url } = await shared('postgres');
  return openPostgresLink(postgresOptions.parse({ url }), instance, silentLogger);
}

attachmentStoreContract('PostgreSQL', async () => {
  const instance = freshInstance();
  const links = [await linkOf(instance)];
  return {
    store: postgresAttachmentStore(links[0]!),
    async reopen() {
      const link = await linkOf(instance);
      links.push(link);
      return postgresAttachmentStore(link);
    },
    close: async () => void (await Promise.all(links.map((link) => link.close()))),
  };
});

test('what one worker has put another gets, in pieces that give the whole', async () => {
  const instance = freshInstance();
  const [one, two] = [await linkOf(instance), await linkOf(instance)];
  const bytes = Buffer.alloc(3 * 1024 * 1024 + 7, 'page');
  const reference = await postgresAttachmentStore(one).put(bytes);
  expect(bytes.equals(await postgresAttachmentStore(two).get(reference))).toBe(true);
  await one.rows('UPDATE attachment SET bytes = $1 WHERE piece = 1', [Buffer.from('other')]);
  await expect(postgresAttachmentStore(two).get(reference)).rejects.toMatchObject({
    code: 'HUB_ATTACHMENT_MISSING',
  });
  await Promise.all([one.close(), two.close()]);
});
