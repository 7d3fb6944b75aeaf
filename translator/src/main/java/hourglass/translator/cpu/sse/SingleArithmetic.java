package hourglass.translator.cpu.sse;

import static hourglass.translator.cpu.sse.BinaryFloat.SINGLE;

/**
 * Scalar operations in single precision, on encodings (Intel SDM volume 1, chapter 11).
 *
 * <p>Numbers that are normal or zero, and give a result that is, take the host's arithmetic, as
 * long as MXCSR asks for rounding to nearest. Then the only exception can be that the result is
 * inexact, which matters just until the flag is set.
 */
public final class SingleArithmetic {
  private static final int EXPONENT = 0x7F80_0000;
  private static final int SMALLEST_NORMAL = 0x0080_0000;
  private static final int QUIET = 0x0040_0000;
  private static final int INDEFINITE = 0xFFC0_0000;

  private SingleArithmetic() {}

  /** Neither zero nor denormal, infinite or a NaN. */
  static boolean isNormal(int a) {
    return (a + SMALLEST_NORMAL & EXPONENT) > SMALLEST_NORMAL;
  }

  static boolean isZero(int a) {
    return a << 1 == 0;
  }

  /** Normal or zero. */
  static boolean isOrdinary(int a) {
    return isNormal(a) || isZero(a);
  }

  private static boolean areOrdinary(Mxcsr m, int a, int b) {
    return m.isOrdinary() && isOrdinary(a) && isOrdinary(b);
  }

  /** a + b. */
  public static int add(Mxcsr m, int a, int b) {
    if (areOrdinary(m, a, b)) {
      final float x = Float.intBitsToFloat(a);
      final float y = Float.intBitsToFloat(b);
      final float sum = x + y;
      final int bits = Float.floatToRawIntBits(sum);
      if (isOrdinary(bits) && (m.knowsInexact() || isExactSum(x, y, sum))) {
        return bits;
      }
    }
    return (int) BinaryFloat.add(m, SINGLE, Integer.toUnsignedLong(a), Integer.toUnsignedLong(b));
  }

  /** a - b. */
  public static int subtract(Mxcsr m, int a, int b) {
    if (areOrdinary(m, a, b)) {
      final float x = Float.intBitsToFloat(a);
      final float y = -Float.intBitsToFloat(b);
      final float sum = x + y;
      final int bits = Float.floatToRawIntBits(sum);
      if (isOrdinary(bits) && (m.knowsInexact() || isExactSum(x, y, sum))) {
        return bits;
      }
    }
    return (int)
        BinaryFloat.subtract(m, SINGLE, Integer.toUnsignedLong(a), Integer.toUnsignedLong(b));
  }

  private static boolean isExactSum(float x, float y, float sum) {
    final float ofX = sum - y;
    final float ofY = sum - ofX;
    return x - ofX + (y - ofY) == 0;
  }

  /** a * b. */
  public static int multiply(Mxcsr m, int a, int b) {
    if (areOrdinary(m, a, b)) {
      final float x = Float.intBitsToFloat(a);
      final float y = Float.intBitsToFloat(b);
      final float product = x * y;
      final int bits = Float.floatToRawIntBits(product);
      if ((isNormal(bits) || isZero(a) || isZero(b))
          && (m.knowsInexact() || (double) x * y == product)) {
        return bits;
      }
    }
    return (int)
        BinaryFloat.multiply(m, SINGLE, Integer.toUnsignedLong(a), Integer.toUnsignedLong(b));
  }

  /** a / b. */
  public static int divide(Mxcsr m, int a, int b) {
    if (areOrdinary(m, a, b)) {
      final float x = Float.intBitsToFloat(a);
      final float y = Float.intBitsToFloat(b);
      final float quotient = x / y;
      final int bits = Float.floatToRawIntBits(quotient);
      if (isNormal(bits) && (m.knowsInexact() || (double) quotient * y == x)) {
        return bits;
      }
    }
    return (int)
        BinaryFloat.divide(m, SINGLE, Integer.toUnsignedLong(a), Integer.toUnsignedLong(b));
  }

  /** The square root. */
  public static int squareRoot(Mxcsr m, int a) {
    if (m.isOrdinary() && isNormal(a) && a > 0) {
      final float x = Float.intBitsToFloat(a);
      final float root = (float) Math.sqrt(x);
      if (m.knowsInexact() || (double) root * root == x) {
        return Float.floatToRawIntBits(root);
      }
    }
    return (int) BinaryFloat.squareRoot(m, SINGLE, Integer.toUnsignedLong(a));
  }

