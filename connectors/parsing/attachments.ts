import type { NormalizedRecord } from '../../runtime/connector.ts';

type Attachment = NormalizedRecord['attachments'][number];

const mediaTypes: Readonly<Record<string, readonly [Attachment['kind'], string]>> = {
  jpg: ['IMAGE', 'image/jpeg'],
  jpeg: ['IMAGE', 'image/jpeg'],
  png: ['IMAGE', 'image/png'],
  gif: ['IMAGE', 'image/gif'],
  webp: ['IMAGE', 'image/webp'],
  bmp: ['IMAGE', 'image/bmp'],
  heic: ['IMAGE', 'image/heic'],
  mp4: ['VIDEO', 'video/mp4'],
  mov: ['VIDEO', 'video/quicktime'],
  mp3: ['AUDIO', 'audio/mpeg'],
  m4a: ['AUDIO', 'audio/mp4'],
  amr: ['AUDIO', 'audio/amr'],
  wav: ['AUDIO', 'audio/wav'],
  pdf: ['DOC', 'application/pdf'],
};

const maxAttachments = 50;
const maxRefLength = 2048;

/**
 * References as the portal gives them, mostly paths relative to it (`/up/0310/a.jpg,/up/0310/b.jpg`); each once. Null when a picture itself is
 * in the field (`data:…`) or a reference is longer than any path: the hub takes references only.
 */
export function attachmentsOf(imgs: string | readonly string[]): Attachment[] | null {
  const refs = typeof imgs === 'string' ? imgs.split(/[,;，；]/) : imgs;
  const kept = [...new Set(refs.map((ref) => ref.toWellFormed().trim()).filter((ref) => ref !== ''))];
  if (
    kept.length > maxAttachments ||
    kept.some((ref) => ref.startsWith('data:') || ref.length > maxRefLength)
  )
    return null;
  return kept.map((ref) => {
    const extension = /\.([a-z0-9]{2,4})(?:[?#].*)?$/i.exec(ref)?.[1]?.toLowerCase() ?? '';
    const [kind, mediaType] = Object.hasOwn(mediaTypes, extension)
      ? (mediaTypes[extension] ?? unknownType)
      : unknownType;
    return { ref, kind, mediaType, sizeBytes: null, sha256: null, takenAt: null };
  });
}

const unknownType: readonly [Attachment['kind'], null] = ['DOC', null];
