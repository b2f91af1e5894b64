import { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Counts the calls by which a program changes the disk through `node:fs/promises`, and ends the process (kill -9) in the middle of
 * the n-th, a write half done. What makes the calls must be imported after it.
 */
export async function dieAtCall(n: number): Promise<void> {
  let calls = 0;
  const die = (): never => {
    process.kill(process.pid, 'SIGKILL');
    // A signal to oneself may take a moment: nothing more must happen.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  const handle = await promises.open('/dev/null', 'r');
  const prototype = Object.getPrototypeOf(handle) as Record<string, (...args: unknown[]) => Promise<unknown>>;
  await handle.close();
  const functions = promises as unknown as typeof prototype;
  const wrap = (on: typeof prototype, name: string, half?: (self: unknown, args: unknown[]) => unknown) => {
    const original = on[name]!;
    on[name] = async function (this: unknown, ...args: unknown[]) {
      calls += 1;
      if (calls === n) {
        await half?.call(undefined, this, args);
        die();
      }
      return original.apply(this, args);
    };
  };
  const write = prototype.write!;
  wrap(prototype, 'write', (self, [bytes, from, length, at]) =>
    write.call(self, bytes, from, Math.ceil((length as number) / 2), at),
  );
  wrap(prototype, 'writeFile', (self, [text]) => write.call(self, (text as string).slice(0, 20)));
  for (const name of ['truncate', 'datasync', 'sync']) wrap(prototype, name);
  for (const name of ['open', 'rename', 'mkdir', 'rm', 'symlink']) wrap(functions, name);
  syncBuiltinESMExports();
}
