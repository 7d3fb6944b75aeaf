package hourglass.runtime.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.Grain;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.Bootable;
import hourglass.runtime.boot.Kernels;
import hourglass.translator.isa.CpuModel;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Our own guest kernel on whole boards, in virtual time: what it says of itself. */
@Timeout(300)
class GrainTest {
  private static final Pattern ALL_PASSED =
      Pattern.compile("\n[1-9][0-9]+ passed, 0 failed\r?\n", Pattern.MULTILINE);

  /** What a run printed, how it ended, and how long it was in guest instructions. */
  private record Run(String printed, Outcome outcome, long instructions) {}

  private static BoardOptions options(EngineKind engine, int heat) {
    return new BoardOptions(64 << 20, engine, heat, ClockKind.VIRTUAL, false);
  }

  private static Bootable grain(String commandLine) throws BootException {
    return Kernels.open(new BootFile(Grain.NAME, Grain.kernel()), Optional.empty(), commandLine);
  }

  private static Run run(EngineKind engine, int heat, String commandLine) throws BootException {
    final StringBuilder printed = new StringBuilder();
    final Board board =
        new Board(options(engine, heat), grain(commandLine), b -> printed.append((char) b));
    final Outcome outcome = board.run();
    return new Run(
        printed.toString(),
        outcome,
        board.statistics().interpretedInstructions + board.statistics().translatedInstructions);
  }

  @ParameterizedTest
  @CsvSource({"INTERPRET, 1000", "TRANSLATE, 1000", "TRANSLATE, 0"})
  void theSelfTestPasses(EngineKind engine, int heat) throws BootException {
    final Run run = run(engine, heat, "run=selftest");
    assertFalse(run.printed.contains("FAILED"), run.printed);
    assertTrue(ALL_PASSED.matcher(run.printed).find(), run.printed);
    assertEquals(new Outcome.DebugExit(0), run.outcome, run.printed);
  }

  @ParameterizedTest
  @EnumSource
  void aProcessorThatLacksWhatTheKernelNeedsIsToldSo(CpuModel cpu) throws BootException {
    final StringBuilder printed = new StringBuilder();
    final BoardOptions options =
        new BoardOptions(64 << 20, EngineKind.TRANSLATE, 1000, ClockKind.VIRTUAL, false, cpu);
    final Outcome outcome =
        new Board(options, grain("run=selftest"), b -> printed.append((char) b)).run();
    if (cpu == CpuModel.I486 || cpu == CpuModel.PENTIUM) {
      assertEquals(
          "grain needs a processor with 4 MiB pages and CMOV, a Pentium Pro or later.\r\n",
          printed.toString());
      assertEquals(new Outcome.DebugExit(1), outcome);
    } else {
      assertTrue(ALL_PASSED.matcher(printed).find(), printed::toString);
      assertEquals(new Outcome.DebugExit(0), outcome);
    }
  }

  @Test
  void theEnginesAgreeAllThroughTheSelfTest() throws BootException {
    final StringBuilder printed = new StringBuilder();
    final LockStep both =
        new LockStep(
            options(EngineKind.TRANSLATE, 100),
            grain("run=selftest"),
            b -> printed.append((char) b));
    assertEquals(new Outcome.DebugExit(0), both.run(), printed::toString);
    assertTrue(ALL_PASSED.matcher(printed).find(), printed::toString);
  }

  @Test
  void kernelThreadsInTheFormOfLinux24CarryTheSystemToo() throws BootException {
    final Run run = run(EngineKind.TRANSLATE, 1000, "kernel_thread=2.4 run=forktest");
    assertTrue(run.printed.contains("Kernel threads in the form of Linux 2.4"), run.printed);
    assertEquals(new Outcome.DebugExit(0), run.outcome, run.printed);
  }

  @Test
  void twoRunsInVirtualTimeAreTheSameRun() throws BootException {
    final Run first = run(EngineKind.INTERPRET, 1000, "run=clonetest");
    assertTrue(ALL_PASSED.matcher(first.printed).find(), first.printed);
    assertEquals(first, run(EngineKind.INTERPRET, 1000, "run=clonetest"));
  }

  @Test
  void aProgramsExitCodeEndsTheMachine() throws BootException {
    final Run run = run(EngineKind.TRANSLATE, 1000, "run=none");
    assertTrue(run.printed.contains("init: no /bin/none"), run.printed);
    assertEquals(new Outcome.DebugExit(127), run.outcome);
  }
}
