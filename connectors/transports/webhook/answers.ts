/**
 * Every answer of the receiver, as `{"code":…}`, with `message` where it is not 0. Only the first one ends the delivery; whoever pushes is
 * to try again after any other, with a fresh signature.
 */
export const answers = {
  /** Committed: durable in the hub, or set aside there as a dead letter. */
  committed: { status: 200, code: 0 },
  wrongSignature: { status: 401, code: 40101, message: 'X-Timestamp or X-Signature missing or wrong' },
  outsideWindow: { status: 401, code: 40102, message: 'X-Timestamp too far from now; check the clock' },
  notHere: { status: 404, code: 40400, message: 'nothing is received here; check path and method' },
  tooLarge: { status: 413, code: 41300, message: 'body too large; send fewer events at once' },
  /** With `Retry-After`, seconds. */
  full: { status: 429, code: 42900, message: 'too much is waiting; send again after Retry-After' },
  /** The commit failed, or the hub is stopping. */
  notCommitted: { status: 503, code: 50300, message: 'not accepted; send again' },
} as const satisfies Record<string, { status: number; code: number; message?: string }>;

export type AnswerName = keyof typeof answers;
