import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface StartedProcess {
  readonly pid: number;
  /** The fields of the line by which it said that it is ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** SIGTERM, and waits for its end. May be called twice. */
  stop(): Promise<void>;
}

/** Starts a script of this project and waits for its `{"ready":true,…}` line. Throws, with what it said on stderr, when it ends before. */
export async function startProcess(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<StartedProcess> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const exited = once(child, 'exit');
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = JSON.parse(line) as Record<string, unknown>;
    if (ready.ready !== true) continue;
    return {
      pid: child.pid!,
      ready,
      async stop() {
        child.kill('SIGTERM');
        await exited;
      },
    };
  }
  await exited;
  throw new Error(`${script} ended before it was ready: ${complaint}`);
}
