package hourglass.runtime.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import hourglass.runtime.board.Board;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.testing.FetchedImages;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** The real kernel, unpacked by the loader. */
final class DebianDecompressionTest {
  private static final String BANNER = "Linux version 6.1.";

  @Test
  void itsFirstWordsComeWithoutItsDecompressor() throws Exception {
    final BootFile kernel = BootFile.read(FetchedImages.get("debian").kernel(), "kernel");
    final Bootable bootable =
        Kernels.open(kernel, Optional.empty(), "nokaslr earlyprintk=serial,ttyS0");
    final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    final Board[] board = new Board[1];
    board[0] =
        new Board(
            new BoardOptions(64 << 20, EngineKind.INTERPRET, 1000, ClockKind.VIRTUAL, false),
            bootable,
            b -> {
              printed.write(b);
              if (printed.toString(StandardCharsets.UTF_8).contains(BANNER)) {
                board[0].stop();
              }
            });
    final Outcome outcome =
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(2), board[0]::run);
    assertInstanceOf(Outcome.Stopped.class, outcome, printed.toString(StandardCharsets.UTF_8));
    assertEquals(Decompressor.HOST, bootable.unpacking().orElseThrow().by());
  }
}
