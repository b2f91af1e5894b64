import type { Clock } from '../clock.ts';
import { type ErrorCode, errorKinds, HubError, toHubError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { frozen, planFor } from './apply.ts';
import { type Cluster, openCluster } from './cluster.ts';
import type { KafkaOptions } from './options.ts';
import type { Plan, Wanted } from './plan.ts';
import { type KnownRequests, probe } from './probe.ts';

/** Something about the services that keeps the hub from working. */
export interface Finding {
  readonly code: ErrorCode;
  /** What was found, and what was expected. */
  readonly message: string;
}

export interface CheckOptions {
  readonly kafka: KafkaOptions;
  readonly wanted: Wanted;
  readonly clientId: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Other services: each resolves when it can be worked with, and rejects with a HubError that says why not. */
  readonly others: readonly (() => Promise<unknown>)[];
}

export interface Checked {
  readonly findings: readonly Finding[];
  /** Null where the cluster could not be asked. */
  readonly plan: Plan | null;
}

/** Requests without which the promises cannot be kept, and the release of Kafka that has them. */
const needed = [
  {
    key: 28,
    name: 'TxnOffsetCommit',
    version: 3,
    release: '2.5',
    why: 'fences a worker that was thought dead',
  },
  {
    key: 11,
    name: 'JoinGroup',
    version: 5,
    release: '2.3',
    why: 'keeps the place of a worker that restarts',
  },
] as const;

/** Looks at all services at once, and tells everything that is wrong. Changes nothing. Topics and rights that differ are left to the plan. */
export async function checkServices(options: CheckOptions): Promise<Checked> {
  const [kafka, ...others] = await Promise.all([
    checkKafka(options),
    ...options.others.map(async (service): Promise<readonly Finding[]> => {
      try {
        await service();
        return [];
      } catch (thrown) {
        return [findingOf(thrown)];
      }
    }),
  ]);
  return { findings: [...kafka.findings, ...others.flat()], plan: kafka.plan };
}

/** For who starts to work: topics must be there as well. Throws what was found, all at once. */
export async function expectServices(options: CheckOptions): Promise<void> {
  const { findings, plan } = await checkServices(options);
  const all = [...findings, ...(plan === null ? [] : unfitTopics(plan))];
  if (all.length > 0) throw servicesError(all);
}

/** One finding is an error of its own, several are one that lists them with the next step of each. */
export function servicesError(findings: readonly Finding[]): HubError {
  const [first, second] = findings;
  if (first !== undefined && second === undefined) return new HubError(first.code, first.message);
  const lines = findings.map(({ code, message }) => `${code}: ${message}; fix: ${errorKinds[code].fix}`);
  return new HubError('HUB_SERVICES_UNFIT', [`${findings.length} things are wrong:`, ...lines].join('\n  '), {
    context: { codes: findings.map(({ code }) => code) },
  });
}

async function checkKafka({ kafka, wanted, clientId, clock, log }: CheckOptions): Promise<Checked> {
  const probed = await Promise.allSettled(kafka.brokers.map((broker) => probe(broker, kafka)));
  const failed = probed.flatMap((one) => (one.status === 'rejected' ? [findingOf(one.reason)] : []));
  // One broker may be away; what is wrong with the hub's own options is wrong everywhere.
  if (failed.length === probed.length) return { findings: distinct(failed), plan: null };
  for (const { message } of failed) log.warn('a broker is away', { message });
  const old = probed.flatMap((one, at) =>
    one.status === 'fulfilled' ? tooOld(kafka.brokers[at]!, one.value) : [],
  );
  try {
    const cluster = await openCluster({ kafka, clientId, clock, log });
    try {
      const { findings, plan } = await checkCluster(cluster, wanted);
      return { findings: [...old, ...findings], plan };
    } finally {
      await cluster.close();
    }
  } catch (thrown) {
    return { findings: [...old, unloggedIn(findingOf(thrown), kafka)], plan: null };
  }
}

/** Brokers cut off who has not logged in without a word. */
function unloggedIn({ code, message }: Finding, { security }: KafkaOptions): Finding {
  if (security.sasl !== 'none' || code !== 'HUB_KAFKA_UNREACHABLE') return { code, message };
  return {
    code,
    message: `${message}; the brokers answer before a login: they may demand one (kafka.security.sasl)`,
  };
}

async function checkCluster(cluster: Cluster, wanted: Wanted): Promise<Checked> {
  const alive = (await cluster.brokers()).length;
  const found = await cluster.find(wanted);
  const plan = await planFor({ find: async () => found }, wanted);
  const { replication, minInSyncReplicas } = wanted;
  const ours = new Set(wanted.topics.map(({ name }) => wanted.names.topic(name)));
  const few = found.topics.filter(({ name, replicas }) => ours.has(name) && replicas < minInSyncReplicas);
  const makesTopics = plan.steps.some(({ kind }) => kind === 'create');
  const findings: Finding[] = [];
  if (alive < minInSyncReplicas || (makesTopics && alive < replication)) {
    findings.push({
      code: 'HUB_KAFKA_TOO_FEW_BROKERS',
      message: `${alive} of the brokers are alive, kafka.replication is ${replication} and kafka.minInSyncReplicas ${minInSyncReplicas}`,
    });
  }
  if (few.length > 0) {
    findings.push({
      code: 'HUB_KAFKA_TOO_FEW_BROKERS',
      message: `fewer copies than kafka.minInSyncReplicas (${minInSyncReplicas}) have ${listed(few.map(({ name, replicas }) => `${name} (${replicas})`))}`,
    });
  }
  return { findings, plan };
}

function tooOld(broker: string, known: KnownRequests): readonly Finding[] {
  return needed
    .filter(({ key, version }) => (known.get(key) ?? -1) < version)
    .map(({ key, name, version, release, why }) => ({
      code: 'HUB_KAFKA_TOO_OLD' as const,
      message: `${broker} knows ${name} up to version ${known.get(key) ?? 'none'}, expected ${version} (Kafka ${release}), which ${why}`,
    }));
}

function unfitTopics({ steps, refusals }: Plan): readonly Finding[] {
  const missing = steps.flatMap((step) => (step.kind === 'create' ? [step.topic] : []));
  const other = steps.flatMap((step) => (step.kind === 'set' ? [`${step.topic} ${step.setting}`] : []));
  const differ = refusals.length === 0 ? [] : [findingOf(frozen(refusals))];
  const unfit = [
    ...(missing.length === 0 ? [] : [`missing: ${listed(missing)}`]),
    ...(other.length === 0 ? [] : [`set otherwise: ${listed(other)}`]),
  ];
  return [
    ...differ,
    ...(unfit.length === 0 ? [] : [{ code: 'HUB_KAFKA_TOPICS_UNFIT' as const, message: unfit.join('; ') }]),
  ];
}

const shownAtMost = 5;

const listed = (names: readonly string[]): string =>
  names.length <= shownAtMost
    ? names.join(', ')
    : `${names.slice(0, shownAtMost).join(', ')} and ${names.length - shownAtMost} more`;

function findingOf(thrown: unknown): Finding {
  const { code, message } = toHubError(thrown);
  return { code, message };
}

const distinct = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ message }, at) => findings.findIndex((other) => other.message === message) === at);
