/** A worker of a hub on Kafka, put together: where its threads find what they are made of. It holds no logic of its own. */
import type { HubConfig } from '../../runtime/config.ts';
import { HubError } from '../../runtime/errors.ts';
import type { AssemblyAt } from '../../runtime/threads/messages.ts';
import { type AssemblyOptions, assemblyOptions } from '../assembly.ts';

/** What a worker takes part in. */
export const roles = ['connectors', 'processors', 'sinks', 'api'] as const;
export type Role = (typeof roles)[number];

/** All that a thread must know to open the hub's services; survives structured clone. Holds secrets: never to be printed. */
export interface WorkerOptions
  extends AssemblyOptions,
    Pick<HubConfig, 'instance'>,
    Required<Pick<HubConfig, 'kafka' | 'registry' | 'redis' | 'postgres'>> {
  readonly kafka: NonNullable<HubConfig['kafka']>;
  readonly registry: NonNullable<HubConfig['registry']>;
  readonly redis: NonNullable<HubConfig['redis']>;
  readonly postgres: NonNullable<HubConfig['postgres']>;
  /** Stable, and unlike that of any other worker. */
  readonly worker: string;
  readonly roles: readonly Role[];
}

/** @param folder of this worker alone: what it keeps over a restart, all of which can be had from the cluster again */
export function workerOptions(
  folder: string,
  config: HubConfig,
  worker: string,
  taken: readonly Role[],
): WorkerOptions {
  const { instance, kafka, registry, redis, postgres } = config;
  if (kafka === undefined || registry === undefined || redis === undefined || postgres === undefined)
    throw new HubError(
      'HUB_CONFIG_INVALID',
      'a worker needs a hub on Kafka: the groups kafka, registry, redis and postgres in hub.yaml; without them run hub up',
    );
  const shared = { instance, kafka, registry, redis, postgres };
  return { ...assemblyOptions(folder, config), ...shared, worker, roles: taken };
}

export const workerAssemblyAt = (options: WorkerOptions): AssemblyAt => ({
  writerModule: new URL('./worker.ts', import.meta.url).href,
  readerModule: new URL('./reader.ts', import.meta.url).href,
  options,
});
