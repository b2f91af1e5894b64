/**
 * The attachment port: bytes too large for the log (raw records above 512 KiB, pictures, recordings), found again by their content.
 * Two forms (a folder; PostgreSQL) pass `test/contract/attachment-store.ts`.
 */
export interface AttachmentStore {
  /**
   * Keeps the bytes and returns their reference: SHA-256, 64 lower-case hex digits. Durable when it resolves; the same bytes
   * twice are kept once. A stream is never held in memory as a whole; when it fails, nothing is kept and its error is thrown.
   *
   * Throws HUB_DATA_WRITE or HUB_ITEM_STORE_UNAVAILABLE (retriable: a stream must be opened anew).
   */
  put(content: Uint8Array | AsyncIterable<Uint8Array>): Promise<string>;
  /** Throws HUB_ATTACHMENT_MISSING, also when the stored bytes are no longer those that the reference names. */
  get(reference: string): Promise<Uint8Array>;
  /** Whether there is something under the reference; does not read it. */
  has(reference: string): Promise<boolean>;
}
