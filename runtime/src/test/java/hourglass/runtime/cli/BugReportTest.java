package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.board.Board;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.boot.Bootable;
import hourglass.translator.cpu.CpuState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BugReportTest {
  private static final Throwable FAILURE =
      new IllegalStateException("lost a flag\nand the registers");

  @Test
  void savesEverythingAndSaysWhereInOneLine(@TempDir Path folder) throws IOException {
    final String line = new BugReport(FAILURE, List.of("boot", "debian")).save(folder);
    assertEquals(1, line.lines().count(), line);
    final Path file = savedIn(line);
    assertEquals(folder, file.getParent());
    final String text = Files.readString(file);
    assertTrue(text.contains("Arguments: boot debian"), text);
    assertTrue(text.contains("and the registers"), text);
    assertTrue(text.contains("at hourglass.runtime.cli.BugReportTest"), text);
  }

  @Test
  void containsTheGuestsRegisters(@TempDir Path folder) throws Exception {
    final HostStreams streams =
        new HostStreams(InputStream.nullInputStream(), OutputStream.nullOutputStream(), System.err);
    final GuestRun.Options options =
        new GuestRun.Options(
            new SerialTarget.Nowhere(),
            Optional.empty(),
            Optional.empty(),
            false,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    final BoardOptions board =
        new BoardOptions(16 << 20, EngineKind.INTERPRET, 0, ClockKind.VIRTUAL, false);
    final Bootable broken =
        (memory, state) -> {
          state.reg[CpuState.EAX] = 0x1234abcd;
          throw new IllegalStateException("broken");
        };
    final GuestRun run =
        new GuestRun(streams, options, broken, console -> new Board(board, broken, console));
    final Throwable failure = assertThrows(IllegalStateException.class, run::run);
    final String line = new BugReport(failure, List.of()).save(folder);
    final String text = Files.readString(savedIn(line));
    assertTrue(text.contains("EAX=1234abcd"), text);
  }

  private static Path savedIn(String line) {
    final String before = " is in ";
    return Path.of(line.substring(line.indexOf(before) + before.length()));
  }

  @Test
  void goesToTheTemporaryFilesWhereTheFolderTakesNone(@TempDir Path folder) throws IOException {
    final String line = new BugReport(FAILURE, List.of()).save(folder.resolve("missing"));
    final Path file = savedIn(line);
    assertTrue(Files.deleteIfExists(file), line);
  }
}
