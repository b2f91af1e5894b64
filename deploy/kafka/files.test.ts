import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { connectors } from '../../connectors/index.ts';
import { loadConfig } from '../../runtime/config.ts';
import { exitCodes, stopWithinMs } from '../../runtime/run.ts';
import { sinks } from '../../sinks/index.ts';
import { kafkaImage } from '../../test/services/broker-forms.ts';
import { postgresImage } from '../../test/services/postgres.ts';
import { redisImage } from '../../test/services/redis.ts';
import { registryImage } from '../../test/services/registry.ts';
import { readComposeFile } from '../../test/support/compose-file.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

const { services, volumes } = readComposeFile();
const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  devDependencies: { readonly node: string };
};
/** A service manager ends by force what takes longer, s. */
const stopSeconds = Object.values(stopWithinMs).reduce((sum, ms) => sum + ms, 0) / 1000;

describe('compose.yaml', () => {
  test('runs the servers that the tests run', () => {
    const { kafka, registry, redis, postgres } = services;
    const images = [kafkaImage, registryImage, redisImage, postgresImage];
    expect([kafka, registry, redis, postgres].map(({ image }) => image)).toEqual(images);
  });

  test('keeps what must outlive a restart in volumes that it declares', () => {
    const used = Object.values(services)
      .flatMap((service) => service.volumes)
      .map((volume) => volume.split(':')[0]!)
      .filter((name) => !name.startsWith('.'));
    expect(used.toSorted()).toEqual(Object.keys(volumes).toSorted());
  });

  test('waits for whatever tells its health, and for nothing that is not there', () => {
    for (const { depends_on } of Object.values(services)) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const { healthcheck, restart } = services[name as keyof typeof services];
        const running = healthcheck === undefined ? 'service_started' : 'service_healthy';
        const awaited = restart === 'on-failure' ? 'service_completed_successfully' : running;
        expect([name, condition]).toEqual([name, awaited]);
      }
    }
  });

  test('makes the topics of the same configuration before the hub starts', () => {
    const { topics, hub } = services;
    expect(topics.command).toEqual(['topics', 'apply', '--config', '/etc/city-hub/hub.yaml']);
    const { environment, image, volumes: mounted } = topics;
    expect({ environment, image }).toEqual({ environment: hub.environment, image: hub.image });
    expect(hub.volumes).toEqual(expect.arrayContaining(mounted));
    expect(Object.keys(hub.depends_on)).toContain('topics');
  });

  test('gives the hub the time to stop in order', () => {
    expect(Number.parseInt(services.hub.stop_grace_period!, 10)).toBeGreaterThan(stopSeconds);
  });

  test('asks for every secret and holds none', () => {
    const secrets = Object.values(services)
      .flatMap(({ environment }) => Object.entries(environment))
      .filter(([name]) => name.includes('PASSWORD'));
    expect(secrets).toHaveLength(6);
    for (const [, value] of secrets) expect(value).toMatch(/^\$\{[A-Z_]+:\?\}$/);
  });
});

