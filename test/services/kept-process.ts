import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const keeper = fileURLToPath(new URL('./keep.sh', import.meta.url));

export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface KeptProcess {
  readonly pid: number;
  /** Settles when it has ended, with its exit code (128 + the signal's number where a signal ended it). */
  readonly exited: Promise<number>;
  /** The last that it has said on standard output and standard error. */
  said(): string;
}

/**
 * Starts a server that ends, and whose `data` folder is removed, when this process ends in whatever way (see keep.sh). It is
 * in a process group of its own: Ctrl-C reaches who started it, and that one decides.
 */
export async function startKept(
  data: string,
  command: readonly string[],
  { user, cwd }: { readonly user?: User | undefined; readonly cwd?: string | undefined } = {},
): Promise<KeptProcess> {
  const child = spawn('/bin/sh', [keeper, data, ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    ...user,
    ...(cwd !== undefined && { cwd }),
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-20_000);
  });
  const exited = once(child, 'exit').then(([code, signal]) => (code as number | null) ?? signalCode(signal));
  const [pid] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { pid: Number(pid), exited, said: () => said };
}

/** Only when the keeper itself was killed, which nobody should do. */
function signalCode(signal: unknown): never {
  throw new Error(`the keeper of a server was ended by ${String(signal)}`);
}
