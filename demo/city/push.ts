import { setTimeout as sleep } from 'node:timers/promises';
import { sign } from './signature.ts';

/** What goes wrong with an attempt, whatever the receiver would answer. */
export const flawKinds = [
  /** The receiver takes it, the platform does not hear the answer and tells it again. */
  'unheard',
  /** Signed with another secret. */
  'forged',
  /** Signed ten minutes ago. */
  'stale',
  /** Half of the body, with the signature of the whole. */
  'halved',
] as const;
export type Flaw = (typeof flawKinds)[number];

/** One request that is repeated until the receiver says 200. */
export interface Push {
  /** When it is sent first, real time, ms. */
  readonly dueAt: number;
  /** Records it tells: what is told of one record keeps its order. */
  readonly keys: readonly string[];
  /** The first attempts go wrong like this, in this order; the ones after them do not. */
  readonly flaws: readonly Flaw[];
  /** The body of an attempt made at a real time, ms. */
  body(now: number): string;
}

export interface Receiver {
  readonly url: string;
  readonly secret: string;
}

const [firstPauseMs, longestPauseMs, timeoutMs, staleMs] = [250, 5_000, 10_000, 600_000];
/** Requests at the same time, and pushes that wait: where the receiver is away, the platform stops telling new ones. */
const [parallel, longestQueue] = [8, 500];

/**
 * Tells pushes in order of their time. Goes on until each has been taken; a receiver that is not there yet, is restarted or says 429 or 503 is asked again.
 */
export async function pushAll(pushes: Iterator<Push>, receiver: Receiver): Promise<number> {
  const last = new Map<string, Promise<void>>();
  const waiting = new Set<Promise<void>>();
  const slots = new Slots(parallel);
  let count = 0;
  for (let { value, done } = pushes.next(); !done; { value, done } = pushes.next()) {
    const push = value as Push;
    while (Date.now() < push.dueAt) await sleep(Math.min(push.dueAt - Date.now(), 60_000));
    while (waiting.size >= longestQueue) await Promise.race(waiting);
    const before = push.keys.map((key) => last.get(key));
    const told = Promise.all(before).then(() => slots.run(() => deliver(push, receiver)));
    for (const key of push.keys) last.set(key, told);
    waiting.add(told);
    count += 1;
    void told.then(() => {
      waiting.delete(told);
      for (const key of push.keys) if (last.get(key) === told) last.delete(key);
    });
  }
  await Promise.all(waiting);
  return count;
}

async function deliver(push: Push, receiver: Receiver): Promise<void> {
  for (const flaw of push.flaws) {
    // Nobody is there to be disturbed: the flaw waits for the receiver, or chance would hang on its start.
    for (let pauseMs = firstPauseMs; !(await attempt(push, receiver, flaw)).heard; ) {
      await sleep(pauseMs);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
  }
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const { isTaken, retryAfterMs } = await attempt(push, receiver, null);
    if (isTaken) return;
    await sleep(retryAfterMs ?? pauseMs);
  }
}

interface Answer {
  /** The receiver has answered, whatever. */
  readonly heard: boolean;
  readonly isTaken: boolean;
  readonly retryAfterMs: number | null;
}

const unreachable: Answer = { heard: false, isTaken: false, retryAfterMs: null };

async function attempt(push: Push, { url, secret }: Receiver, flaw: Flaw | null): Promise<Answer> {
  const now = Date.now();
  const whole = Buffer.from(push.body(now));
  const signature = sign(
    flaw === 'forged' ? `${secret}-of-somebody-else` : secret,
    whole,
    flaw === 'stale' ? now - staleMs : now,
  );
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signature },
      body: flaw === 'halved' ? whole.subarray(0, whole.length >> 1) : whole,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await answer.text();
    const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
    return {
      heard: true,
      isTaken: answer.status === 200 && codeOf(text) === 0,
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
    };
  } catch {
    return unreachable;
  }
}

function codeOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly code?: unknown } | null)?.code;
  } catch {
    return undefined;
  }
}

/** So many at once; the others in the order in which they came. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async run(work: () => Promise<void>): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
