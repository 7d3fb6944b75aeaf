package hourglass.runtime.fuzz;

import hourglass.runtime.board.Snapshot;
import hourglass.runtime.testing.TestEngine;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Runs a program step by step, then on every other engine, and tells the first difference. */
final class Comparison {
  private Comparison() {}

  /**
   * An engine's first difference.
   *
   * @param subject the engine; none where stepping itself has failed
   */
  record Difference(Optional<Subject> subject, String text) {
    @Override
    public String toString() {
      return subject.map(Subject::toString).orElse("STEP") + ": " + text;
    }
  }

  /** The first difference of the first engine that differs; nothing where all agree. */
  static Optional<Difference> of(FuzzProgram program) {
    return of(program, List.of(Subject.values()));
  }

  /** The first difference of the first of some engines that differs; nothing where all agree. */
  static Optional<Difference> of(FuzzProgram program, List<Subject> subjects) {
    final ProgramRun expected = ProgramRun.of(program, TestEngine.STEP::on);
    if (expected.end().startsWith("bug")) {
      return Optional.of(new Difference(Optional.empty(), expected.end()));
    }
    for (Subject subject : subjects) {
      final Optional<String> difference = difference(expected, ProgramRun.of(program, subject::on));
      if (difference.isPresent()) {
        return difference.map(text -> new Difference(Optional.of(subject), text));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> difference(ProgramRun expected, ProgramRun actual) {
    if (actual.end().startsWith("bug")) {
      return Optional.of(actual.end());
    }
    final List<int[]> left = expected.trace();
    final List<int[]> right = actual.trace();
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!Arrays.equals(left.get(i), right.get(i))) {
        return Optional.of(
            "after slice " + i + " " + Snapshot.difference(left.get(i), right.get(i)));
      }
    }
    for (int i = 0; i < Math.min(expected.events().size(), actual.events().size()); i++) {
      if (!expected.events().get(i).equals(actual.events().get(i))) {
        return Optional.of(actual.events().get(i) + " instead of " + expected.events().get(i));
      }
    }
    if (!expected.end().equals(actual.end()) || left.size() != right.size()) {
      return Optional.of(
          "ends with '"
              + actual.end()
              + "' in slice "
              + right.size()
              + " instead of '"
              + expected.end()
              + "' in slice "
              + left.size());
    }
    final int size = expected.memory().size();
    final int at = expected.memory().same(0, actual.memory(), 0, size);
    return at == size
        ? Optional.empty()
        : Optional.of(
            "memory at %x is %02x instead of %02x"
                .formatted(at, actual.memory().load8(at), expected.memory().load8(at)));
  }
}
