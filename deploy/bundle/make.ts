/**
 * npm run bundle                            dist/city-hub-<version>-<platform>.tar.gz for this machine
 * npm run bundle -- --target linux-arm64    for another platform; fetches its Node.js
 * npm run bundle -- --out DIR               elsewhere than dist/
 *
 * One archive that runs where there is no network and no Node.js: the hub, its production dependencies and the pinned Node.js.
 */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { create } from 'tar';
import { sha256OfFile } from '../../runtime/backup/sha256.ts';
import { expectRunsOn, fetchNode, isOwn, type Target, targets } from './node-binary.ts';
import { productionPackages } from './production-packages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What belongs to the program; tests, fixtures, the tools that measure and what was compiled for this machine stay behind. */
const shipped = [
  ...['cli', 'connectors', 'demo', 'docs', 'processors', 'runtime', 'schemas', 'sinks', 'deploy'],
  ...['package.json', 'README.md', 'README.zh-CN.md', 'CHANGELOG.md', 'LICENSE'],
];
const isLeftBehind = (path: string): boolean =>
  /\.test\.ts$|(^|\/)(fixtures|test|node_modules)(\/|$)|\/fake-[^/]+\.ts$/.test(path);

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: `${process.platform}-${process.arch}` },
    out: { type: 'string', default: join(root, 'dist') },
  },
});
const target = targets.find((one) => one === values.target);
if (target === undefined) {
  process.stderr.write(`--target ${values.target}: expected one of ${targets.join(', ')}\n`);
  process.exit(2);
}
await makeBundle(target, values.out);

async function makeBundle(target: Target, out: string): Promise<void> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly devDependencies: { readonly node: string };
  };
  const name = `city-hub-${manifest.version}-${target}`;
  mkdirSync(out, { recursive: true });
  const staging = mkdtempSync(join(out, '.bundle-'));
  try {
    const home = join(staging, name);
    for (const path of shipped) copy(path, join(home, 'app', path));
    for (const path of productionPackages(readFileSync(join(root, 'package-lock.json'), 'utf8')))
      copy(path, join(home, 'app', path), (inner) => inner.includes('/node_modules/'));
    await addNode(target, manifest.devDependencies.node, home, staging);
    cpSync(join(root, 'deploy/bundle/hub'), join(home, 'hub'));
    const archive = join(staging, 'whole.tar.gz');
    await create({ file: archive, cwd: staging, gzip: true, portable: true, strict: true }, [name]);
    const path = join(out, `${name}.tar.gz`);
    renameSync(archive, path);
    const { sha256, bytes } = await sha256OfFile(path);
    process.stdout.write(`${relative(process.cwd(), path)}  ${bytes} bytes  SHA-256 ${sha256}\n`);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** @param isApart of a package's folder: what is listed on its own */
function copy(path: string, to: string, isApart: (inner: string) => boolean = isLeftBehind): void {
  const from = join(root, path);
  cpSync(from, to, {
    recursive: true,
    filter: (source) => source === from || !isApart(`/${relative(from, source)}`),
  });
}

async function addNode(target: Target, version: string, home: string, staging: string): Promise<void> {
  const node = isOwn(target, version) ? process.execPath : await fetchNode(target, version, staging);
  expectRunsOn(node, target);
  mkdirSync(join(home, 'bin'), { recursive: true });
  cpSync(node, join(home, 'bin/node'), { dereference: true });
  chmodSync(join(home, 'bin/node'), 0o755);
}
