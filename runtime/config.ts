import { z } from 'zod';
import { type ConfigDocument, type Environment, readConfigFile } from './config-file.ts';
import { check, configError, type Problem, show, unknownKey } from './config-problem.ts';
import type { ConnectorDefinition } from './connector.ts';
import { redisOptions } from './dedup-index/redis-options.ts';
import { nearest } from './did-you-mean.ts';
import { postgresOptions } from './item-store/postgres-options.ts';
import { kafkaOptions } from './kafka/options.ts';
import type { Registry } from './registry.ts';
import { registryOptions } from './schema-registry/confluent-options.ts';
import type { SinkDefinition } from './sink.ts';

const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** The hub's own options; those of connectors and sinks come from their definitions. */
export const hubOptions = z.object({
  instance: z
    .string()
    .regex(kebab, 'expected lower-case letters, digits and single hyphens (kebab-case)')
    .default('hub')
    .describe('Name of this hub; prefixes topics and groups.'),
  partitions: z
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe(
      'Partitions of each topic; frozen when the data folder is first used, on Kafka when the topics are made. Default: 4, on Kafka 48.',
    ),
  catalogue: z
    .string()
    .min(1)
    .default('current')
    .describe('Version of the catalogue (categories, organisations, rules) to stamp new inputs with.'),
  http: z
    .object({
      host: z.string().min(1).default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all.'),
      port: z.int().min(0).max(65_535).default(8080).describe('TCP port; 0 picks a free one.'),
    })
    .prefault({})
    .describe('The status page and API.'),
  log: z
    .object({
      level: z
        .enum(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info')
        .describe('Least severity to log to standard error.'),
    })
    .prefault({})
    .describe('The log of the program.'),
  kafka: kafkaOptions
    .optional()
    .describe('The cluster; with it the hub works on Kafka instead of in one process.'),
  registry: registryOptions.optional().describe('The schema registry beside Kafka.'),
  redis: redisOptions.optional().describe('Redis for the index of possible duplicates, beside Kafka.'),
  postgres: postgresOptions.optional().describe('PostgreSQL for what is asked about items, beside Kafka.'),
});

/** What Kafka mode takes the place of the data folder with. */
const services = ['registry', 'redis', 'postgres'] as const;
const partitionsOf = { embedded: 4, kafka: 48 } as const;

const partOptions = {
  enabled: z.boolean().default(true).describe('False leaves it out without deleting its options.'),
  maxMemoryMb: z
    .int()
    .min(32)
    .max(16_384)
    .default(256)
    .describe('MiB of heap and buffers its thread may hold before it is ended and restarted.'),
};

/** Options that the runtime takes from every connector; `type` names the definition. */
export const connectorOptions = z.object({
  type: z.string().min(1).optional().describe('Name of the connector; default: the key itself.'),
  ...partOptions,
  maxRecordBytes: z
    .int()
    .min(1_024)
    .max(256 * 1024 * 1024)
    .default(4 * 1024 * 1024)
    .describe('Largest record taken from this source, in bytes; a larger one becomes a dead letter.'),
  silentAfterMs: z
    .int()
    .min(0)
    .max(366 * 24 * 3_600_000)
    .optional()
    .describe(
      'Without a record for so long the source is shown as silent, after twice as long in red, ms; 0: never. Default: by what the source is known to bring.',
    ),
});

/** Options that the runtime takes from every sink. */
export const sinkOptions = z.object({
  type: z.string().min(1).optional().describe('Name of the sink; default: the key itself.'),
  ...partOptions,
});

export interface PartConfig {
  /** Key in the configuration. */
  readonly id: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly maxMemoryMb: number;
  /** Its own options as they stand, checked; its thread parses them again. Holds secrets: never to be printed. */
  readonly input: unknown;
  /** Not empty: this part is DEGRADED and not started; the others are. */
  readonly problems: readonly Problem[];
}

export interface ConnectorConfig extends PartConfig {
  readonly maxRecordBytes: number;
  /** As configured; null: by the definition. */
  readonly silentAfterMs: number | null;
}

export type HubConfig = Omit<z.output<typeof hubOptions>, 'partitions'> & {
  readonly partitions: number;
  readonly connectors: readonly ConnectorConfig[];
  readonly sinks: readonly PartConfig[];
};

export interface Registries {
  readonly connectors: Registry<ConnectorDefinition>;
  readonly sinks: Registry<SinkDefinition>;
}

/**
 * The configuration to start with, frozen: a connector or sink whose part is wrong carries its problems and costs its
 * neighbours nothing. Problems of the hub's own options throw HUB_CONFIG_INVALID, which then lists all there are.
 * Throws HUB_CONFIG_UNREADABLE. @param path of a hub.yaml; null for the defaults
 */
export function loadConfig(path: string | null, environment: Environment, registries: Registries): HubConfig {
  const { config, problems } = parse(readConfigFile(path, environment), registries);
  if (config === null) throw configError(problems);
  return config;
}

/** The same, but every problem counts: throws HUB_CONFIG_INVALID with all of them at once. */
export function checkConfig(
  path: string | null,
  environment: Environment,
  registries: Registries,
): HubConfig {
  const { config, problems } = parse(readConfigFile(path, environment), registries);
  if (config === null || problems.length > 0) throw configError(problems);
  return config;
}

function parse(
  document: ConfigDocument,
  registries: Registries,
): { config: HubConfig | null; problems: readonly Problem[] } {
  const top = group(document.value, []);
  const { connectors, sinks, ...own } = top.value;
  const known = [...Object.keys(hubOptions.shape), 'connectors', 'sinks'];
  const hub = check(hubOptions, own, [], document.referenced);
  const connectorGroup = group(connectors, ['connectors']);
  const sinkGroup = group(sinks, ['sinks']);

  const hubProblems = [
    ...top.problems,
    ...connectorGroup.problems,
    ...sinkGroup.problems,
    ...document.problems.filter(({ path }) => path[0] !== 'connectors' && path[0] !== 'sinks'),
    ...hub.problems.map((problem) =>
      problem.found === 'an unknown key' && problem.path.length === 1
        ? unknownKey(problem.path, known)
        : problem,
    ),
    ...serviceProblems(own),
  ];
  const parsedConnectors = Object.entries(connectorGroup.value).map(([id, value]): ConnectorConfig => {
    const { part, runtime } = parsePart(
      document,
      ['connectors', id],
      value,
      registries.connectors,
      connectorOptions,
    );
    const { maxRecordBytes, silentAfterMs = null } = runtime;
    return { ...part, maxRecordBytes, silentAfterMs };
  });
  const parsedSinks = Object.entries(sinkGroup.value).map(
    ([id, value]): PartConfig =>
      parsePart(document, ['sinks', id], value, registries.sinks, sinkOptions).part,
  );
  const problems = [
    ...hubProblems,
    ...[...parsedConnectors, ...parsedSinks].flatMap((part) => part.problems),
  ];
  if (hubProblems.length > 0 || hub.value === null) return { config: null, problems };
  const { kafka, partitions = kafka === undefined ? partitionsOf.embedded : partitionsOf.kafka } = hub.value;
  return {
    config: deepFreeze({ ...hub.value, partitions, connectors: parsedConnectors, sinks: parsedSinks }),
    problems,
  };
}

/** Kafka mode is all four services or none: a hub that keeps half of itself elsewhere would be neither. */
function serviceProblems(own: Readonly<Record<string, unknown>>): readonly Problem[] {
  const isThere = (name: string): boolean => own[name] !== undefined;
  if (isThere('kafka')) {
    return services
      .filter((name) => !isThere(name))
      .map((name) => ({
        path: [name],
        found: 'nothing',
        expected: `a group of options, because kafka is there: Kafka mode needs ${services.join(', ')} as well`,
        fix: `add ${name}.url, or remove kafka to work in one process`,
      }));
  }
  return services.filter(isThere).map((name) => ({
    path: [name],
    found: 'a group of options',
    expected: 'kafka beside it: without Kafka it is not used',
    fix: 'add kafka, or remove it',
  }));
}

function parsePart<R extends { type?: string | undefined; enabled: boolean; maxMemoryMb: number }>(
  document: ConfigDocument,
  path: readonly [string, string],
  value: unknown,
  registry: Registry<{ readonly name: string; readonly config: z.ZodType }>,
  options: z.ZodObject & z.ZodType<R>,
): { part: PartConfig; runtime: R } {
  const [, id] = path;
  const entry = group(value, path);
  const runtimeKeys = Object.keys(options.shape);
  const isRuntime = ([key]: [string, unknown]): boolean => runtimeKeys.includes(key);
  const entries = Object.entries(entry.value);
  const runtime = check(options, Object.fromEntries(entries.filter(isRuntime)), path, document.referenced);
  const own = Object.fromEntries(entries.filter((one) => !isRuntime(one)));
  const type = typeof entry.value.type === 'string' ? entry.value.type : id;

  const problems = [
    ...entry.problems,
    ...document.problems.filter((problem) => problem.path[0] === path[0] && problem.path[1] === id),
    ...runtime.problems,
  ];
  if (!kebab.test(id))
    problems.push({
      path,
      found: show(id, false),
      expected: 'a key in kebab-case',
      fix: 'rename it: it becomes a topic and a metric label',
    });
  let input: unknown = own;
  if (!registry.has(type)) {
    const guess = nearest(type, registry.names);
    problems.push({
      path: entry.value.type === undefined ? path : [...path, 'type'],
      found: show(type, false),
      expected: `one of ${registry.names.join(', ') || 'none'}`,
      fix: guess === null ? 'name one of these as type' : `did you mean ${guess}?`,
    });
  } else {
    // A missing reference has been told already; what the empty text breaks besides is no news.
    const told = new Set(problems.map((problem) => problem.path.join('\n')));
    const definition = registry.get(type);
    const checked = check(definition.config, own, path, document.referenced);
    input = checked.input;
    const optionKeys = Object.keys((definition.config as Partial<z.ZodObject>).shape ?? {});
    for (const problem of checked.problems) {
      if (told.has(problem.path.join('\n'))) continue;
      const isKey = problem.found === 'an unknown key' && problem.path.length === path.length + 1;
      problems.push(isKey ? unknownKey(problem.path, [...optionKeys, ...runtimeKeys]) : problem);
    }
  }
  const settled = runtime.value ?? options.parse({});
  const { enabled, maxMemoryMb } = settled;
  return { part: { id, type, enabled, maxMemoryMb, input, problems }, runtime: settled };
}

/** A group of options; a key with nothing behind it is an empty one. */
function group(
  value: unknown,
  path: readonly string[],
): { value: Readonly<Record<string, unknown>>; problems: Problem[] } {
  if (value === undefined || value === null) return { value: {}, problems: [] };
  if (typeof value === 'object' && !Array.isArray(value))
    return { value: value as Record<string, unknown>, problems: [] };
  const problem: Problem = {
    path,
    found: show(value, false),
    expected: 'a group of options (key: value)',
    fix: 'indent the options below it',
  };
  return { value: {}, problems: [problem] };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
