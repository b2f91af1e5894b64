import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from 'tar';

export const targets = ['linux-x64', 'linux-arm64'] as const;
export type Target = (typeof targets)[number];

/** `e_machine` of the ELF header (elf.h). */
const machineOf = { 'linux-x64': 0x3e, 'linux-arm64': 0xb7 } as const;

/** The program runs on it, and as the version that package.json pins. */
export const isOwn = (target: Target, version: string): boolean =>
  target === `${process.platform}-${process.arch}` && process.versions.node === version;

/** Fetches Node.js for another platform: npm's packages `node-<platform>-<arch>` hold nodejs.org's own binaries. @returns its path */
export async function fetchNode(target: Target, version: string, into: string): Promise<string> {
  const folder = mkdtempSync(join(into, 'fetched-'));
  const packed = execFileSync(
    'npm',
    ['pack', '--json', '--pack-destination', folder, `node-${target}@${version}`],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [{ filename } = { filename: '' }] = JSON.parse(packed) as readonly { filename: string }[];
  await extract({ file: join(folder, filename), cwd: folder, strict: true }, ['package/bin/node']);
  const path = join(into, `node-${target}`);
  renameSync(join(folder, 'package/bin/node'), path);
  rmSync(folder, { recursive: true });
  return path;
}

/** Throws where the file is no program for this platform. */
export function expectRunsOn(path: string, target: Target): void {
  const head = Buffer.alloc(20);
  const file = openSync(path, 'r');
  readSync(file, head, 0, 20, 0);
  closeSync(file);
  const isElf = head.toString('latin1', 0, 4) === '\x7fELF';
  if (isElf && head.readUInt16LE(18) === machineOf[target]) return;
  throw new Error(`${path}: expected a program for ${target}, found another`);
}
