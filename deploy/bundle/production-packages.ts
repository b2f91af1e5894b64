import { z } from 'zod';

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().default(false), devOptional: z.boolean().default(false) }),
  ),
});

/** Folders (`node_modules/…`) of everything that the hub needs at run time, by package-lock.json. */
export function productionPackages(lockText: string): readonly string[] {
  const { packages } = lockfile.parse(JSON.parse(lockText));
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path]) => path);
}
