import type { ErrorCode } from '../errors.ts';
import type { NewRecord } from '../log/index.ts';
import { uuidOf } from './ids.ts';

/**
 * Where a record was given up: `normalize` = the connector could not read it (the value is the raw record);
 * `input` = bytes on hub.input that are not ours (the value is them); `process` = a processor failed on it or a decision
 * names no item (the value is the ItemInput in wire format).
 */
export type DeadLetterStage = 'normalize' | 'input' | 'process';

export interface DeadLetter {
  readonly source: string;
  readonly stage: DeadLetterStage;
  readonly sha256: string;
  readonly code: ErrorCode;
  /** What was found and what was expected; no personal data. */
  readonly reason: string;
  readonly value: Uint8Array | null;
  readonly at: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The same bytes given up again at the same stage are the same dead letter: a list shows it once, with a count. */
export const deadLetterId = (source: string, stage: DeadLetterStage, sha256: string): string =>
  uuidOf(`dead:${source}/${stage}/${sha256}`);

/** Record for hub.dead-letters: the bytes, and the reason in headers. Key = id. */
export function deadLetter(letter: DeadLetter): NewRecord {
  return {
    key: deadLetterId(letter.source, letter.stage, letter.sha256),
    value: letter.value,
    headers: {
      ...letter.headers,
      source: letter.source,
      stage: letter.stage,
      sha256: letter.sha256,
      code: letter.code,
      reason: letter.reason,
    },
    timestamp: letter.at,
  };
}

/** What a person has done with a dead letter; a record after it under the same key, the letter itself stays. */
export function deadLetterResolution(
  id: string,
  resolution: 'redriven' | 'discarded',
  actor: string,
  reason: string,
  at: number,
): NewRecord {
  return { key: id, value: null, headers: { resolution, actor, reason }, timestamp: at };
}
