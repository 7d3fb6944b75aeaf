package hourglass.translator.cpu.x87;

import static hourglass.translator.cpu.x87.ExtendedFloat.SIGN;

/**
 * FPREM and FPREM1: exact remainders, reduced by at most 63 powers of two at a time (Intel SDM
 * volume 2, FPREM).
 *
 * <p>A partial reduction lowers the exponent difference D by D mod 32 + 32, as Intel's processors
 * do.
 */
final class Remainder {
  /** The outcome where there is no quotient: a NaN, an invalid operation. */
  static final int NONE = -1;

  private static final int C0 = 0x100;
  private static final int C1 = 0x200;
  private static final int C2 = 0x400;
  private static final int C3 = 0x4000;

  private Remainder() {}

  /**
   * Reduces the first operand modulo the second.
   *
   * @param nearest whether the quotient is rounded to nearest (FPREM1) rather than truncated
   *     (FPREM)
   * @return C2 where the reduction is partial, the quotient's low three bits in C0, C3, C1, or
   *     {@link #NONE}
   */
  static int reduce(FloatContext c, long aSig, int aSe, long bSig, int bSe, boolean nearest) {
    if (ExtendedFloat.propagateNan(c, aSig, aSe, bSig, bSe)) {
      return NONE;
    }
    if (ExtendedFloat.isInfinity(aSig, aSe) || ExtendedFloat.isZero(bSig, bSe)) {
      ExtendedFloat.invalid(c);
      return NONE;
    }
    if (ExtendedFloat.denormal(c, aSig, aSe) | ExtendedFloat.denormal(c, bSig, bSe)) {
      return NONE;
    }
    if (aSig == 0 || ExtendedFloat.isInfinity(bSig, bSe)) {
      ExtendedFloat.unchanged(c, aSig, aSe);
      return 0;
    }
    final int aExp = ExtendedFloat.normalizedExponent(aSig, aSe);
    final int bExp = ExtendedFloat.normalizedExponent(bSig, bSe);
    final long a = ExtendedFloat.normalized(aSig);
    final long b = ExtendedFloat.normalized(bSig);
    int sign = aSe & SIGN;
    final int distance = aExp - bExp;
    if (distance >= 64) {
      final int step = distance & 31 | 32;
      final long rest = modulo(a, step, b);
      pack(c, sign, bExp + distance - step, rest);
      return C2;
    }
    if (distance < (nearest ? -1 : 0)) {
      pack(c, sign, aExp, a);
      return 0;
    }
    long quotient;
    long rest;
    if (distance < 0) {
      // a < b: the nearest quotient is 1 where a is above b / 2.
      if (!Wide.less(b, a)) {
        pack(c, sign, aExp, a);
        return 0;
      }
      // b - a/2 in half units is 2b - a, which fits because a > b.
      pack(c, sign ^ SIGN, bExp - 1, (b << 1) - a);
      return C1;
    }
    if (distance == 0) {
      quotient = Wide.less(a, b) ? 0 : 1;
      rest = quotient == 0 ? a : a - b;
    } else {
      quotient = Wide.divide(a >>> 64 - distance, a << distance, b);
      rest = (a << distance) - quotient * b;
    }
    if (nearest) {
      final long complement = b - rest;
      if (Wide.less(complement, rest) || complement == rest && (quotient & 1) != 0) {
        rest = complement;
        sign ^= SIGN;
        quotient++;
      }
    }
    pack(c, sign, bExp, rest);
    return ((quotient & 1) != 0 ? C1 : 0)
        | ((quotient & 2) != 0 ? C3 : 0)
        | ((quotient & 4) != 0 ? C0 : 0);
  }

  private static long modulo(long a, int shift, long b) {
    final long low = a << shift;
    return low - Wide.divide(a >>> 64 - shift, low, b) * b;
  }

  /**
   * Packs an exact result whose last bit is worth what that of a significand with this exponent is.
   */
  private static void pack(FloatContext c, int sign, int exponent, long significand) {
    if (significand == 0) {
      c.set(0, sign);
      return;
    }
    final int n = Long.numberOfLeadingZeros(significand);
    ExtendedFloat.roundFull(c, sign, exponent - n, significand << n, 0);
  }
}
