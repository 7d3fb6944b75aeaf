package hourglass.translator.cpu.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Results and exceptions of single operations, and the host's arithmetic against integers. */
class ArithmeticTest {
  private static final int ROUNDS = 20_000;
  private static final int UNMASKED = 0x3F << Mxcsr.MASK_SHIFT;

  private final Mxcsr mxcsr = new Mxcsr();

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private int flags() {
    mxcsr.finish();
    return mxcsr.value() & 0x3F;
  }

  @Test
  void ordinaryNumbersGiveWhatTheIntegerArithmeticGives() {
    final Random random = new Random(1);
    final Mxcsr other = new Mxcsr();
    for (int i = 0; i < ROUNDS; i++) {
      mxcsr.set(Mxcsr.RESET);
      other.set(Mxcsr.RESET);
      final long a = bits(random.nextGaussian() * (1L << random.nextInt(60)));
      final long b = bits(Math.rint(random.nextGaussian() * (1L << random.nextInt(8))));
      final int operation = random.nextInt(5);
      final long fast =
          switch (operation) {
            case 0 -> DoubleArithmetic.add(mxcsr, a, b);
            case 1 -> DoubleArithmetic.subtract(mxcsr, a, b);
            case 2 -> DoubleArithmetic.multiply(mxcsr, a, b);
            case 3 -> DoubleArithmetic.divide(mxcsr, a, b);
            default -> DoubleArithmetic.squareRoot(mxcsr, b);
          };
      final long exact =
          switch (operation) {
            case 0 -> BinaryFloat.add(other, BinaryFloat.DOUBLE, a, b);
            case 1 -> BinaryFloat.subtract(other, BinaryFloat.DOUBLE, a, b);
            case 2 -> BinaryFloat.multiply(other, BinaryFloat.DOUBLE, a, b);
            case 3 -> BinaryFloat.divide(other, BinaryFloat.DOUBLE, a, b);
            default -> BinaryFloat.squareRoot(other, BinaryFloat.DOUBLE, b);
          };
      assertEquals(exact, fast, "operation %d on %x and %x".formatted(operation, a, b));
      mxcsr.finish();
      other.finish();
      assertEquals(
          other.value(), mxcsr.value(), "flags of %d on %x, %x".formatted(operation, a, b));
    }
  }

  @Test
  void directedRoundingEnclosesTheQuotient() {
    final long[] quotients = new long[4];
    for (int mode = 0; mode < 4; mode++) {
      mxcsr.set(Mxcsr.RESET | mode << 13);
      quotients[mode] = DoubleArithmetic.divide(mxcsr, bits(1), bits(3));
    }
    assertEquals(quotients[1] + 1, quotients[2], "up is the next above down");
    assertEquals(quotients[1], quotients[3], "towards zero is down");
    assertEquals(bits(1 / 3.0), quotients[0]);
  }

  @Test
  void exactResultsRaiseNothing() {
    SingleArithmetic.multiply(
        mxcsr, Float.floatToRawIntBits(1.5f), Float.floatToRawIntBits(-2.25f));
    Conversions.doubleToIntTruncating(mxcsr, bits(7));
    assertEquals(0, flags());
  }

  @Test
  void theFirstNanIsTheResultMadeQuiet() {
    assertEquals(0x7FC0_0001, SingleArithmetic.add(mxcsr, 0x7F80_0001, 0xFFC0_0002));
    assertEquals(Mxcsr.INVALID, flags());
    assertEquals(0xFFC0_0002, SingleArithmetic.subtract(mxcsr, 0, 0xFFC0_0002));
  }

  @Test
  void minimumOfEqualZerosAndOfNansIsTheSecond() {
    assertEquals(0x8000_0000, SingleArithmetic.minimum(mxcsr, 0, 0x8000_0000));
    assertEquals(0x7F80_0001, SingleArithmetic.maximum(mxcsr, 0, 0x7F80_0001));
    assertEquals(Mxcsr.INVALID, flags());
  }

  @Test
  void flushToZeroReplacesEvenExactDenormals() {
    mxcsr.set(Mxcsr.RESET | Mxcsr.FLUSH_TO_ZERO);
    assertEquals(0, SingleArithmetic.multiply(mxcsr, 0x0080_0000, 0x3F00_0000));
    assertEquals(Mxcsr.UNDERFLOW | Mxcsr.PRECISION, flags());
  }

  @Test
  void denormalsAreZeroWhereMxcsrSaysSo() {
    mxcsr.set(Mxcsr.RESET | Mxcsr.DENORMALS_ARE_ZERO);
    assertEquals(0x40, SingleArithmetic.compare(mxcsr, 1, 0x8000_0001, false));
    assertEquals(0, flags());
  }

  @Test
  void anUnmaskedExceptionFoundBeforeComputationHidesThoseAfterIt() {
    mxcsr.set(Mxcsr.RESET & ~(Mxcsr.DENORMAL << Mxcsr.MASK_SHIFT));
    SingleArithmetic.divide(mxcsr, 0x3F80_0000, 0x4040_0000); // another element: 1 / 3
    SingleArithmetic.add(mxcsr, 1, 0x3F80_0000);
    assertTrue(mxcsr.finish());
    assertEquals(Mxcsr.DENORMAL, mxcsr.value() & 0x3F);
    assertFalse(mxcsr.finish(), "it is over");
  }

  @Test
  void unmaskedOverflowIsInexactOnlyWhereTheResultIs() {
    mxcsr.set(Mxcsr.RESET & ~UNMASKED);
    DoubleArithmetic.multiply(mxcsr, bits(0x1p1000), bits(0x1p1000));
    assertTrue(mxcsr.finish());
    assertEquals(Mxcsr.OVERFLOW, mxcsr.value() & 0x3F);
  }

  @Test
  void integersThatDoNotExistAreTheMostNegative() {
    assertEquals(Integer.MIN_VALUE, Conversions.doubleToInt(mxcsr, bits(2147483647.5)));
    assertEquals(Mxcsr.INVALID, flags());
    assertEquals(Integer.MAX_VALUE, Conversions.doubleToIntTruncating(mxcsr, bits(2147483647.5)));
    assertEquals(Integer.MIN_VALUE, Conversions.singleToInt(mxcsr, 0x7FC0_0000));
  }

  @Test
  void reciprocalsAreThoseOfTheMiddleOfAnInterval() {
    assertEquals(0x3F7F_F000, SingleArithmetic.reciprocal(Float.floatToRawIntBits(1)));
    assertEquals(0x3F02_0000, SingleArithmetic.reciprocal(0x3FFC_0000), "rounded once");
    assertEquals(0, SingleArithmetic.reciprocal(0x7E80_0000), "2^126: the result is tiny");
    assertEquals(0xFFC0_0000, SingleArithmetic.reciprocalSquareRoot(0xBF80_0000));
  }
}
