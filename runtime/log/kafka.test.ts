import { logContract } from '../../test/contract/log.ts';
import { shared } from '../../test/services/shared.ts';
import { openKafka } from '../../test/support/kafka-log.ts';

const open = async () => openKafka((await shared('kafka')).brokers);

logContract('The log on Kafka', open, { modelRuns: 3, modelTimeoutMs: 600_000 });
