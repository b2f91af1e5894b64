import { hostname } from 'node:os';
import { systemClock } from '../../runtime/clock.ts';
import type { HubConfig } from '../../runtime/config.ts';
import { startControl } from '../../runtime/control/server.ts';
import type { StatusAsk, StatusFacts } from '../../runtime/control/status-facts.ts';
import { lockDataFolder } from '../../runtime/embedded/lock.ts';
import { toHubError } from '../../runtime/errors.ts';
import { type DutyFront, openFront } from '../../runtime/front/server.ts';
import { expectServices } from '../../runtime/kafka/check.ts';
import { reportEachMs, type WorkerReport } from '../../runtime/placement/workers.ts';
import { type ExitCode, type RunningHub, runHub, stopSignals } from '../../runtime/run.ts';
import { confluentSchemaRegistry } from '../../runtime/schema-registry/confluent.ts';
import { stderrLogger } from '../../runtime/telemetry.ts';
import type { PartKind } from '../../runtime/threads/watched-part.ts';
import { startWriterHere } from '../../runtime/threads/writer-here.ts';
import { registries } from '../assembly.ts';

import { dutyPages } from '../duty-pages.ts';
import { sinkTopics, sourceRhythms } from '../engine.ts';
import { hubMethods } from '../hub-methods.ts';
import { versionOfPackage } from '../version.ts';
import { wantedOf } from '../wanted.ts';
import { type Role, type WorkerOverview, workerAssemblyAt, workerOptions } from './assembly.ts';

export interface WorkerProcess {
  readonly folder: string;
  readonly config: HubConfig;
  /** Its stable name. */
  readonly worker: string;
  readonly roles: readonly Role[];
  onStarted(): void;
}

const partKinds: Readonly<Partial<Record<Role, PartKind>>> = { connectors: 'connector', sinks: 'sink' };

/**
 * Runs one worker of a hub on Kafka until it is told to stop. Throws what keeps it from starting (HUB_CONFIG_INVALID, HUB_SERVICES_UNFIT and what it lists,
 * HUB_DATA_LOCKED, HUB_DATA_WRITE); all later ends are exit codes.
 */
export async function runWorker({
  folder,
  config,
  worker,
  roles,
  onStarted,
}: WorkerProcess): Promise<ExitCode> {
  const options = workerOptions(folder, config, worker, roles);
  const clock = systemClock;
  const log = stderrLogger(config.log.level).child({ worker });
  await expectServices({
    kafka: options.kafka,
    wanted: wantedOf(config),
    clientId: `hub-${worker}`,
    clock,
    log,
    others: [() => confluentSchemaRegistry(options.registry).versions('hub.items-value')],
  });
  const lock = lockDataFolder(folder);
  const startedAt = clock.now();
  const leaving = new AbortController();
  const expected = { startedAt, sources: sourceRhythms(config), sinks: sinkTopics(config) };
  const duty = dutyPages({ folder, config, clock, ...expected });
  const { stop, force } = stopSignals();

  async function front(hub: RunningHub) {
    const page = roles.includes('api') ? await openPage(hub) : null;
    const control = await startControl({
      folder,
      methods: { ...hubMethods(hub), overview: () => overviewOf(hub) },
    }).catch(async (thrown: unknown) => {
      await page?.close();
      throw thrown;
    });
    const reporting = report(hub, page, leaving.signal);
    return {
      async close() {
        leaving.abort();
        await Promise.all([control.close(), page?.close(), reporting]);
      },
    };
  }

  async function overviewOf({ writer }: RunningHub): Promise<WorkerOverview> {
    const { sources, sinks } = expected;
    const ask: StatusAsk = { running: null, sources, sinks, now: clock.now() };
    return { facts: (await writer.admin('facts', ask)) as StatusFacts };
  }

  async function openPage(hub: RunningHub): Promise<DutyFront> {
    const over = (method: string) => (ask: unknown) => hub.writer.admin(method, ask) as Promise<never>;
    // The registry beside Kafka is the one to ask.
    const message = `the schemas of this hub are in the registry at ${new URL(options.registry.url).origin}`;
    const elsewhere = async () => ({ status: 404, body: { error_code: 404, message } });
    const page: DutyFront = await openFront({
      ...config.http,
      pages: duty.pagesOf(hub, { facts: over('facts'), schemas: elsewhere }, () => page.status()),
      clock,
      log,
    });
    return page;
  }

  async function report(
    { writer, parts }: RunningHub,
    page: DutyFront | null,
    leaving: AbortSignal,
  ): Promise<void> {
    const say = async (words: Omit<WorkerReport, 'worker' | 'at'> | null): Promise<void> => {
      try {
        await writer.admin('report', words);
      } catch (thrown) {
        const { code, message } = toHubError(thrown);
        log.warn('the worker could not report', { code, message });
      }
    };
    const self = {
      roles,
      host: hostname(),
      pid: process.pid,
      version: versionOfPackage(),
      startedAt,
    };
    while (!leaving.aborted) {
      await say({ ...self, parts: parts.status(), front: page?.status() ?? null });
      await clock.sleep(reportEachMs, leaving);
    }
    await say(null);
  }

  try {
    return await runHub({
      config,
      registries,
      assembly: workerAssemblyAt(options),
      startWriter: startWriterHere,
      worker: { name: worker, parts: roles.flatMap((role) => partKinds[role] ?? []) },
      clock,
      log,
      stop,
      force,
      front,
      onStarted() {
        duty.started();
        onStarted();
      },
    });
  } finally {
    lock.release();
  }
}
