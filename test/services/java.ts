import { existsSync, globSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const installed = [
  '/usr/lib/jvm/*',
  '/opt/java/*',
  '/Library/Java/JavaVirtualMachines/*/Contents/Home',
  '/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home',
];

export interface Java {
  /** The start of a command: the program and what makes it small and quick to start. */
  readonly command: readonly string[];
  /** Where its loaded classes are kept between starts, for the JVM of this version; used when it is there. */
  readonly archive: string;
}

/**
 * The lowest version of at least `version` on this machine. Throws with what to install.
 * @param archive path without ending @param heapMb MiB
 */
export function java(version: number, archive: string, heapMb = 384): Java {
  const { home, major } = findJava(version);
  const file = `${archive}-${major}.jsa`;
  const options = [
    '-Xms64m',
    `-Xmx${heapMb}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:-UsePerfData',
  ];
  const shared = existsSync(file) ? [`-XX:SharedArchiveFile=${file}`] : [];
  return { command: [join(home, 'bin/java'), ...options, ...shared], archive: file };
}

/** The lowest version of at least `version`, with nothing set. Throws with what to install. */
export function findJava(version: number): { readonly home: string; readonly major: number } {
  const found = homes().flatMap((home) => {
    const major = majorOf(home);
    return major === null ? [] : [{ home, major }];
  });
  const fit = found.filter(({ major }) => major >= version).sort((a, b) => a.major - b.major)[0];
  if (fit !== undefined) return fit;
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
