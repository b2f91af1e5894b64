/** Entry of a connector's thread: its code runs here and nowhere else. */
import { workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import type { ConnectorDefinition } from '../connector.ts';
import { runConnector } from '../connector-loop.ts';
import { stderrLogger } from '../telemetry.ts';
import { readFiles } from './file-batches.ts';
import { intakeOver } from './intake-port.ts';
import type { ConnectorData } from './messages.ts';
import { livePart, loadDefinition } from './part-life.ts';

const data = workerData as ConnectorData;
const log = stderrLogger(data.logLevel).child({ connector: data.id });

await livePart(async (life) => {
  const definition = await loadDefinition<ConnectorDefinition>(data.definition);
  const { files } = data;
  const config = files !== null && data.input === null ? null : definition.config.parse(data.input);
  await runConnector({
    source: data.source,
    origin: files === null ? 'LIVE' : 'BACKFILL',
    ...(files === null && {
      check: (signal: AbortSignal) => definition.check({ config, signal, clock: systemClock, log }),
    }),
    read: (position, signal) =>
      files === null
        ? definition.read({
            config,
            position,
            signal,
            clock: systemClock,
            log,
            leads: () => life.leads() ?? data.leads,
          })
        : readFiles(files, definition.readFile, signal),
    normalize: (raw, context) => definition.normalize(raw, { ...context, config }),
    maxRecordBytes: data.maxRecordBytes,
    intake: intakeOver(data.port),
    clock: systemClock,
    signal: life.signal,
    log,
    onBatch: ({ accepted, repeated, dead, vessels }) => life.committed(accepted + repeated + dead + vessels),
    onRetry: life.retrying,
  });
});
