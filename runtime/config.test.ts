import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { checkConfig, type HubConfig, loadConfig, type Registries } from './config.ts';
import { defineConnector } from './connector.ts';
import { HubError } from './errors.ts';
import { optionDocs } from './option-docs.ts';
import { reject } from './outcome.ts';
import { registry } from './registry.ts';
import { defineSink } from './sink.ts';

const complaintOptions = z.object({
  baseUrl: z.url().describe('Address of the case API.'),
  pageSize: z.int().min(1).max(200).default(50).describe('Rows per page.'),
  password: z.string().min(8).describe('Password of the hub at the source.'),
  clientKey: z.string().min(8).optional().meta({ secret: true }).describe('Key of the client.'),
  verifyTls: z.boolean().default(true).describe('Whether the certificate is checked.'),
  window: z
    .object({ overlapMinutes: z.int().min(0).default(10).describe('How far each poll looks back.') })
    .prefault({}),
});

const source = (name: string, config: z.ZodType) =>
  defineConnector({
    name,
    summary: name,
    config,
    check: async () => {},
    async *read() {},
    async *readFile() {},
    normalize: () => reject('HUB_RECORD_MALFORMED', 'never called'),
  });

const registries: Registries = {
  connectors: registry('connector', import.meta.url, [
    source('complaint-report', complaintOptions),
    source('grid-safety', z.object({})),
  ]),
  sinks: registry('sink', import.meta.url, [
    defineSink({
      name: 'file',
      summary: 'files',
      repeat: 'none',
      config: z.object({ folder: z.string().describe('Where the files go.') }),
      topics: () => [],
      open: async () => ({ resumeAt: async () => null, write: async () => {}, close: async () => {} }),
    }),
  ]),
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(yaml: string): string {
  const path = join(folder, 'hub.yaml');
  writeFileSync(path, yaml);
  return path;
}

const load = (yaml: string, environment = {}): HubConfig => loadConfig(write(yaml), environment, registries);

/** The lines of the message, or [] when nothing was thrown. */
function problemsOf(yaml: string, environment = {}, by = checkConfig): readonly string[] {
  try {
    by(write(yaml), environment, registries);
    return [];
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(HubError);
    expect((thrown as HubError).code).toBe('HUB_CONFIG_INVALID');
    return (thrown as HubError).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
}

const valid = `
connectors:
  complaint-report: { baseUrl: "http://127.0.0.1:9000", password: "long enough" }
`;

describe('defaults', () => {
  test('no file is a configuration too', () => {
    expect(loadConfig(null, {}, registries)).toEqual({
      instance: 'hub',
      partitions: 4,
      catalogue: 'current',
      http: { host: '127.0.0.1', port: 8080 },
      log: { level: 'info' },
      connectors: [],
      sinks: [],
    });
  });

  test('a connector is of the type of its key, enabled, with memory and record size bounded', () => {
    expect(load(valid).connectors).toEqual([
      {
        id: 'complaint-report',
        type: 'complaint-report',
        enabled: true,
        maxMemoryMb: 256,
        maxRecordBytes: 4 * 1024 * 1024,
        silentAfterMs: null,
        input: { baseUrl: 'http://127.0.0.1:9000', password: 'long enough' },
        problems: [],
      },
    ]);
  });

  test('a key with nothing behind it is a connector with all its defaults', () => {
    expect(load('connectors:\n  grid-safety:\n').connectors).toMatchObject([
      { id: 'grid-safety', problems: [] },
    ]);
  });

  test('two sinks may be of one type', () => {
    const { sinks } = load(
      'sinks:\n  town: { type: file, folder: a }\n  sea: { type: file, folder: b, enabled: false }\n',
    );
    expect(sinks).toMatchObject([
      { id: 'town', type: 'file', enabled: true, input: { folder: 'a' } },
      { id: 'sea', type: 'file', enabled: false, input: { folder: 'b' } },
    ]);
  });

  test('the configuration is frozen to its depth', () => {
    const config = load(valid);
    expect(Object.isFrozen(config.http)).toBe(true);
    expect(Object.isFrozen(config.connectors[0]?.input)).toBe(true);
  });
});

const onKafka = `
kafka: { brokers: ["broker-1.example:9092"] }
registry: { url: "http://registry.example" }
redis: { url: "redis://redis.example" }
postgres: { url: "postgresql://hub@db.example/hub" }
`;

describe('Kafka mode', () => {
  test('has 48 partitions, unless told otherwise', () => {
    expect(load(onKafka)).toMatchObject({ partitions: 48, kafka: { replication: 3 } });
    expect(load(`${onKafka}partitions: 6`).partitions).toBe(6);
  });

  test('is configured as docs/kafka.md shows it', () => {
    const page = readFileSync(new URL('../docs/kafka.md', import.meta.url), 'utf8');
    const [, yaml = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(page) ?? [];
    const environment = { KAFKA_PASSWORD: 'x', REDIS_URL: 'redis://a', POSTGRES_URL: 'postgresql://a/hub' };
    const here = yaml.replace(/\$\{file:[^}]*\}/, JSON.stringify('-----BEGIN CERTIFICATE-----'));
    expect(load(here, environment)).toMatchObject({ kafka: { security: { sasl: 'SCRAM-SHA-512' } } });
  });

  test('needs its services all, and none without Kafka', () => {
    const pathsOf = (yaml: string) => problemsOf(yaml).map((line) => line.split(':')[0]);
    expect(pathsOf('kafka: { brokers: [a] }')).toEqual(['kafka.brokers.0', 'registry', 'redis', 'postgres']);
    expect(problemsOf('redis: { url: "redis://a" }')).toEqual([
      'redis: found a group of options, expected kafka beside it: without Kafka it is not used; fix: add kafka, or remove it',
    ]);
  });
});

describe('problems', () => {
  test('are told all at once, each with path, value, expectation and fix', () => {
    const lines = problemsOf(`
instance: My Hub
http: { port: 99999, hots: localhost }
conectors: {}
connectors:
  complaint-report: { baseUrl: nowhere, pageSise: 5, pageSize: 500, password: "long enough", window: { overlapMinutes: -1, x: 1 } }
  grid-saftey: {}
sinks:
  file: {}
`);
    expect(lines).toEqual([
      'http.hots: found an unknown key, expected one of host, port; fix: did you mean host?',
      'conectors: found an unknown key, expected one of instance, partitions, catalogue, http, log, kafka, registry, redis, postgres, connectors, sinks; fix: did you mean connectors?',
      'instance: found "My Hub", expected lower-case letters, digits and single hyphens (kebab-case); fix: correct it (Name of this hub; prefixes topics and groups), or remove it: the default is "hub"',
      'http.port: found 99999, expected number to be <=65535; fix: correct it (TCP port; 0 picks a free one), or remove it: the default is 8080',
      'connectors.complaint-report.pageSise: found an unknown key, expected one of baseUrl, pageSize, password, clientKey, verifyTls, window, type, enabled, maxMemoryMb, maxRecordBytes, silentAfterMs; fix: did you mean pageSize?',
      'connectors.complaint-report.window.x: found an unknown key, expected one of overlapMinutes; fix: remove it',
      'connectors.complaint-report.baseUrl: found "nowhere", expected something else (Invalid URL); fix: correct it (Address of the case API)',
      'connectors.complaint-report.pageSize: found 500, expected number to be <=200; fix: correct it (Rows per page), or remove it: the default is 50',
      'connectors.complaint-report.window.overlapMinutes: found -1, expected number to be >=0; fix: correct it (How far each poll looks back), or remove it: the default is 10',
      'connectors.grid-saftey: found "grid-saftey", expected one of complaint-report, grid-safety; fix: did you mean grid-safety?',
      'sinks.file.folder: found nothing, expected string; fix: add it (Where the files go)',
    ]);
  });

  test('of one connector leave the others and the hub to start', () => {
    const config = load(`
connectors:
  complaint-report: { baseUrl: nowhere, password: "long enough" }
  grid-safety: {}
`);
    expect(config.connectors.map(({ id, problems }) => [id, problems.length])).toEqual([
      ['complaint-report', 1],
      ['grid-safety', 0],
    ]);
  });

  test('of the hub itself stop the start, and list those of the connectors as well', () => {
    const yaml = 'partitions: 0\nconnectors: { complaint-report: { pageSize: x } }';
    const lines = problemsOf(yaml, {}, loadConfig);
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'partitions',
      'connectors.complaint-report.baseUrl',
      'connectors.complaint-report.pageSize',
      'connectors.complaint-report.password',
    ]);
  });

  test.each([
    ['connectors: [complaint-report]', 'connectors: found a list, expected a group of options (key: value)'],
    [
      'connectors: { Grid: { type: grid-safety } }',
      'connectors.Grid: found "Grid", expected a key in kebab-case',
    ],
    [
      'connectors: { grid-safety: 5 }',
      'connectors.grid-safety: found 5, expected a group of options (key: value)',
    ],
    ['sinks: { x: { type: 5 } }', 'sinks.x.type: found 5, expected string'],
    ['just text', '(top): found "just text", expected a group of options (key: value)'],
  ])('%s', (yaml, line) => {
    expect(problemsOf(yaml)[0]).toContain(line);
  });

  test('YAML that is none says where', () => {
    expect(() => load('http: {port: 1\nlog: "x')).toThrow(/not valid YAML:\n {2}line \d+, column \d+: /);
  });

  test('a file that is not there is named', () => {
    const path = join(folder, 'absent.yaml');
    expect(() => loadConfig(path, {}, registries)).toThrow(
      expect.objectContaining({ code: 'HUB_CONFIG_UNREADABLE', message: `${path} cannot be read: ENOENT` }),
    );
  });

  test('whatever the YAML holds, the answer is a configuration or a HubError', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        for (const yaml of [
          JSON.stringify(value),
          JSON.stringify({ connectors: { 'complaint-report': value }, sinks: value }),
        ]) {
          try {
            load(yaml);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(HubError);
          }
        }
      }),
    );
  });
});

