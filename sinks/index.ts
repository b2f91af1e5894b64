import { registry } from '../runtime/registry.ts';
import type { SinkDefinition } from '../runtime/sink.ts';
import { file } from './file/index.ts';
import { notify } from './notify/index.ts';

/** Every sink, one line each. */
export const sinks = registry<SinkDefinition>('sink', import.meta.url, [file, notify]);
