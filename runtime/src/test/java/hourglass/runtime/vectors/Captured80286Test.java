package hourglass.runtime.vectors;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hourglass.runtime.engine.Engine;
import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every engine gives the results captured from a real 80286 in real mode, but for {@link
 * AcceptedDifferences}.
 *
 * <p>Where everything is translated before it runs, each result costs a class or two; then only a
 * sample is compared, unless the system property {@value #ALL} is set.
 */
class Captured80286Test {
  /** The system property that has all results compared on all engines. */
  private static final String ALL = "hourglass.vectors.all";

  private static final int STRIDE_OF_HEAT_0 = 25;
  private static final int SHOWN_FAILURES = 4;
  private static final int MOST_INSTRUCTIONS = 200;

  /** FLAGS bits that exist in real mode. */
  private static final int REAL_MODE_FLAGS = 0x0FFF;

  @TestFactory
  Stream<DynamicNode> eachOpcodeGivesWhatAReal80286Gave() throws IOException {
    final Path folder = folder();
    final boolean present = Files.isDirectory(folder);
    assertTrue(present || !"true".equals(System.getenv("CI")), "no captured tests in " + folder);
    assumeTrue(present, "no captured tests in " + folder);
    final FlagMasks masks = FlagMasks.read(folder.resolve("metadata.json"));
    final Set<String> revoked =
        new HashSet<>(Files.readAllLines(folder.resolve("revocation_list.txt")));
    final List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.filter(f -> f.toString().endsWith(".MOO.gz")).sorted().toList();
    }
    return Stream.of(TestEngine.values())
        .map(engine ->
            DynamicContainer.dynamicContainer(
                engine.toString(),
                files.stream().map(file -> dynamicTest(engine, file, masks, revoked))));
  }

  /**
   * {@code ../shared/vectors} as seen from the project's root, which is a folder or two up from a
   * test's.
   */
  private static Path folder() {
    final Path relative = Path.of("shared", "vectors", "80286-real");
    Path from = Path.of("").toAbsolutePath();
    while (from.getParent() != null && !Files.isDirectory(from.resolve(relative))) {
      from = from.getParent();
    }
    return from.resolve(relative);
  }

  private static DynamicTest dynamicTest(
      TestEngine engine, Path file, FlagMasks masks, Set<String> revoked) {
    final String opcode = file.getFileName().toString().replace(".MOO.gz", "");
    return DynamicTest.dynamicTest(
        opcode, () -> runFile(engine, opcode, MooFile.read(file), masks.of(opcode), revoked));
  }

  private static void runFile(
      TestEngine kind, String opcode, List<MooFile.Test> tests, int flagMask, Set<String> revoked) {
    final GuestMachine machine = GuestMachine.realMode();
    final Engine engine = kind.on(machine.cpu);
    final List<String> failures = new ArrayList<>();
    for (int i = firstOf(kind, opcode); i < tests.size(); i += stride(kind)) {
      final MooFile.Test test = tests.get(i);
      if (revoked.contains(test.hash()) || AcceptedDifferences.covers(opcode, test)) {
        continue;
      }
      final List<String> differences =
          run(machine, engine, test, flagMask & ~AcceptedDifferences.undefinedFlags(opcode, test));
      if (!differences.isEmpty()) {
        failures.add(
            test + ": " + String.join(", ", differences) + " before: " + test.before().registers());
      }
    }
    assertTrue(
        failures.isEmpty(),
        () ->
            opcode
                + ": "
                + failures.size()
                + " of "
                + tests.size()
                + " differ:\n"
                + String.join(
                    "\n", failures.subList(0, Math.min(SHOWN_FAILURES, failures.size()))));
  }

  private static int stride(TestEngine kind) {
    return kind == TestEngine.TRANSLATE_HEAT_0 && System.getProperty(ALL) == null
        ? STRIDE_OF_HEAT_0
        : 1;
  }

  /** Where to begin, so that files take turns in which of their tests are sampled. */
  private static int firstOf(TestEngine kind, String opcode) {
    return Math.floorMod(opcode.hashCode(), stride(kind));
  }

  private static List<String> run(
      GuestMachine machine, Engine engine, MooFile.Test test, int flagMask) {
    test.after().memory().keySet().forEach(address -> machine.write(address, 0));
    test.before().memory().forEach((address, value) -> machine.write(address, value));
    if (AcceptedDifferences.isStackFault(test)) {
      machine.write32(
          4 * GuestFault.STACK_FAULT, machine.read32(4 * GuestFault.GENERAL_PROTECTION));
    }
    setRegisters(machine.state, test.before().registers());
    machine.state.beginSlice(MOST_INSTRUCTIONS);
    try {
      engine.run();
    } catch (RuntimeException failure) {
      return List.of(failure.toString());
    }
    if (!machine.state.halted) {
      return List.of("the guest does not halt");
    }
    return compare(machine, test, flagMask);
  }

  private static void setRegisters(CpuState state, Map<String, Integer> registers) {
    state.halted = false;
    state.interruptShadow = false;
    registers.forEach((name, value) -> {
      switch (name) {
        case "ip" -> state.eip = value;
        case "flags" -> state.setEflags(value & REAL_MODE_FLAGS);
        case "cs", "ss", "ds", "es" -> state.segment[segment(name)].setReal(value, 0);
        default -> state.reg[general(name)] = value;
      }
    });
    state.nextEip = state.eip;
    state.updateMode();
  }

  private static int general(String name) {
    return List.of("ax", "cx", "dx", "bx", "sp", "bp", "si", "di").indexOf(name);
  }

  private static int segment(String name) {
    return List.of("es", "cs", "ss", "ds").indexOf(name);
  }

  private static List<String> compare(GuestMachine machine, MooFile.Test test, int flagMask) {
    final List<String> differences = new ArrayList<>();
    for (String name : MooFile.REGISTERS) {
      final int mask = name.equals("flags") ? flagMask & REAL_MODE_FLAGS : 0xFFFF;
      final int before = test.before().registers().get(name);
      final int expected = test.after().registers().getOrDefault(name, before) & mask;
      final int actual = value(machine.state, name) & mask;
      if (actual != expected) {
        differences.add("%s is %04x instead of %04x".formatted(name, actual, expected));
      }
    }
    test.after()
        .memory()
        .forEach((address, value) -> {
          final int mask =
              test.exception() < 0 ? 0xFF : pushedMask(address - flagsWord(machine), flagMask);
          final int expected = value & mask;
          final int actual = machine.bus.read(address, 1) & mask;
          if (actual != expected) {
            differences.add("[%05x] is %02x instead of %02x".formatted(address, actual, expected));
          }
        });
    return differences;
  }

  /** The physical address of the FLAGS that an exception has pushed. */
  private static int flagsWord(GuestMachine machine) {
    return machine.state.segment[CpuState.SS].base + (machine.state.reg[CpuState.ESP] + 4 & 0xFFFF);
  }

  /** The mask for a byte that may be one of the two of a FLAGS word, by its distance from there. */
  private static int pushedMask(int position, int flagMask) {
    final boolean isFlags = position == 0 || position == 1;
    return isFlags ? (flagMask & REAL_MODE_FLAGS) >>> 8 * position & 0xFF : 0xFF;
  }

  private static int value(CpuState state, String name) {
    return switch (name) {
      case "ip" -> state.eip;
      case "flags" -> state.eflags();
      case "cs", "ss", "ds", "es" -> state.segment[segment(name)].selector;
      default -> state.reg[general(name)];
    };
  }
}
