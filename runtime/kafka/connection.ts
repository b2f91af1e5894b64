import type { ConnectionOptions } from 'node:tls';
import type { KafkaConfig, logCreator, SASLOptions } from 'kafkajs';
import type { Logger } from '../telemetry.ts';
import type { TokenSource } from './oauth.ts';
import type { KafkaOptions, KafkaSecurity } from './options.ts';

/**
 * The same connection in the words of the two clients. Both results hold secrets: never to be printed.
 */

export interface ClientIdentity {
  /** Names the client in the brokers' logs and quotas. */
  readonly clientId: string;
  readonly log: Logger;
  /** Needed where security.sasl is OAUTHBEARER. */
  readonly tokens: TokenSource;
}

/** For `new Kafka(…)` of kafkajs. It retries nothing of itself: the caller knows what is worth it. */
export function kafkaJsConfig(options: KafkaOptions, { clientId, log, tokens }: ClientIdentity): KafkaConfig {
  const { brokers, security, connectTimeoutMs, requestTimeoutMs } = options;
  const sasl = kafkaJsSasl(security, tokens);
  return {
    clientId,
    brokers: [...brokers],
    connectionTimeout: connectTimeoutMs,
    authenticationTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    ...(security.tls ? { ssl: tlsOptions(security) } : {}),
    ...(sasl === null ? {} : { sasl }),
    // As long as a broker's election takes; the library's default of five attempts ends within 10 s.
    retry: { retries: 5, initialRetryTime: 300, maxRetryTime: 5_000 },
    logCreator: logsInto(log),
  };
}

/** For `tls.connect` of Node, which kafkajs uses too. Holds secrets. */
export function tlsOptions({
  ca,
  certificate,
  key,
  keyPassphrase,
  verifyHostname,
}: KafkaSecurity): ConnectionOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(keyPassphrase === undefined ? {} : { passphrase: keyPassphrase }),
    // The chain is still checked, only the name is not.
    ...(verifyHostname ? {} : { checkServerIdentity: () => undefined }),
  };
}

function kafkaJsSasl(
  { sasl, username = '', password = '' }: KafkaSecurity,
  tokens: TokenSource,
): SASLOptions | null {
  switch (sasl) {
    case 'none':
      return null;
    case 'PLAIN':
      return { mechanism: 'plain', username, password };
    case 'SCRAM-SHA-256':
      return { mechanism: 'scram-sha-256', username, password };
    case 'SCRAM-SHA-512':
      return { mechanism: 'scram-sha-512', username, password };
    case 'OAUTHBEARER':
      return {
        mechanism: 'oauthbearer',
        oauthBearerProvider: async () => ({ value: (await tokens()).value }),
      };
  }
}

/**
 * What kafkajs has to say, at a level lower than it says it: it shouts "error" for each attempt that is repeated, and the last one is
 * thrown as well.
 */
const logsInto = (log: Logger): logCreator => {
  return () =>
    ({ label, namespace, log: { message, error, broker } }) => {
      const facts = {
        client: 'kafkajs',
        namespace,
        ...(broker === undefined ? {} : { broker }),
        ...(error === undefined ? {} : { error }),
      };
      if (label === 'ERROR' || label === 'WARN') log.info(message, facts);
      else log.debug(message, facts);
    };
};

/** Settings of librdkafka (its CONFIGURATION.md) that every client of node-rdkafka shares. */
export type RdkafkaSettings = Readonly<Record<string, string | number | boolean>>;

/**
 * For producers, consumers and admin clients of node-rdkafka. Where `security.sasl` is OAUTHBEARER, the client must besides be given a
 * token before it connects and again before that expires (`setOauthBearerToken`, oauth.ts): librdkafka fetches none by itself unless it was
 * built with curl.
 */
export function rdkafkaSettings(options: KafkaOptions, clientId: string): RdkafkaSettings {
  const { brokers, security, connectTimeoutMs, requestTimeoutMs } = options;
  return {
    'client.id': clientId,
    'metadata.broker.list': brokers.join(','),
    'socket.connection.setup.timeout.ms': Math.max(1_000, connectTimeoutMs),
    'socket.timeout.ms': requestTimeoutMs,
    'socket.keepalive.enable': true,
    'security.protocol': protocolOf(security),
    ...(security.tls ? rdkafkaTls(security) : {}),
    ...rdkafkaSasl(security),
  };
}

const protocolOf = ({ tls, sasl }: KafkaSecurity): string =>
  sasl === 'none' ? (tls ? 'ssl' : 'plaintext') : tls ? 'sasl_ssl' : 'sasl_plaintext';

function rdkafkaTls({ ca, certificate, key, keyPassphrase, verifyHostname }: KafkaSecurity): RdkafkaSettings {
  return {
    ...(ca === undefined ? {} : { 'ssl.ca.pem': ca }),
    ...(certificate === undefined ? {} : { 'ssl.certificate.pem': certificate }),
    ...(key === undefined ? {} : { 'ssl.key.pem': key }),
    ...(keyPassphrase === undefined ? {} : { 'ssl.key.password': keyPassphrase }),
    'ssl.endpoint.identification.algorithm': verifyHostname ? 'https' : 'none',
  };
}

function rdkafkaSasl({ sasl, username = '', password = '' }: KafkaSecurity): RdkafkaSettings {
  if (sasl === 'none') return {};
  if (sasl === 'OAUTHBEARER') return { 'sasl.mechanisms': sasl };
  return { 'sasl.mechanisms': sasl, 'sasl.username': username, 'sasl.password': password };
}
