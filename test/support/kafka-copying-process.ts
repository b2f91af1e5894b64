/**
 * A worker of its own process, for tests that end, stop and wake it: arguments are broker, instance, folder and member; SIGTERM ends it
 * well. Writes the number of records of each commit to stdout. `HUB_TEST_STOP` makes it stop itself (SIGSTOP) or end itself (SIGKILL) once, in the middle:
 * `open` with a transaction that was sent and not committed, `committed` between the commit and what follows it in this process.
 */
import { writeSync } from 'node:fs';
import { loadKafkaClient, type NativeProducer } from '../../runtime/kafka/native.ts';
import { KafkaLog } from '../../runtime/log/kafka.ts';
import { KafkaTables } from '../../runtime/log/kafka-tables.ts';
import { copy } from './kafka-copying.ts';
import { kafkaLogOptions } from './kafka-log.ts';

const [broker = '', instance = '', folder = '', member = ''] = process.argv.slice(2);
const [place, signal = 'SIGSTOP', after = '3'] = (process.env.HUB_TEST_STOP ?? '').split(',');
let left = Number(after);

function strike(): void {
  left -= 1;
  if (left !== 0) return;
  writeSync(1, 'struck\n');
  process.kill(process.pid, signal);
}

if (place === 'open') {
  const { Producer } = await loadKafkaClient();
  const prototype = Producer.prototype as NativeProducer;
  const { sendOffsetsToTransaction } = prototype;
  prototype.sendOffsetsToTransaction = function (...given) {
    // What was produced is on its way; the offsets are not.
    setTimeout(() => {
      strike();
      sendOffsetsToTransaction.apply(this, given);
    }, 20);
  };
}
if (place === 'committed') {
  const { committed } = KafkaTables.prototype;
  KafkaTables.prototype.committed = function (written) {
    strike();
    committed.call(this, written);
  };
}

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const log = await KafkaLog.open(kafkaLogOptions([broker], instance, folder));
try {
  await copy(log, member, stop.signal, { onCommitted: (records) => writeSync(1, `${records.length}\n`) });
} catch (thrown) {
  writeSync(2, `${(thrown as { code?: string }).code ?? thrown}\n`);
  process.exitCode = 1;
}
await log.close();
