package hourglass.runtime.debug;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.Grain;
import hourglass.runtime.board.Board;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.Kernels;
import hourglass.translator.emit.Region;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every process of our own kernel passes through runs as translated code. */
@Timeout(120)
final class GrainPathsTest {
  @Test
  void areEnteredAsTranslatedCodeAndDumped(@TempDir Path folder) throws Exception {
    final BootFile kernel = new BootFile(Grain.NAME, Grain.kernel());
    final StringBuilder console = new StringBuilder();
    final Board board =
        new Board(
            new BoardOptions(64 << 20, EngineKind.TRANSLATE, 0, ClockKind.VIRTUAL, false),
            Kernels.open(kernel, Optional.empty(), "run=forktest"),
            b -> console.append((char) b));
    assertEquals(new Outcome.DebugExit(0), board.run(), console::toString);
    final SymbolTable symbols = KernelSymbols.ofFile(kernel);
    assertAll(
        Stream.of("switch_to", "system_call", "ret_from_fork", "kernel_thread_helper")
            .map(name -> () -> isTranslatedAndDumped(name, symbols, board.regions(), folder)));
  }

  private static void isTranslatedAndDumped(
      String name, SymbolTable symbols, List<Region> regions, Path folder) throws Exception {
    final int address = symbols.find(name).orElseThrow().address();
    final List<Region> there = regions.stream().filter(r -> r.contains(address)).toList();
    assertFalse(there.isEmpty(), "no region has " + name);
    assertTrue(
        there.stream().anyMatch(r -> r.entered > 0), name + " has not run as translated code");
    final Path own = Files.createDirectory(folder.resolve(name));
    final RegionFiles files = new RegionFiles(own, symbols);
    for (Region region : there) {
      files.write(region);
    }
    try (Stream<Path> written = Files.list(own)) {
      assertEquals(2L * there.size(), written.count(), "files with the regions of " + name);
    }
  }
}
