package hourglass.translator.cpu.sse;

import static hourglass.translator.cpu.sse.Mxcsr.DENORMAL;
import static hourglass.translator.cpu.sse.Mxcsr.INVALID;
import static hourglass.translator.cpu.sse.Mxcsr.OVERFLOW;
import static hourglass.translator.cpu.sse.Mxcsr.PRECISION;
import static hourglass.translator.cpu.sse.Mxcsr.UNDERFLOW;
import static hourglass.translator.cpu.sse.Mxcsr.ZERO_DIVIDE;

/**
 * Exact arithmetic in a binary format of IEEE 754, in integers (Intel SDM volume 1, section 4.8 and
 * chapter 11).
 *
 * <p>A format is named by the number of its fraction bits, {@link #SINGLE} or {@link #DOUBLE}; a
 * number is a long whose low 32 or 64 bits are its encoding, the others being zero. A
 * <i>significand</i> is a long with the leading one in bit 63; where something was lost below it,
 * bit 0 is set. An <i>exponent</i> is biased, and may lie outside of the format's range.
 */
final class BinaryFloat {
  /** Fraction bits of single precision. */
  static final int SINGLE = 23;

  /** Fraction bits of double precision. */
  static final int DOUBLE = 52;

  // The outcomes of a comparison: ZF, PF and CF at their places in EFLAGS.
  static final int GREATER = 0;
  static final int LESS = 0x01;
  static final int EQUAL = 0x40;
  static final int UNORDERED = 0x45;

  /** What an operation returns where an unmasked exception keeps it from having a result. */
  private static final long NO_RESULT = 0;

  private static final long LEADING_ONE = Long.MIN_VALUE;

  private BinaryFloat() {}

  // --- encodings ---------------------------------------------------------------------------------

  private static long signBit(int format) {
    return format == SINGLE ? 1L << 31 : 1L << 63;
  }

  /** The exponent of infinities and NaNs. */
  private static int maximum(int format) {
    return format == SINGLE ? 0xFF : 0x7FF;
  }

  private static int bias(int format) {
    return maximum(format) >> 1;
  }

  private static long infinity(int format) {
    return (long) maximum(format) << format;
  }

  private static long quietBit(int format) {
    return 1L << format - 1;
  }

  private static long sign(int format, long a) {
    return a & signBit(format);
  }

  private static long magnitude(int format, long a) {
    return a & signBit(format) - 1;
  }

  private static boolean isNan(int format, long a) {
    return magnitude(format, a) > infinity(format);
  }

  private static boolean isSignaling(int format, long a) {
    return isNan(format, a) && (a & quietBit(format)) == 0;
  }

  private static boolean isInfinite(int format, long a) {
    return magnitude(format, a) == infinity(format);
  }

  private static boolean isZero(int format, long a) {
    return magnitude(format, a) == 0;
  }

  private static boolean isDenormal(int format, long a) {
    return magnitude(format, a) >>> format == 0 && !isZero(format, a);
  }

  /** The number as an operation sees it: zero in place of a denormal, where MXCSR says so. */
  private static long operand(Mxcsr m, int format, long a) {
    return m.denormalsAreZero() && isDenormal(format, a) ? sign(format, a) : a;
  }

  /** The fraction, with its highest bit in bit 62. */
  private static long fraction(int format, long a) {
    return a << 63 - format & ~LEADING_ONE;
  }

  /** The significand of a number that is finite and not zero. */
  private static long significand(int format, long a) {
    final long fraction = fraction(format, a);
    return isDenormal(format, a)
        ? fraction << Long.numberOfLeadingZeros(fraction)
        : LEADING_ONE | fraction;
  }

  /** The exponent of a number that is finite and not zero. */
  private static int exponent(int format, long a) {
    return isDenormal(format, a)
        ? 1 - Long.numberOfLeadingZeros(fraction(format, a))
        : (int) (magnitude(format, a) >>> format);
  }

