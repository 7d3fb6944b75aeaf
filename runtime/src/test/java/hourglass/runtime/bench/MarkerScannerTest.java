package hourglass.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MarkerScannerTest {
  private final MarkerScanner scanner = new MarkerScanner();

  private void read(String text, long nanos) {
    final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    scanner.accept(bytes, bytes.length, nanos);
  }

  @Test
  void keepsWhenEachMarkerCame() {
    read("[    0.000000] Linux version 6.1\r\n", 1);
    read("Hourglass: userspace is up\r\n", 20);
    read("hourglass-bench: begin\r\n", 30);
    read("50000\r\n", 35);
    read("hourglass-bench: end 0\r\n", 40);
    assertEquals(OptionalLong.of(20), scanner.userspace());
    assertEquals(OptionalLong.of(30), scanner.begin());
    assertEquals(OptionalLong.of(40), scanner.end());
    assertEquals(Optional.of(0), scanner.status());
    assertEquals("50000\n", scanner.output());
  }

  @Test
  void aLineCountsWhenItsEndComes() {
    read("Hourglass: userspace", 1);
    read(" is up", 2);
    assertEquals(OptionalLong.empty(), scanner.userspace());
    read("\r", 3);
    read("\nhourglass-bench: begin\nhourglass-b", 4);
    assertEquals(OptionalLong.of(4), scanner.userspace());
    assertEquals(OptionalLong.of(4), scanner.begin());
    read("ench: end 0\n", 5);
    assertEquals(OptionalLong.of(5), scanner.end());
  }

  @Test
  void theFirstMarkerOfAKindCounts() {
    read("Hourglass: userspace is up\nhourglass-bench: begin\nhourglass-bench: end 3\n", 1);
    read("Hourglass: userspace is up\nhourglass-bench: begin\nhourglass-bench: end 0\n", 2);
    assertEquals(OptionalLong.of(1), scanner.userspace());
    assertEquals(OptionalLong.of(1), scanner.begin());
    assertEquals(OptionalLong.of(1), scanner.end());
    assertEquals(Optional.of(3), scanner.status());
  }

  @Test
  void whatTheKernelPrintsOnTheSameLineDoesNotHideUserspace() {
    read("[    1.5] clocksource: tsc Hourglass: userspace is up\n", 7);
    assertEquals(OptionalLong.of(7), scanner.userspace());
  }

  @Test
  void anEndWithoutABeginningIsNone() {
    read("Hourglass: userspace is up\nhourglass-bench: end 0\n", 1);
    assertEquals(OptionalLong.empty(), scanner.end());
  }

  @Test
  void theLastLineIsOneWithText() {
    read("Kernel panic - not syncing\r\n\r\n  \n", 1);
    assertEquals("Kernel panic - not syncing", scanner.lastLine());
  }
}
