import { execFile } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectRunsOn } from '../../deploy/bundle/node-binary.ts';
import { productionPackages } from '../../deploy/bundle/production-packages.ts';
import { readJsonLines } from '../support/hub-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

let folder: string;
let home: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-bundle-'));
  await run(process.execPath, [join(root, 'deploy/bundle/make.ts'), '--out', folder]);
  const [archive = ''] = readdirSync(folder);
  expect(archive).toMatch(/^city-hub-\d+\.\d+\.\d+-linux-(x64|arm64)\.tar\.gz$/);
  await run('tar', ['-xzf', join(folder, archive), '-C', folder]);
  home = join(folder, archive.replace('.tar.gz', ''));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A PATH with these programs and no others. */
function pathOf(...programs: readonly string[]): string {
  const path = join(folder, 'programs');
  mkdirSync(path);
  for (const name of programs) {
    const found = (process.env.PATH ?? '').split(delimiter).find((one) => existsSync(join(one, name)));
    symlinkSync(join(found ?? '', name), join(path, name));
  }
  return path;
}

/** Brings the loopback device up (`ip` is not on every machine), shows that nothing else is there, and goes on as the script. */
const inNamespace = `
import fcntl, os, socket, struct, sys
with socket.socket() as probe:
    fcntl.ioctl(probe, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
devices = [line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]]
print("devices " + " ".join(devices), file=sys.stderr, flush=True)
os.execve("/bin/sh", ["sh", "-c", sys.argv[1]], {"PATH": sys.argv[2], "LANG": "C.UTF-8", "HOME": sys.argv[3]})
`;

describe('the bundle', () => {
  test('runs where there is no network and no Node.js: the demonstration up to its first item, and status', async () => {
    const path = pathOf('sh', 'dirname', 'readlink', 'sleep', 'head');
    const data = join(folder, 'data');
    const script = `
      cd ${home}
      command -v node && exit 8
      ./hub up --demo --data ${data} >&2 &
      up=$!
      until [ -n "$(./hub tap items --from beginning --until-end --data ${data} 2>/dev/null | head -1)" ]; do
        kill -0 $up || exit 9
        sleep 1
      done
      ./hub tap items --from beginning --until-end --data ${data} | head -1
      ./hub status --json --data ${data} || [ $? = 3 ] || exit 10
      kill -TERM $up
      wait $up
    `;
    // Root needs no user of its own for a network namespace, others do.
    const unshare = process.getuid?.() === 0 ? '-n' : '-rn';
    const { stdout, stderr } = await run('unshare', [
      unshare,
      'python3',
      '-c',
      inNamespace,
      script,
      path,
      folder,
    ]);
    expect(stderr).toMatch(/^devices lo$/m);
    const [item, status] = readJsonLines(stdout);
    expect(item).toMatchObject({ revision: 1 });
    expect(status).toMatchObject({ lines: expect.any(Array) });
    expect(JSON.stringify(status)).toContain('complaint-report');
  }, 120_000);

  test('says its version, and finds itself through a link', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    symlinkSync(join(home, 'hub'), join(folder, 'hub-linked'));
    const { stdout } = await run(join(folder, 'hub-linked'), ['--version']);
    expect(stdout).toBe(`${version}\n`);
  });

  test('holds nothing that is built for one machine but Node.js itself', () => {
    const files = globSync('**/*', { cwd: home });
    expect(files.filter((path) => /\.(node|so|dll|dylib|wasm|bare)$/.test(path))).toEqual([]);
    expect(() => expectRunsOn(join(home, 'bin/node'), `linux-${process.arch}` as 'linux-x64')).not.toThrow();
    const other = process.arch === 'x64' ? 'linux-arm64' : 'linux-x64';
    expect(() => expectRunsOn(join(home, 'bin/node'), other)).toThrow(`expected a program for ${other}`);
  });

  test('holds no tests of the hub, no tools to build it, and every package that package.json asks for', () => {
    const files = globSync('app/{cli,connectors,demo,deploy,processors,runtime,schemas,sinks}/**/*', {
      cwd: home,
    });
    expect(files.filter((path) => /\.test\.ts$|\/fixtures(\/|$)/.test(path))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['app/cli/hub.ts', 'app/demo/stories/a.jsonl']));
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, object>;
    const packages = productionPackages(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    for (const name of Object.keys(manifest.dependencies!))
      expect(packages).toContain(`node_modules/${name}`);
    for (const name of Object.keys(manifest.devDependencies!))
      expect(packages).not.toContain(`node_modules/${name}`);
    for (const path of packages) expect(existsSync(join(home, 'app', path, 'package.json'))).toBe(true);
  });

  test('is refused for a platform that there is no Node.js for', async () => {
    const made = run(process.execPath, [join(root, 'deploy/bundle/make.ts'), '--target', 'linux-mips']);
    await expect(made).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('linux-x64, linux-arm64'),
    });
  });
});
