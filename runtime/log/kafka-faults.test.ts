import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readAll } from '../../test/contract/log/fixture.ts';
import { type KafkaCluster, startKafka } from '../../test/services/kafka.ts';
import { type CopyingHub, openCopyingHub, until } from '../../test/support/copying-hub.ts';
import { copying } from '../../test/support/kafka-copying.ts';
import { kafkaLogOptions, quickSessionMs } from '../../test/support/kafka-log.ts';
import { KafkaLog } from './kafka.ts';

const { input, memory, partitions } = copying;

let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startKafka({ proxied: true });
}, 240_000);
afterAll(() => cluster?.stop());

/** Whatever is done to the workers: each record of the input stands in the output once, in its order. */
describe('workers on Kafka', () => {
  let hub: CopyingHub;
  let children: ChildProcess[];

  beforeEach(async () => {
    children = [];
    hub = await openCopyingHub(cluster);
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await hub.close();
  });

  function start(member: string, folder: string, strike = ''): ChildProcess & { said(): string } {
    const program = join(import.meta.dirname, '../../test/support/kafka-copying-process.ts');
    const child = spawn(process.execPath, [program, cluster.internal[0]!, hub.instance, folder, member], {
      env: { ...process.env, HUB_TEST_STOP: strike, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    child.stderr.on('data', (text) => {
      said += text;
    });
    children.push(child);
    return Object.assign(child, { said: () => said });
  }

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }

  test('that is stopped in the middle of a transaction and wakes when others have its partitions writes nothing of it', async () => {
    await hub.give(400);
    const zombie = start('zombie', hub.newFolder(), 'open,SIGSTOP,2');
    await until('the first one stops itself', () => zombie.said().includes('struck'));
    const heir = start('heir', hub.newFolder());
    // Its session is over, and its transaction aborted by the broker: until then the other has to wait.
    await hub.untilCopied('the other takes over');
    zombie.kill('SIGCONT');
    await hub.give(400);
    await hub.untilCopied('the rest is copied');
    await sleep(2 * quickSessionMs);
    await hub.expectEachOnce();
    await end(zombie);
    await end(heir);
    await hub.expectEachOnce();
  }, 240_000);

  test('that dies between the commit and its own file reads the file on from the topic', async () => {
    await hub.give(300);
    const folder = hub.newFolder();
    const first = start('m', folder, 'committed,SIGKILL,3');
    await until('it has ended itself', () => first.signalCode !== null);
    await hub.give(100);
    const second = start('m', folder);
    await hub.untilCopied('the rest is copied');
    await hub.expectEachOnce();
    await end(second);
    expect(second.said()).not.toMatch(/HUB_|again/);
    const reopened = await KafkaLog.open(kafkaLogOptions(cluster.internal, hub.instance, folder));
    try {
      for (let partition = 0; partition < partitions; partition += 1) {
        const last = (await readAll(hub.log, input, partition)).at(-1)!;
        const known = await reopened.latest(memory, partition, ['last']);
        expect(known.get('last')?.headers.offset).toBe(String(last.offset));
      }
    } finally {
      await reopened.close();
    }
  }, 240_000);
});
