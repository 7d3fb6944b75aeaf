package hourglass.runtime.fuzz;

import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fixed number of random programs does the same on all engines. */
class FuzzTest {
  private static final int PROGRAMS_A_BATCH = 50;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void enginesAgreeOnRandomPrograms(long batch) {
    final long first = batch * 1_000_000;
    for (long seed = first; seed < first + PROGRAMS_A_BATCH; seed++) {
      final Optional<String> failure = Fuzzer.failure(seed);
      failure.ifPresent(
          text -> Assertions.fail("the engines differ:" + System.lineSeparator() + text));
    }
  }
}
