package peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A report as the input topic has it, in JSON. */
final class Report {
  private static final ObjectReader READER = new ObjectMapper().readerFor(Report.class);

  public String id;
  public String source;
  public long reportedAt;
  public String title;
  public String text;
  public String address;
  public double lon;
  public double lat;
  public String reporter;
  public String phone;

  static Report parse(byte[] json) {
    try {
      return READER.readValue(json);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
