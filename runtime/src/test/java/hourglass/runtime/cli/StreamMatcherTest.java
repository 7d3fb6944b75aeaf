package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamMatcherTest {
  @Test
  void findsTextsThatOverlapThemselves() {
    assertEquals(List.of(4), ends("aab", "aaab"));
    assertEquals(List.of(3, 5, 7), ends("aba", "abababa"));
    assertEquals(List.of(2, 3, 4), ends("aa", "aaaa"));
    assertEquals(List.of(11), ends("login:", "loglologin:"));
  }

  @Test
  void findsWhatSearchingTheWholeStreamFinds() {
    final Random random = new Random(1);
    for (int round = 0; round < 2_000; round++) {
      final String text = letters(random, 1 + random.nextInt(6));
      final String stream = letters(random, 40);
      final List<Integer> expected = new ArrayList<>();
      for (int i = text.length(); i <= stream.length(); i++) {
        if (stream.startsWith(text, i - text.length())) {
          expected.add(i);
        }
      }
      assertEquals(expected, ends(text, stream), text + " in " + stream);
    }
  }

  private static String letters(Random random, int length) {
    final StringBuilder letters = new StringBuilder();
    for (int i = 0; i < length; i++) {
      letters.append((char) ('a' + random.nextInt(2)));
    }
    return letters.toString();
  }

  /** After how many bytes of the stream the text had just been seen. */
  private static List<Integer> ends(String text, String stream) {
    final StreamMatcher matcher = new StreamMatcher(text.getBytes(StandardCharsets.UTF_8));
    final List<Integer> ends = new ArrayList<>();
    final byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (matcher.accept(bytes[i])) {
        ends.add(i + 1);
      }
    }
    return ends;
  }
}
