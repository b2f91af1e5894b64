/**
 * A hub as a process of its own, over the stub of the writer: real threads, real signals, real exit codes.
 * Argument: JSON of `StubHub`. Writes a line `delivering` to standard error once every connector has delivered.
 */
import type { HubConfig } from '../../../runtime/config.ts';
import type { ConnectorDefinition } from '../../../runtime/connector.ts';
import { HubError, systemClock } from '../../../runtime/index.ts';
import type { Registry } from '../../../runtime/registry.ts';
import { registry } from '../../../runtime/registry.ts';
import { type RunningHub, runHub, stopSignals } from '../../../runtime/run.ts';
import { stderrLogger } from '../../../runtime/telemetry.ts';
import * as misbehaving from '../misbehaving-connectors/index.ts';
import type { StubOptions } from '../stub-assembly/index.ts';

export interface StubHub {
  readonly connectors: readonly string[];
  readonly assembly?: StubOptions;
  /** An admin method of the stub to call once all deliver. */
  readonly afterwards?: string;
  /** The front refuses to open. */
  readonly busy?: boolean;
}

const {
  connectors,
  assembly = {},
  afterwards,
  busy = false,
} = JSON.parse(process.argv[2] ?? '{}') as StubHub;

const named = registry('connector', import.meta.url, Object.values(misbehaving));
const stub = new URL('../stub-assembly/index.ts', import.meta.url).href;
const module = new URL('../misbehaving-connectors/index.ts', import.meta.url).href;
const config: HubConfig = {
  instance: 'hub',
  partitions: 1,
  catalogue: 'current',
  http: { host: '127.0.0.1', port: 0 },
  log: { level: 'warn' },
  connectors: connectors.map((id) => ({
    id,
    type: id,
    enabled: true,
    maxMemoryMb: 128,
    maxRecordBytes: 1_000,
    silentAfterMs: null,
    input: {},
    problems: [],
  })),
  sinks: [],
};

async function watch({ writer }: RunningHub): Promise<void> {
  for (;;) {
    const delivered = (await writer.admin('delivered')) as Record<string, { records: number }>;
    if (connectors.every((id) => (delivered[id]?.records ?? 0) > 0)) break;
    await systemClock.sleep(50);
  }
  process.stderr.write('delivering\n');
  if (afterwards !== undefined) await writer.admin(afterwards);
}

const code = await runHub({
  config,
  registries: {
    connectors: { ...named, moduleOf: () => module } as Registry<ConnectorDefinition>,
    sinks: registry('sink', import.meta.url, []),
  },
  assembly: { writerModule: stub, readerModule: stub, options: assembly },
  clock: systemClock,
  log: stderrLogger('info'),
  ...stopSignals(),
  front: async () => {
    if (busy) throw new HubError('HUB_PORT_BUSY', 'port taken');
    return { close: async () => {} };
  },
  // The hub may be gone before all deliver; then nobody waits for the word.
  onStarted: (hub) => void watch(hub).catch(() => {}),
});
process.exit(code);
