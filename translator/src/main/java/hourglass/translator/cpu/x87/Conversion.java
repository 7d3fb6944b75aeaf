package hourglass.translator.cpu.x87;

import static hourglass.translator.cpu.x87.ExtendedFloat.BIAS;
import static hourglass.translator.cpu.x87.ExtendedFloat.EXPONENT;
import static hourglass.translator.cpu.x87.ExtendedFloat.INTEGER_BIT;
import static hourglass.translator.cpu.x87.ExtendedFloat.QUIET_BIT;
import static hourglass.translator.cpu.x87.ExtendedFloat.SIGN;
import static hourglass.translator.cpu.x87.FloatContext.C1;
import static hourglass.translator.cpu.x87.FloatContext.INVALID;
import static hourglass.translator.cpu.x87.FloatContext.OVERFLOW;
import static hourglass.translator.cpu.x87.FloatContext.PRECISION;
import static hourglass.translator.cpu.x87.FloatContext.UNDERFLOW;

/**
 * Conversions between the 80-bit format and the other formats in memory (Intel SDM volume 1,
 * section 8.2).
 */
public final class Conversion {
  /** The largest magnitude of a packed BCD integer: 18 digits. */
  private static final long BCD_LIMIT = 999_999_999_999_999_999L;

  private Conversion() {}

  // --- from memory -------------------------------------------------------------------------------

  /**
   * Widens a single-precision number, exactly and without an exception: a signaling NaN stays one,
   * and a denormal is noted for the operation that consumes it.
   */
  static void widenFloat(FloatContext c, int bits) {
    widen(c, bits >>> 16 & SIGN, bits >>> 23 & 0xFF, 0xFF, (long) bits << 41 >>> 1);
  }

  /** As {@link #widenFloat} for double precision. */
  static void widenDouble(FloatContext c, long bits) {
    final int exponent = (int) (bits >>> 52) & 0x7FF;
    if (exponent != 0 && exponent != 0x7FF) {
      c.denormalOperand = false;
      c.significand = INTEGER_BIT | bits << 11;
      c.signExponent = (int) (bits >>> 48) & SIGN | exponent + (BIAS - 1023);
    } else {
      widen(c, (int) (bits >>> 48) & SIGN, exponent, 0x7FF, bits << 12 >>> 1);
    }
  }

  /** Widens a number with its fraction moved up to bit 62. */
  private static void widen(FloatContext c, int sign, int exponent, int maximum, long fraction) {
    c.denormalOperand = false;
    if (exponent == maximum) {
      c.set(INTEGER_BIT | fraction, sign | EXPONENT);
    } else if (exponent != 0) {
      c.set(INTEGER_BIT | fraction, sign | exponent - (maximum >> 1) + BIAS);
    } else if (fraction == 0) {
      c.set(0, sign);
    } else {
      c.denormalOperand = true;
      final int n = Long.numberOfLeadingZeros(fraction);
      c.set(fraction << n, sign | 1 - (maximum >> 1) + BIAS - n);
    }
  }

  /** Converts an integer, exactly. */
  static void widenInteger(FloatContext c, long value) {
    c.denormalOperand = false;
    if (value == 0) {
      c.set(0, 0);
    } else {
      final long magnitude = Math.abs(value);
      final int n = Long.numberOfLeadingZeros(magnitude);
      c.set(magnitude << n, (value < 0 ? SIGN : 0) | BIAS + 63 - n);
    }
  }

  /**
   * Converts a packed BCD integer, exactly. Digits above 9 count as what their four bits say.
   *
   * @param low the lower 16 digits
   * @param high the upper two digits, and the sign in bit 15
   */
  static void widenBcd(FloatContext c, long low, int high) {
    long value = 0;
    for (int shift = 4; shift >= 0; shift -= 4) {
      value = value * 10 + (high >>> shift & 0xF);
    }
    for (int shift = 60; shift >= 0; shift -= 4) {
      value = value * 10 + (low >>> shift & 0xF);
    }
    widenInteger(c, value);
    c.signExponent |= high & SIGN;
  }

  // --- to memory ---------------------------------------------------------------------------------

  /**
   * Rounds to single precision. Where the result is not to be stored an unmasked exception says so.
   */
  static int toFloat(FloatContext c, long significand, int signExponent) {
    final int sign = signExponent & SIGN;
    final int exponent = (signExponent & EXPONENT) - (BIAS - 127);
    if (isInside(significand, exponent, 127)) {
      return sign << 16 | (int) narrowNormal(c, significand, sign, exponent, 24);
    }
    final long bits = narrow(c, significand, signExponent, 24, 127);
    return (int) bits | sign << 16 | (int) (bits >>> 32);
  }

  /**
   * Rounds to double precision. Where the result is not to be stored an unmasked exception says so.
   */
  static long toDouble(FloatContext c, long significand, int signExponent) {
    final int sign = signExponent & SIGN;
    final int exponent = (signExponent & EXPONENT) - (BIAS - 1023);
    if (isInside(significand, exponent, 1023)) {
      return (long) sign << 48 | narrowNormal(c, significand, sign, exponent, 53);
    }
    return (long) sign << 48 | narrow(c, significand, signExponent, 53, 1023);
  }

  /**
   * Whether a number is normal in a narrower format, and far enough from overflow for a carry.
   *
   * @param exponent in the narrower format
   */
  private static boolean isInside(long significand, int exponent, int bias) {
    return significand < 0 && exponent > 0 && exponent < 2 * bias;
  }

