import { exitCodes } from '../runtime/run.ts';
import type { Shell } from './shell.ts';

/** Work that Ctrl-C and SIGTERM end, after it has taken back what it had begun: then null, a word, and the exit code of a forced end. */
export async function untilInterrupted<T>(
  shell: Pick<Shell, 'untilInterrupted' | 'note' | 't' | 'exitCode'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const signal = shell.untilInterrupted();
  try {
    return await work(signal);
  } catch (thrown) {
    if (!signal.aborted || thrown !== signal.reason) throw thrown;
    shell.note(shell.t.backup.interrupted);
    shell.exitCode = exitCodes.forced;
    return null;
  }
}
