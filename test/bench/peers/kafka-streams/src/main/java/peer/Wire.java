package peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Avro in Confluent's wire format: magic byte 0, schema id, value. One of each stream thread: it keeps its buffers. */
final class Wire {
  private final Schema schema;
  private final int schemaId;
  private final GenericDatumWriter<GenericData.Record> writer;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
  private BinaryEncoder encoder;

  Wire(Schema schema, int schemaId) {
    this.schema = schema;
    this.schemaId = schemaId;
    this.writer = new GenericDatumWriter<>(schema);
  }

  byte[] encode(Report report, String department, List<Rules.Rule> fired) {
    GenericData.Record record = new GenericData.Record(schema);
    record.put(0, report.id);
    record.put(1, report.source);
    record.put(2, report.reportedAt);
    record.put(3, report.title);
    record.put(4, report.text);
    record.put(5, report.address);
    record.put(6, report.lon);
    record.put(7, report.lat);
    record.put(8, report.reporter);
    record.put(9, report.phone);
    record.put(10, department);
    record.put(11, fired.stream().map(Rules.Rule::id).toList());
    bytes.reset();
    bytes.write(0);
    bytes.writeBytes(ByteBuffer.allocate(4).putInt(schemaId).array());
    encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
    try {
      writer.write(record, encoder);
      encoder.flush();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
    return bytes.toByteArray();
  }

  /** Registers the schema under a subject, as any client of a Confluent-compatible registry does; gives its id. */
  static int register(String registry, String subject, Schema schema) throws IOException, InterruptedException {
    ObjectMapper mapper = new ObjectMapper();
    HttpRequest request = HttpRequest.newBuilder(URI.create(registry + "/subjects/" + subject + "/versions"))
        .header("content-type", "application/vnd.schemaregistry.v1+json")
        .POST(HttpRequest.BodyPublishers.ofString(mapper.writeValueAsString(Map.of("schema", schema.toString()))))
        .build();
    HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) throw new IOException(subject + ": " + response.statusCode() + " " + response.body());
    return mapper.readTree(response.body()).get("id").asInt();
  }
}