/** `${kind:name}`, spelt so that it cannot be mistaken for a template of ours. */
const ref = (kind: 'env' | 'file', name: string): string => ['$', `{${kind}:${name}}`].join('');

describe('references', () => {
  const withPassword = (value: string): string =>
    `connectors:\n  complaint-report: { baseUrl: "http://127.0.0.1", password: "${value}" }\n`;
  const passwordOf = (config: HubConfig): unknown =>
    (config.connectors[0]!.input as { password: unknown }).password;

  test('are replaced from environment and files, also inside a text', () => {
    writeFileSync(join(folder, 'password.txt'), 'from the file\n');
    expect(passwordOf(load(withPassword(ref('env', 'PASSWORD')), { PASSWORD: '12345678' }))).toBe('12345678');
    expect(passwordOf(load(withPassword(ref('file', 'password.txt'))))).toBe('from the file');
    expect(
      passwordOf(load(withPassword(`${ref('env', 'A')}-and-${ref('env', 'B')}`), { A: 'a', B: 'b' })),
    ).toBe('a-and-b');
    expect(passwordOf(load(withPassword(`$${ref('env', 'PASSWORD')}`)))).toBe(ref('env', 'PASSWORD'));
  });

  test('become numbers and truth values where the schema wants them', () => {
    const yaml = `${withPassword('long enough').replace(' }', `, pageSize: "${ref('env', 'SIZE')}", verifyTls: "${ref('env', 'TLS')}" }`)}http: { port: "${ref('env', 'PORT')}" }`;
    const config = load(yaml, { SIZE: '20', TLS: 'false', PORT: '9090' });
    expect(config.http.port).toBe(9090);
    expect(config.connectors[0]?.input).toMatchObject({ pageSize: 20, verifyTls: false });
  });

  test('a quoted number in the file itself stays what it is: a mistake', () => {
    expect(problemsOf('http: { port: "9090" }')).toHaveLength(1);
  });

  test('that lead nowhere are one problem each, with the path, and degrade only their connector', () => {
    expect(problemsOf(withPassword(ref('env', 'PASSWORD')))).toEqual([
      'connectors.complaint-report.password: found '.concat(
        ref('env', 'PASSWORD'),
        ', expected an environment variable PASSWORD, but it is not set; fix: set PASSWORD before starting the hub',
      ),
    ]);
    expect(problemsOf(withPassword(ref('file', 'gone.txt')))).toEqual([
      `connectors.complaint-report.password: found ${ref('file', 'gone.txt')}, expected a readable file ${join(folder, 'gone.txt')}, but: ENOENT; fix: create it, correct the path or its rights`,
    ]);
    expect(load(withPassword(ref('env', 'PASSWORD'))).connectors[0]?.problems).toHaveLength(1);
    expect(() => load(`instance: "${ref('env', 'NAME')}"`)).toThrow(
      expect.objectContaining({ code: 'HUB_CONFIG_INVALID' }),
    );
  });

  test('no secret is ever printed: not by name, not by its schema, not when it came from outside, not in an address', () => {
    const text = problemsOf(
      `
connectors:
  complaint-report:
    baseUrl: "${ref('env', 'URL')}"
    password: s3cret
    clientKey: k3y
    pageSize: "${ref('env', 'SIZE')}"
sinks:
  file: { folder: 1, enabled: "http://user:p4ss@host/" }
`,
      { URL: 'h1dden', SIZE: 'h1dden too' },
    ).join('\n');
    expect(text.match(/a secret \(not shown\)/g)).toHaveLength(4);
    expect(text).not.toMatch(/s3cret|k3y|h1dden|p4ss/);
  });
});

test('the printed options are those of the schema', () => {
  expect(
    optionDocs(complaintOptions).map(({ name, type, bounds, required, secret }) => ({
      name,
      type,
      bounds,
      required,
      secret,
    })),
  ).toEqual([
    { name: 'baseUrl', type: 'string', bounds: 'uri', required: true, secret: false },
    { name: 'pageSize', type: 'integer', bounds: 'at least 1, at most 200', required: false, secret: false },
    { name: 'password', type: 'string', bounds: 'at least 8 characters', required: true, secret: false },
    { name: 'clientKey', type: 'string', bounds: 'at least 8 characters', required: false, secret: true },
    { name: 'verifyTls', type: 'boolean', bounds: '', required: false, secret: false },
    { name: 'window.overlapMinutes', type: 'integer', bounds: 'at least 0', required: false, secret: false },
  ]);
  expect(optionDocs(complaintOptions).every(({ text }) => text !== '')).toBe(true);
});
