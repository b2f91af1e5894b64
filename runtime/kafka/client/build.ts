/**
 * Builds node-rdkafka beside this file, for the Node.js that runs (`npm run kafka:client`). It needs g++, make, Python 3 and, for TLS and SCRAM,
 * OpenSSL's headers (Debian: `apt-get install g++ make python3 libssl-dev`), and takes about two minutes; where it fits already, it
 * does nothing.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clientFolder, loadKafkaClient } from '../native.ts';

const version = process.versions.node;

/** A folder with `include/node` of exactly this Node.js. The npm package `node` pins the program, and mostly brings no headers. */
function headersNear(): string | null {
  const hasHeaders = (folder: string): boolean => {
    const file = join(folder, 'include', 'node', 'node_version.h');
    if (!existsSync(file)) return false;
    const text = readFileSync(file, 'utf8');
    const part = (name: string) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
    return ['MAJOR', 'MINOR', 'PATCH'].map(part).join('.') === version;
  };
  return [dirname(dirname(process.execPath))].find(hasHeaders) ?? null;
}

/** From the registry that npm is set to: the package of the same release for this machine. */
function fetchHeaders(into: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const options = ['--no-audit', '--no-fund', '--no-save', '--ignore-scripts', '--prefix', into];
  execFileSync('npm', ['install', ...options, `${name}@${version}`], { stdio: 'inherit' });
  return join(into, 'node_modules', name);
}

function build(): number {
  const temporary = mkdtempSync(join(tmpdir(), 'hub-node-headers-'));
  try {
    const nodedir = headersNear() ?? fetchHeaders(temporary);
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--foreground-scripts'], {
      cwd: clientFolder,
      stdio: ['ignore', 'ignore', 'inherit'],
      // The compiler's warnings about librdkafka are not ours, and thousands. One job: its build compiles beside the script that
      // makes config.h, without waiting for it.
      env: { ...process.env, npm_config_nodedir: nodedir, CFLAGS: '-w', CXXFLAGS: '-w', JOBS: '1' },
    });
    return status ?? 1;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function isThere(): Promise<boolean> {
  try {
    const { librdkafkaVersion, features } = await loadKafkaClient();
    process.stdout.write(
      `Kafka client: librdkafka ${librdkafkaVersion} for Node.js ${version} (${features.join(', ')})\n`,
    );
    return true;
  } catch {
    return false;
  }
}

if (!(await isThere())) {
  const status = build();
  // A native module that did not load cannot be loaded again by the same process.
  const look = `import { loadKafkaClient } from './runtime/kafka/native.ts'; await loadKafkaClient();`;
  const checked =
    status === 0
      ? spawnSync(process.execPath, ['--input-type=module', '--eval', look], {
          cwd: join(clientFolder, '..', '..', '..'),
          stdio: 'inherit',
        }).status
      : status;
  process.exitCode = checked ?? 1;
  if (checked === 0) process.stdout.write(`Kafka client built for Node.js ${version}\n`);
}
