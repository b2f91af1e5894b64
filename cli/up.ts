import { Command, InvalidArgumentError } from 'commander';
import { diskOf } from '../runtime/control/status-facts.ts';
import { diskLevel } from '../runtime/control/status-verdict.ts';
import { toHubError } from '../runtime/errors.ts';
import type { ExitCode } from '../runtime/run.ts';
import { assemblyOptions } from './assembly.ts';
import { startDemoSource } from './demo-source.ts';
import { upHub } from './engine.ts';
import { examples } from './examples.ts';
import { explain } from './explain.ts';
import { configOf } from './hub-at.ts';
import { showPulse } from './pulse.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { sizeText } from './views/layout.ts';

interface UpOptions extends GlobalOptions {
  readonly demo?: boolean;
  readonly seed?: number;
  readonly speed?: number;
  readonly port?: number;
}

/** `hub up`: the whole hub in one process, until SIGTERM or Ctrl-C; a second one ends it at once. */
export function up(shell: Shell): Command {
  const { t, note } = shell;
  return new Command('up')
    .summary(t.up.summary)
    .description(t.up.summary)
    .option('--demo', t.up.demo)
    .option('--seed <NUMBER>', t.up.seed, wholeNumber)
    .option('--speed <NUMBER>', t.up.speed, wholeNumber)
    .option('--port <NUMBER>', t.up.port, wholeNumber)
    .addHelpText('after', examples(t, 'hub up', 'hub up --config hub.yaml --data ./data'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<UpOptions>();
      const demo =
        options.demo === true || options.config === undefined
          ? await startDemoSource(options.data, options)
          : null;
      let code: ExitCode;
      const ended = new AbortController();
      let pulse: Promise<void> | null = null;
      let lowDisk: Promise<void> | null = null;
      try {
        const config = configOf({ ...options, ...(demo && { config: demo.configFile }) }, shell);
        code = await upHub(options.data, config, ({ address, error }) => {
          const page =
            address === null ? t.up.noPage(`${error?.code} ${error?.message}`) : t.up.page(address);
          lowDisk = noteLowDisk(options.data);
          note(demo === null ? t.up.started(options.data, page) : t.up.demoStarted(options.data, page));
          if (demo === null) return;
          const { catalogueVersion } = assemblyOptions(options.data, config);
          // Only a view: a hub goes on without it.
          pulse = showPulse(options.data, catalogueVersion, shell, ended.signal).catch((thrown: unknown) =>
            note(explain(toHubError(thrown), shell.language)),
          );
        });
      } finally {
        ended.abort();
        await Promise.all([pulse, lowDisk]);
        demo?.stop();
      }
      // After a second signal nothing is waited for.
      process.exit(code);
    });

  /** A hub that has no room stops: better said while it still runs. The duty page goes on saying so. */
  async function noteLowDisk(folder: string): Promise<void> {
    const disk = await diskOf(folder);
    if (diskLevel(disk) !== 'green') note(t.up.lowDisk(sizeText(disk.freeBytes)));
  }

  function wholeNumber(text: string): number {
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw new InvalidArgumentError(t.usage.wholeNumber);
  }
}
