import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import kafkajs from 'kafkajs';
import { distributions } from './distributions.ts';
import { java } from './java.ts';
import { servicePort } from './port.ts';
import { type Server, startLocalServer } from './server.ts';

export interface KafkaBroker extends Server {
  readonly id: number;
  /** `host:port` */
  readonly address: string;
}

export interface KafkaCluster {
  /** `host:port` of each broker, for clients. */
  readonly brokers: readonly string[];
  /** By id, from 1. The first is the cluster's only controller, too: the others can be ill-treated without an election of it. */
  readonly nodes: readonly KafkaBroker[];
  /** Ends all for good and removes their data. */
  stop(): Promise<void>;
}

export interface KafkaOptions {
  readonly brokers?: number;
  /** Of each broker, as in server.properties. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Options of its JVM. */
  readonly jvm?: readonly string[];
}

/**
 * Apache Kafka, as it is after `kafka-storage format`: the newest features, transactions included. Topics are not made by
 * asking for them; offsets and transactions have one replica unless `properties` say more.
 */
export async function startKafka({
  brokers = 1,
  properties = {},
  jvm = [],
}: KafkaOptions = {}): Promise<KafkaCluster> {
  const { kafka, kafkaArchive } = distributions();
  const jars = join(kafka, '*');
  const { command } = java(17, kafkaArchive);
  const program = [...command, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', jars];
  const controllerPort = await servicePort();
  const clusterId = randomBytes(16).toString('base64url');
  const starting = Array.from({ length: brokers }, async (_, index): Promise<KafkaBroker> => {
    const id = index + 1;
    const port = await servicePort();
    const address = `127.0.0.1:${port}`;
    const data = mkdtempSync(join(tmpdir(), 'hub-kafka-'));
    const file = join(data, 'server.properties');
    const listeners = [
      `PLAINTEXT://${address}`,
      ...(id === 1 ? [`CONTROLLER://127.0.0.1:${controllerPort}`] : []),
    ];
    writeFileSync(
      file,
      Object.entries({
        'process.roles': id === 1 ? 'broker,controller' : 'broker',
        'node.id': `${id}`,
        'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
        'controller.listener.names': 'CONTROLLER',
        listeners: listeners.join(','),
        'advertised.listeners': `PLAINTEXT://${address}`,
        'log.dirs': join(data, 'log'),
        ...defaults,
        ...properties,
      })
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    await format(program, clusterId, file, data);
    const server = await startLocalServer({
      name: `Kafka broker ${id}`,
      data,
      command: [...program, ...jvm, 'kafka.Kafka', file],
      answers: () => describe(address, id),
    });
    return { ...server, id, address };
  });
  const settled = await Promise.allSettled(starting);
  const nodes = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((node) => node.stop())));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { brokers: nodes.map(({ address }) => address), nodes, stop };
}

/** Short of threads and of waiting, as one machine of tests wants it. */
const defaults: Readonly<Record<string, string>> = {
  'auto.create.topics.enable': 'false',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '8',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '8',
  'group.initial.rebalance.delay.ms': '0',
  'num.network.threads': '2',
  'num.io.threads': '4',
  'log.cleaner.dedupe.buffer.size': '4194304',
};

/** Makes its data folder, as every broker wants it before its first start. */
async function format(
  program: readonly string[],
  clusterId: string,
  file: string,
  data: string,
): Promise<void> {
  const [java, ...options] = [...program, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file];
  try {
    await promisify(execFile)(java!, options);
  } catch (thrown) {
    rmSync(data, { recursive: true, force: true });
    throw thrown;
  }
}

async function describe(address: string, id: number): Promise<void> {
  const kafka = new kafkajs.Kafka({
    brokers: [address],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 0 },
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    if (!brokers.some(({ nodeId }) => nodeId === id)) throw new Error(`broker ${id} has not joined yet`);
  } finally {
    await admin.disconnect();
  }
}
