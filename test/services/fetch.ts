// `node test/services/fetch.ts`: fetches the broker and the registry from Maven Central where they are not here yet.

import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { distributionsFolder, pom, within } from './distributions.ts';

const folder = distributionsFolder();
if (!existsSync(folder)) fetchTo(folder);

/** In a folder beside it first: what is there under its final name is whole. */
function fetchTo(final: string): void {
  mkdirSync(dirname(final), { recursive: true });
  const fetched = mkdtempSync(join(dirname(final), 'fetching-'));
  try {
    const { kafka, registry } = within(fetched);
    run('mvn', '-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${kafka}`);
    const [archive] = globSync(join(kafka, 'apicurio-registry-app-*.tar.gz'));
    if (archive === undefined) throw new Error('Maven fetched no archive of Apicurio Registry');
    mkdirSync(registry);
    run('tar', '-xzf', archive, '-C', registry);
    rmSync(archive);
    renameSync(fetched, final);
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
}

function run(command: string, ...args: readonly string[]): void {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    throw new Error(
      `${command} is not installed: install it (Debian: apt-get install maven) and run this again`,
    );
  }
}
