package hourglass.translator.cpu.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.function.LongBinaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An operation on all elements at once gives what the manual says for each of them. */
class LanesTest {
  private static final int ROUNDS = 20_000;

  private final Random random = new Random(11);

  private static Lanes lanes(int width) {
    return switch (width) {
      case 8 -> Lanes.BYTES;
      case 16 -> Lanes.WORDS;
      default -> Lanes.DOUBLEWORDS;
    };
  }

  /** Elements at the limits of their range are as likely as others. */
  private long operand(int width) {
    long value = random.nextLong();
    for (int i = 0; i < 64; i += width) {
      final long element = (1L << width) - 1;
      final long sign = 1L << width - 1;
      final long[] edges = {0, 1, element, sign, sign - 1};
      if (random.nextBoolean()) {
        value = value & ~(element << i) | edges[random.nextInt(edges.length)] << i;
      }
    }
    return value;
  }

  private void check(
      String name, int width, boolean signed, LongBinaryOperator actual, LongBinaryOperator one) {
    for (int round = 0; round < ROUNDS; round++) {
      final long a = operand(width);
      final long b = operand(width);
      long expected = 0;
      for (int i = 0; i < 64; i += width) {
        final long result =
            one.applyAsLong(element(a, i, width, signed), element(b, i, width, signed));
        expected |= (result & (1L << width) - 1) << i;
      }
      final String inputs = "%s of %d bits: %016x, %016x".formatted(name, width, a, b);
      assertEquals(expected, actual.applyAsLong(a, b), inputs);
    }
  }

  private static long element(long a, int at, int width, boolean signed) {
    final long top = a << 64 - width - at;
    return signed ? top >> 64 - width : top >>> 64 - width;
  }

  private static long clamp(long value, long lowest, long highest) {
    return Math.max(lowest, Math.min(highest, value));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 32})
  void addsAndSubtracts(int width) {
    final Lanes lanes = lanes(width);
    final long most = (1L << width) - 1;
    final long sign = 1L << width - 1;
    check("add", width, true, lanes::add, (a, b) -> a + b);
    check("subtract", width, true, lanes::subtract, (a, b) -> a - b);
    check(
        "add saturated", width, true, lanes::addSaturated, (a, b) -> clamp(a + b, -sign, sign - 1));
    check(
        "subtract saturated",
        width,
        true,
        lanes::subtractSaturated,
        (a, b) -> clamp(a - b, -sign, sign - 1));
    check(
        "add unsigned", width, false, lanes::addUnsignedSaturated, (a, b) -> clamp(a + b, 0, most));
    check(
        "subtract unsigned",
        width,
        false,
        lanes::subtractUnsignedSaturated,
        (a, b) -> clamp(a - b, 0, most));
    check("average", width, false, lanes::average, (a, b) -> a + b + 1 >> 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 32})
  void comparesAndSelects(int width) {
    final Lanes lanes = lanes(width);
    check("equal", width, true, lanes::equal, (a, b) -> a == b ? -1 : 0);
    check("greater", width, true, lanes::greater, (a, b) -> a > b ? -1 : 0);
    check("minimum", width, true, lanes::minimum, Math::min);
    check("maximum", width, true, lanes::maximum, Math::max);
    check("unsigned minimum", width, false, lanes::minimumUnsigned, Math::min);
    check("unsigned maximum", width, false, lanes::maximumUnsigned, Math::max);
    check("absolute", width, true, lanes::absolute, (a, b) -> Math.abs(b));
    check("sign", width, true, lanes::sign, (a, b) -> a * Long.signum(b));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 32})
  void shiftsByCountsOfAnySize(int width) {
    final Lanes lanes = lanes(width);
    for (final long count : new long[] {0, 1, width - 1, width, width + 1, 63, 64, 1L << 32, -1}) {
      final boolean gone = count < 0 || count >= width;
      check(
          "left by " + count,
          width,
          false,
          (a, b) -> lanes.shiftLeft(a, count),
          (a, b) -> gone ? 0 : a << count);
      check(
          "right by " + count,
          width,
          false,
          (a, b) -> lanes.shiftRight(a, count),
          (a, b) -> gone ? 0 : a >>> count);
      check(
          "arithmetic by " + count,
          width,
          true,
          (a, b) -> lanes.shiftRightArithmetic(a, count),
          (a, b) -> a >> (gone ? width - 1 : count));
    }
  }
}
