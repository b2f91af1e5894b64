import { createHash, randomUUID } from 'node:crypto';
import { HubError } from '../errors.ts';
import type { PostgresLink } from '../item-store/postgres-link.ts';
import { migration } from '../item-store/postgres-tables.ts';
import type { AttachmentStore } from './index.ts';

const referenceForm = /^[0-9a-f]{64}$/;
/** Bytes of one row, at most: a record of any size then needs no more memory than that, here and in the server. */
const pieceBytes = 1024 * 1024;

/**
 * Attachments as rows, for the workers of a hub on Kafka: what one has taken in the others must be able to read. In the item store's schema, and
 * unlike it no projection: it belongs into the database's backup. Its methods throw HUB_ITEM_STORE_UNAVAILABLE, HUB_ITEM_STORE_SETTING, too.
 */
export function postgresAttachmentStore(link: PostgresLink): AttachmentStore {
  const tables = migration(link);

  return {
    async put(content) {
      await tables.done();
      return link.transaction(async (client) => {
        // Its name is known when all of it has been seen.
        const incoming = randomUUID();
        const hash = createHash('sha256');
        let piece = 0;
        for await (const bytes of piecesOf(content)) {
          hash.update(bytes);
          await client.query('INSERT INTO attachment (reference, piece, bytes) VALUES ($1, $2, $3)', [
            incoming,
            piece,
            bytes,
          ]);
          piece += 1;
        }
        const reference = hash.digest('hex');
        // One at a time for each content: the second of two that came at once sees what the first has kept.
        await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [reference]);
        const kept = await client.query('SELECT 1 FROM attachment WHERE reference = $1 LIMIT 1', [reference]);
        await client.query(
          kept.rowCount === 0
            ? 'UPDATE attachment SET reference = $2 WHERE reference = $1'
            : 'DELETE FROM attachment WHERE reference = $1 AND $2::text IS NOT NULL',
          [incoming, reference],
        );
        return reference;
      });
    },
    async get(reference) {
      if (!referenceForm.test(reference)) throw missing(reference, 'this is no reference');
      const rows =
        (await link.rows('SELECT bytes FROM attachment WHERE reference = $1 ORDER BY piece', [reference])) ??
        [];
      if (rows.length === 0) throw missing(reference, 'it is not there');
      const bytes = Buffer.concat(rows.map((row) => row.bytes as Buffer));
      if (createHash('sha256').update(bytes).digest('hex') === reference) return bytes;
      throw missing(reference, 'what is there has changed');
    },
    async has(reference) {
      if (!referenceForm.test(reference)) return false;
      const rows = await link.rows('SELECT 1 FROM attachment WHERE reference = $1 LIMIT 1', [reference]);
      return (rows ?? []).length > 0;
    },
  };
}

/** At least one, so that the empty content is there, too. */
async function* piecesOf(content: Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isEmpty = true;
  for await (const chunk of content instanceof Uint8Array ? [content] : content) {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      isEmpty = false;
      yield chunk.subarray(at, at + pieceBytes);
    }
  }
  if (isEmpty) yield new Uint8Array(0);
}

const missing = (reference: string, why: string): HubError =>
  new HubError('HUB_ATTACHMENT_MISSING', `Attachment ${reference.slice(0, 80)}: ${why}`, {
    context: { reference },
  });
