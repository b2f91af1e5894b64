import { writerGroup } from '../core/lane-positions.ts';
import { relinkingGroup } from '../core/relinking-loop.ts';
import { resolverGroup } from '../core/resolver-loop.ts';
import { warningsGroup } from '../core/warning-loop.ts';
import type { Log } from '../log/index.ts';
import { lag } from '../log/lag.ts';
import { lanes, topics } from '../topics.ts';

/**
 * Inputs, facts, verdicts, warnings and late links that wait for the item writer, the cluster resolver, the look for items under a warning or the
 * return of the index. 0 only
 * when all rested at one moment: each feeds the others, so looks at different moments could miss what passes between them.
 */
export async function inFlight(log: Log): Promise<number> {
  for (;;) {
    const before = await ends(log);
    const waiting =
      (await lag(log, writerGroup, lanes)) +
      (await lag(log, resolverGroup, [topics.links])) +
      (await lag(log, warningsGroup, [topics.warnings])) +
      (await lag(log, relinkingGroup, [topics.unlinked]));
    if (waiting > 0 || before === (await ends(log))) return waiting;
  }
}

const passedOn: readonly string[] = [...lanes, topics.links, topics.warnings, topics.unlinked];

/** Changes with every record. */
async function ends(log: Log): Promise<string> {
  const found: number[] = [];
  for (const { name, partitions } of await log.topics()) {
    if (!passedOn.includes(name)) continue;
    for (let partition = 0; partition < partitions; partition++)
      found.push((await log.range(name, partition)).end);
  }
  return found.join();
}
