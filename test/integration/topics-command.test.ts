import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freshInstance, shared } from '../services/shared.ts';
import { hub, readJsonLines } from '../support/hub-process.ts';

const instance = freshInstance();
let folder: string;
let brokers: readonly string[];
let registry: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-topics-'));
  brokers = (await shared('kafka')).brokers;
  registry = (await shared('registry')).url;
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `hub topics …` on a configuration for one broker, changed where `over` says so. */
async function topics(command: string, over: object = {}, ...more: readonly string[]) {
  const config = {
    instance,
    partitions: 2,
    kafka: { brokers, replication: 1, minInSyncReplicas: 1, connectTimeoutMs: 5_000 },
    registry: { url: registry },
    redis: { url: 'redis://127.0.0.1:1' },
    postgres: { url: 'postgresql://127.0.0.1:1/hub' },
    ...over,
  };
  const path = join(folder, 'hub.yaml');
  writeFileSync(path, JSON.stringify(config));
  return hub('topics', command, '--config', path, ...more);
}

describe('hub topics', () => {
  test('shows what is missing with exit code 3, makes it, and has nothing to do then', async () => {
    const before = await topics('plan');
    expect(before.code).toBe(3);
    expect(before.stdout).toMatch(
      new RegExp(
        `^\\+ topic ${instance}\\.hub\\.input: 2 partitions, 1 copies; cleanup\\.policy=delete`,
        'm',
      ),
    );
    expect(before.stdout).toMatch(new RegExp(`${instance}\\.hub\\.connector-slots: 64 partitions`));
    expect(before.stderr).toMatch(/^\d+ to do, 0 that are refused, 1 to know; nothing is ever deleted$/m);

    const applied = await topics('apply', {}, '--json');
    expect(applied.code).toBe(0);
    const steps = readJsonLines(applied.stdout).filter(({ what }) => what === 'step');
    expect(steps).toContainEqual(
      expect.objectContaining({
        kind: 'create',
        topic: `${instance}.hub.department.market-regulation`,
        partitions: 2,
      }),
    );
    // Brokers of the tests ask nobody for rights.
    const after = await topics('plan');
    expect([after.code, after.stdout]).toEqual([
      0,
      expect.stringMatching(/^· the brokers ask nobody for rights/),
    ]);
  }, 180_000);

  test('refuses another number of partitions before it changes anything', async () => {
    const other = { partitions: 4, kafka: { brokers, replication: 1, minInSyncReplicas: 1 } };
    const plan = await topics('plan', other, '--lang', 'zh-CN');
    expect(plan.code).toBe(3);
    expect(plan.stdout).toContain(`! 主题 ${instance}.hub.input 有 2 个分区，配置为 4`);
    const { code, stderr } = await topics('apply', other);
    expect([code, stderr]).toEqual([1, expect.stringContaining('HUB_LOG_PARTITIONS_FROZEN')]);
    expect((await topics('plan')).code).toBe(0);
  }, 180_000);

  test('tells all that is wrong with the services, and applies nothing', async () => {
    const broken = {
      instance: freshInstance(),
      kafka: { brokers, replication: 3 },
      registry: { url: 'http://127.0.0.1:1' },
    };
    for (const command of ['plan', 'apply']) {
      const { code, stderr } = await topics(command, broken);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /HUB_SERVICES_UNFIT: 2 things are wrong:\n.*HUB_KAFKA_TOO_FEW_BROKERS.*; fix: .*\n.*HUB_SCHEMA_REGISTRY_UNAVAILABLE/,
      );
    }
    const { code, stdout } = await topics('plan', { instance: broken.instance });
    expect([code, stdout]).toEqual([3, expect.stringContaining(`+ topic ${broken.instance}.hub.input`)]);
  }, 180_000);

  test('without Kafka in the configuration says so with exit code 78', async () => {
    const nothing = { kafka: undefined, registry: undefined, redis: undefined, postgres: undefined };
    const { code, stderr } = await topics('plan', nothing);
    expect([code, stderr]).toEqual([78, expect.stringContaining('kafka: found nothing')]);
  }, 60_000);
});
