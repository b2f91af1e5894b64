import { Command } from 'commander';
import type { Finding } from '../runtime/kafka/check.ts';
import type { Cluster } from '../runtime/kafka/cluster.ts';
import type { Plan, Wanted } from '../runtime/kafka/plan.ts';
import { confluentSchemaRegistry } from '../runtime/schema-registry/confluent.ts';
import { stderrLogger } from '../runtime/telemetry.ts';
import { examples } from './examples.ts';
import { configOf } from './hub-at.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { planJson, planView } from './views/topics-view.ts';
import { kafkaOf, wantedOf } from './wanted.ts';

interface TopicsOptions extends GlobalOptions {
  readonly json?: boolean;
}

/** What is asked about has been answered, and something is to be done: as a red `status`. */
const differsExitCode = 3;

/** `hub topics plan|apply`: topics and rights of this hub on its Kafka cluster. */
export function topics(shell: Shell): Command {
  const { t } = shell;
  const group = new Command('topics').summary(t.topics.summary).description(t.topics.summary);
  for (const command of [plan, apply]) group.addCommand(command(shell));
  return group;
}

function plan(shell: Shell): Command {
  const { t } = shell;
  return new Command('plan')
    .summary(t.topics.plan)
    .description(t.topics.plan)
    .option('--json', t.help.json)
    .addHelpText('after', examples(t, 'hub topics plan --config hub.yaml'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<TopicsOptions>();
      const { findings, made } = await look(options, shell);
      if (made !== null) await show(made, options, shell);
      await complain(findings);
      if (made !== null && made.steps.length + made.refusals.length > 0) shell.exitCode = differsExitCode;
    });
}

function apply(shell: Shell): Command {
  const { t, clock, note } = shell;
  return new Command('apply')
    .summary(t.topics.apply)
    .description(t.topics.apply)
    .option('--json', t.help.json)
    .addHelpText('after', examples(t, 'hub topics apply --config admin.yaml'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<TopicsOptions>();
      const { findings, made, wanted } = await look(options, shell);
      if (made !== null) await show(made, options, shell);
      await complain(findings);
      if (made === null) return;
      const { applyPlan } = await import('../runtime/kafka/apply.ts');
      const cluster = await open(options, shell);
      try {
        await applyPlan(cluster, wanted, made, clock);
      } finally {
        await cluster.close();
      }
      note(t.topics.applied(made.steps.length));
    });
}

/** All that is wrong with the services, and what differs on the cluster; null where that could not be asked. */
async function look(
  options: TopicsOptions,
  shell: Shell,
): Promise<{ readonly findings: readonly Finding[]; readonly made: Plan | null; readonly wanted: Wanted }> {
  const config = configOf(options, shell);
  const wanted = wantedOf(config);
  const { checkServices } = await import('../runtime/kafka/check.ts');
  const registry = config.registry === undefined ? [] : [confluentSchemaRegistry(config.registry)];
  const { findings, plan: made } = await checkServices({
    kafka: kafkaOf(config),
    wanted,
    clientId: clientIdOf(config.instance),
    clock: shell.clock,
    log: stderrLogger(config.log.level === 'debug' ? 'debug' : 'warn'),
    others: registry.map((one) => () => one.versions('hub.items-value')),
  });
  return { findings, made, wanted };
}

async function open(options: TopicsOptions, shell: Shell): Promise<Cluster> {
  const config = configOf(options, shell);
  const { openCluster } = await import('../runtime/kafka/cluster.ts');
  return openCluster({
    kafka: kafkaOf(config),
    clientId: clientIdOf(config.instance),
    clock: shell.clock,
    log: stderrLogger(config.log.level === 'debug' ? 'debug' : 'warn'),
  });
}

const clientIdOf = (instance: string): string => `${instance}-topics`;

async function complain(findings: readonly Finding[]): Promise<void> {
  if (findings.length === 0) return;
  const { servicesError } = await import('../runtime/kafka/check.ts');
  throw servicesError(findings);
}

async function show(made: Plan, { json }: TopicsOptions, { t, print, note }: Shell): Promise<void> {
  const lines = json === true ? planJson(made) : planView(made, t);
  for (const line of lines) await print(line);
  note(t.topics.count(made.steps.length, made.refusals.length, made.notes.length));
}
