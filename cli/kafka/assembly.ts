/** A worker of a hub on Kafka, put together: where its threads find what they are made of. It holds no logic of its own. */
import type { HubConfig } from '../../runtime/config.ts';
import type { StatusFacts } from '../../runtime/control/status-facts.ts';
import type { AssemblyAt } from '../../runtime/threads/messages.ts';
import { type AssemblyOptions, assemblyOptions } from '../assembly.ts';
import { kafkaOf } from '../wanted.ts';

/** What a worker takes part in. */
export const roles = ['connectors', 'processors', 'sinks', 'api'] as const;
export type Role = (typeof roles)[number];

type Services = { readonly [K in 'kafka' | 'registry' | 'redis' | 'postgres']: NonNullable<HubConfig[K]> };

/** All that a thread must know to open the hub's services; survives structured clone. Holds secrets: never to be printed. */
export interface WorkerOptions extends AssemblyOptions, Pick<HubConfig, 'instance'>, Services {
  /** Stable, and unlike that of any other worker. */
  readonly worker: string;
  readonly roles: readonly Role[];
}

/** @param folder of this worker alone: what it keeps over a restart, all of which can be had from the cluster again. Throws HUB_CONFIG_INVALID without kafka. */
export function workerOptions(
  folder: string,
  config: HubConfig,
  worker: string,
  taken: readonly Role[],
): WorkerOptions {
  const kafka = kafkaOf(config);
  const { instance, registry, redis, postgres } = config;
  // A configuration with kafka and without one of these has not been read (config.ts).
  const services = { kafka, registry: registry!, redis: redis!, postgres: postgres! };
  return { ...assemblyOptions(folder, config), instance, ...services, worker, roles: taken };
}

export const workerAssemblyAt = (options: WorkerOptions): AssemblyAt => ({
  writerModule: new URL('./worker.ts', import.meta.url).href,
  readerModule: new URL('./reader.ts', import.meta.url).href,
  options,
});

/** What a worker answers where a hub of one process tells of itself: how all of the hub is. */
export interface WorkerOverview {
  readonly facts: StatusFacts;
}
