/**
 * The embedded hub, put together: which connectors and sinks there are, and where its threads find what they are made of. It holds no
 * logic of its own.
 */
import { connectors } from '../connectors/index.ts';
import { currentCatalogueVersion } from '../processors/catalogue/index.ts';
import type { HubConfig, Registries } from '../runtime/config.ts';
import type { AssemblyAt } from '../runtime/threads/messages.ts';
import { sinks } from '../sinks/index.ts';

export const registries: Registries = { connectors, sinks };

/** All that a thread must know to open the same hub; survives structured clone. */
export interface AssemblyOptions {
  readonly folder: string;
  readonly partitions: number;
  readonly catalogueVersion: string;
  /** Every source that has a raw topic: the configured ones and those that can be backfilled. */
  readonly sources: readonly string[];
  /** Those of them that have a stream topic. */
  readonly streaming: readonly string[];
  readonly logLevel: string;
}

export function assemblyOptions(folder: string, config: HubConfig): AssemblyOptions {
  return {
    folder,
    partitions: config.partitions,
    catalogueVersion: config.catalogue === 'current' ? currentCatalogueVersion : config.catalogue,
    sources: [...new Set([...connectors.names, ...config.connectors.map(({ id }) => id)])],
    streaming: [
      ...new Set([
        ...connectors.all.filter(({ hasStream }) => hasStream).map(({ name }) => name),
        ...config.connectors
          .filter(({ type }) => connectors.has(type) && connectors.get(type).hasStream)
          .map(({ id }) => id),
      ]),
    ],
    logLevel: config.log.level,
  };
}

export const assemblyAt = (options: AssemblyOptions): AssemblyAt => ({
  writerModule: new URL('./writer.ts', import.meta.url).href,
  readerModule: new URL('./reader.ts', import.meta.url).href,
  options,
});
