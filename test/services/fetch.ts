// `node test/services/fetch.ts`: fetches the broker and the registry from Maven Central where they are not here yet, and keeps the
// classes that each loads on its way up: it halves the time of each start.

import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { distributionsFolder, pom, within } from './distributions.ts';
import { engineVariable } from './engine.ts';
import { java } from './java.ts';
import { startKafka } from './kafka.ts';
import { startRegistry } from './registry.ts';

// The classes are those of processes, also where a Docker engine answers.
process.env[engineVariable] = 'processes';

const folder = distributionsFolder();
try {
  if (!existsSync(folder)) fetchTo(folder);
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exit(1);
}

const { kafkaArchive, registryArchive } = within(folder);
await keepClasses(java(17, kafkaArchive).archive, async (jvm) => {
  const cluster = await startKafka({ jvm });
  await cluster.nodes[0]!.down();
  await cluster.stop();
});
await keepClasses(java(21, registryArchive).archive, async (jvm) => {
  const registry = await startRegistry({ jvm });
  await registry.down();
  await registry.stop();
});

async function keepClasses(file: string, run: (jvm: readonly string[]) => Promise<void>): Promise<void> {
  if (existsSync(file)) return;
  const unfinished = `${file}.${process.pid}`;
  await run([`-XX:ArchiveClassesAtExit=${unfinished}`]);
  renameSync(unfinished, file);
}

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
    // Another run may have been quicker.
    if (!existsSync(final)) renameSync(fetched, final);
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
}

function run(command: string, ...args: readonly string[]): void {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (thrown) {
    const why =
      (thrown as NodeJS.ErrnoException).code === 'ENOENT'
        ? `${command} is not installed: install it (Debian: apt-get install maven)`
        : `${command} failed, for the reason above: Maven Central must be reachable`;
    throw new Error(`Kafka and the registry were not fetched: ${why}, then run this again`);
  }
}
