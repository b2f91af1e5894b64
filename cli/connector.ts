import { Command } from 'commander';
import { type ConnectorConfig, checkConfig } from '../runtime/config.ts';
import { connectControl } from '../runtime/control/client.ts';
import { HubError, toHubError } from '../runtime/errors.ts';
import { stderrLogger } from '../runtime/telemetry.ts';
import { registries } from './assembly.ts';
import { examples } from './examples.ts';
import { explain, meaningOf } from './explain.ts';
import type { GlobalOptions, Shell } from './shell.ts';

interface CheckOptions extends GlobalOptions {
  readonly json?: boolean;
}

/** A source that does not answer by then is told as one that does not answer. */
const checkWithinMs = 60_000;

/** `hub connector check [NAME]`: the configuration, then address and rights of each source, before anything is read. */
export function connector(shell: Shell): Command {
  const { t } = shell;
  return new Command('connector')
    .summary(t.connector.summary)
    .description(t.connector.summary)
    .addCommand(checkCommand(shell));
}

function checkCommand(shell: Shell): Command {
  const { t, environment, language, print } = shell;
  return new Command('check')
    .summary(t.connector.check)
    .description(t.connector.check)
    .argument('[NAME]', t.connector.name)
    .option('--json', t.help.json)
    .addHelpText(
      'after',
      examples(
        t,
        'hub connector check --config hub.yaml',
        'hub connector check complaint-report --config hub.yaml',
      ),
    )
    .action(async (name: string | undefined, _, command: Command) => {
      const options = command.optsWithGlobals<CheckOptions>();
      const { connectors } = checkConfig(options.config ?? null, environment, registries);
      const chosen = connectors.filter(({ id, enabled }) => (name === undefined ? enabled : id === name));
      if (chosen.length === 0) {
        const there = connectors.map(({ id }) => id).join(', ');
        throw new HubError('HUB_REGISTRY_UNKNOWN', t.connector.none(name ?? null, there));
      }
      const isRunning = (await connectControl(options.data)) !== null;
      const outcomes = await Promise.all(
        chosen.map(async (one) => ({ connector: one.id, error: await tried(one, shell) })),
      );
      for (const { connector, error } of outcomes) {
        if (options.json === true) {
          const found = error === null ? {} : { code: error.code, message: error.message };
          const fix = error === null ? {} : { fix: meaningOf(error.code, language).fix };
          await print(JSON.stringify({ connector, isReady: error === null, ...found, ...fix }));
        } else if (error === null) await print(t.connector.ready(connector));
        else {
          await print(t.connector.notReady(connector));
          for (const line of explain(error, language).split('\n')) await print(`  ${line}`);
          // The hub that runs here may itself be who listens there.
          if (isRunning && error.code === 'HUB_SOURCE_NOT_LISTENING') await print(`  ${t.connector.running}`);
        }
      }
      shell.exitCode = outcomes.every(({ error }) => error === null) ? 0 : 1;
    });
}

/** What the connector's own `check` says; null when it is ready. */
async function tried(
  { type, input }: ConnectorConfig,
  { clock }: Pick<Shell, 'clock'>,
): Promise<HubError | null> {
  const definition = registries.connectors.get(type);
  const over = new AbortController();
  const late = clock.sleep(checkWithinMs, over.signal).then(() => {
    throw new HubError('HUB_SOURCE_UNREACHABLE', `no answer within ${checkWithinMs / 1000} s`);
  });
  try {
    const config = definition.config.parse(input);
    const check = definition.check({ config, clock, signal: over.signal, log: stderrLogger('warn') });
    await Promise.race([check, late]);
    return null;
  } catch (thrown) {
    return toHubError(thrown);
  } finally {
    over.abort();
    late.catch(() => {});
  }
}
