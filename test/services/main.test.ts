import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { connectors } from '../../connectors/index.ts';
import { loadConfig } from '../../runtime/config.ts';
import { sinks } from '../../sinks/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-services-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('npm run services', () => {
  test('starts what a hub on Kafka needs, says it in the words of hub.yaml, and ends it all on Ctrl-C', async () => {
    const script = fileURLToPath(new URL('./main.ts', import.meta.url));
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      let yaml = '';
      for await (const text of child.stdout.setEncoding('utf8')) {
        yaml += text;
        if (/^postgres:\n {2}url: .*\n/m.test(yaml)) break;
      }
      const file = join(folder, 'hub.yaml');
      writeFileSync(file, yaml);
      const { kafka, registry, redis, postgres } = loadConfig(file, {}, { connectors, sinks });
      expect(await partsThatAnswer(kafka!.brokers, registry!.url, redis!.url!, postgres!.url)).toEqual([
        'kafka',
        'registry',
        'redis',
        'postgres',
      ]);
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      expect(await ended).toEqual([0, null]);
      expect(await partsThatAnswer(kafka!.brokers, registry!.url, redis!.url!, postgres!.url)).toEqual([]);
    } finally {
      child.kill('SIGKILL');
    }
  }, 300_000);
});

async function partsThatAnswer(
  brokers: readonly string[],
  registry: string,
  redis: string,
  postgres: string,
): Promise<readonly string[]> {
  const asked = {
    kafka: askKafka(brokers),
    registry: fetch(`${registry}/subjects`).then((reply) => reply.text()),
    redis: askRedis(redis),
    postgres: askPostgres(postgres),
  };
  const names = Object.keys(asked);
  const answers = await Promise.allSettled(Object.values(asked));
  return names.filter((_, index) => answers[index]!.status === 'fulfilled');
}

async function askKafka(brokers: readonly string[]): Promise<void> {
  const { Kafka, logLevel } = kafkajs;
  const admin = new Kafka({
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
    // Its default of one second is short on a loaded machine.
    connectionTimeout: 30_000,
    authenticationTimeout: 30_000,
  }).admin();
  try {
    await admin.connect();
    await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

async function askRedis(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}

async function askPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  await client.query('select 1');
  await client.end();
}
