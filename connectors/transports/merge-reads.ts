import type { ReadBatch } from '../../runtime/connector.ts';

/** One way of reading; ends when its signal aborts. */
export type Read<P> = (signal: AbortSignal) => AsyncGenerator<ReadBatch<P>, void, void>;

/**
 * Reads a source that has several ways in (pushes and a daily pull, several receivers) as one. Each is asked for its next batch only when the
 * one before is committed, as if it were alone; one that is silent keeps nobody waiting, and one that is busy lets the others have their turn.
 *
 * Ends when all have ended. What one of them throws ends all: whatever must not stop the others, it deals with itself.
 */
export async function* mergeReads<P>(
  signal: AbortSignal,
  ways: readonly Read<P>[],
): AsyncGenerator<ReadBatch<P>, void, void> {
  type Way = AsyncGenerator<ReadBatch<P>, void, void>;
  type Step = { readonly way: Way } & (
    | { readonly result: IteratorResult<ReadBatch<P>, void> }
    | { readonly thrown: unknown }
  );
  const over = new AbortController();
  const inner = AbortSignal.any([signal, over.signal]);
  const running = new Set(ways.map((read) => read(inner)));
  const steps: Step[] = [];
  let stepped = (): void => {};

  // Not Promise.race: each call would leave a reaction on the promise of a way that is silent for a day.
  function ask(way: Way): void {
    const done = (step: Step) => {
      steps.push(step);
      stepped();
    };
    way.next().then(
      (result) => done({ way, result }),
      (thrown: unknown) => done({ way, thrown }),
    );
  }

  try {
    for (const way of running) ask(way);
    while (running.size > 0) {
      const step = steps.shift();
      if (step === undefined) {
        await new Promise<void>((resolve) => {
          stepped = resolve;
        });
      } else if ('thrown' in step) {
        throw step.thrown;
      } else if (step.result.done) {
        running.delete(step.way);
      } else {
        yield step.result.value;
        ask(step.way);
      }
    }
  } finally {
    over.abort();
    // What goes wrong while they end is not told: what made them end is.
    await Promise.allSettled([...running].map((way) => way.return()));
  }
}
