import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keySetFile } from './broker-properties.ts';
import type { ContainerForm } from './container-server.ts';
import { distributions } from './distributions.ts';
import { java } from './java.ts';
import type { LocalForm } from './local-server.ts';

/** Contents of the files that a broker reads at its start. */
export interface BrokerFiles {
  readonly properties: string;
  readonly keySet: string;
}

/** The same release as in pom.xml. */
export const kafkaImage = 'apache/kafka:4.4.0';

/** A broker takes keys from nowhere that its command line does not name. */
const keySetAllowed = (data: string): string =>
  `-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=file://${join(data, keySetFile)}`;

/** With its data folder made, as every broker wants it before its first start. @param formatting arguments of `kafka-storage format` */
export async function brokerProcess(
  filesIn: (data: string) => BrokerFiles,
  formatting: readonly string[],
  jvm: readonly string[],
): Promise<LocalForm> {
  const { kafka, kafkaArchive } = distributions();
  const [command, ...options] = java(17, kafkaArchive).command;
  const classes = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', join(kafka, '*')];
  const data = mkdtempSync(join(tmpdir(), 'hub-kafka-'));
  const file = join(data, 'server.properties');
  const { properties, keySet } = filesIn(data);
  try {
    writeFileSync(file, properties);
    writeFileSync(join(data, keySetFile), keySet);
    const format = ['kafka.tools.StorageTool', 'format', '-c', file, ...formatting];
    await promisify(execFile)(command!, [...options, ...classes, ...format], { maxBuffer: 1 << 24 });
  } catch (thrown) {
    rmSync(data, { recursive: true, force: true });
    throw thrown;
  }
  const broker = [...options, ...jvm, keySetAllowed(data), ...classes, 'kafka.Kafka', file];
  return { data, command: [command!, ...broker] };
}

export function brokerContainer(
  filesIn: (data: string) => BrokerFiles,
  formatting: readonly string[],
  jvm: readonly string[],
): ContainerForm {
  const data = '/var/lib/hub-kafka';
  const file = `${data}/server.properties`;
  const { properties, keySet } = filesIn(data);
  const bin = '/opt/kafka/bin';
  const format = `${bin}/kafka-storage.sh format --ignore-formatted -c ${file} "$@"`;
  return {
    image: kafkaImage,
    command: ['bash', '-c', `${format} && exec ${bin}/kafka-server-start.sh ${file}`, 'bash', ...formatting],
    environment: {
      KAFKA_HEAP_OPTS: '-Xms64m -Xmx384m',
      KAFKA_OPTS: [...jvm, keySetAllowed(data)].join(' '),
    },
    files: { [file]: properties, [`${data}/${keySetFile}`]: keySet },
    // It writes beside the files that were put there.
    user: 'root',
  };
}