  // --- exceptions --------------------------------------------------------------------------------

  private static long invalid(Mxcsr m, int format) {
    m.raise(INVALID);
    return signBit(format) | infinity(format) | quietBit(format);
  }

  /** The result where an operand is a NaN: the first that is one, quiet. */
  private static long propagateNan(Mxcsr m, int format, long a, long b) {
    if (isSignaling(format, a) || isSignaling(format, b)) {
      m.raise(INVALID);
    }
    return (isNan(format, a) ? a : b) | quietBit(format);
  }

  /**
   * Raises the denormal exception where an operand is one; tells whether the operation ends here.
   */
  private static boolean denormal(Mxcsr m, int format, long a, long b) {
    return (isDenormal(format, a) || isDenormal(format, b)) && m.raise(DENORMAL);
  }

  // --- rounding ----------------------------------------------------------------------------------

  /**
   * Whether a magnitude is rounded up.
   *
   * @param odd whether the last bit kept is set
   * @param rest the bits cut off, the highest of them in bit 63
   */
  private static boolean roundsUp(int rounding, boolean negative, boolean odd, long rest) {
    return switch (rounding) {
      case Mxcsr.ROUND_NEAREST -> rest < 0 && (odd || rest != LEADING_ONE);
      case Mxcsr.ROUND_DOWN -> negative && rest != 0;
      case Mxcsr.ROUND_UP -> !negative && rest != 0;
      default -> false;
    };
  }

  /**
   * Rounds to a format, overflow and underflow included.
   *
   * @param sign the sign in its place
   */
  private static long round(Mxcsr m, int format, long sign, int exponent, long significand) {
    final int rounding = m.rounding();
    final boolean negative = sign != 0;
    int cut = 63 - format;
    long kept = significand >>> cut;
    long rest = significand << 64 - cut;
    boolean up = roundsUp(rounding, negative, (kept & 1) != 0, rest);
    if (exponent <= 0) {
      // Judged after rounding: what rounds up to the smallest normal number is not tiny.
      final boolean tiny = exponent < 0 || !up || kept + 1 != 2L << format;
      if (tiny && m.isUnmasked(UNDERFLOW)) {
        m.raise(rest == 0 ? UNDERFLOW : UNDERFLOW | PRECISION);
        return NO_RESULT;
      }
      if (tiny && m.flushesToZero()) {
        m.raise(UNDERFLOW | PRECISION);
        return sign;
      }
      cut += 1 - exponent;
      kept = cut < 64 ? significand >>> cut : 0;
      rest = cut < 64 ? significand << 64 - cut : cut == 64 ? significand : 1;
      up = roundsUp(rounding, negative, (kept & 1) != 0, rest);
      if (rest != 0) {
        m.raise(tiny ? UNDERFLOW | PRECISION : PRECISION);
      }
      return sign | kept + (up ? 1 : 0);
    }
    // The leading one, which is kept, adds one to the exponent.
    final long biased = (long) Math.min(exponent, maximum(format)) - 1 << format;
    final long bits = biased + kept + (up ? 1 : 0);
    if (bits >= infinity(format)) {
      m.raise(m.isUnmasked(OVERFLOW) && rest == 0 ? OVERFLOW : OVERFLOW | PRECISION);
      final boolean toInfinity = roundsUp(rounding, negative, true, -1L);
      return sign | infinity(format) - (toInfinity ? 0 : 1);
    }
    if (rest != 0) {
      m.raise(PRECISION);
    }
    return sign | bits;
  }

  // --- arithmetic --------------------------------------------------------------------------------

