/** Entry of a sink's thread: its code runs here and nowhere else. It reads the log itself and lets the writer move its offsets. */
import { workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import type { SinkDefinition } from '../sink.ts';
import { runSink } from '../sink-loop.ts';
import { memoryCounters, stderrLogger } from '../telemetry.ts';
import type { ReaderModule } from './assembly.ts';
import type { SinkData } from './messages.ts';
import { livePart, loadDefinition } from './part-life.ts';
import { connect } from './rpc.ts';
import { sinkGroup } from './sink-group.ts';

const data = workerData as SinkData;
const logger = stderrLogger(data.logLevel).child({ sink: data.id });

const counters = memoryCounters();

await livePart(async (life) => {
  const definition = await loadDefinition<SinkDefinition>(data.definition);
  const config = definition.config.parse(data.input);
  const { assembleReader } = (await import(data.assembly.readerModule)) as ReaderModule;
  const writer = connect(data.port);
  const reader = await assembleReader(data.assembly.options, writer);
  try {
    await runSink({
      group: sinkGroup(data.id),
      topics: definition.topics(config),
      open: () =>
        definition.open({
          config,
          signal: life.signal,
          log: logger,
          clock: systemClock,
          counters: {
            add: (name, labels, by) => counters.add(name, { sink: data.id, ...labels }, by),
            observe: (name, labels, seconds) => counters.observe(name, { sink: data.id, ...labels }, seconds),
          },
          stateFolder: reader.stateFolder(data.id),
          decode: reader.decode,
        }),
      log: reader.log,
      changed: reader.changed,
      prepare: reader.prepare,
      offsets: {
        join: async (topics) => void (await writer.call('join', topics)),
        commit: async (offsets) => void (await writer.call('commit', offsets)),
      },
      clock: systemClock,
      signal: life.signal,
      logger,
      onBatch: life.committed,
      onRetry: life.retrying,
    });
  } finally {
    await reader.close();
  }
}, counters.snapshot);
