import { z } from 'zod';

/** A name or an IPv4 address: kafkajs takes an IPv6 address apart at its first colon. */
const hostAndPort = /^[^\s:/@]+:[1-9][0-9]{0,4}$/;

const pem = (what: string) =>
  z
    .string()
    .regex(/^-----BEGIN [A-Z0-9 ]+-----/, `expected ${what} in PEM (-----BEGIN …), mostly by \${file:PATH}`);

const mechanisms = ['none', 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const;

const oauthOptions = z
  .object({
    tokenUrl: z
      .url({ protocol: /^https?$/, error: 'expected an address that begins with https:// or http://' })
      .optional()
      .describe('Address that gives tokens for client credentials (RFC 6749, 4.4).'),
    clientId: z.string().min(1).optional().describe('Name of the hub there.'),
    clientSecret: z.string().min(1).optional().meta({ secret: true }).describe('Its secret there.'),
    scope: z.string().min(1).optional().describe('Scope to ask for; default: the one that the server gives.'),
  })
  .prefault({})
  .describe('Where tokens for OAUTHBEARER come from.');

const securityOptions = z
  .object({
    tls: z.boolean().default(false).describe('Encrypts the connections, and checks who the brokers are.'),
    ca: pem('certificates')
      .optional()
      .describe(
        'Certificates of the authorities that vouch for the brokers, PEM; default: those that the machine trusts.',
      ),
    verifyHostname: z
      .boolean()
      .default(true)
      .describe(
        "Whether a broker's certificate must bear its host name; false only where certificates cannot be corrected.",
      ),
    certificate: pem('a certificate')
      .optional()
      .describe('Certificate of the hub, PEM, with those between it and the authority; makes TLS mutual.'),
    key: pem('a private key')
      .optional()
      .meta({ secret: true })
      .describe('Private key of this certificate, PEM.'),
    keyPassphrase: z
      .string()
      .min(1)
      .optional()
      .meta({ secret: true })
      .describe('Opens the private key, where that is encrypted.'),
    sasl: z
      .enum(mechanisms)
      .default('none')
      .describe(
        'How the hub proves who it is; PLAIN and OAUTHBEARER show a secret to anyone who listens, unless tls is true.',
      ),
    username: z.string().min(1).optional().describe('Name for PLAIN and SCRAM.'),
    password: z.string().min(1).optional().meta({ secret: true }).describe('Password for PLAIN and SCRAM.'),
    oauth: oauthOptions,
  })
  .prefault({})
  .describe('How the brokers are reached and who the hub is to them.');

const principal = z
  .string()
  .regex(/^[^\s:]+:\S.*$/, 'expected type and name, as in User:hub')
  .max(500);

const rightsOptions = z
  .object({
    managed: z
      .boolean()
      .default(true)
      .describe('Whether `hub topics` plans and applies rights (ACLs) as well.'),
    hub: principal
      .default('User:{instance}')
      .describe('Who the hub is to the brokers; {instance} stands for its name.'),
    analysts: principal.default('User:{instance}.analysts').describe('Who reads the unified stream.'),
    department: principal
      .refine(
        (name) => name.includes('{organisation}'),
        'expected {organisation} in it, or all would read all',
      )
      .default('User:{instance}.{organisation}')
      .describe('Who reads the topic of an organisation; {organisation} stands for its id in the catalogue.'),
  })
  .prefault({})
  .describe('Who may do what.');

/** The group `kafka` of hub.yaml. What it is to the two clients: connection.ts. */
export const kafkaOptions = z
  .object({
    brokers: z
      .array(z.string().regex(hostAndPort, 'expected host:port, as in broker-1.example:9092'))
      .min(1)
      .max(64)
      .describe(
        'Some brokers of the cluster, as host:port; the others are found through them. Two or three, so that one may be away.',
      ),
    security: securityOptions,
    replication: z.int().min(1).max(15).default(3).describe('Brokers that hold each record of a new topic.'),
    minInSyncReplicas: z
      .int()
      .min(1)
      .max(15)
      .default(2)
      .describe(
        'Brokers that must have a record before it counts as written; with fewer alive the topic cannot be written.',
      ),
    rights: rightsOptions,
    connectTimeoutMs: z
      .int()
      .min(500)
      .max(120_000)
      .default(10_000)
      .describe('Longest wait for a connection and its log-in, ms.'),
    requestTimeoutMs: z
      .int()
      .min(1_000)
      .max(300_000)
      .default(30_000)
      .describe('Longest wait for an answer of a broker, ms.'),
  })
  .check(...rules());

export type KafkaOptions = z.output<typeof kafkaOptions>;
export type KafkaSecurity = KafkaOptions['security'];

/** What options demand of each other. Each looks only at what is there, so that all problems are told at once. */
function rules(): z.core.$ZodCheck<{ readonly [key: string]: unknown }>[] {
  const always = { when: () => true };
  const rule = (path: readonly string[], message: string, holds: (given: Given) => boolean) =>
    z.refine((value) => holds(givenOf(value)), { path: [...path], message, ...always });
  const needs = (name: keyof Security, by: string, when: (security: Security) => boolean) =>
    rule(
      ['security', name],
      `expected it, because of ${by}`,
      ({ security }) => !when(security) || security[name] !== undefined,
    );
  const oauthNeeds = (name: string) =>
    rule(
      ['security', 'oauth', name],
      'expected it, because of security.sasl OAUTHBEARER',
      ({ security }) => security.sasl !== 'OAUTHBEARER' || record(security.oauth)[name] !== undefined,
    );
  const onlyWithTls = (name: keyof Security) =>
    rule(
      ['security', name],
      'expected security.tls true beside it',
      ({ security }) => security[name] === undefined || security.tls === true,
    );
  const byPassword = ({ sasl }: Security) => sasl === 'PLAIN' || String(sasl).startsWith('SCRAM-');
  return [
    needs('username', 'security.sasl', byPassword),
    needs('password', 'security.sasl', byPassword),
    ...['tokenUrl', 'clientId', 'clientSecret'].map(oauthNeeds),
    needs('key', 'security.certificate', ({ certificate }) => certificate !== undefined),
    needs('certificate', 'security.key', ({ key }) => key !== undefined),
    ...(['ca', 'certificate', 'key'] as const).map(onlyWithTls),
    rule(
      ['minInSyncReplicas'],
      'expected at most replication',
      ({ replication, minInSyncReplicas }) =>
        typeof replication !== 'number' ||
        typeof minInSyncReplicas !== 'number' ||
        minInSyncReplicas <= replication,
    ),
  ];
}

type Security = Readonly<
  Partial<Record<'tls' | 'sasl' | 'username' | 'password' | 'oauth' | 'ca' | 'certificate' | 'key', unknown>>
>;

interface Given {
  readonly security: Security;
  readonly replication: unknown;
  readonly minInSyncReplicas: unknown;
}

const givenOf = (value: unknown): Given => {
  const { security, replication, minInSyncReplicas } = record(value);
  return { security: record(security), replication, minInSyncReplicas };
};

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