  /** The smaller one; b where they are equal, or one of them is a NaN. */
  public static int minimum(Mxcsr m, int a, int b) {
    if (isOrdinary(a) && isOrdinary(b)) {
      return Float.intBitsToFloat(a) < Float.intBitsToFloat(b) ? a : b;
    }
    return (int)
        BinaryFloat.select(
            m, SINGLE, Integer.toUnsignedLong(a), Integer.toUnsignedLong(b), BinaryFloat.LESS);
  }

  /** The larger one; b where they are equal, or one of them is a NaN. */
  public static int maximum(Mxcsr m, int a, int b) {
    if (isOrdinary(a) && isOrdinary(b)) {
      return Float.intBitsToFloat(a) > Float.intBitsToFloat(b) ? a : b;
    }
    return (int)
        BinaryFloat.select(
            m, SINGLE, Integer.toUnsignedLong(a), Integer.toUnsignedLong(b), BinaryFloat.GREATER);
  }

  /**
   * Compares as COMIS and UCOMIS do.
   *
   * @param quiet whether quiet NaNs are no invalid operation (UCOMIS)
   * @return ZF, PF and CF at their places in EFLAGS: 0 where a is greater, 1 less, 40h equal, 45h
   *     unordered
   */
  public static int compare(Mxcsr m, int a, int b, boolean quiet) {
    if (isOrdinary(a) && isOrdinary(b)) {
      final float x = Float.intBitsToFloat(a);
      final float y = Float.intBitsToFloat(b);
      return x < y ? BinaryFloat.LESS : x > y ? BinaryFloat.GREATER : BinaryFloat.EQUAL;
    }
    return BinaryFloat.compare(
        m, SINGLE, Integer.toUnsignedLong(a), Integer.toUnsignedLong(b), quiet);
  }

  /**
   * Compares as CMPPS and its kin do.
   *
   * @param predicate 0 equal, 1 less, 2 less or equal, 3 unordered; 4-7 their contraries; higher
   *     bits do not count
   * @return all ones where the predicate holds, else 0
   */
  public static int test(Mxcsr m, int predicate, int a, int b) {
    final int outcome = compare(m, a, b, BinaryFloat.isQuiet(predicate));
    return BinaryFloat.holds(predicate, outcome) ? -1 : 0;
  }

  /**
   * Rounds to an integer as ROUNDPS and its kin do.
   *
   * @param control the instruction's immediate: rounding control in bits 0-1, bit 2 to take MXCSR's
   *     instead, bit 3 to let an inexact result pass
   */
  public static int round(Mxcsr m, int a, int control) {
    final int rounding =
        (control & 4) != 0 ? m.rounding() : control * Mxcsr.ROUND_DOWN & Mxcsr.ROUND_MASK;
    return (int)
        BinaryFloat.roundToIntegral(
            m, SINGLE, Integer.toUnsignedLong(a), rounding, (control & 8) == 0);
  }

  /**
   * An approximation of 1 / a (RCPPS: the relative error is at most 1.5 * 2^-12). It is what Intel
   * processors give: the reciprocal of the middle of the numbers that share a's upper 11 fraction
   * bits, rounded to 13 significant bits. MXCSR plays no part: denormals are zero, as operand and
   * as result.
   */
  public static int reciprocal(int a) {
    final int sign = a & Integer.MIN_VALUE;
    if (isNan(a)) {
      return a | QUIET;
    }
    if ((a & EXPONENT) == 0) {
      return sign | EXPONENT;
    }
    if ((a & EXPONENT) == EXPONENT) {
      return sign;
    }
    final int result = roundTo13(1.0 / Float.intBitsToFloat(a & -0x1000 | 0x800));
    return isNormal(result) ? result : sign;
  }

  /**
   * An approximation of 1 / sqrt(a) (RSQRTPS: the relative error is at most 1.5 * 2^-12). It is
   * what Intel processors give, as with {@link #reciprocal}, by the upper 10 fraction bits. MXCSR
   * plays no part: denormals are zero.
   */
  public static int reciprocalSquareRoot(int a) {
    if (isNan(a)) {
      return a | QUIET;
    }
    if ((a & EXPONENT) == 0) {
      return a & Integer.MIN_VALUE | EXPONENT;
    }
    if (a < 0) {
      return INDEFINITE;
    }
    if (a == EXPONENT) {
      return 0;
    }
    return roundTo13(1 / Math.sqrt(Float.intBitsToFloat(a & -0x2000 | 0x1000)));
  }

  private static boolean isNan(int a) {
    return (a & Integer.MAX_VALUE) > EXPONENT;
  }

  private static int roundTo13(double value) {
    final long rounded = Double.doubleToRawLongBits(value) + (1L << 39) & -1L << 40;
    return Float.floatToRawIntBits((float) Double.longBitsToDouble(rounded));
  }
}