  /** As {@link #narrow}, for a number that {@link #isInside}. */
  private static long narrowNormal(
      FloatContext c, long significand, int sign, int exponent, int precision) {
    final long rest = significand << precision;
    final long kept = significand >>> 64 - precision;
    final long bits = ((long) exponent - 1 << precision - 1) + kept; // the integer bit adds one
    if (rest == 0) {
      return bits;
    }
    final int up = ExtendedFloat.increment(c.control, sign, kept, rest);
    c.exceptions |= PRECISION | up * C1;
    return bits + up;
  }

  /**
   * Rounds to a narrower format.
   *
   * @param precision significand bits, the integer bit included
   * @param bias of the format's exponent
   * @return exponent and fraction, without the sign; with bit 63 set for the indefinite, which is
   *     always negative
   */
  private static long narrow(
      FloatContext c, long significand, int signExponent, int precision, int bias) {
    final int fractionBits = precision - 1;
    final int maximum = 2 * bias + 1;
    final long infinity = (long) maximum << fractionBits;
    if (ExtendedFloat.isUnsupported(significand, signExponent)) {
      c.exceptions |= INVALID;
      return INTEGER_BIT | infinity | 1L << fractionBits - 1;
    }
    if (ExtendedFloat.isNan(significand, signExponent)) {
      if ((significand & QUIET_BIT) == 0) {
        c.exceptions |= INVALID;
      }
      return infinity | 1L << fractionBits - 1 | significand << 1 >>> 64 - fractionBits;
    }
    if (ExtendedFloat.isInfinity(significand, signExponent)) {
      return infinity;
    }
    if (significand == 0) {
      return 0;
    }
    final int sign = signExponent & SIGN;
    final long sig = ExtendedFloat.normalized(significand);
    int exponent = ExtendedFloat.normalizedExponent(significand, signExponent) - BIAS + bias;
    int cut = 64 - precision;
    boolean tiny = false;
    if (exponent <= 0) {
      // Judged after rounding: what rounds up to the smallest normal number is not tiny.
      final boolean up = ExtendedFloat.roundsUp(c, sign, (sig >>> cut & 1) != 0, sig << 64 - cut);
      tiny = exponent < 0 || !up || (sig >>> cut) + 1 != 1L << precision;
      if (tiny && c.isUnmasked(UNDERFLOW)) {
        c.exceptions |= UNDERFLOW;
        return 0;
      }
      cut += 1 - exponent;
      exponent = 0;
    } else {
      exponent = Math.min(exponent, maximum) - 1; // the integer bit adds one
    }
    final long kept;
    final long rest;
    if (cut < 64) {
      kept = sig >>> cut;
      rest = sig << 64 - cut;
    } else {
      kept = 0;
      rest = cut == 64 ? sig : 1;
    }
    final boolean up = ExtendedFloat.roundsUp(c, sign, (kept & 1) != 0, rest);
    final long bits = ((long) exponent << fractionBits) + kept + (up ? 1 : 0);
    if (!Wide.less(bits, infinity)) {
      c.exceptions |= OVERFLOW;
      if (c.isUnmasked(OVERFLOW)) {
        return 0;
      }
      c.exceptions |= PRECISION;
      if (ExtendedFloat.roundsUp(c, sign, true, -1L)) {
        c.exceptions |= C1;
        return infinity;
      }
      return infinity - 1;
    }
    if (rest != 0) {
      c.exceptions |= PRECISION | (up ? C1 : 0) | (tiny ? UNDERFLOW : 0);
    }
    return bits;
  }

  /**
   * Rounds to an integer, as the rounding control says.
   *
   * @param bits 16, 32 or 64
   * @return the integer; the most negative one where the operand is none of this width
   */
  static long toInteger(FloatContext c, long significand, int signExponent, int bits) {
    final long indefinite = -1L << bits - 1;
    final int exponent = signExponent & EXPONENT;
    final int sign = signExponent & SIGN;
    final int cut = BIAS + 63 - exponent;
    if (exponent != 0 && significand >= 0 || cut < 0) {
      c.exceptions |= INVALID;
      return indefinite;
    }
    final long kept;
    final long rest;
    if (cut < 64) {
      kept = significand >>> cut;
      rest = cut == 0 ? 0 : significand << 64 - cut;
    } else {
      kept = 0;
      rest = cut == 64 ? significand : significand != 0 ? 1 : 0;
    }
    final int up = ExtendedFloat.increment(c.control, sign, kept, rest);
    final long magnitude = kept + up;
    final long limit = sign != 0 ? -indefinite : ~indefinite;
    if (Wide.less(limit, magnitude) || up != 0 && magnitude == 0) {
      c.exceptions |= INVALID;
      return indefinite;
    }
    c.exceptions |= ExtendedFloat.nonzero(rest) * PRECISION | up * C1;
    return sign != 0 ? -magnitude : magnitude;
  }

  /**
   * Rounds to a packed BCD integer: the lower 16 digits in {@link FloatContext#significand}, the
   * upper two and the sign in {@link FloatContext#signExponent}; the BCD indefinite where the
   * operand has more than 18 digits.
   */
  static void toBcd(FloatContext c, long significand, int signExponent) {
    final int before = c.exceptions;
    long value = Math.abs(toInteger(c, significand, signExponent, 64));
    if (value < 0 || value > BCD_LIMIT || (c.exceptions & INVALID) != 0) {
      c.exceptions = before | INVALID;
      c.set(0xC000_0000_0000_0000L, 0xFFFF);
      return;
    }
    long low = 0;
    for (int shift = 0; shift < 64; shift += 4) {
      low |= value % 10 << shift;
      value /= 10;
    }
    final int high = (int) (value % 10 | value / 10 << 4);
    c.set(low, signExponent & SIGN | high);
  }
}
