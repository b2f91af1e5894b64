import { globSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const installed = [
  '/usr/lib/jvm/*',
  '/opt/java/*',
  '/Library/Java/JavaVirtualMachines/*/Contents/Home',
  '/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home',
];

/** Path of the `java` with the lowest version of at least `version` on this machine. Throws with what to install. */
export function findJava(version: number): string {
  const found = homes().flatMap((home) => {
    const major = majorOf(home);
    return major === null ? [] : [{ home, major }];
  });
  const fit = found.filter(({ major }) => major >= version).sort((a, b) => a.major - b.major)[0];
  if (fit !== undefined) return join(fit.home, 'bin/java');
  const versions = [...new Set(found.map(({ major }) => major))].sort((a, b) => a - b).join(', ') || 'none';
  throw new Error(
    `no Java ${version} or newer on this machine (found: ${versions}): install a JDK, for instance Eclipse Temurin, ` +
      'or set JAVA_HOME to one',
  );
}

function homes(): readonly string[] {
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => {
    try {
      return [dirname(dirname(realpathSync(join(folder, 'java'))))];
    } catch {
      return [];
    }
  });
  const home = process.env.JAVA_HOME;
  return [...(home === undefined ? [] : [home]), ...onPath, ...globSync(installed)];
}

/** From the file `release` that each JVM has in its folder, `JAVA_VERSION="17.0.15"`. */
function majorOf(home: string): number | null {
  try {
    const release = readFileSync(join(home, 'release'), 'utf8');
    const [, major] = /^JAVA_VERSION="(\d+)/m.exec(release) ?? [];
    return major === undefined ? null : Number(major);
  } catch {
    return null;
  }
}