  static long add(Mxcsr m, int format, long first, long second) {
    final long a = operand(m, format, first);
    final long b = operand(m, format, second);
    if (isNan(format, a) || isNan(format, b)) {
      return propagateNan(m, format, a, b);
    }
    final long signs = sign(format, a ^ b);
    if (isInfinite(format, a) && isInfinite(format, b) && signs != 0) {
      return invalid(m, format);
    }
    if (denormal(m, format, a, b)) {
      return NO_RESULT;
    }
    if (isInfinite(format, a) || isInfinite(format, b)) {
      return isInfinite(format, a) ? a : b;
    }
    if (isZero(format, a) && isZero(format, b)) {
      return signs == 0 ? a : cancelled(m, format);
    }
    final boolean ordered = magnitude(format, a) >= magnitude(format, b);
    return addOrdered(m, format, ordered ? a : b, ordered ? b : a);
  }

  static long subtract(Mxcsr m, int format, long a, long b) {
    // The sign of a NaN is not to be inverted.
    return add(m, format, a, isNan(format, b) ? b : b ^ signBit(format));
  }

  /** The zero that a difference of equal numbers is. */
  private static long cancelled(Mxcsr m, int format) {
    return m.rounding() == Mxcsr.ROUND_DOWN ? signBit(format) : 0;
  }

  /** Adds finite numbers, the first at least as large in magnitude as the second, and not zero. */
  private static long addOrdered(Mxcsr m, int format, long a, long b) {
    final long sign = sign(format, a);
    final int exponent = exponent(format, a);
    // One bit is left free for the carry; the others below the fraction are more than enough.
    final long x = significand(format, a) >>> 1;
    long y = 0;
    if (!isZero(format, b)) {
      y = shiftRight(significand(format, b) >>> 1, exponent - exponent(format, b));
    }
    final long sum = sign == sign(format, b) ? x + y : x - y;
    if (sum == 0) {
      return cancelled(m, format);
    }
    final int shift = Long.numberOfLeadingZeros(sum);
    return round(m, format, sign, exponent + 1 - shift, sum << shift);
  }

  private static long shiftRight(long significand, int distance) {
    if (distance > 62) {
      return 1;
    }
    final long shifted = significand >>> distance;
    return shifted << distance == significand ? shifted : shifted | 1;
  }

  static long multiply(Mxcsr m, int format, long first, long second) {
    final long a = operand(m, format, first);
    final long b = operand(m, format, second);
    if (isNan(format, a) || isNan(format, b)) {
      return propagateNan(m, format, a, b);
    }
    final long sign = sign(format, a ^ b);
    final boolean infinite = isInfinite(format, a) || isInfinite(format, b);
    final boolean zero = isZero(format, a) || isZero(format, b);
    if (infinite && zero) {
      return invalid(m, format);
    }
    if (denormal(m, format, a, b)) {
      return NO_RESULT;
    }
    if (infinite || zero) {
      return infinite ? sign | infinity(format) : sign;
    }
    final long x = significand(format, a);
    final long y = significand(format, b);
    final long product = Math.unsignedMultiplyHigh(x, y) | (x * y != 0 ? 1 : 0);
    final int shift = product < 0 ? 0 : 1;
    final int exponent = exponent(format, a) + exponent(format, b) - bias(format) + 1 - shift;
    return round(m, format, sign, exponent, product << shift);
  }

  static long divide(Mxcsr m, int format, long first, long second) {
    final long a = operand(m, format, first);
    final long b = operand(m, format, second);
    if (isNan(format, a) || isNan(format, b)) {
      return propagateNan(m, format, a, b);
    }
    final long sign = sign(format, a ^ b);
    if (isInfinite(format, a) && isInfinite(format, b) || isZero(format, a) && isZero(format, b)) {
      return invalid(m, format);
    }
    if (isZero(format, b) && !isInfinite(format, a)) {
      m.raise(ZERO_DIVIDE);
      return sign | infinity(format);
    }
    if (denormal(m, format, a, b)) {
      return NO_RESULT;
    }
    if (isInfinite(format, a)) {
      return sign | infinity(format);
    }
    if (isZero(format, a) || isInfinite(format, b)) {
      return sign;
    }
    final long divisor = significand(format, b) >>> 63 - DOUBLE;
    long rest = significand(format, a) >>> 63 - DOUBLE;
    long quotient = rest / divisor;
    rest %= divisor;
    for (int digits = 0; digits < 6; digits++) { // of 10 bits each, so that the rest stays positive
      rest <<= 10;
      quotient = quotient << 10 | rest / divisor;
      rest %= divisor;
    }
    quotient |= rest != 0 ? 1 : 0;
    final int shift = Long.numberOfLeadingZeros(quotient);
    final int exponent = exponent(format, a) - exponent(format, b) + bias(format) + 3 - shift;
    return round(m, format, sign, exponent, quotient << shift);
  }

