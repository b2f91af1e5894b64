import { hostname } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { examples } from './examples.ts';
import { configOf } from './hub-at.ts';
import { type Role, roles } from './kafka/assembly.ts';
import type { GlobalOptions, Shell } from './shell.ts';

interface WorkOptions extends GlobalOptions {
  readonly roles: readonly Role[];
  readonly worker: string;
}

/** `hub work`: one of several processes of a hub on Kafka, until SIGTERM or Ctrl-C; a second one ends it at once. */
export function work(shell: Shell): Command {
  const { t, note } = shell;
  return new Command('work')
    .summary(t.work.summary)
    .description(t.work.description)
    .option('--roles <LIST>', t.work.roles, rolesIn, roles)
    .option('--worker <NAME>', t.work.worker, nameIn, hostname())
    .addHelpText(
      'after',
      examples(
        t,
        'hub work --config hub.yaml',
        'hub work --config hub.yaml --roles connectors,sinks --worker node-2 --data ./node-2',
      ),
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<WorkOptions>();
      // libuv looks at it when its pool is first used. Each waiting call of a Kafka client holds a thread of it: one or two a client, of some dozen.
      process.env.UV_THREADPOOL_SIZE ??= '48';
      const { runWorker } = await import('./kafka/run-worker.ts');
      const code = await runWorker({
        folder: options.data,
        config: configOf(options, shell),
        worker: options.worker,
        roles: options.roles,
        onStarted: () => note(t.work.started(options.worker, options.roles.join(', '))),
      });
      // After a second signal nothing is waited for.
      process.exit(code);
    });

  function rolesIn(text: string): readonly Role[] {
    const asked = text.split(',').map((role) => role.trim());
    const isRole = (role: string): role is Role => (roles as readonly string[]).includes(role);
    if (!asked.every(isRole)) throw new InvalidArgumentError(t.work.noRole(roles.join(', ')));
    return [...new Set(asked)];
  }

  /** It becomes part of group members' and transactions' names. */
  function nameIn(text: string): string {
    if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text)) return text;
    throw new InvalidArgumentError(t.work.noName);
  }
}
