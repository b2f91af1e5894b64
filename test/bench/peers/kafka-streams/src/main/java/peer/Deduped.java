package peer;

import java.util.List;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Passes on each report once, classed and encoded; what was seen before is kept in RocksDB and its changelog. */
final class Deduped implements Processor<String, byte[], String, Deduped.Sent> {
  static final String STORE = "seen";

  /** A value, and the topic that it goes to. */
  record Sent(String topic, byte[] value) {}

  private final Rules rules;
  private final String prefix;
  private final Wire wire;
  private ProcessorContext<String, Sent> context;
  private KeyValueStore<String, Long> seen;

  Deduped(Rules rules, String prefix, Wire wire) {
    this.rules = rules;
    this.prefix = prefix;
    this.wire = wire;
  }

  @Override
  public void init(ProcessorContext<String, Sent> context) {
    this.context = context;
    this.seen = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    Report report = Report.parse(record.value());
    if (seen.putIfAbsent(report.id, report.reportedAt) != null) return;
    List<Rules.Rule> fired = rules.fired(report.title, report.text);
    String department = fired.isEmpty() ? rules.otherwise() : fired.get(0).department();
    context.forward(record.withValue(new Sent(prefix + department, wire.encode(report, department, fired))));
  }
}
