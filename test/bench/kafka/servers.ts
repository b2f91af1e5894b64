import { startKafka } from '../../services/kafka.ts';
import { startRegistry } from '../../services/registry.ts';
import { type Cluster, openCluster } from './cluster.ts';

export interface BenchServers {
  readonly cluster: Cluster;
  readonly registry: string;
  /** Null where it is not to be watched. */
  readonly brokerPid: number | null;
  stop(): Promise<void>;
}

/** As a broker of production runs: compiled to the end, with memory enough. */
const jvm = ['-Xmx1g', '-XX:-UseSerialGC', '-XX:+UseG1GC', '-XX:TieredStopAtLevel=4'];

/** One broker and one registry, for all contenders of a run and for nobody else. */
export async function startServers(): Promise<BenchServers> {
  const kafka = await startKafka({ jvm });
  try {
    const registry = await startRegistry();
    const cluster = await openCluster(kafka.brokers);
    return {
      cluster,
      registry: registry.url,
      brokerPid: kafka.nodes[0]!.pid(),
      async stop() {
        await cluster.close();
        await Promise.all([kafka.stop(), registry.stop()]);
      },
    };
  } catch (thrown) {
    await kafka.stop();
    throw thrown;
  }
}