  static long squareRoot(Mxcsr m, int format, long first) {
    final long a = operand(m, format, first);
    if (isNan(format, a)) {
      return propagateNan(m, format, a, a);
    }
    if (isZero(format, a)) {
      return a;
    }
    if (sign(format, a) != 0) {
      return invalid(m, format);
    }
    if (denormal(m, format, a, a)) {
      return NO_RESULT;
    }
    if (isInfinite(format, a)) {
      return a;
    }
    final int unbiased = exponent(format, a) - bias(format);
    // The radicand: an integer of 64 bits times a power of 4, followed by pairs of zeros.
    long radicand = significand(format, a) >>> 1 - (unbiased & 1);
    long root = 0;
    long rest = 0;
    for (int bits = 0; bits < 59; bits++) {
      rest = rest << 2 | radicand >>> 62;
      radicand <<= 2;
      final long next = root << 2 | 1;
      root <<= 1;
      if (rest >= next) {
        rest -= next;
        root |= 1;
      }
    }
    root = root << 5 | (rest != 0 ? 1 : 0);
    return round(m, format, 0, (unbiased >> 1) + bias(format), root);
  }

  // --- comparison --------------------------------------------------------------------------------

  /**
   * Compares.
   *
   * @param quiet whether quiet NaNs are no invalid operation
   * @return {@link #GREATER}, {@link #LESS}, {@link #EQUAL} or {@link #UNORDERED}
   */
  static int compare(Mxcsr m, int format, long first, long second, boolean quiet) {
    final long a = operand(m, format, first);
    final long b = operand(m, format, second);
    if (isNan(format, a) || isNan(format, b)) {
      if (!quiet || isSignaling(format, a) || isSignaling(format, b)) {
        m.raise(INVALID);
      }
      return UNORDERED;
    }
    denormal(m, format, a, b);
    if (a == b || isZero(format, a) && isZero(format, b)) {
      return EQUAL;
    }
    final boolean aNegative = sign(format, a) != 0;
    if (aNegative != (sign(format, b) != 0)) {
      return aNegative ? LESS : GREATER;
    }
    return magnitude(format, a) < magnitude(format, b) != aNegative ? LESS : GREATER;
  }

  /**
   * MIN or MAX: the first operand where it compares as wanted, else the second, NaN or not.
   *
   * @param wanted {@link #LESS} or {@link #GREATER}
   */
  static long select(Mxcsr m, int format, long a, long b, int wanted) {
    return operand(m, format, compare(m, format, a, b, false) == wanted ? a : b);
  }

  /** Whether quiet NaNs are no invalid operation for a predicate, see {@link #holds}. */
  static boolean isQuiet(int predicate) {
    return (predicate & 3) == 0 || (predicate & 3) == 3;
  }

  /**
   * Whether a predicate of CMPPS and its kin (Intel SDM volume 2, CMPPD) holds.
   *
   * @param predicate its number; only the low three bits count
   * @param outcome of the comparison
   */
  static boolean holds(int predicate, int outcome) {
    final boolean basic =
        switch (predicate & 3) {
          case 0 -> outcome == EQUAL;
          case 1 -> outcome == LESS;
          case 2 -> outcome == LESS || outcome == EQUAL;
          default -> outcome == UNORDERED;
        };
    return basic == ((predicate & 4) == 0);
  }

