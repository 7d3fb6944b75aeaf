package hourglass.runtime.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrequencyTest {
  private static final long SECONDS_PER_CENTURY = 3_155_760_000L;
  private static final long CENTURY = SECONDS_PER_CENTURY * 1_000_000_000L;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 1_193_181, 1_193_182, 65_536_000_000L})
  void aTickBeginsAtTheNanosecondThatIsGivenForIt(long tick) {
    final Frequency clock = Frequency.ofHertz(1_193_182);
    final long nanos = clock.nanosOf(tick);
    assertEquals(tick, clock.ticksAt(nanos), "at its first nanosecond");
    assertEquals(tick - 1, clock.ticksAt(nanos - 1), "one nanosecond before");
  }

  @Test
  void doesNotOverflowInACentury() {
    assertEquals(CENTURY, Frequency.ofHertz(1_000_000_000).ticksAt(CENTURY));
    assertEquals(SECONDS_PER_CENTURY * 32_768, Frequency.ofHertz(32_768).ticksAt(CENTURY));
  }
}
