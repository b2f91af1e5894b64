import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Its text, not its path: a user that the server runs as may not be allowed into this folder. */
const keeper = readFileSync(new URL('./keep.sh', import.meta.url), 'utf8');

export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface KeptOptions {
  /** Ends it at once. */
  readonly lastSignal: 'SIGKILL' | 'SIGQUIT';
  readonly user?: User | undefined;
  readonly cwd?: string | undefined;
  /** Besides this process' own. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface KeptProcess {
  readonly pid: number;
  /** Its exit code when it has ended (128 + the signal's number where a signal ended it); null while it runs. */
  exitCode(): number | null;
  /** Resolves when it has ended. */
  exited(): Promise<void>;
  /** The last that it has said on standard output and standard error. */
  said(): string;
}

/**
 * Starts a server that ends, and whose `data` folder is removed, when this process ends in whatever way (see keep.sh). It is
 * in a process group of its own: Ctrl-C reaches who started it, and that one decides. It does not keep this process alive.
 */
export async function startKept(
  data: string,
  command: readonly string[],
  { lastSignal, user, cwd, environment = {} }: KeptOptions,
): Promise<KeptProcess> {
  const child = spawn(
    '/bin/sh',
    ['-c', keeper, 'keep.sh', lastSignal.slice('SIG'.length), data, ...command],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...environment },
      ...user,
      ...(cwd !== undefined && { cwd }),
    },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-20_000);
  });
  const exited = once(child, 'exit');
  const [pid] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  // Who started it may come to its end without ending it first: the keeper sees to that.
  child.unref();
  for (const pipe of child.stdio) (pipe as Socket).unref();
  return {
    pid: Number(pid),
    exitCode: () => child.exitCode,
    async exited() {
      child.ref();
      await exited;
    },
    said: () => said,
  };
}
