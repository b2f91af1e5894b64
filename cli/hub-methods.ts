import type { RunningHub } from '../runtime/run.ts';

/** What any running process of a hub does for commands: the methods of its writer, and what its main thread knows of its parts. */
export function hubMethods({ writer, parts }: RunningHub) {
  const over = (method: string) => (ask: unknown) => writer.admin(method, ask);
  return {
    reclass: over('reclass'),
    pairWord: over('pairWord'),
    setWarning: over('setWarning'),
    clearWarning: over('clearWarning'),
    redrive: over('redrive'),
    discard: over('discard'),
    lag: over('lag'),
    counters: over('counters'),
    status: async () => parts.status(),
  };
}
