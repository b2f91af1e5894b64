import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { errorKinds } from '../errors.ts';
import { loadKafkaClient } from './native.ts';

const missing = (words: RegExp) =>
  expect.objectContaining({
    code: 'HUB_KAFKA_CLIENT_MISSING',
    retriable: false,
    message: expect.stringMatching(words),
  });

describe('the Kafka client', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
    writeFileSync(join(folder.path, 'package.json'), '{}');
  });
  afterEach(() => folder.remove());

  test('that was not built is named with the Node.js it is needed for, and what to do', async () => {
    const { node, modules } = process.versions;
    await expect(loadKafkaClient(folder.path)).rejects.toEqual(
      missing(new RegExp(`Node\\.js ${node} \\(ABI ${modules}\\) has not been built`)),
    );
    expect(errorKinds.HUB_KAFKA_CLIENT_MISSING.fix).toContain('npm run kafka:client');
  });

  test('that was built for another Node.js is told from one that was not built', async () => {
    const module = join(folder.path, 'node_modules', 'node-rdkafka');
    mkdirSync(module, { recursive: true });
    writeFileSync(join(module, 'package.json'), JSON.stringify({ main: 'index.js' }));
    writeFileSync(join(module, 'client.node'), 'not for this machine');
    writeFileSync(join(module, 'index.js'), "module.exports = require('./client.node');");
    await expect(loadKafkaClient(folder.path)).rejects.toEqual(missing(/was not built for this Node\.js/));
  });

  test('is refused in a worker thread, where its callbacks would run in another', async () => {
    const program = `
      import { parentPort } from 'node:worker_threads';
      import { loadKafkaClient } from ${JSON.stringify(new URL('native.ts', import.meta.url).href)};
      await loadKafkaClient().catch((error) => parentPort.postMessage(error.code));`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
    const [code] = await new Promise<unknown[]>((resolve, reject) => {
      worker.on('message', (...found) => resolve(found)).on('error', reject);
    });
    await worker.terminate();
    expect(code).toBe('HUB_INTERNAL');
  });

  test('is there, with encryption and log-in', async () => {
    const { features, librdkafkaVersion } = await loadKafkaClient();
    expect(librdkafkaVersion).toMatch(/^2\./);
    expect(features).toEqual(expect.arrayContaining(['ssl', 'sasl_scram', 'sasl_oauthbearer', 'lz4']));
  });
});
