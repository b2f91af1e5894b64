import type { Occurrence } from './programme.ts';

/** What comes of each telling, now or later, in order of time; what comes at the same time keeps its order. */
export function* agendaOf<T extends { readonly at: number }>(
  programme: Iterable<Occurrence>,
  expand: (told: Occurrence) => readonly T[],
): Generator<T> {
  let open: T[] = [];
  for (const told of programme) {
    yield* due(told.at);
    open.push(...expand(told));
  }
  yield* due(Number.POSITIVE_INFINITY);

  function* due(before: number): Generator<T> {
    const ready = open.filter(({ at }) => at < before).sort((a, b) => a.at - b.at);
    if (ready.length === 0) return;
    open = open.filter(({ at }) => at >= before);
    yield* ready;
  }
}
