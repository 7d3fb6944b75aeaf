package hourglass.runtime.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.board.BoardOptions.EngineKind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A trace of all that happens while {@code grain} forks, against the rules of the Trace Event
 * Format (its sections on the JSON array format, complete, instant, async, flow and metadata
 * events).
 */
@Timeout(120)
class ChromeTraceFormatTest {
  private static List<Map<String, String>> entries;

  @BeforeAll
  static void trace() throws Exception {
    final WatchedGrain run =
        WatchedGrain.run(EngineKind.TRANSLATE, 1000, "forktest", WatchedGrain.symbols());
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ChromeTrace trace = new ChromeTrace(out)) {
      run.events().forEach(trace::accept);
    }
    entries = parse(out.toString(StandardCharsets.UTF_8));
    assertTrue(entries.size() > 100, () -> "only " + entries.size() + " entries");
  }

  /** The objects of an array, each flat: what is in {@code args} has that before its name. */
  private static List<Map<String, String>> parse(String text) {
    final List<Map<String, String>> objects = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      assertEquals(JsonToken.START_ARRAY, json.nextToken());
      while (json.nextToken() == JsonToken.START_OBJECT) {
        objects.add(object(json, ""));
      }
      assertEquals(JsonToken.END_ARRAY, json.currentToken());
      assertNull(json.nextToken(), "something follows the array");
    }
    return objects;
  }

  private static Map<String, String> object(JsonParser json, String prefix) {
    final Map<String, String> properties = new HashMap<>();
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_OBJECT;
        token = json.nextToken()) {
      final String name = prefix + json.currentName();
      token = json.nextToken();
      if (token == JsonToken.START_OBJECT) {
        properties.putAll(object(json, name + "."));
      } else {
        assertTrue(token.isScalarValue(), () -> name + " is neither a value nor an object");
        assertNull(properties.put(name, json.getString()), () -> name + " comes twice");
      }
    }
    return properties;
  }

  private static List<Map<String, String>> phase(String phase) {
    return entries.stream().filter(e -> e.get("ph").equals(phase)).toList();
  }

  private static double time(Map<String, String> entry) {
    return Double.parseDouble(entry.get("ts"));
  }

  private static double end(Map<String, String> run) {
    return time(run) + Double.parseDouble(run.get("dur"));
  }

  private static Map<String, List<Map<String, String>>> by(
      String phase, Function<Map<String, String>, String> key) {
    return phase(phase).stream()
        .collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
  }

  @Test
  void everyEntryHasWhatItsPhaseNeeds() {
    for (Map<String, String> entry : entries) {
      for (String needed : List.of("name", "ph", "pid", "tid")) {
        assertNotNull(entry.get(needed), () -> needed + " is missing in " + entry);
      }
      switch (entry.get("ph")) {
        case "M" -> {
          assertEquals("thread_name", entry.get("name"));
          assertFalse(entry.get("args.name").isEmpty(), entry::toString);
        }
        case "X" -> assertTrue(end(entry) >= time(entry) && time(entry) >= 0, entry::toString);
        case "i" -> assertEquals("t", entry.get("s"), entry::toString);
        case "b", "e", "s" -> {
          assertNotNull(entry.get("cat"), entry::toString);
          assertNotNull(entry.get("id"), entry::toString);
        }
        case "f" -> {
          assertNotNull(entry.get("id"), entry::toString);
          assertEquals("e", entry.get("bp"), entry::toString);
        }
        default -> throw new AssertionError("no phase that is known: " + entry);
      }
      assertTrue(entry.get("ph").equals("M") || time(entry) >= 0, entry::toString);
    }
  }

  @Test
  void everyTrackIsNamedBeforeAnythingIsOnIt() {
    final Map<String, String> names = new HashMap<>();
    for (Map<String, String> entry : entries) {
      if (entry.get("ph").equals("M")) {
        names.put(entry.get("tid"), entry.get("args.name"));
      }
      assertNotNull(names.get(entry.get("tid")), entry::toString);
    }
  }

  @Test
  void theRunsOfATrackFollowEachOtherAndNoTwoProcessesRunAtOnce() {
    by("X", e -> e.get("tid")).forEach((track, runs) -> assertInOrder(runs));
    assertInOrder(phase("X"));
  }

  private static void assertInOrder(List<Map<String, String>> runs) {
    for (int i = 1; i < runs.size(); i++) {
      final Map<String, String> before = runs.get(i - 1);
      final Map<String, String> run = runs.get(i);
      // Times are in microseconds with three decimals: a thousandth is lost in doubles.
      assertTrue(time(run) >= end(before) - 0.0005, () -> before + " is not over before " + run);
    }
  }

  @Test
  void theInstantsOfATrackAreInOrder() {
    by("i", e -> e.get("tid"))
        .forEach((track, instants) -> {
          for (int i = 1; i < instants.size(); i++) {
            assertTrue(time(instants.get(i)) >= time(instants.get(i - 1)), "track " + track);
          }
        });
  }

  @Test
  void everySystemCallBeginsOnceAndEndsOnceAfterThat() {
    final Function<Map<String, String>, String> key = e -> e.get("cat") + " " + e.get("id");
    final var begun = by("b", key);
    final var ended = by("e", key);
    assertTrue(begun.size() > 10, () -> "only " + begun.size() + " calls");
    assertEquals(begun.keySet(), ended.keySet());
    begun.forEach((call, begins) -> {
      assertEquals(1, begins.size(), call);
      assertEquals(1, ended.get(call).size(), call);
      final Map<String, String> end = ended.get(call).getFirst();
      assertEquals(begins.getFirst().get("name"), end.get("name"));
      assertEquals(begins.getFirst().get("tid"), end.get("tid"));
      assertTrue(time(end) >= time(begins.getFirst()), end::toString);
    });
  }

  @Test
  void everyArrowHasTwoEndsEachOnARunOfItsTrack() {
    final var begins = by("s", e -> e.get("id"));
    final var ends = by("f", e -> e.get("id"));
    assertTrue(begins.size() >= 5, () -> "only " + begins.size() + " arrows");
    assertEquals(begins.keySet(), ends.keySet());
    begins.forEach((id, begin) -> {
      assertEquals(1, begin.size(), "arrows with the number " + id);
      assertEquals(1, ends.get(id).size(), "ends of the arrow " + id);
      final Map<String, String> end = ends.get(id).getFirst();
      for (String same : List.of("name", "cat")) {
        assertEquals(begin.getFirst().get(same), end.get(same), same);
      }
      assertTrue(time(end) >= time(begin.getFirst()), end::toString);
      assertOnRun(begin.getFirst());
      assertOnRun(end);
    });
  }

  private static void assertOnRun(Map<String, String> arrow) {
    assertTrue(
        phase("X").stream()
            .filter(run -> run.get("tid").equals(arrow.get("tid")))
            .anyMatch(run -> time(run) <= time(arrow) + 0.0005 && time(arrow) <= end(run) + 0.0005),
        () -> arrow + " is on no run");
  }
}
