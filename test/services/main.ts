// `npm run services`: all that a hub on Kafka needs, on this machine, until Ctrl-C. Says on standard error how far it is, and on
// standard output what to put into hub.yaml.

import { once } from 'node:events';
import { hubYaml } from './hub-yaml.ts';
import { startKafka } from './kafka.ts';
import { servicePort } from './port.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import { startRegistry } from './registry.ts';

/** The same at every start where nobody else has them: a hub.yaml stays right. */
const ports = { kafka: 19_092, registry: 18_081, redis: 16_379, postgres: 15_432 };

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const stopping = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
const started: { stop(): Promise<void> }[] = [];

async function start<T extends { stop(): Promise<void> }>(what: string, starting: Promise<T>): Promise<T> {
  const server = await starting;
  started.push(server);
  say(`${what} answers`);
  return server;
}

async function startAll(): Promise<void> {
  const [kafka, registry, redis, postgres] = await Promise.all([
    start('Kafka', startKafka({ port: await servicePort(ports.kafka) })),
    start('Apicurio Registry', startRegistry({ port: await servicePort(ports.registry) })),
    start('Redis', startRedis({ port: `${await servicePort(ports.redis)}` })),
    start('PostgreSQL', startPostgres({ port: `${await servicePort(ports.postgres)}` })),
  ]);
  say('All run until Ctrl-C; what they hold is gone then. For hub.yaml:\n');
  process.stdout.write(hubYaml({ kafka, registry, redis, postgres }));
  // Servers of tests keep no process alive.
  const alive = setInterval(() => {}, 1 << 30);
  await stopping;
  clearInterval(alive);
}

try {
  await Promise.race([startAll(), stopping]);
} catch (thrown) {
  say(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode = 1;
}
await Promise.allSettled(started.map((server) => server.stop()));
// What was still starting ends with this process.
process.exit();
