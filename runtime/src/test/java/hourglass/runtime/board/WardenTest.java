package hourglass.runtime.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.Bootable;
import hourglass.runtime.boot.Kernels;
import hourglass.translator.isa.CpuModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The guest that checks the processor's protection from inside, on whole boards. */
@Timeout(300)
class WardenTest {
  private static final Path IMAGE = Path.of("..", "guest-images", "warden", "warden.elf");

  /** How many items there are at least on a processor that has everything. */
  private static final int ITEMS = 433;

  private static final Pattern RESULT = Pattern.compile("\n(\\d+) passed, 0 failed\r?\n$");

  private static Bootable warden() throws BootException, IOException {
    final BootFile file = new BootFile("warden.elf", Files.readAllBytes(IMAGE));
    return Kernels.open(file, Optional.empty(), "");
  }

  private static BoardOptions options(EngineKind engine, int heat, CpuModel cpu) {
    return new BoardOptions(64 << 20, engine, heat, ClockKind.VIRTUAL, false, cpu);
  }

  private static void assertAllPassed(StringBuilder printed, Outcome outcome, int items) {
    assertFalse(printed.indexOf("FAILED") >= 0, printed::toString);
    final Matcher result = RESULT.matcher(printed);
    assertTrue(result.find(), printed::toString);
    assertTrue(Integer.parseInt(result.group(1)) >= items, printed::toString);
    assertEquals(new Outcome.DebugExit(0), outcome, printed::toString);
  }

  @ParameterizedTest
  @CsvSource({"INTERPRET, 1000", "TRANSLATE, 1000", "TRANSLATE, 0"})
  void allItemsPass(EngineKind engine, int heat) throws BootException, IOException {
    final StringBuilder printed = new StringBuilder();
    final Board board =
        new Board(options(engine, heat, CpuModel.MAX), warden(), b -> printed.append((char) b));
    assertAllPassed(printed, board.run(), ITEMS);
    assertFalse(printed.indexOf("skipped") >= 0, printed::toString);
  }

  @ParameterizedTest
  @EnumSource
  void anOlderProcessorSkipsOnlyWhatItLacks(CpuModel cpu) throws BootException, IOException {
    final StringBuilder printed = new StringBuilder();
    final Board board =
        new Board(
            options(EngineKind.TRANSLATE, 1000, cpu), warden(), b -> printed.append((char) b));
    assertAllPassed(printed, board.run(), 300);
  }

  @Test
  void theEnginesAgreeAllThrough() throws BootException, IOException {
    final StringBuilder printed = new StringBuilder();
    final LockStep both =
        new LockStep(
            options(EngineKind.TRANSLATE, 0, CpuModel.MAX),
            warden(),
            b -> printed.append((char) b));
    assertAllPassed(printed, both.run(), ITEMS);
  }
}
