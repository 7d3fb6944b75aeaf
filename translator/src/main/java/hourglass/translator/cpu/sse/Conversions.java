package hourglass.translator.cpu.sse;

import static hourglass.translator.cpu.sse.BinaryFloat.DOUBLE;
import static hourglass.translator.cpu.sse.BinaryFloat.SINGLE;

/**
 * Conversions between signed integers of 32 bits, single and double precision (Intel SDM volume 1,
 * section 11.4.1.6). An integer that does not exist is 8000_0000h, with the invalid exception.
 */
public final class Conversions {
  /** Every double smaller in magnitude rounds to an integer of 32 bits. */
  private static final double INTEGERS = 0x7FFF_FFFFL;

  private Conversions() {}

  /** Rounded as MXCSR says. */
  public static int intToSingle(Mxcsr m, int value) {
    final float converted = value;
    if (value == (long) converted || m.isOrdinary() && m.knowsInexact()) {
      return Float.floatToRawIntBits(converted);
    }
    return (int) BinaryFloat.fromInteger(m, SINGLE, value);
  }

  /** Always exact. */
  public static long intToDouble(int value) {
    return Double.doubleToRawLongBits(value);
  }

  /** Rounded as MXCSR says. */
  public static int singleToInt(Mxcsr m, int a) {
    return SingleArithmetic.isOrdinary(a)
        ? toInt(m, Double.doubleToRawLongBits(Float.intBitsToFloat(a)))
        : BinaryFloat.toInteger(m, SINGLE, Integer.toUnsignedLong(a), m.rounding());
  }

  /** Rounded as MXCSR says. */
  public static int doubleToInt(Mxcsr m, long a) {
    return toInt(m, a);
  }

  private static int toInt(Mxcsr m, long a) {
    final double x = Double.longBitsToDouble(a);
    if (Math.abs(x) < INTEGERS && DoubleArithmetic.isOrdinary(a) && m.isOrdinary()) {
      final double integer = Math.rint(x);
      if (integer == x || m.knowsInexact()) {
        return (int) integer;
      }
    }
    return BinaryFloat.toInteger(m, DOUBLE, a, m.rounding());
  }

  /** Rounded towards zero. */
  public static int singleToIntTruncating(Mxcsr m, int a) {
    return SingleArithmetic.isOrdinary(a)
        ? truncate(m, Double.doubleToRawLongBits(Float.intBitsToFloat(a)))
        : BinaryFloat.toInteger(m, SINGLE, Integer.toUnsignedLong(a), Mxcsr.ROUND_ZERO);
  }

  /** Rounded towards zero. */
  public static int doubleToIntTruncating(Mxcsr m, long a) {
    return truncate(m, a);
  }

  private static int truncate(Mxcsr m, long a) {
    final double x = Double.longBitsToDouble(a);
    if (Math.abs(x) < INTEGERS && DoubleArithmetic.isOrdinary(a) && m.isOrdinary()) {
      final int integer = (int) x;
      if (integer == x || m.knowsInexact()) {
        return integer;
      }
    }
    return BinaryFloat.toInteger(m, DOUBLE, a, Mxcsr.ROUND_ZERO);
  }

  /** Exact, but for what becomes of NaNs and, where they are zero, denormals. */
  public static long singleToDouble(Mxcsr m, int a) {
    return SingleArithmetic.isOrdinary(a)
        ? Double.doubleToRawLongBits(Float.intBitsToFloat(a))
        : BinaryFloat.convert(m, SINGLE, DOUBLE, Integer.toUnsignedLong(a));
  }

  /** Rounded as MXCSR says. */
  public static int doubleToSingle(Mxcsr m, long a) {
    final double x = Double.longBitsToDouble(a);
    final float converted = (float) x;
    final int bits = Float.floatToRawIntBits(converted);
    if (m.isOrdinary()
        && DoubleArithmetic.isOrdinary(a)
        && (converted == x || m.knowsInexact())
        && (SingleArithmetic.isNormal(bits) || DoubleArithmetic.isZero(a))) {
      return bits;
    }
    return (int) BinaryFloat.convert(m, DOUBLE, SINGLE, a);
  }
}
