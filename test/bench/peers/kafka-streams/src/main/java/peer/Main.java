package peer;

import java.io.File;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.Stores;

/**
 * The work of test/bench/kafka as a Kafka Streams application: each report once, by its id; twenty keyword rules; Avro to the
 * topic of one department of twelve. Prints `running` when it runs and ends on SIGTERM.
 *
 * <p>Arguments: brokers, registry, folder of rules.json and report.avsc, input topic, prefix of the output topics, application
 * id, state folder; then settings of Kafka Streams as name=value.
 */
public final class Main {
  public static void main(String[] args) throws Exception {
    Rules rules = Rules.read(new File(args[2], "rules.json"));
    Schema schema = new Schema.Parser().parse(new File(args[2], "report.avsc"));
    String prefix = args[4];
    int schemaId = 0;
    for (String department : rules.departments()) {
      schemaId = Wire.register(args[1], prefix + department + "-value", schema);
    }
    Properties settings = settings(args);
    KafkaStreams streams = new KafkaStreams(topology(args[3], prefix, rules, schema, schemaId), settings);
    streams.setStateListener((now, before) -> {
      if (now == KafkaStreams.State.RUNNING) System.out.println("running");
      if (now == KafkaStreams.State.ERROR) Runtime.getRuntime().halt(1);
    });
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
  }

  private static org.apache.kafka.streams.Topology topology(
      String input, String prefix, Rules rules, Schema schema, int schemaId) {
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(Stores.keyValueStoreBuilder(
        Stores.persistentKeyValueStore(Deduped.STORE), Serdes.String(), Serdes.Long()));
    Serde<Deduped.Sent> sent = Serdes.serdeFrom((topic, value) -> value.value(), (topic, bytes) -> null);
    builder.stream(input, Consumed.with(Serdes.String(), Serdes.ByteArray()))
        .process(() -> new Deduped(rules, prefix, new Wire(schema, schemaId)), Deduped.STORE)
        .to((key, value, context) -> value.topic(), Produced.with(Serdes.String(), sent));
    return builder.build();
  }

  private static Properties settings(String[] args) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, args[5]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, args[6]);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    // One broker holds the changelog, like every topic of the bench.
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    for (int i = 7; i < args.length; i++) {
      String[] setting = args[i].split("=", 2);
      settings.put(setting[0], setting[1]);
    }
    return settings;
  }
}
