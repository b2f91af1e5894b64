import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { registries } from '../../cli/assembly.ts';
import { wantedOf } from '../../cli/wanted.ts';
import { loadConfig } from '../../runtime/config.ts';
import { KafkaLog } from '../../runtime/log/kafka.ts';
import { freshInstance, shared } from '../services/shared.ts';
import { entry, type HubProcess, watched } from './hub-process.ts';
import { kafkaLogOptions } from './kafka-log.ts';

const partitions = 4;

/** A hub on Kafka of its own, whose workers a test starts and ends as processes. */
export interface KafkaHub {
  readonly instance: string;
  readonly partitions: number;
  /** To look at the topics with. */
  readonly log: KafkaLog;
  /** `hub work` as its users run it, in a folder of the worker's name. */
  work(worker: string, roles: string): HubProcess;
  close(): Promise<void>;
}

/** @param folder for the workers' folders @param parts connectors and sinks, as in hub.yaml */
export async function openKafkaHub(
  folder: string,
  parts: { readonly connectors: unknown; readonly sinks: unknown },
): Promise<KafkaHub> {
  const [kafka, registry, redis, postgres] = await Promise.all([
    shared('kafka'),
    shared('registry'),
    shared('redis'),
    shared('postgres'),
  ]);
  const instance = freshInstance();
  const log = await KafkaLog.open(kafkaLogOptions(kafka.brokers, instance, null));
  const file = join(folder, 'hub.yaml');
  const cluster = { brokers: kafka.brokers, replication: 1, minInSyncReplicas: 1 };
  const config = {
    instance,
    partitions,
    kafka: cluster,
    registry,
    redis,
    postgres,
    http: { port: 0 },
    ...parts,
  };
  writeFileSync(file, JSON.stringify(config));
  await log.ensureTopics(wantedOf(loadConfig(file, process.env, registries)).topics);
  const running = new Set<ChildProcess>();
  return {
    instance,
    partitions,
    log,
    work(worker, roles) {
      const data = join(folder, worker);
      mkdirSync(data, { recursive: true });
      const args = ['work', '--config', file, '--data', data, '--worker', worker, '--roles', roles];
      const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
      running.add(child);
      child.on('exit', () => running.delete(child));
      return watched(child);
    },
    async close() {
      const left = [...running].map((child) => once(child, 'exit'));
      for (const child of running) child.kill('SIGKILL');
      await Promise.all(left);
      await log.close();
    },
  };
}
