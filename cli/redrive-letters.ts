import { attachmentFolder, folderAttachmentStore } from '../runtime/attachment-store/folder.ts';
import type { HubConfig } from '../runtime/config.ts';
import type { Normalized } from '../runtime/connector.ts';
import { normalizeOne } from '../runtime/connector-loop.ts';
import type { DeadLetterHistory } from '../runtime/control/dead-letters.ts';
import { type RedriveAsk, rawOf } from '../runtime/control/redrive.ts';
import { topics } from '../runtime/topics.ts';
import { normalizerOf } from './engine.ts';
import type { HubReader } from './reader.ts';

/**
 * What a redrive asks of the hub for these letters. The connectors' normalize runs here, in the command's own process: one that
 * spins or dies on such a record harms neither the writer nor a neighbour. Throws HUB_REGISTRY_UNKNOWN for a source without a
 * connector, HUB_ATTACHMENT_MISSING.
 */
export async function redriveLetters(
  { data, reader, config }: { readonly data: string; readonly reader: HubReader; readonly config: HubConfig },
  letters: readonly DeadLetterHistory[],
  now: number,
): Promise<RedriveAsk['letters']> {
  const attachments = folderAttachmentStore(attachmentFolder(data));
  const asked: RedriveAsk['letters'] = [];
  for (const { id, source, stage, partition, offset } of letters) {
    let outcome: Normalized | null = null;
    if (stage === 'normalize') {
      const [record] = await reader.log.read(topics.deadLetters, partition, offset, 1);
      const raw = await rawOf(record ?? { value: null, headers: {} }, attachments);
      outcome = normalizeOne({ source, ...normalizerOf(source, config) }, raw, now);
    }
    asked.push({ id, partition, offset, outcome });
  }
  return asked;
}
