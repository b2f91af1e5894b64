import { hash } from 'node:crypto';

/** RFC 4122 namespace for URLs; all ids of the hub are derived in it, so that running again gives the same ones. */
const urlNamespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/** Namespace and name side by side; reused because the digest is taken at once. Longer names get a buffer of their own. */
const scratch = Buffer.alloc(1024);
urlNamespace.copy(scratch);

/** UUIDv5 in the URL namespace. */
export function uuidOf(name: string): string {
  const isShort = 3 * name.length <= scratch.length - urlNamespace.length;
  const bytes = isShort
    ? scratch.subarray(0, urlNamespace.length + scratch.write(name, urlNamespace.length))
    : Buffer.concat([urlNamespace, Buffer.from(name)]);
  const digest = hash('sha1', bytes, 'hex');
  const variant = ((Number.parseInt(digest.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(18, 20)}-${digest.slice(20, 32)}`;
}

/** `source:recordId`: what everything about one record of a source is keyed by. */
export const baseIdOf = (system: string, recordId: string): string => `${system}:${recordId}`;

/** @param generation 1, and 2… where the source has used the number again for another matter (ID_REUSED). */
export const itemIdOf = (baseId: string, generation: number): string =>
  uuidOf(generation === 1 ? baseId : `${baseId}#${generation}`);

/** Id of the cluster whose earliest member this is. */
export const clusterIdOf = (itemId: string): string => uuidOf(`cluster:${itemId}`);

/**
 * Id of a warning: short enough to be typed, and without a digit, so that no mask takes it for a number of a person.
 *
 * @param name what is the issuer's own for ever, for example `weather-warnings:330900-2026…` or the id of a command
 */
export const warningIdOf = (name: string): string =>
  `w-${[...uuidOf(`warning:${name}`).replaceAll('-', '').slice(20, 30)]
    .map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)))
    .join('')}`;
