/** The public surface: all that a connector, processor or sink may import from the runtime. */
export { type Clock, systemClock } from './clock.ts';
export {
  type ConnectorDefinition,
  defineConnector,
  type NormalizeContext,
  type Normalized,
  type NormalizedRecord,
  type RawRecord,
  type ReadBatch,
  type ReadContext,
  type Replaced,
  type RoutedWarnings,
  type SaidWarning,
} from './connector.ts';
export { type ErrorCode, errorKinds, HubError, toHubError } from './errors.ts';
export { type DropReason, drop, next, type Outcome, reject } from './outcome.ts';
export {
  type Change,
  type Draft,
  defineProcessor,
  type Facts,
  noFacts,
  type Pipeline,
  type ProcessContext,
  type ProcessorDefinition,
  type Views,
} from './processor.ts';
export { defineSink, type SinkContext, type SinkDefinition, type SinkTask } from './sink.ts';
export type { Counters, Logger } from './telemetry.ts';
