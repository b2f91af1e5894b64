import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { distributions } from './distributions.ts';
import { java } from './java.ts';
import { servicePort } from './port.ts';
import { type Server, startLocalServer } from './server.ts';

export interface RegistryServer extends Server {
  /** Of its Confluent API: `${url}/subjects` */
  readonly url: string;
}

export interface RegistryOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Options of its JVM. */
  readonly jvm?: readonly string[];
}

/** Apicurio Registry; keeps its schemas while it is down. */
export async function startRegistry({
  port: wanted,
  jvm = [],
}: RegistryOptions = {}): Promise<RegistryServer> {
  const { registry, registryArchive } = distributions();
  const port = wanted ?? (await servicePort());
  const data = mkdtempSync(join(tmpdir(), 'hub-registry-'));
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const server = await startLocalServer({
    name: 'Apicurio Registry',
    data,
    command: [
      ...java(21, registryArchive).command,
      ...jvm,
      '-Dquarkus.http.host=127.0.0.1',
      `-Dquarkus.http.port=${port}`,
      '-Dquarkus.management.host=127.0.0.1',
      '-Dquarkus.management.port=0',
      '-Dquarkus.log.level=WARN',
      `-Dapicurio.datasource.url=jdbc:h2:file:${data}/schemas`,
      '-jar',
      join(registry, 'quarkus-run.jar'),
    ],
    answers: async () => {
      const reply = await fetch(`${url}/subjects`);
      if (!reply.ok) throw new Error(`the registry answers ${reply.status}`);
    },
  });
  return { ...server, url };
}
