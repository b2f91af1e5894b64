import { type ErrorCode, HubError } from '../errors.ts';

/** Codes of librdkafka (below zero) and of brokers (above), which kafkajs gives as `code` too. */
const codes: Readonly<Partial<Record<number, ErrorCode>>> = {
  [-144]: 'HUB_LOG_FENCED', // _FENCED
  [-142]: 'HUB_LOG_FENCED', // _ASSIGNMENT_LOST
  22: 'HUB_LOG_FENCED', // ILLEGAL_GENERATION
  25: 'HUB_LOG_FENCED', // UNKNOWN_MEMBER_ID
  27: 'HUB_LOG_FENCED', // REBALANCE_IN_PROGRESS
  47: 'HUB_LOG_FENCED', // INVALID_PRODUCER_EPOCH
  82: 'HUB_LOG_FENCED', // FENCED_INSTANCE_ID
  90: 'HUB_LOG_FENCED', // PRODUCER_FENCED
  [-190]: 'HUB_LOG_UNKNOWN_TOPIC', // _UNKNOWN_PARTITION
  [-188]: 'HUB_LOG_UNKNOWN_TOPIC', // _UNKNOWN_TOPIC
  3: 'HUB_LOG_UNKNOWN_TOPIC', // UNKNOWN_TOPIC_OR_PART
  10: 'HUB_LOG_RECORD_TOO_LARGE', // MSG_SIZE_TOO_LARGE
  18: 'HUB_LOG_RECORD_TOO_LARGE', // RECORD_LIST_TOO_LARGE
  [-181]: 'HUB_KAFKA_REFUSED', // _SSL
  [-169]: 'HUB_KAFKA_REFUSED', // _AUTHENTICATION
  29: 'HUB_KAFKA_REFUSED', // TOPIC_AUTHORIZATION_FAILED
  30: 'HUB_KAFKA_REFUSED', // GROUP_AUTHORIZATION_FAILED
  31: 'HUB_KAFKA_REFUSED', // CLUSTER_AUTHORIZATION_FAILED
  33: 'HUB_KAFKA_REFUSED', // UNSUPPORTED_SASL_MECHANISM
  53: 'HUB_KAFKA_REFUSED', // TRANSACTIONAL_ID_AUTHORIZATION_FAILED
  58: 'HUB_KAFKA_REFUSED', // SASL_AUTHENTICATION_FAILED
};

interface ClientFault {
  readonly code?: unknown;
  readonly type?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

/**
 * An error of either client in the hub's words. What is not known to be for good is HUB_KAFKA_UNREACHABLE: to be tried again. The words of the clients name
 * brokers, topics and codes, never records.
 *
 * @param what was being done, as the beginning of a sentence
 */
export function kafkaFault(thrown: unknown, what: string): HubError {
  if (thrown instanceof HubError) return thrown;
  if (thrown instanceof TypeError || thrown instanceof RangeError)
    return new HubError('HUB_INTERNAL', `${what}: a bug of the hub`, { cause: thrown });
  const { code, type, message, cause } = (thrown ?? {}) as ClientFault;
  const inner = (cause ?? {}) as ClientFault;
  const known = codeOf(code) ?? codeOf(inner.code);
  // _FATAL hides what it was for; the words do not.
  const fenced = code === -150 && /fenced|epoch/i.test(String(message));
  const refused = /authentication|SASL/i.test(`${type} ${inner.type} ${message}`);
  const words = [message, inner.message].filter((text) => typeof text === 'string').join('; ');
  return new HubError(
    known ?? (fenced ? 'HUB_LOG_FENCED' : refused ? 'HUB_KAFKA_REFUSED' : 'HUB_KAFKA_UNREACHABLE'),
    `${what}: ${words || 'no answer'}`,
    { cause: thrown, context: { kafkaCode: code ?? inner.code ?? null } },
  );
}

const codeOf = (code: unknown): ErrorCode | undefined => (typeof code === 'number' ? codes[code] : undefined);
