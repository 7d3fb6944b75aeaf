package hourglass.translator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products and quotients are those of exact arithmetic, and what does not fit is said so. */
class MultiplyDivideTest {
  private static final int ROUNDS = 20_000;

  private final Random random = new Random(4);

  /** Values of all magnitudes, so that quotients fit about as often as they do not. */
  private long any(int bits) {
    final long value = random.nextLong() >> random.nextInt(64);
    return value << 64 - bits >> 64 - bits;
  }

  private static BigInteger unsigned(long value, int bits) {
    return BigInteger.valueOf(value).mod(BigInteger.ONE.shiftLeft(bits));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 32})
  void unsignedDivision(int bits) {
    for (int round = 0; round < ROUNDS; round++) {
      final BigInteger dividend = unsigned(any(2 * bits), 2 * bits);
      final BigInteger divisor = unsigned(any(bits), bits);
      final String inputs = dividend + " / " + divisor;
      final boolean fits = divisor.signum() != 0 && dividend.divide(divisor).bitLength() <= bits;
      assertEquals(
          fits,
          MultiplyDivide.unsignedFits(dividend.longValue(), divisor.intValue(), bits),
          inputs);
      if (fits) {
        assertEquals(
            dividend.divide(divisor).intValue(),
            MultiplyDivide.unsignedQuotient(dividend.longValue(), divisor.intValue()),
            inputs);
        assertEquals(
            dividend.mod(divisor).intValue(),
            MultiplyDivide.unsignedRemainder(dividend.longValue(), divisor.intValue()),
            inputs);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 32})
  void signedDivision(int bits) {
    for (int round = 0; round < ROUNDS; round++) {
      final BigInteger dividend = BigInteger.valueOf(any(2 * bits));
      final BigInteger divisor = BigInteger.valueOf(any(bits));
      final String inputs = dividend + " / " + divisor;
      final boolean fits = divisor.signum() != 0 && dividend.divide(divisor).bitLength() < bits;
      assertEquals(
          fits, MultiplyDivide.signedFits(dividend.longValue(), divisor.intValue(), bits), inputs);
      if (fits) {
        assertEquals(
            dividend.divide(divisor).intValue(),
            MultiplyDivide.signedQuotient(dividend.longValue(), divisor.intValue()),
            inputs);
        assertEquals(
            dividend.remainder(divisor).intValue(),
            MultiplyDivide.signedRemainder(dividend.longValue(), divisor.intValue()),
            inputs);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 32})
  void multiplicationSetsCarryAndOverflowWhereTheUpperHalfMatters(int bits) {
    for (int round = 0; round < ROUNDS; round++) {
      final long a = any(bits);
      final long b = any(bits);
      final BigInteger unsigned = unsigned(a, bits).multiply(unsigned(b, bits));
      final int mul = MultiplyDivide.auxMul(unsigned.longValue(), bits);
      assertEquals(unsigned.bitLength() > bits, Flags.carry(mul), a + " * " + b);
      assertEquals(Flags.carry(mul), Flags.overflow(mul), a + " * " + b);
      final BigInteger signed = BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
      final int imul = MultiplyDivide.auxImul(signed.longValue(), bits);
      assertEquals(signed.bitLength() >= bits, Flags.carry(imul), a + " * " + b);
      assertEquals(Flags.carry(imul), Flags.overflow(imul), a + " * " + b);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 32})
  void smallestByMinusOneDoesNotFit(int bits) {
    assertFalse(MultiplyDivide.signedFits(-1L << 2 * bits - 1, -1, bits));
    assertFalse(MultiplyDivide.signedFits(-1L << bits - 1, -1, bits));
  }
}
