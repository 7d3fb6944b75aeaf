package hourglass.runtime.debug;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.Image;
import hourglass.images.Initramfs;
import hourglass.runtime.board.Board;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.Kernels;
import hourglass.runtime.testing.FetchedImages;
import hourglass.translator.emit.Region;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel's own paths between processes and into itself run as translated code. */
@Timeout(900)
final class KernelPathsTest {
  /** As on the command line where {@code --heat} is not given. */
  private static final int DEFAULT_HEAT = 1000;

  /**
   * Forks often enough for the first steps of a new process to become hot, pipes between processes,
   * and system calls through both gates: the C library goes through SYSENTER, but returns from
   * signal handlers and forks with INT 80h.
   */
  private static final String SCRIPT =
      """
      i=0
      while [ $i -lt 2200 ]; do
        ( : )
        i=$((i + 1))
      done
      echo a b c | cat | tr ' ' '-' | grep a-b-c
      """;

  private static boolean hasRun(Region region, int address) {
    return region.contains(address) && region.entered > 0;
  }

  @Test
  void areEnteredAsTranslatedCode() throws Exception {
    final Image debian = FetchedImages.get("debian");
    final byte[] initrd =
        Initramfs.withScript(
            Files.readAllBytes(debian.initrd().orElseThrow()),
            SCRIPT.getBytes(StandardCharsets.UTF_8));
    final StringBuilder console = new StringBuilder();
    final Board board =
        new Board(
            new BoardOptions(
                128L << 20,
                BoardOptions.EngineKind.TRANSLATE,
                DEFAULT_HEAT,
                BoardOptions.ClockKind.HOST,
                false),
            Kernels.open(
                BootFile.read(debian.kernel(), "kernel"),
                Optional.of(new BootFile("initrd", initrd)),
                debian.commandLine()),
            b -> console.append((char) b));

    final Outcome outcome = board.run();

    assertEquals(new Outcome.DebugExit(0), outcome, console::toString);
    assertTrue(console.toString().contains("a-b-c"), console::toString);
    final SymbolTable symbols = Kallsyms.find(board.memory().ram()).orElseThrow();
    final List<Region> regions = board.regions();
    assertAll(
        Stream.of("__switch_to_asm", "ret_from_fork", "entry_INT80_32", "entry_SYSENTER_32")
            .map(name ->
                () -> {
                  final int address = symbols.find(name).orElseThrow().address();
                  assertTrue(
                      regions.stream().anyMatch(region -> hasRun(region, address)),
                      name + " has not run in translated form");
                }));
  }
}
