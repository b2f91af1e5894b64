import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { Cluster } from './cluster.ts';
import { type Plan, planOf, type Refusal, type Wanted } from './plan.ts';

/** Brokers tell each other of a change within moments; until then they describe what was. */
const settledWithinMs = 30_000;
const lookMs = 200;

export const planFor = async (cluster: Pick<Cluster, 'find'>, wanted: Wanted): Promise<Plan> =>
  planOf(wanted, await cluster.find(wanted));

/**
 * Takes the steps of a plan, and returns when the brokers describe themselves as wanted. Throws HUB_LOG_PARTITIONS_FROZEN, before anything is
 * changed, when the plan has refusals.
 * @param plan of this cluster, made just now
 */
export async function applyPlan(
  cluster: Cluster,
  wanted: Wanted,
  plan: Plan,
  { sleep }: Pick<Clock, 'sleep'>,
): Promise<void> {
  if (plan.refusals.length > 0) throw frozen(plan.refusals);
  if (plan.steps.length === 0) return;
  await cluster.apply(plan.steps);
  for (let waitedMs = 0; waitedMs < settledWithinMs; waitedMs += lookMs) {
    if ((await planFor(cluster, wanted)).steps.length === 0) return;
    await sleep(lookMs);
  }
  throw new HubError(
    'HUB_KAFKA_UNREACHABLE',
    `the brokers took all steps, but do not describe themselves so after ${settledWithinMs} ms`,
  );
}

export const frozen = (refusals: readonly Refusal[]): HubError =>
  new HubError(
    'HUB_LOG_PARTITIONS_FROZEN',
    refusals
      .map(({ kind, topic, found, wanted }) =>
        kind === 'partitions'
          ? `${topic} has ${found} partitions, not ${wanted} as configured`
          : `${topic} has the policy ${found}, not ${wanted}`,
      )
      .join('; '),
    { context: { topics: refusals.map(({ topic }) => topic) } },
  );
