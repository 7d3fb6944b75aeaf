package hourglass.translator.cpu.sse;

import static hourglass.translator.cpu.sse.BinaryFloat.DOUBLE;

/**
 * Scalar operations in double precision, on encodings (Intel SDM volume 1, chapter 11).
 *
 * <p>Numbers that are normal or zero, and give a result that is, take the host's arithmetic, as
 * long as MXCSR asks for rounding to nearest. Then the only exception can be that the result is
 * inexact, which matters just until the flag is set.
 */
public final class DoubleArithmetic {
  private static final long EXPONENT = 0x7FF0_0000_0000_0000L;
  private static final long SMALLEST_NORMAL = 0x0010_0000_0000_0000L;

  /** Above this the error of a product is no denormal, and so can be computed. */
  private static final double ERRORS_ARE_NORMAL = 0x1p-900;

  private DoubleArithmetic() {}

  /** Neither zero nor denormal, infinite or a NaN. */
  static boolean isNormal(long a) {
    return (a + SMALLEST_NORMAL & EXPONENT) > SMALLEST_NORMAL;
  }

  static boolean isZero(long a) {
    return a << 1 == 0;
  }

  /** Normal or zero. */
  static boolean isOrdinary(long a) {
    return isNormal(a) || isZero(a);
  }

  private static boolean areOrdinary(Mxcsr m, long a, long b) {
    return m.isOrdinary() && isOrdinary(a) && isOrdinary(b);
  }

  /** a + b. */
  public static long add(Mxcsr m, long a, long b) {
    if (areOrdinary(m, a, b)) {
      final double x = Double.longBitsToDouble(a);
      final double y = Double.longBitsToDouble(b);
      final double sum = x + y;
      final long bits = Double.doubleToRawLongBits(sum);
      if (isOrdinary(bits) && (m.knowsInexact() || isExactSum(x, y, sum))) {
        return bits;
      }
    }
    return BinaryFloat.add(m, DOUBLE, a, b);
  }

  /** a - b. */
  public static long subtract(Mxcsr m, long a, long b) {
    if (areOrdinary(m, a, b)) {
      final double x = Double.longBitsToDouble(a);
      final double y = -Double.longBitsToDouble(b);
      final double sum = x + y;
      final long bits = Double.doubleToRawLongBits(sum);
      if (isOrdinary(bits) && (m.knowsInexact() || isExactSum(x, y, sum))) {
        return bits;
      }
    }
    return BinaryFloat.subtract(m, DOUBLE, a, b);
  }

  private static boolean isExactSum(double x, double y, double sum) {
    final double ofX = sum - y;
    final double ofY = sum - ofX;
    return x - ofX + (y - ofY) == 0;
  }

  /** a * b. */
  public static long multiply(Mxcsr m, long a, long b) {
    if (areOrdinary(m, a, b)) {
      final double x = Double.longBitsToDouble(a);
      final double y = Double.longBitsToDouble(b);
      final double product = x * y;
      final long bits = Double.doubleToRawLongBits(product);
      if ((isNormal(bits) || isZero(a) || isZero(b))
          && (m.knowsInexact()
              || Math.abs(product) > ERRORS_ARE_NORMAL && Math.fma(x, y, -product) == 0)) {
        return bits;
      }
    }
    return BinaryFloat.multiply(m, DOUBLE, a, b);
  }

  /** a / b. */
  public static long divide(Mxcsr m, long a, long b) {
    if (areOrdinary(m, a, b)) {
      final double x = Double.longBitsToDouble(a);
      final double y = Double.longBitsToDouble(b);
      final double quotient = x / y;
      final long bits = Double.doubleToRawLongBits(quotient);
      if (isNormal(bits)
          && (m.knowsInexact()
              || Math.abs(x) > ERRORS_ARE_NORMAL && Math.fma(quotient, y, -x) == 0)) {
        return bits;
      }
    }
    return BinaryFloat.divide(m, DOUBLE, a, b);
  }

  /** The square root. */
  public static long squareRoot(Mxcsr m, long a) {
    if (m.isOrdinary() && isNormal(a) && a > 0) {
      final double x = Double.longBitsToDouble(a);
      final double root = Math.sqrt(x);
      if (m.knowsInexact() || x > ERRORS_ARE_NORMAL && Math.fma(root, root, -x) == 0) {
        return Double.doubleToRawLongBits(root);
      }
    }
    return BinaryFloat.squareRoot(m, DOUBLE, a);
  }

  /** The smaller one; b where they are equal, or one of them is a NaN. */
  public static long minimum(Mxcsr m, long a, long b) {
    if (isOrdinary(a) && isOrdinary(b)) {
      return Double.longBitsToDouble(a) < Double.longBitsToDouble(b) ? a : b;
    }
    return BinaryFloat.select(m, DOUBLE, a, b, BinaryFloat.LESS);
  }

  /** The larger one; b where they are equal, or one of them is a NaN. */
  public static long maximum(Mxcsr m, long a, long b) {
    if (isOrdinary(a) && isOrdinary(b)) {
      return Double.longBitsToDouble(a) > Double.longBitsToDouble(b) ? a : b;
    }
    return BinaryFloat.select(m, DOUBLE, a, b, BinaryFloat.GREATER);
  }

  /**
   * Compares as COMIS and UCOMIS do.
   *
   * @param quiet whether quiet NaNs are no invalid operation (UCOMIS)
   * @return ZF, PF and CF at their places in EFLAGS: 0 where a is greater, 1 less, 40h equal, 45h
   *     unordered
   */
  public static int compare(Mxcsr m, long a, long b, boolean quiet) {
    if (isOrdinary(a) && isOrdinary(b)) {
      final double x = Double.longBitsToDouble(a);
      final double y = Double.longBitsToDouble(b);
      return x < y ? BinaryFloat.LESS : x > y ? BinaryFloat.GREATER : BinaryFloat.EQUAL;
    }
    return BinaryFloat.compare(m, DOUBLE, a, b, quiet);
  }

  /**
   * Compares as CMPPS and its kin do.
   *
   * @param predicate 0 equal, 1 less, 2 less or equal, 3 unordered; 4-7 their contraries; higher
   *     bits do not count
   * @return all ones where the predicate holds, else 0
   */
  public static long test(Mxcsr m, int predicate, long a, long b) {
    final int outcome = compare(m, a, b, BinaryFloat.isQuiet(predicate));
    return BinaryFloat.holds(predicate, outcome) ? -1 : 0;
  }

  /**
   * Rounds to an integer as ROUNDPS and its kin do.
   *
   * @param control the instruction's immediate: rounding control in bits 0-1, bit 2 to take MXCSR's
   *     instead, bit 3 to let an inexact result pass
   */
  public static long round(Mxcsr m, long a, int control) {
    final int rounding =
        (control & 4) != 0 ? m.rounding() : control * Mxcsr.ROUND_DOWN & Mxcsr.ROUND_MASK;
    return BinaryFloat.roundToIntegral(m, DOUBLE, a, rounding, (control & 8) == 0);
  }
}
