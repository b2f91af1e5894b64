import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const pom = fileURLToPath(new URL('./pom.xml', import.meta.url));

/** Programs that Maven fetched. One folder for each state of pom.xml, so a newer one never pulls the jars from under a running broker. */
export interface Distributions {
  /** The folder with the broker's jars. */
  readonly kafka: string;
  /** The folder with the registry's `quarkus-run.jar`. */
  readonly registry: string;
  /** Where their loaded classes are kept between starts, without the ending that names the JVM. */
  readonly kafkaArchive: string;
  readonly registryArchive: string;
}

const cache = fileURLToPath(new URL('../../node_modules/.cache/services/', import.meta.url));

/** Where the programs of this pom.xml are, or will be. */
export function distributionsFolder(): string {
  return join(cache, createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12));
}

export const within = (folder: string): Distributions => ({
  kafka: join(folder, 'kafka'),
  registry: join(folder, 'registry'),
  kafkaArchive: join(folder, 'kafka-classes'),
  registryArchive: join(folder, 'registry-classes'),
});

/** Throws with what to do when they have not been fetched. */
export function distributions(): Distributions {
  const folder = distributionsFolder();
  if (existsSync(folder)) return within(folder);
  throw new Error(
    'Apache Kafka and Apicurio Registry are not here: run `.ci/services` once, it fetches them from Maven Central ' +
      'and installs what else is missing (or start a Docker engine)',
  );
}
