import type { ConnectorDefinition } from '../runtime/connector.ts';
import { registry } from '../runtime/registry.ts';
import { anchorageForecast } from './anchorage-forecast/index.ts';
import { complaintReport } from './complaint-report/index.ts';
import { gridSafety } from './grid-safety/index.ts';
import { smartOcean } from './smart-ocean/index.ts';
import { weatherWarnings } from './weather-warnings/index.ts';

/** Every connector, one line each. */
export const connectors = registry<ConnectorDefinition>('connector', import.meta.url, [
  anchorageForecast,
  complaintReport,
  gridSafety,
  smartOcean,
  weatherWarnings,
]);