describe('hub.yaml', () => {
  const environment = { POSTGRES_PASSWORD: 'secret', PORTAL_PASSWORD: 'secret' };
  const path = fileURLToPath(new URL('./hub.yaml', import.meta.url));
  const config = loadConfig(path, environment, { connectors, sinks });

  test('is accepted whole, with the secrets that compose.yaml hands over', () => {
    expect([...config.connectors, ...config.sinks].flatMap(({ problems }) => problems)).toEqual([]);
    expect(Object.keys(services.hub.environment)).toEqual(Object.keys(environment));
  });

  test('is accepted with the demands of a cluster that it shows as a comment, too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-deploy-'));
    try {
      mkdirSync(join(folder, 'secrets'));
      writeFileSync(join(folder, 'secrets/kafka-ca.pem'), '-----BEGIN CERTIFICATE-----\n');
      writeFileSync(join(folder, 'secrets/kafka-password'), 'secret\n');
      const shown = read('./hub.yaml').replaceAll(/^ {2}# ( {2}\w+:.*|security:)$/gm, '  $1');
      writeFileSync(join(folder, 'hub.yaml'), shown);
      const { kafka } = loadConfig(join(folder, 'hub.yaml'), environment, { connectors, sinks });
      expect(kafka!.security).toMatchObject({ tls: true, sasl: 'SCRAM-SHA-512', password: 'secret' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('names the servers of compose.yaml', () => {
    const hosts = [
      config.kafka!.brokers[0]!.split(':')[0]!,
      ...[config.registry!, config.redis!, config.postgres!].map(({ url }) => new URL(url!).hostname),
    ];
    expect(hosts).toEqual(['kafka', 'registry', 'redis', 'postgres']);
    const { password, pathname, username } = new URL(config.postgres!.url);
    const { POSTGRES_USER, POSTGRES_DB } = services.postgres.environment;
    expect([username, pathname, password]).toEqual([POSTGRES_USER, `/${POSTGRES_DB}`, 'secret']);
    expect(services.hub.ports).toEqual([`127.0.0.1:8080:${config.http.port}`]);
  });

  test('keeps files where the container may write', () => {
    const [sink] = config.sinks;
    expect(services.hub.volumes).toContain('hub-data:/data');
    expect((sink!.input as { folder: string }).folder).toMatch(/^\/data\//);
  });
});

describe('the Containerfile', () => {
  const lines = read('./Containerfile').split('\n');
  const copied = lines
    .filter((line) => /^COPY (?!--from)/.test(line))
    .flatMap((line) => line.split(' ').slice(1, -1));

  test('copies what there is, all that the bundle ships, and no more than its ignore file lets through', () => {
    for (const path of copied) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    const top = new Set(copied.map((path) => path.split('/')[0]!));
    const shipped = /const shipped = \[([\s\S]*?)\n\];/.exec(
      readFileSync(join(root, 'deploy/bundle/make.ts'), 'utf8'),
    )![1]!;
    for (const [, path] of shipped.matchAll(/'([^']+)'/g)) expect([...top]).toContain(path);
    const ignored = read('./Containerfile.dockerignore').split('\n');
    expect(ignored.filter((line) => line.startsWith('!')).toSorted()).toEqual(
      [...top].map((path) => `!${path}`).toSorted(),
    );
  });

  test('has the Node.js that the project pins, in both of its stages', () => {
    const bases = lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1]);
    expect(bases).toEqual([
      `node:${devDependencies.node}-bookworm`,
      `node:${devDependencies.node}-bookworm-slim`,
    ]);
  });

  test('is what compose.yaml builds, from the root of the project', () => {
    const { context, dockerfile } = services.hub.build!;
    expect(fileURLToPath(new URL(`${context}/`, import.meta.url))).toBe(root);
    expect(join(root, dockerfile)).toBe(fileURLToPath(new URL('./Containerfile', import.meta.url)));
  });

  test('starts the hub with the configuration that compose.yaml puts there', () => {
    const [command] = lines.filter((line) => line.startsWith('CMD '));
    const args = JSON.parse(command!.slice('CMD '.length)) as readonly string[];
    expect(args.slice(0, 2)).toEqual(['up', '--config']);
    expect(services.hub.volumes).toContain(`./hub.yaml:${args[2]}:ro`);
    expect(args.slice(3)).toEqual(['--data', '/data']);
  });
});

describe('city-hub.service', () => {
  const settings = Object.fromEntries(
    read('./city-hub.service')
      .split('\n')
      .filter((line) => /^[A-Z]\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

  test('restarts what a restart helps, and gives the hub the time to stop in order', () => {
    const { configInvalid, forced } = exitCodes;
    expect(settings.Restart).toBe('on-failure');
    expect(settings.RestartPreventExitStatus).toBe(`${configInvalid} ${forced}`);
    expect(Number(settings.TimeoutStopSec)).toBeGreaterThan(stopSeconds);
  });

  test('lets the hub write where its data lie, and gives the native client its threads', () => {
    expect(settings.ExecStart).toContain(`--data ${settings.ReadWritePaths}/`);
    expect(read('./Containerfile')).toContain(settings.Environment!);
  });
});
