import { type HubError, toHubError } from '../runtime/errors.ts';
import { exitCodeOf } from '../runtime/run.ts';
import { explain } from './explain.ts';
import { languageOf } from './language.ts';
import { program } from './program.ts';
import { openShell } from './shell.ts';
import { usageError } from './usage.ts';

/** A command line that is not understood. Other failures: see exitCodeOf; 3 is for `status` that is red. */
const usageExitCode = 2;

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
    process.exitCode = error.code === 'HUB_CLI_USAGE' ? usageExitCode : exitCodeOf(error);
  }

  /** Null where help was asked for and shown. */
  function complaint(thrown: unknown): HubError | null {
    const isHelp = (thrown as { exitCode?: unknown } | null)?.exitCode === 0;
    return isHelp ? null : (usageError(thrown, shell.t) ?? toHubError(thrown));
  }
}
