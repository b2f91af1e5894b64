import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../../node_modules/.cache/java/', import.meta.url));

/**
 * Class path of a Maven project of the tests, which is built where these sources have not been built before. Built beside its
 * place first: what is there under its final name is whole.
 *
 * @param project folder of its pom.xml, which takes the property `built`, the folder to build to.
 */
export function javaClassPath(project: string): string {
  const hash = createHash('sha256');
  for (const file of globSync(['pom.xml', 'src/**/*.java'], { cwd: project }).sort())
    hash.update(`${file}\0`).update(readFileSync(join(project, file)));
  const built = join(cache, hash.digest('hex').slice(0, 12));
  if (!existsSync(built)) {
    mkdirSync(cache, { recursive: true });
    const building = mkdtempSync(join(cache, 'building-'));
    try {
      const args = ['-q', '-B', '-f', join(project, 'pom.xml'), `-Dbuilt=${building}`, 'compile'];
      execFileSync('mvn', args, { stdio: ['ignore', 'inherit', 'inherit'] });
      renameSync(building, built);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT')
        throw new Error('mvn is not installed: run `.ci/services` once, it installs what the tests need');
      // Another process may have built the same meanwhile.
      if (!existsSync(built)) throw thrown;
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
  }
  return `${join(built, 'classes')}:${join(built, 'dependency')}/*`;
}
