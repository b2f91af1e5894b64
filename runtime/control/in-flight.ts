import { resolverGroup } from '../core/resolver-loop.ts';
import { warningsGroup } from '../core/warning-loop.ts';
import { writerGroup } from '../core/writer-loop.ts';
import type { Log } from '../log/index.ts';
import { lag } from '../log/lag.ts';
import { lanes, topics } from '../topics.ts';

/**
 * Inputs, facts, verdicts and warnings that wait for the item writer, the cluster resolver or the look for items under a warning. 0 only
 * when all rested at one moment: each feeds the others, so looks at different moments could miss what passes between them.
 */
export async function inFlight(log: Log): Promise<number> {
  for (;;) {
    const before = await ends(log);
    const waiting =
      (await lag(log, writerGroup, lanes)) +
      (await lag(log, resolverGroup, [topics.links])) +
      (await lag(log, warningsGroup, [topics.warnings]));
    if (waiting > 0 || before === (await ends(log))) return waiting;
  }
}

/** Changes with every record. */
async function ends(log: Log): Promise<string> {
  const found: number[] = [];
  for (const { name, partitions } of await log.topics()) {
    if (name !== topics.links && name !== topics.warnings && !lanes.some((lane) => lane === name)) continue;
    for (let partition = 0; partition < partitions; partition++)
      found.push((await log.range(name, partition)).end);
  }
  return found.join();
}
