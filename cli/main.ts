import { type HubError, toHubError } from '../runtime/errors.ts';
import { explain } from './explain.ts';
import { languageOf } from './language.ts';
import { program } from './program.ts';
import { openShell } from './shell.ts';
import { usageError } from './usage.ts';

/** What the process ends with; 3 is for `status` that is red. */
const exitCodes = { failed: 1, usage: 2 } as const;

/** Runs one command line. Sets the exit code of the process; what went wrong is told on standard error. */
export async function main(args: readonly string[]): Promise<void> {
  const shell = openShell(languageOf(args, process.env), process.env);
  try {
    await program(shell).parseAsync(args, { from: 'user' });
    process.exitCode = shell.exitCode;
  } catch (thrown) {
    const error = complaint(thrown);
    if (error === null) return;
    shell.note(explain(error, shell.language));
    process.exitCode = error.code === 'HUB_CLI_USAGE' ? exitCodes.usage : exitCodes.failed;
  }

  /** Null where help was asked for and shown. */
  function complaint(thrown: unknown): HubError | null {
    const isHelp = (thrown as { exitCode?: unknown } | null)?.exitCode === 0;
    return isHelp ? null : (usageError(thrown, shell.t) ?? toHubError(thrown));
  }
}
