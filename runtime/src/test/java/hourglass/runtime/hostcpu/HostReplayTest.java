package hourglass.runtime.hostcpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import hourglass.runtime.testing.TestEngine;
import hourglass.translator.isa.Decoder;
import hourglass.translator.isa.Disassembler;
import hourglass.translator.isa.Instruction;
import hourglass.translator.isa.Syntax;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every engine does what a real processor was recorded to do, but for {@link AcceptedDifferences}.
 *
 * <p>Where engines translate, only a sample of the instructions is compared, unless the system
 * property {@value #ALL} is set.
 */
class HostReplayTest {
  /** The system property that has all cases compared on all engines. */
  private static final String ALL = "hourglass.hostcpu.all";

  private static final int SHOWN_OF_A_FORM = 3;
  private static final int SHOWN = 100;

  static Stream<Arguments> enginesAndGroups() {
    return Stream.of(TestEngine.values())
        .flatMap(engine -> Stream.of(Group.values()).map(group -> Arguments.of(engine, group)));
  }

  @ParameterizedTest
  @MethodSource("enginesAndGroups")
  void everyEngineDoesWhatTheProcessorDid(TestEngine engine, Group group) throws IOException {
    final GuestProcessor guest = new GuestProcessor(engine);
    final Failures failures = new Failures();
    final List<Recording.Entry> entries = group.recording();
    final int stride = stride(engine);
    for (int i = engine.ordinal() % stride; i < entries.size(); i += stride) {
      replay(guest, entries.get(i), group, failures);
    }
    failures.report();
  }

  private static int stride(TestEngine engine) {
    if (System.getProperty(ALL) != null) {
      return 1;
    }
    return switch (engine) {
      case STEP, INTERPRET -> 2;
      default -> 10;
    };
  }

  private static void replay(
      GuestProcessor guest, Recording.Entry entry, Group group, Failures failures)
      throws IOException {
    final byte[] code = entry.code();
    assertEquals(
        entry.inputs(),
        Recording.checksum(code, entry.cases()),
        "inputs are not made as when they were recorded: record again");
    final Instruction instruction = Decoder.decode(code, 0, code.length, true);
    final Outcome expected = new Outcome();
    final Outcome actual = new Outcome();
    guest.load(code);
    try (DataInputStream outcomes = Recording.outcomes(entry)) {
      for (int number = 0; number < entry.cases(); number++) {
        final Input input = new Input(code, number);
        Recording.next(outcomes, input.before, group.simd(), expected);
        guest.run(input, actual);
        final int flags = AcceptedDifferences.comparedFlags(input);
        final String differences = actual.differences(expected, flags, group.simd());
        if (!differences.isEmpty() && !AcceptedDifferences.covers(input, expected)) {
          failures.add(instruction, code, number, input, differences);
        }
      }
    }
  }

  /** What differed, by form. */
  private static final class Failures {
    private final TreeMap<String, Integer> byForm = new TreeMap<>();
    private final List<String> shown = new ArrayList<>();

    void add(Instruction i, byte[] code, int number, Input input, String differences) {
      final String form = i.mnemonic + " " + i.form.encoding();
      if (byForm.merge(form, 1, Integer::sum) <= SHOWN_OF_A_FORM && shown.size() < SHOWN) {
        shown.add(
            "%s (%s) case %d:%s before: %s"
                .formatted(
                    HexFormat.of().formatHex(code),
                    new Disassembler(Syntax.INTEL).format(i, Layout.CODE),
                    number,
                    differences,
                    input.before));
      }
    }

    void report() {
      if (!byForm.isEmpty()) {
        fail(byForm + " differ; the first:" + "\n" + String.join("\n", shown));
      }
    }
  }
}
