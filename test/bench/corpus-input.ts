import { hash } from 'node:crypto';
import { complaintReport } from '../../connectors/complaint-report/index.ts';
import { baseIdOf, uuidOf } from '../../runtime/core/ids.ts';
import { emptyInput } from '../../runtime/core/inputs.ts';
import { contentHash } from '../../runtime/core/intake.ts';
import type { ItemInput } from '../../schemas/types.ts';
import { reportOf } from './corpus.ts';

/**
 * Report number `index` of the corpus `seed` as the intake would hand it to the item writer.
 *
 * @param ingestedAt ms
 */
export function inputOf(
  seed: number,
  index: number,
  { ingestedAt, catalogueVersion }: { readonly ingestedAt: number; readonly catalogueVersion: string },
): ItemInput {
  const { raw } = reportOf(seed, index);
  const outcome = complaintReport.normalize(raw, { ingestedAt, config: null });
  if (outcome.kind !== 'next') throw new Error(`report ${index} of the corpus: ${outcome.kind}`);
  const { content, ...fields } = outcome.value;
  const sha256 = hash('sha256', raw.bytes, 'hex');
  const baseId = baseIdOf(complaintReport.name, fields.recordId);
  const inputId = uuidOf(`input:fill/${index}`);
  const sourceRecord = {
    ...fields,
    system: complaintReport.name,
    rawFormat: raw.format,
    rawRef: `raw.${complaintReport.name}/${fields.recordId}@${sha256}`,
    rawSha256: sha256,
    ingestedAt,
    contentHash: contentHash(content),
    traceId: inputId.replaceAll('-', ''),
    correlationId: raw.correlationId,
  };
  const about = { inputId, baseId, at: ingestedAt, seq: ingestedAt * 1_000 + index, catalogueVersion };
  return { ...emptyInput, ...about, kind: 'SOURCE_RECORD', causeId: null, origin: 'LIVE', sourceRecord };
}
