import { randomBytes } from 'node:crypto';
import kafkajs from 'kafkajs';
import { type BrokerFiles, brokerContainer, brokerProcess } from './broker-forms.ts';
import {
  asFile,
  brokerProperties,
  type KafkaDemands,
  type KafkaIdentities,
  type Properties,
  scramUsers,
} from './broker-properties.ts';
import { makeCertificates } from './certificates.ts';
import { servicePort } from './port.ts';
import { type Server, startServer } from './server.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { startTokenServer, type TokenServer } from './token-server.ts';

export interface KafkaBroker extends Server {
  readonly id: number;
  /** `host:port` for clients. */
  readonly address: string;
  /** `host:port` where nothing is demanded and everything allowed. */
  readonly internal: string;
  /** The line that clients take to it, where `proxied` was asked for. */
  readonly proxy: TcpProxy | null;
}

/** What clients need where the cluster has demands. */
export interface KafkaAccess extends Pick<KafkaIdentities, 'certificates' | 'users'> {
  readonly tokens: TokenServer;
  /** Name to secret, for OAUTHBEARER. */
  readonly clients: Readonly<Record<string, string>>;
}

export interface KafkaCluster {
  /** `host:port` of each broker, for clients. */
  readonly brokers: readonly string[];
  /** `host:port` of each broker where nothing is demanded and everything allowed, without a proxy between: for the test's own eyes and hands. */
  readonly internal: readonly string[];
  /** By id, from 1. The first is the cluster's only controller, too: the others can be ill-treated without an election of it. */
  readonly nodes: readonly KafkaBroker[];
  /** Null where the cluster demands nothing. */
  readonly access: KafkaAccess | null;
  /** Ends all for good and removes their data. */
  stop(): Promise<void>;
}

export interface KafkaOptions {
  readonly brokers?: number;
  /** For clients of the first broker; default: a free one. */
  readonly port?: number;
  /** Of each broker, as in server.properties. */
  readonly properties?: Properties;
  readonly demands?: KafkaDemands;
  /** Whether clients come by a line that the test can cut, delay and pause; brokers among themselves do not. */
  readonly proxied?: boolean;
  /** Options of its JVM. */
  readonly jvm?: readonly string[];
}

/** Users and clients of every cluster that wants a login. */
const passwords = { hub: 'hub-secret', reader: 'reader-secret' };

/**
 * Apache Kafka, as it is after `kafka-storage format`: the newest features, transactions included. Topics are not made by
 * asking for them; offsets and transactions have one replica unless `properties` say more.
 */
export async function startKafka({
  brokers = 1,
  port,
  properties = {},
  demands = {},
  proxied = false,
  jvm = [],
}: KafkaOptions = {}): Promise<KafkaCluster> {
  const clusterId = randomBytes(16).toString('base64url');
  const controllerPort = await servicePort();
  const access = demands.tls === undefined && demands.sasl !== true ? null : await makeAccess();

  async function startBroker(id: number): Promise<KafkaBroker> {
    const clientPort = (id === 1 ? port : undefined) ?? (await servicePort());
    const internalPort = await servicePort();
    const proxy = proxied ? await startTcpProxy(`127.0.0.1:${clientPort}`) : null;
    const address = proxy?.address ?? `127.0.0.1:${clientPort}`;
    const internal = `127.0.0.1:${internalPort}`;
    // As one word: an id may begin with a hyphen.
    const formatting = [`--cluster-id=${clusterId}`, ...scramUsers(access?.users ?? {})];
    const filesIn = (data: string): BrokerFiles => {
      const place = { id, data, controllerPort, internalPort, clientPort, advertised: address };
      return {
        properties: asFile({ ...brokerProperties(place, demands, access), ...properties }),
        keySet: access?.tokens.keySet ?? '{"keys":[]}',
      };
    };
    try {
      const server = await startServer({
        name: `Kafka broker ${id}`,
        process: () => brokerProcess(filesIn, formatting, jvm),
        container: () => brokerContainer(filesIn, formatting, jvm),
        answers: () => joined(internal, id),
      });
      const stop = async (): Promise<void> => void (await Promise.all([server.stop(), proxy?.stop()]));
      return { ...server, id, address, internal, proxy, stop };
    } catch (thrown) {
      await proxy?.stop();
      throw thrown;
    }
  }

  const started = await Promise.allSettled(
    Array.from({ length: brokers }, (_, index) => startBroker(index + 1)),
  );
  const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  async function stop(): Promise<void> {
    access?.tokens.stop();
    await Promise.all(nodes.map((node) => node.stop()));
  }
  const failed = started.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return {
    brokers: nodes.map(({ address }) => address),
    internal: nodes.map(({ internal }) => internal),
    nodes,
    access,
    stop,
  };
}

async function makeAccess(): Promise<KafkaAccess> {
  const tokens = await startTokenServer(passwords);
  return { certificates: makeCertificates(), users: passwords, clients: passwords, tokens };
}

/** Rejects while it does not answer, or is not yet one of the cluster. */
async function joined(address: string, id: number): Promise<void> {
  const kafka = new kafkajs.Kafka({
    brokers: [address],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 0 },
    connectionTimeout: 10_000,
    requestTimeout: 20_000,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    if (!brokers.some(({ nodeId }) => nodeId === id)) throw new Error(`broker ${id} has not joined yet`);
  } finally {
    await admin.disconnect();
  }
}
