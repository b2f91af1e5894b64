import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type Line = Readonly<Record<string, unknown>>;

export interface Child {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly ready: Line;
  /** What it says when it has told all (`--hours`). Rejects when it ends before. */
  readonly finished: Promise<Line>;
  readonly exited: Promise<unknown>;
  /** Closes its standard input, by which an attached system ends. */
  release(): void;
}

/**
 * Starts a system of the city, attached to this process, and waits until it is ready. Throws an Error when it ends before.
 * @param script beside demo/, as `grid-safety/server.ts`
 */
export async function startChild(script: string, args: readonly string[]): Promise<Child> {
  const file = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const child = spawn(process.execPath, [file, '--attached', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  // A system that is gone does not read what it should end by.
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout });
  const line = (word: string): Promise<Line> =>
    new Promise((resolve, reject) => {
      lines.on('line', (text) => {
        const said = JSON.parse(text) as Line;
        if (said[word] === true) resolve(said);
      });
      lines.once('close', () => reject(new Error(`${script} ended before it was ${word}`)));
    });
  const [ready, finished] = [line('ready'), line('finished')];
  finished.catch(() => {});
  return {
    ready: await ready,
    finished,
    exited,
    pid: child.pid!,
    release: () => void child.stdin.end(),
  };
}
