import type { ErrorCode } from './errors.ts';

/** Why a record goes no further although nothing is wrong with it. Absorbed records are counted, never stored twice. */
export type DropReason =
  | 'REDELIVERY'
  | 'STALE'
  | 'ALREADY_APPLIED'
  | 'TAKEN_ALONG'
  /** A command to an item that looks for itself when it comes. */
  | 'NO_ITEM'
  /** No warning has begun or ceased to concern the item. */
  | 'NOT_CONCERNED'
  /** The item looked for its pairs again. */
  | 'LOOKED_AGAIN'
  /** A newer command to the item has been applied. */
  | 'SUPERSEDED';

/**
 * What may become of a record: it goes on, it is absorbed, or it is set aside as a dead letter.
 * Outcomes are values; an exception means a bug or a broken environment.
 */
export type Outcome<T> =
  | { readonly kind: 'next'; readonly value: T }
  | { readonly kind: 'drop'; readonly reason: DropReason }
  | { readonly kind: 'reject'; readonly code: ErrorCode; readonly reason: string };

export const next = <T>(value: T): Outcome<T> => ({ kind: 'next', value });
export const drop = (reason: DropReason): Outcome<never> => ({ kind: 'drop', reason });

/** @param reason what was found and what was expected, in English, without personal data. */
export const reject = (code: ErrorCode, reason: string): Outcome<never> => ({ kind: 'reject', code, reason });
