package hourglass.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.boot.BootException;
import hourglass.translator.asm.Assembler;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The guest programs do what their benchmarks say, on both engines. */
class GuestProgramsTest {
  private static final int ROUNDS = BenchMachine.ROUNDS;

  /** A benchmark's programs, and how to run each. */
  private record Program(String name, Supplier<Integer> interpreted, Supplier<Integer> translated) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static <B extends GuestBenchmark> Program program(
      String name, Supplier<B> benchmark, ToIntFunction<B> method) {
    return new Program(
        name,
        () -> method.applyAsInt(on("interpret", benchmark)),
        () -> method.applyAsInt(on("translate", benchmark)));
  }

  private static <B extends GuestBenchmark> B on(String engine, Supplier<B> benchmark) {
    final B made = benchmark.get();
    made.engine = engine;
    made.setUp();
    return made;
  }

  private static Stream<Program> programs() {
    return Stream.of(
        program("Dispatch.directJumps", Dispatch::new, Dispatch::directJumps),
        program("Dispatch.computedJumps", Dispatch::new, Dispatch::computedJumps),
        program("Dispatch.calls", Dispatch::new, Dispatch::calls),
        program("Memory.aligned", Memory::new, Memory::aligned),
        program("Memory.unaligned", Memory::new, Memory::unaligned),
        program("Memory.pageCrossing", Memory::new, Memory::pageCrossing),
        program("Memory.device", Memory::new, Memory::device),
        program("Flags.unread", Flags::new, Flags::unread),
        program("Flags.carryChain", Flags::new, Flags::carryChain),
        program("Flags.condition", Flags::new, Flags::condition),
        program("Flags.conditionalMove", Flags::new, Flags::conditionalMove),
        program("Flags.saved", Flags::new, Flags::saved),
        program("Branches.neverTaken", Branches::new, Branches::neverTaken),
        program("Branches.alternating", Branches::new, Branches::alternating),
        program("Branches.random", Branches::new, Branches::random),
        program("Branches.innerLoop", Branches::new, Branches::innerLoop),
        program("Calls.leaf", Calls::new, Calls::leaf),
        program("Calls.frames", Calls::new, Calls::frames),
        program("Calls.recursion", Calls::new, Calls::recursion),
        program("Calls.pointers", Calls::new, Calls::pointers),
        program("StringOps.shortMove", StringOps::new, StringOps::shortMove),
        program("StringOps.pageMove", StringOps::new, StringOps::pageMove),
        program("StringOps.unalignedMove", StringOps::new, StringOps::unalignedMove),
        program("StringOps.pageFill", StringOps::new, StringOps::pageFill),
        program("StringOps.scan", StringOps::new, StringOps::scan),
        program("StringOps.compare", StringOps::new, StringOps::compare),
        program("ContextSwitch.onePage", ContextSwitch::new, ContextSwitch::onePage),
        program("ContextSwitch.manyPages", ContextSwitch::new, ContextSwitch::manyPages),
        program("X87.exactDotProduct", X87::new, X87::exactDotProduct),
        program("X87.inexactDotProduct", X87::new, X87::inexactDotProduct),
        program("X87.division", X87::new, X87::division),
        program("X87.sine", X87::new, X87::sine),
        program("X87.integers", X87::new, X87::integers));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void bothEnginesComeToTheSameEnd(Program program) {
    assertEquals(
        program.interpreted().get(), program.translated().get(), "EAX at the end of " + program);
  }

  private static Stream<String> engines() {
    return Stream.of("interpret", "translate");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void everyTrapIsTakenOnce(String engine) {
    final Trap trap = on(engine, Trap::new);
    assertEquals(ROUNDS, trap.pageFault(), "page faults");
    assertEquals(ROUNDS, trap.interrupt(), "INT 80h");
    assertEquals(ROUNDS, trap.sysenter(), "SYSENTER");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void everyRoundRunsTheCodeThatItHasWritten(String engine) {
    final int sum = ROUNDS * (ROUNDS + 1) / 2;
    final SelfModifyingCode code = on(engine, SelfModifyingCode::new);
    assertEquals(sum, code.rewritten(), "the sum of the constants written into the code");
    assertEquals(sum, code.beside(), "the sum of the data written beside the code");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void everyCallReturns(String engine) {
    final Calls calls = on(engine, Calls::new);
    assertEquals(8 * ROUNDS, calls.leaf(), "calls");
    assertEquals(8 * ROUNDS, calls.recursion(), "calls");
    assertEquals(28 * ROUNDS, calls.pointers(), "the sum of the numbers of the functions called");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void everyBlockRuns(String engine) {
    final Dispatch dispatch = on(engine, Dispatch::new);
    final int sum = ROUNDS * (63 * 64 / 2);
    assertEquals(sum, dispatch.directJumps(), "the sum of the numbers of the blocks run");
    assertEquals(sum, dispatch.computedJumps(), "the sum of the numbers of the blocks run");
    assertEquals(sum, dispatch.calls(), "the sum of the numbers of the functions called");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void theSmallGuestPrintsItsLine(String engine) throws BootException {
    final Boot boot = new Boot();
    boot.engine = engine;
    boot.setUp();
    assertEquals(Boot.LINE, boot.smallGuest());
  }

  @ParameterizedTest
  @MethodSource("engines")
  void theGuestKernelTakesEachOfItsPaths(String engine) throws Exception {
    final EngineKind kind = EngineKind.valueOf(engine.toUpperCase(Locale.ROOT));
    try (GrainShell shell = new GrainShell(kind)) {
      for (String path :
          List.of("switch_to", "system_call", "sysenter_entry", "ret_from_fork", "switch_to")) {
        shell.take(path, 100);
      }
    }
  }

  @Test
  void aPathThatTheGuestKernelTakesWronglyIsReported() throws Exception {
    try (GrainShell shell = new GrainShell(EngineKind.INTERPRET)) {
      // Paths there and back come in twos: an odd number of them does not work out.
      final IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> shell.take("switch_to", 1));
      assertEquals("switch_to: the guest says hourglass-bench: end 1", e.getMessage());
    }
  }

  @Test
  void forksGetTheOptionsOfTheLauncher() throws Exception {
    final List<String> options = Benchmarks.jvmOptions();
    assertTrue(options.contains("-XX:+UseSerialGC"), options::toString);
    assertTrue(options.stream().allMatch(option -> option.startsWith("-X")), options::toString);
  }

  @Test
  void anUnexpectedExceptionIsReported() {
    final BenchMachine machine = new BenchMachine(EngineKind.INTERPRET);
    final int entry = machine.load(new Assembler(machine.nextOrigin()).ud2());
    final IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> machine.run(entry));
    assertEquals("the guest raised exception 6, cr2=00000000", e.getMessage());
  }
}
