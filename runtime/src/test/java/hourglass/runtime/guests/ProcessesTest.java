package hourglass.runtime.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.images.Initramfs;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.testing.BootedGuest;
import hourglass.runtime.testing.FetchedImages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A shell script under Debian's kernel, whose output is the same as under the host's.
 *
 * <p>{@code processes.expected} was printed by Debian's busybox-static on an amd64 machine, and by
 * the image's own busybox on the same machine, with {@code busybox --install -s DIR; env -i
 * PATH=DIR HOME=/root busybox sh processes.sh}. The script ends with status 42.
 */
final class ProcessesTest {
  private static final String MARK = Initramfs.FIRST_LINE + "\n";

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ProcessesTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @EnumSource(EngineKind.class)
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void aScriptOfForksPipesAndSignalsPrintsWhatItPrintsOnTheHost(EngineKind engine)
      throws Exception {
    final BoardOptions options = new BoardOptions(256 << 20, engine, 1000, ClockKind.HOST, false);
    final BootedGuest guest =
        BootedGuest.running(resource("processes.sh"), FetchedImages.get("debian"), options);
    final Outcome outcome = guest.run();
    final String printed = guest.printed();
    final int begin = printed.indexOf(MARK);
    assertEquals(
        new String(resource("processes.expected"), StandardCharsets.UTF_8),
        begin < 0 ? printed : printed.substring(begin + MARK.length()));
    assertEquals(new Outcome.DebugExit(42), outcome);
  }
}
