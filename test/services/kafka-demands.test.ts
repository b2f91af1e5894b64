import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { type KafkaCluster, startKafka } from './kafka.ts';

const { Kafka, logLevel } = kafkajs;

/** Names of the topics that such a client sees; rejects where it is not let in. */
async function topicsSeen(
  cluster: KafkaCluster,
  config: Partial<kafkajs.KafkaConfig>,
): Promise<readonly string[]> {
  const client = new Kafka({
    brokers: [...cluster.brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
    // Its default of one second is short on a loaded machine.
    connectionTimeout: 30_000,
    authenticationTimeout: 30_000,
    ...config,
  });
  const admin = client.admin();
  try {
    await admin.connect();
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

async function makeTopic(cluster: KafkaCluster, topic: string): Promise<void> {
  const admin = new Kafka({ brokers: [...cluster.internal], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic }] });
  } finally {
    await admin.disconnect();
  }
}

async function tokenOf({ access }: KafkaCluster, clientId: string, secret: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
  const reply = await fetch(access!.tokens.tokenUrl, { method: 'POST', headers: { authorization } });
  return ((await reply.json()) as { access_token: string }).access_token;
}

describe('a cluster of tests that demands TLS, a login and rights', () => {
  let cluster: KafkaCluster;
  let ssl: { readonly ca: string };
  beforeAll(async () => {
    cluster = await startKafka({ demands: { tls: 'server', sasl: true, acls: true }, proxied: true });
    ssl = { ca: cluster.access!.certificates.ca };
    await makeTopic(cluster, 'hub.input');
  }, 240_000);
  afterAll(() => cluster.stop());

  const logins = (password: string): readonly kafkajs.SASLOptions[] => [
    { mechanism: 'plain', username: 'hub', password },
    { mechanism: 'scram-sha-256', username: 'hub', password },
    { mechanism: 'scram-sha-512', username: 'hub', password },
  ];

  test('lets in who has the password, and shows nothing to who has no right to it', async () => {
    for (const sasl of logins(cluster.access!.users.hub!)) {
      expect(await topicsSeen(cluster, { ssl, sasl })).toEqual([]);
    }
  });

  test('lets in who has a token', async () => {
    const value = await tokenOf(cluster, 'hub', cluster.access!.clients.hub!);
    const oauthBearerProvider = async () => ({ value });
    expect(
      await topicsSeen(cluster, { ssl, sasl: { mechanism: 'oauthbearer', oauthBearerProvider } }),
    ).toEqual([]);
    const forged = `${value.slice(0, -8)}AAAAAAAA`;
    const sasl = { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: forged }) } as const;
    await expect(topicsSeen(cluster, { ssl, sasl })).rejects.toThrow();
  });

  test('keeps out who has a wrong password, no login, or no TLS', async () => {
    for (const sasl of logins('wrong')) {
      await expect(topicsSeen(cluster, { ssl, sasl })).rejects.toThrow(/authentication/i);
    }
    await expect(topicsSeen(cluster, { ssl })).rejects.toThrow();
    await expect(topicsSeen(cluster, { sasl: logins(cluster.access!.users.hub!)[0]! })).rejects.toThrow();
  });

  test('gives its clients the way over the line, which can be cut', async () => {
    const [{ proxy, address, internal }] = cluster.nodes as [KafkaCluster['nodes'][0]];
    expect(cluster.brokers).toEqual([address]);
    expect(internal).not.toBe(address);
    await proxy!.cut();
    const sasl = logins(cluster.access!.users.hub!)[0]!;
    await expect(topicsSeen(cluster, { ssl, sasl })).rejects.toThrow(/ECONNREFUSED/);
    await proxy!.mend();
    expect(await topicsSeen(cluster, { ssl, sasl })).toEqual([]);
  });
});

describe('a cluster of tests that demands certificates of its clients', () => {
  test('lets in who shows one, and no one else', async () => {
    const cluster = await startKafka({ demands: { tls: 'mutual' } });
    try {
      const { ca, client } = cluster.access!.certificates;
      await makeTopic(cluster, 'hub.input');
      const ssl = { ca, cert: client.certificate, key: client.key };
      expect(await topicsSeen(cluster, { ssl })).toEqual(['hub.input']);
      await expect(topicsSeen(cluster, { ssl: { ca } })).rejects.toThrow();
    } finally {
      await cluster.stop();
    }
  }, 240_000);
});
