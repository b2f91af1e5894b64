import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { distributions } from './distributions.ts';
import { java } from './java.ts';
import { servicePort } from './port.ts';
import { type Server, startServer } from './server.ts';

export interface RegistryServer extends Server {
  /** Of its Confluent API: `${url}/subjects` */
  readonly url: string;
}

export interface RegistryOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Options of its JVM. */
  readonly jvm?: readonly string[];
  /** As in its environment; default: its tables lie in a file of its own. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The same release as in pom.xml. */
export const registryImage = 'apicurio/apicurio-registry:3.3.3';

/** Apicurio Registry; keeps its schemas while it is down. */
export async function startRegistry({
  port: wanted,
  jvm = [],
  settings = {},
}: RegistryOptions = {}): Promise<RegistryServer> {
  const port = wanted ?? (await servicePort());
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const all = (data: string) => ({
    QUARKUS_HTTP_HOST: '127.0.0.1',
    QUARKUS_HTTP_PORT: `${port}`,
    QUARKUS_MANAGEMENT_HOST: '127.0.0.1',
    QUARKUS_MANAGEMENT_PORT: '0',
    QUARKUS_LOG_LEVEL: 'WARN',
    APICURIO_DATASOURCE_URL: `jdbc:h2:file:${data}/schemas`,
    ...settings,
  });
  const server = await startServer({
    name: 'Apicurio Registry',
    async process() {
      const { registry, registryArchive } = distributions();
      const program = [...java(21, registryArchive).command, ...jvm];
      const data = mkdtempSync(join(tmpdir(), 'hub-registry-'));
      const command = [...program, '-jar', join(registry, 'quarkus-run.jar')];
      return { data, command, environment: all(data) };
    },
    container: () => ({ image: registryImage, environment: all('/tmp') }),
    answers: async () => {
      const reply = await fetch(`${url}/subjects`);
      if (!reply.ok) throw new Error(`the registry answers ${reply.status}`);
    },
  });
  return { ...server, url };
}
