import { describe, expect, test } from '@jest/globals';
import { silentLogger } from '../telemetry.ts';
import { kafkaJsConfig, rdkafkaSettings } from './connection.ts';
import { kafkaOptions } from './options.ts';

const pem = '-----BEGIN CERTIFICATE-----';
const key = '-----BEGIN PRIVATE KEY-----';
const options = (security: object) => kafkaOptions.parse({ brokers: ['a:9092', 'b:9092'], security });
const identity = {
  clientId: 'hub',
  log: silentLogger,
  tokens: async () => ({ value: 't0ken', expiresAt: 0 }),
};
const kafkaJs = (security: object) => kafkaJsConfig(options(security), identity);
const rdkafka = (security: object) => rdkafkaSettings(options(security), 'hub');

describe('a connection in the words of both clients', () => {
  test('without security', () => {
    expect(kafkaJs({})).toMatchObject({
      clientId: 'hub',
      brokers: ['a:9092', 'b:9092'],
      requestTimeout: 30_000,
    });
    expect(kafkaJs({})).not.toHaveProperty('ssl');
    expect(kafkaJs({})).not.toHaveProperty('sasl');
    expect(rdkafka({})).toMatchObject({
      'client.id': 'hub',
      'metadata.broker.list': 'a:9092,b:9092',
      'security.protocol': 'plaintext',
    });
  });

  test('with mutual TLS', () => {
    const security = { tls: true, ca: pem, certificate: pem, key, keyPassphrase: 'x' };
    expect(kafkaJs(security).ssl).toEqual({ ca: pem, cert: pem, key, passphrase: 'x' });
    expect(rdkafka(security)).toMatchObject({
      'security.protocol': 'ssl',
      'ssl.ca.pem': pem,
      'ssl.certificate.pem': pem,
      'ssl.key.pem': key,
      'ssl.key.password': 'x',
      'ssl.endpoint.identification.algorithm': 'https',
    });
  });

  test('with SCRAM, over TLS or not', () => {
    const scram = { sasl: 'SCRAM-SHA-512', username: 'hub', password: 'x' };
    expect(kafkaJs(scram).sasl).toEqual({ mechanism: 'scram-sha-512', username: 'hub', password: 'x' });
    expect(rdkafka(scram)).toMatchObject({
      'security.protocol': 'sasl_plaintext',
      'sasl.mechanisms': 'SCRAM-SHA-512',
      'sasl.username': 'hub',
      'sasl.password': 'x',
    });
    expect(rdkafka({ ...scram, tls: true })['security.protocol']).toBe('sasl_ssl');
  });

  test('where host names are not to be checked, the certificates still are', () => {
    const { ssl } = kafkaJs({ tls: true, verifyHostname: false });
    expect(ssl).toEqual({ checkServerIdentity: expect.any(Function) });
    expect(rdkafka({ tls: true, verifyHostname: false })['ssl.endpoint.identification.algorithm']).toBe(
      'none',
    );
  });
});