  // --- integers and other formats ----------------------------------------------------------------

  /** The integer part of a number, by significand and the exponent without bias, at most 62. */
  private static long integerPart(long significand, int unbiased) {
    return unbiased < 0 ? 0 : significand >>> 63 - unbiased;
  }

  /** What the integer part leaves, with the bit that counts a half in bit 63. */
  private static long fractionPart(long significand, int unbiased) {
    return unbiased >= 0 ? significand << unbiased + 1 : unbiased == -1 ? significand : 1;
  }

  /** Rounds to an integer in the same format. */
  static long roundToIntegral(
      Mxcsr m, int format, long first, int rounding, boolean reportInexact) {
    final long a = operand(m, format, first);
    if (isNan(format, a)) {
      return propagateNan(m, format, a, a);
    }
    if (isZero(format, a) || exponent(format, a) >= bias(format) + format) {
      return a;
    }
    final long sign = sign(format, a);
    final int unbiased = exponent(format, a) - bias(format);
    final long significand = significand(format, a);
    final long rest = fractionPart(significand, unbiased);
    long integer = integerPart(significand, unbiased);
    if (roundsUp(rounding, sign != 0, (integer & 1) != 0, rest)) {
      integer++;
    }
    if (rest != 0 && reportInexact) {
      m.raise(PRECISION);
    }
    return integer == 0 ? sign : sign | encode(format, integer);
  }

  /** The encoding of a positive integer that the format can hold exactly. */
  private static long encode(int format, long integer) {
    final int shift = Long.numberOfLeadingZeros(integer);
    return ((long) (bias(format) + 62 - shift) << format) + (integer << shift >>> 63 - format);
  }

  /** Rounds to a signed integer of 32 bits; the most negative one where there is none. */
  static int toInteger(Mxcsr m, int format, long first, int rounding) {
    final long a = operand(m, format, first);
    if (isZero(format, a)) {
      return 0;
    }
    final int unbiased = exponent(format, a) - bias(format);
    if (unbiased > 31) { // infinities and NaNs too
      m.raise(INVALID);
      return Integer.MIN_VALUE;
    }
    final boolean negative = sign(format, a) != 0;
    final long significand = significand(format, a);
    final long rest = fractionPart(significand, unbiased);
    long integer = integerPart(significand, unbiased);
    if (roundsUp(rounding, negative, (integer & 1) != 0, rest)) {
      integer++;
    }
    integer = negative ? -integer : integer;
    if (integer != (int) integer) {
      m.raise(INVALID);
      return Integer.MIN_VALUE;
    }
    if (rest != 0) {
      m.raise(PRECISION);
    }
    return (int) integer;
  }

  static long fromInteger(Mxcsr m, int format, int value) {
    if (value == 0) {
      return 0;
    }
    final long magnitude = Math.abs((long) value);
    final int shift = Long.numberOfLeadingZeros(magnitude);
    final long sign = value < 0 ? signBit(format) : 0;
    return round(m, format, sign, bias(format) + 63 - shift, magnitude << shift);
  }

  /** Converts from one format to another. */
  static long convert(Mxcsr m, int from, int to, long first) {
    final long a = operand(m, from, first);
    final long sign = sign(from, a) != 0 ? signBit(to) : 0;
    if (isNan(from, a)) {
      return sign | infinity(to) | fraction(from, propagateNan(m, from, a, a)) >>> 63 - to;
    }
    if (isInfinite(from, a)) {
      return sign | infinity(to);
    }
    if (isZero(from, a) || denormal(m, from, a, a)) {
      return sign;
    }
    return round(m, to, sign, exponent(from, a) - bias(from) + bias(to), significand(from, a));
  }
}
