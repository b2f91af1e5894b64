import { describe, expect, test } from '@jest/globals';
import { check, problemLine } from '../config-problem.ts';
import { kafkaOptions } from './options.ts';

const pem = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----';
const key = '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----';

function problemsOf(security: object, more: object = {}): readonly string[] {
  const { problems } = check(kafkaOptions, { brokers: ['a:9092'], security, ...more }, ['kafka'], new Set());
  return problems.map((problem) => {
    const [path] = problemLine(problem).split(':');
    return path!;
  });
}

describe('the options of Kafka', () => {
  test.each([
    ['nothing at all', {}],
    ['TLS', { tls: true }],
    ['TLS with authorities of its own', { tls: true, ca: pem }],
    ['mutual TLS', { tls: true, ca: pem, certificate: pem, key, keyPassphrase: 'x' }],
    ['SCRAM', { sasl: 'SCRAM-SHA-512', username: 'hub', password: 'x' }],
    ['SCRAM over TLS', { tls: true, sasl: 'SCRAM-SHA-256', username: 'hub', password: 'x' }],
    ['PLAIN', { sasl: 'PLAIN', username: 'hub', password: 'x' }],
    [
      'OAUTHBEARER',
      {
        sasl: 'OAUTHBEARER',
        oauth: { tokenUrl: 'https://login.example/token', clientId: 'hub', clientSecret: 'x' },
      },
    ],
  ])('take %s', (_what, security) => {
    expect(problemsOf(security)).toEqual([]);
  });

  test.each([
    [
      'SCRAM without a name',
      { sasl: 'SCRAM-SHA-512' },
      ['kafka.security.username', 'kafka.security.password'],
    ],
    [
      'OAUTHBEARER without a server',
      { sasl: 'OAUTHBEARER' },
      ['tokenUrl', 'clientId', 'clientSecret'].map((name) => `kafka.security.oauth.${name}`),
    ],
    ['a certificate without its key', { tls: true, certificate: pem }, ['kafka.security.key']],
    ['a key without its certificate', { tls: true, key }, ['kafka.security.certificate']],
    ['certificates without TLS', { ca: pem }, ['kafka.security.ca']],
    ['a path where a certificate is wanted', { tls: true, ca: '/etc/ca.pem' }, ['kafka.security.ca']],
    ['a mechanism that is none', { sasl: 'KERBEROS' }, ['kafka.security.sasl']],
  ])('refuse %s', (_what, security, paths) => {
    expect(problemsOf(security)).toEqual(paths);
  });

  test('tell all problems at once, whichever of them are between options', () => {
    expect(
      problemsOf(
        { sasl: 'PLAIN', username: '' },
        { brokers: ['a'], replication: 1, minInSyncReplicas: 2, rights: { department: 'User:all' } },
      ),
    ).toEqual([
      'kafka.brokers.0',
      'kafka.security.username',
      'kafka.rights.department',
      'kafka.security.password',
      'kafka.minInSyncReplicas',
    ]);
  });

  test('never print a secret', () => {
    const security = {
      key: 's3cret',
      password: ['s3cret'],
      keyPassphrase: ['s3cret'],
      oauth: { clientSecret: ['s3cret'] },
    };
    const { problems } = check(kafkaOptions, { brokers: ['a:1'], security }, ['kafka'], new Set());
    expect(problems.length).toBeGreaterThanOrEqual(4);
    expect(problems.map(problemLine).join('\n')).not.toContain('s3cret');
  });
});
