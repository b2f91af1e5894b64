import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { lockDataFolder } from './lock.ts';

const locked = expect.objectContaining({ code: 'HUB_DATA_LOCKED', retriable: true });

const holders: ChildProcess[] = [];

/** A process of its own that takes the lock and holds it until it is killed. */
async function holder(folder: string): Promise<ChildProcess> {
  const program = `
    import { lockDataFolder } from ${JSON.stringify(new URL('lock.ts', import.meta.url).href)};
    lockDataFolder(${JSON.stringify(folder)});
    // Nobody refers to what it returned: collected or not, the folder is held.
    await new Promise((resolve) => setTimeout(resolve, 10));
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.stdout.write('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  holders.push(child);
  await once(child.stdout!, 'data');
  return child;
}

describe('the lock of a data folder', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => {
    for (const child of holders.splice(0)) child.kill('SIGKILL');
    folder.remove();
  });

  test('is held by one at a time, also within a process, and free after release', () => {
    const path = join(folder.path, 'new', 'data');
    const held = lockDataFolder(path);
    expect(() => lockDataFolder(path)).toThrow(locked);
    held.release();
    held.release();
    const again = lockDataFolder(path);
    expect(() => lockDataFolder(path)).toThrow(locked);
    again.release();
  });

  test('keeps another process out, and is freed by kill -9', async () => {
    const other = await holder(folder.path);
    expect(() => lockDataFolder(folder.path)).toThrow(locked);
    other.kill('SIGKILL');
    await once(other, 'exit');
    lockDataFolder(folder.path).release();
  });

  test('says when the folder cannot be written', () => {
    writeFileSync(join(folder.path, 'file'), '');
    const lock = () => lockDataFolder(join(folder.path, 'file', 'data'));
    expect(lock).toThrow(expect.objectContaining({ code: 'HUB_DATA_WRITE' }));
  });
});
