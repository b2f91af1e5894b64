import { join } from 'node:path';
import type { Certificates } from './certificates.ts';
import type { TokenServer } from './token-server.ts';

export type Properties = Readonly<Record<string, string>>;

/** What a cluster demands of its clients; its brokers among themselves, and the tests' own admin, use a listener without any of it. */
export interface KafkaDemands {
  /** `server`: encrypted; `mutual`: clients show a certificate, too. */
  readonly tls?: 'server' | 'mutual';
  /** A login by PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER. */
  readonly sasl?: boolean;
  /** Who has no right to a thing may not touch it. */
  readonly acls?: boolean;
}

export interface BrokerPlace {
  readonly id: number;
  readonly data: string;
  readonly controllerPort: number;
  /** Of the listener without demands. */
  readonly internalPort: number;
  readonly clientPort: number;
  /** `host:port` that clients are told to come to. */
  readonly advertised: string;
}

/** What is needed to make the demands. */
export interface KafkaIdentities {
  readonly certificates: Certificates;
  /** Name to password, for PLAIN and SCRAM. */
  readonly users: Readonly<Record<string, string>>;
  readonly tokens: Pick<TokenServer, 'issuer' | 'audience'>;
}

/** server.properties of one broker. The first is the cluster's only controller, too. */
export function brokerProperties(
  { id, data, controllerPort, internalPort, clientPort, advertised }: BrokerPlace,
  demands: KafkaDemands,
  identities: KafkaIdentities | null,
): Properties {
  const listeners = [`INTERNAL://127.0.0.1:${internalPort}`, `CLIENT://127.0.0.1:${clientPort}`];
  const protocol = `${demands.sasl === true ? 'SASL_' : ''}${demands.tls === undefined ? 'PLAINTEXT' : 'SSL'}`;
  return {
    'process.roles': id === 1 ? 'broker,controller' : 'broker',
    'node.id': `${id}`,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENT:${protocol}`,
    listeners: [...listeners, ...(id === 1 ? [`CONTROLLER://127.0.0.1:${controllerPort}`] : [])].join(','),
    'advertised.listeners': `INTERNAL://127.0.0.1:${internalPort},CLIENT://${advertised}`,
    'log.dirs': join(data, 'log'),
    ...small,
    ...(demands.acls === true && rights),
    ...(demands.tls !== undefined && tls(demands.tls, identities!.certificates)),
    ...(demands.sasl === true && sasl(identities!, data)),
  };
}

/** Short of threads and of waiting, as one machine of tests wants it. */
const small: Properties = {
  'auto.create.topics.enable': 'false',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '8',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '8',
  'group.initial.rebalance.delay.ms': '0',
  // A member may ask to be given up soon.
  'group.min.session.timeout.ms': '500',
  'num.network.threads': '2',
  'num.io.threads': '4',
  'log.cleaner.dedupe.buffer.size': '4194304',
};

/** Who comes by the listener without demands has no name, and may do all. */
const rights: Properties = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
};

function tls(demand: 'server' | 'mutual', { ca, server }: Certificates): Properties {
  return {
    'listener.name.client.ssl.keystore.type': 'PEM',
    'listener.name.client.ssl.keystore.key': oneLine(server.key),
    'listener.name.client.ssl.keystore.certificate.chain': oneLine(server.certificate),
    'listener.name.client.ssl.truststore.type': 'PEM',
    'listener.name.client.ssl.truststore.certificates': oneLine(ca),
    'listener.name.client.ssl.client.auth': demand === 'mutual' ? 'required' : 'none',
    // A client of mutual TLS is the name in its certificate, not the whole line of names.
    'ssl.principal.mapping.rules': 'RULE:^CN=([^,]+).*$/$1/,DEFAULT',
  };
}

/** A properties file reads `\n` in a value as a new line. */
const oneLine = (pem: string): string => pem.trim().replaceAll('\n', '\\n');

function sasl({ users, tokens }: KafkaIdentities, data: string): Properties {
  const logins = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`);
  const of = (mechanism: string): string => `listener.name.client.${mechanism}.sasl`;
  const security = 'org.apache.kafka.common.security';
  const scram = `${security}.scram.ScramLoginModule required;`;
  return {
    'listener.name.client.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    [`${of('plain')}.jaas.config`]: `${security}.plain.PlainLoginModule required ${logins.join(' ')};`,
    [`${of('scram-sha-256')}.jaas.config`]: scram,
    [`${of('scram-sha-512')}.jaas.config`]: scram,
    [`${of('oauthbearer')}.jaas.config`]: `${security}.oauthbearer.OAuthBearerLoginModule required;`,
    [`${of('oauthbearer')}.server.callback.handler.class`]: `${security}.oauthbearer.OAuthBearerValidatorCallbackHandler`,
    'sasl.oauthbearer.jwks.endpoint.url': `file://${join(data, keySetFile)}`,
    'sasl.oauthbearer.expected.audience': tokens.audience,
    'sasl.oauthbearer.expected.issuer': tokens.issuer,
  };
}

/** Beside the properties: what the broker checks tokens with. */
export const keySetFile = 'jwks.json';

/** What `kafka-storage format` is told of the users: SCRAM keeps them in the cluster's metadata. */
export const scramUsers = (users: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(users).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  );

export const asFile = (properties: Properties): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
