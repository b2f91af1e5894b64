package peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The keyword rules of rules.json: all that fire are named, the first decides the department. */
record Rules(List<Rule> rules, List<String> departments, String otherwise) {
  record Rule(String id, String department, String[] words) {
    boolean fires(String title, String text) {
      for (String word : words) if (text.contains(word) || title.contains(word)) return true;
      return false;
    }
  }

  static Rules read(File file) throws IOException {
    JsonNode json = new ObjectMapper().readTree(file);
    List<Rule> rules = new ArrayList<>();
    for (JsonNode rule : json.get("rules")) {
      rules.add(new Rule(rule.get("id").asText(), rule.get("department").asText(), texts(rule.get("words")).toArray(String[]::new)));
    }
    return new Rules(List.copyOf(rules), texts(json.get("departments")), json.get("otherwise").asText());
  }

  List<Rule> fired(String title, String text) {
    List<Rule> fired = new ArrayList<>(4);
    for (Rule rule : rules) if (rule.fires(title, text)) fired.add(rule);
    return fired;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    for (JsonNode text : array) texts.add(text.asText());
    return List.copyOf(texts);
  }
}
