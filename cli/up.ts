import { Command, InvalidArgumentError } from 'commander';
import { upHub } from './engine.ts';
import { examples } from './examples.ts';
import { configOf } from './hub-at.ts';
import type { GlobalOptions, Shell } from './shell.ts';

interface UpOptions extends GlobalOptions {
  readonly port?: number;
}

/** `hub up`: the whole hub in one process, until SIGTERM or Ctrl-C; a second one ends it at once. */
export function up(shell: Shell): Command {
  const { t, note } = shell;
  return new Command('up')
    .summary(t.up.summary)
    .description(t.up.summary)
    .option('--port <NUMBER>', t.up.port, wholeNumber)
    .addHelpText('after', examples(t, 'hub up --config hub.yaml --data ./data'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<UpOptions>();
      const config = configOf(options, shell);
      const http = options.port === undefined ? config.http : { ...config.http, port: options.port };
      const code = await upHub(options.data, { ...config, http }, () => note(t.up.started(options.data)));
      // After a second signal nothing is waited for.
      process.exit(code);
    });

  function wholeNumber(text: string): number {
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw new InvalidArgumentError(t.usage.wholeNumber);
  }
}
