import type { SharedServices } from './shared.ts';

/** The part of a hub.yaml that makes a hub use these servers. One broker holds each record once. */
export const hubYaml = ({ kafka, registry, redis, postgres }: SharedServices): string => `kafka:
  brokers: [${kafka.brokers.map((address) => `"${address}"`).join(', ')}]
  replication: ${Math.min(3, kafka.brokers.length)}
  minInSyncReplicas: ${Math.min(2, kafka.brokers.length)}
registry:
  url: ${registry.url}
redis:
  url: ${redis.url}
postgres:
  url: ${postgres.url}
`;
