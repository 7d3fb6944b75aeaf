package hourglass.translator.cpu.x87;

import static hourglass.translator.cpu.x87.ExtendedFloat.BIAS;
import static hourglass.translator.cpu.x87.ExtendedFloat.EXPONENT;
import static hourglass.translator.cpu.x87.ExtendedFloat.SIGN;
import static hourglass.translator.cpu.x87.FloatContext.C1;
import static hourglass.translator.cpu.x87.FloatContext.PRECISION;

/** FRNDINT and FSCALE: operations on a number's exponent and fraction rather than its value. */
final class Scaling {
  /** More than the distance between any two exponents, wrapped ones included. */
  private static final int HUGE = 1 << 17;

  private Scaling() {}

  /** Rounds to an integral value, as the rounding control says. */
  static void roundToIntegral(FloatContext c, long significand, int signExponent) {
    if (ExtendedFloat.propagateNan(c, significand, signExponent)) {
      return;
    }
    final int cut = BIAS + 63 - (signExponent & EXPONENT);
    if (cut <= 0 || significand == 0) { // infinities, too
      c.set(significand, signExponent);
      return;
    }
    if (ExtendedFloat.denormal(c, significand, signExponent)) {
      return;
    }
    final int sign = signExponent & SIGN;
    final long kept = cut < 64 ? significand >>> cut : 0;
    final long rest = cut < 64 ? significand << 64 - cut : cut == 64 ? significand : 1;
    final boolean up = ExtendedFloat.roundsUp(c, sign, (kept & 1) != 0, rest);
    if (rest != 0) {
      c.exceptions |= PRECISION | (up ? C1 : 0);
    }
    final long integer = kept + (up ? 1 : 0);
    if (integer == 0) {
      c.set(0, sign);
    } else {
      final int n = Long.numberOfLeadingZeros(integer);
      c.set(integer << n, sign | BIAS + 63 - n);
    }
  }

  /**
   * Multiplies the first operand by two to the power of the second, truncated (Intel SDM volume 2,
   * FSCALE).
   */
  static void scale(FloatContext c, long aSig, int aSe, long bSig, int bSe) {
    if (ExtendedFloat.propagateNan(c, aSig, aSe, bSig, bSe)) {
      return;
    }
    final int sign = aSe & SIGN;
    final boolean down = (bSe & SIGN) != 0;
    final boolean aInfinite = ExtendedFloat.isInfinity(aSig, aSe);
    if (ExtendedFloat.isInfinity(bSig, bSe)) {
      if (down ? aInfinite : aSig == 0) {
        ExtendedFloat.invalid(c);
      } else if (ExtendedFloat.denormal(c, aSig, aSe)) {
        return;
      } else if (down) {
        ExtendedFloat.zero(c, sign);
      } else {
        ExtendedFloat.infinity(c, sign);
      }
      return;
    }
    if (ExtendedFloat.denormal(c, aSig, aSe) | ExtendedFloat.denormal(c, bSig, bSe)) {
      return;
    }
    if (aInfinite || aSig == 0 || bSig == 0) {
      ExtendedFloat.unchanged(c, aSig, aSe);
      return;
    }
    final int power = (bSe & EXPONENT) - BIAS;
    int by = power < 0 ? 0 : power > 16 ? HUGE : (int) (bSig >>> 63 - power);
    if (down) {
      by = -by;
    }
    ExtendedFloat.roundFull(
        c,
        sign,
        ExtendedFloat.normalizedExponent(aSig, aSe) + by,
        ExtendedFloat.normalized(aSig),
        0);
  }
}
