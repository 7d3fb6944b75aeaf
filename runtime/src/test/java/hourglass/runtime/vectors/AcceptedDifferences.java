package hourglass.runtime.vectors;

import java.util.List;
import java.util.function.Predicate;

/** The captured tests in which a processor of the P6 family differs from an 80286, each with the reason. */
final class AcceptedDifferences {
  private record Difference(String opcodes, String reason, Predicate<MooFile.Test> tests) {
    boolean covers(String opcode, MooFile.Test test) {
      return opcode.matches(opcodes) && tests.test(test);
    }
  }

  private static final List<Difference> DIFFERENCES = List.of();

  private AcceptedDifferences() {}

  static boolean covers(String opcode, MooFile.Test test) {
    return DIFFERENCES.stream().anyMatch(d -> d.covers(opcode, test));
  }
}
