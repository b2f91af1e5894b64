import type { Clock } from '../runtime/clock.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Language } from './language.ts';
import { type Messages, messagesIn } from './messages/index.ts';

/** What a command has around it: where results and complaints go, in which language, and what time it is. */
export interface Shell {
  readonly language: Language;
  readonly t: Messages;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A line of the result, on standard output. Waits for a reader that is slow. */
  print(line: string): Promise<void>;
  /** A line about the result, on standard error. */
  note(line: string): void;
  /** From now on Ctrl-C and SIGTERM abort this signal instead of ending the process. */
  untilInterrupted(): AbortSignal;
  /** What the process ends with when the command itself has succeeded. Default 0. */
  exitCode: number;
}

/** Given to every command, before or after its name. */
export interface GlobalOptions {
  /** Data folder. */
  readonly data: string;
  /** Path of a hub.yaml. */
  readonly config?: string;
}

export function openShell(
  language: Language,
  environment: Readonly<Record<string, string | undefined>>,
): Shell {
  // `hub tap items | head`: the reader has enough, which is no fault of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  return {
    language,
    t: messagesIn(language),
    clock: systemClock,
    environment,
    print: (line) =>
      new Promise((resolve) => {
        if (process.stdout.write(`${line}\n`)) resolve();
        else process.stdout.once('drain', resolve);
      }),
    note: (line) => void process.stderr.write(`${line}\n`),
    untilInterrupted() {
      const interrupted = new AbortController();
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
      return interrupted.signal;
    },
    exitCode: 0,
  };
}
