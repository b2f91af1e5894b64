/** The embedded hub as `cli/writer.ts` puts it together, with what a measurement must ask of its writer's thread. */
import { assembleWriter as assembleHub } from '../../cli/writer.ts';
import type { WriterAssembly } from '../../runtime/threads/assembly.ts';
import { recordWrites } from './written.ts';

export { assembleReader } from '../../cli/reader.ts';

/** CPU time of the writer's thread, and memory of the process. */
export interface Usage {
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/**
 * @param given options of the hub's assembly; with `waits`, inputs are taken in but not judged before `go` is called; what is
 * written goes also to the file `recordTo` from `record` on.
 */
export async function assembleWriter(given: unknown): Promise<WriterAssembly> {
  const { waits, recordTo } = given as { readonly waits: boolean; readonly recordTo: string };
  const hub = await assembleHub(given);
  const started = Promise.withResolvers<void>();
  if (!waits) started.resolve();
  return {
    ...hub,
    admin: {
      ...hub.admin,
      record: async () => recordWrites(recordTo),
      go: async () => started.resolve(),
      usage: async (): Promise<Usage> => {
        const { user, system } = process.threadCpuUsage();
        return { cpuMs: (user + system) / 1_000, residentBytes: process.memoryUsage.rss() };
      },
    },
    async run(signal) {
      await started.promise;
      await hub.run(signal);
    },
  };
}
