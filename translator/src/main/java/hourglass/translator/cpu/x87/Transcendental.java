package hourglass.translator.cpu.x87;

import static hourglass.translator.cpu.x87.ExtendedFloat.BIAS;
import static hourglass.translator.cpu.x87.ExtendedFloat.EXPONENT;
import static hourglass.translator.cpu.x87.ExtendedFloat.INTEGER_BIT;
import static hourglass.translator.cpu.x87.ExtendedFloat.SIGN;
import static hourglass.translator.cpu.x87.FloatContext.DENORMAL;
import static hourglass.translator.cpu.x87.FloatContext.PRECISION;
import static hourglass.translator.cpu.x87.FloatContext.UNDERFLOW;
import static hourglass.translator.cpu.x87.FloatContext.ZERO_DIVIDE;

import java.math.BigInteger;

/**
 * F2XM1, FYL2X, FYL2XP1, FPATAN, FSIN, FCOS and FPTAN (Intel SDM volume 1, sections 8.3.7 to
 * 8.3.10).
 *
 * <p>Worked out with about 115 bits and rounded once, so that results are within 1 ulp, and nearly
 * always the correctly rounded ones. Arguments of the trigonometric functions are reduced with the
 * 66-bit value of pi that the manual gives, as the processor does, rather than with pi itself;
 * FPATAN uses pi to full width.
 *
 * <p>Numbers in flight are 128-bit fractions with 127 bits behind the point, "normalised" when in
 * [1, 2), and an unbiased exponent beside them.
 */
final class Transcendental {
  /** pi with 126 fraction bits. */
  private static final long PI_HIGH = 0xC90F_DAA2_2168_C234L;

  private static final long PI_LOW = 0xC4C6_628B_80DC_1CD1L;

  /** log2(e) with 127 fraction bits. */
  private static final long LOG2E_HIGH = 0xB8AA_3B29_5C17_F0BBL;

  private static final long LOG2E_LOW = 0xBE87_FED0_691D_3E88L;

  /** The square root of 2 as a significand. */
  private static final long ROOT_2 = 0xB504_F333_F9DE_6484L;

  /** Half of the processor's pi, in units of 2^-66: 67 bits. */
  private static final long HALF_PI_HIGH = 6;

  private static final long HALF_PI_LOW = 0x487E_D511_0B46_11A6L;

  /** A quarter of the processor's pi, in the same units. */
  private static final long QUARTER_PI_HIGH = 3;

  private static final long QUARTER_PI_LOW = 0x243F_6A88_85A3_08D3L;

  /**
   * The exponent up to which a double tells how often half of pi goes into a number, give or take
   * 1.
   */
  private static final int LARGEST_ESTIMATED = 48;

  /**
   * The exponents below which two terms of the arctangent's series are enough, the second of them a
   * double.
   */
  private static final int TINY_RATIO = -38;

  /** arctan(j / 32) with 127 fraction bits. */
  private static final long[] ARCTANGENT_HIGH = new long[33];

  private static final long[] ARCTANGENT_LOW = new long[33];

  static {
    for (int j = 1; j <= 32; j++) {
      final BigInteger value = Series.arctangent(j, 32);
      ARCTANGENT_HIGH[j] = value.shiftRight(64).longValue();
      ARCTANGENT_LOW[j] = value.longValue();
    }
  }

  private Transcendental() {}

  // --- powers and logarithms ---------------------------------------------------------------------

  /** 2^x - 1 for x in [-1, 1]; an argument outside is left as it is. */
  static void powerOfTwoMinusOne(FloatContext c, long significand, int signExponent) {
    if (ExtendedFloat.propagateNan(c, significand, signExponent)) {
      return;
    }
    final boolean negative = (signExponent & SIGN) != 0;
    if (significand == 0) {
      c.set(significand, signExponent);
      return;
    }
    if (ExtendedFloat.isInfinity(significand, signExponent)) {
      if (negative) {
        c.set(INTEGER_BIT, SIGN | BIAS); // 2^-infinity - 1
      } else {
        c.set(significand, signExponent);
      }
      return;
    }
    if (ExtendedFloat.denormal(c, significand, signExponent)) {
      return;
    }
    final int exponent = ExtendedFloat.normalizedExponent(significand, signExponent) - BIAS;
    final long sig = ExtendedFloat.normalized(significand);
    if (exponent >= 0) {
      c.exceptions |= PRECISION; // even of an exact result
      if (exponent == 0 && negative && sig == INTEGER_BIT) {
        c.set(INTEGER_BIT, SIGN | BIAS - 1);
      } else {
        c.set(significand, signExponent);
      }
      return;
    }
    Wide.shiftRight(c, sig, 0, -exponent - 1);
    Series.POWER_OF_TWO.evaluate(c, c.high, c.low, negative);
    Wide.multiplyHigh(c, c.high, c.low, sig, 0);
    pack(c, signExponent & SIGN, exponent + 1);
  }

  /** y log2(x), for x in ST(0) and y in ST(1). */
  static void yLog2x(FloatContext c, long xSig, int xSe, long ySig, int ySe) {
    if (ExtendedFloat.propagateNan(c, xSig, xSe, ySig, ySe)) {
      return;
    }
    final int ySign = ySe & SIGN;
    final boolean yInfinite = ExtendedFloat.isInfinity(ySig, ySe);
    if (xSig == 0) {
      if (ySig == 0) {
        ExtendedFloat.invalid(c);
      } else if (yInfinite) {
        ExtendedFloat.infinity(c, ySign ^ SIGN);
      } else {
        c.exceptions |= ZERO_DIVIDE;
        ExtendedFloat.infinity(c, ySign ^ SIGN);
      }
      return;
    }
    if ((xSe & SIGN) != 0) {
      ExtendedFloat.invalid(c);
      return;
    }
    final boolean xIsOne = xSig == INTEGER_BIT && (xSe & EXPONENT) == BIAS;
    final boolean xInfinite = ExtendedFloat.isInfinity(xSig, xSe);
    if (xIsOne && yInfinite || xInfinite && ySig == 0) {
      ExtendedFloat.invalid(c);
      return;
    }
    if (ExtendedFloat.denormal(c, xSig, xSe) | ExtendedFloat.denormal(c, ySig, ySe)) {
      return;
    }
    final int exponent = ExtendedFloat.normalizedExponent(xSig, xSe) - BIAS;
    final int logSign = exponent < 0 ? SIGN : 0;
    if (xInfinite || yInfinite) {
      ExtendedFloat.infinity(c, ySign ^ logSign);
      return;
    }
    if (xIsOne || ySig == 0) {
      ExtendedFloat.zero(c, ySign ^ logSign);
      return;
    }
    timesLog(c, exponent, ExtendedFloat.normalized(xSig), 0, ySig, ySe);
  }

  /**
   * y log2(m * 2^exponent), for m in [1, 2) with 127 fraction bits; m = 1 with exponent 0 is
   * excluded.
   */
  private static void timesLog(
      FloatContext c, int xExponent, long mh, long ml, long ySig, int ySe) {
    if (mh == INTEGER_BIT && ml == 0) {
      c.exceptions |= PRECISION; // even of an exact result
      Conversion.widenInteger(c, xExponent);
      exactProduct(c, ySig, ySe);
      return;
    }
    // Halve what is above the square root of 2; s = (m - 1) / (m + 1).
    final boolean below = Wide.less(ROOT_2, mh);
    int exponent = xExponent;
    int distanceExponent = 0;
    if (below) {
      exponent++;
      Wide.subtract(c, 0, 0, mh, ml); // 1 - m, with 128 fraction bits
      distanceExponent = -1;
    } else {
      c.high = mh ^ INTEGER_BIT; // m - 1
      c.low = ml;
    }
    distanceExponent -= Wide.normalize(c);
    log(
        c,
        c.high,
        c.low,
        distanceExponent,
        INTEGER_BIT | (below ? mh : mh ^ INTEGER_BIT) >>> 1, // m + 1, or half of it
        mh << 63 | ml >>> 1,
        below ? 0 : 1);
    int logExponent = c.signExponent;
    int sign = below ? SIGN : 0;
    if (exponent != 0) {
      // Both in units of 2^-112.
      Wide.shiftRight(c, c.high, c.low, 15 - logExponent);
      final long integer = (long) Math.abs(exponent) << 48;
      if ((exponent < 0) == below) {
        Wide.add(c, integer, 0, c.high, c.low);
      } else {
        Wide.subtract(c, integer, 0, c.high, c.low);
      }
      sign = exponent < 0 ? SIGN : 0;
      logExponent = 15 - Wide.normalize(c);
    }
    timesY(c, sign, logExponent, ySig, ySe);
  }

  /** y log2(x + 1), for x in ST(0), of at most 1 - sqrt(1/2) in magnitude, and y in ST(1). */
  static void yLog2xPlus1(FloatContext c, long xSig, int xSe, long ySig, int ySe) {
    if (ExtendedFloat.propagateNan(c, xSig, xSe, ySig, ySe)) {
      return;
    }
    final int sign = (xSe ^ ySe) & SIGN;
    final boolean yInfinite = ExtendedFloat.isInfinity(ySig, ySe);
    if (ExtendedFloat.isInfinity(xSig, xSe)) {
      if ((xSe & SIGN) != 0 || ySig == 0) {
        ExtendedFloat.invalid(c);
      } else if (!ExtendedFloat.denormal(c, ySig, ySe)) {
        ExtendedFloat.infinity(c, sign);
      }
      return;
    }
    if (yInfinite && xSig == 0) {
      ExtendedFloat.invalid(c);
      return;
    }
    if (ExtendedFloat.denormal(c, xSig, xSe) | ExtendedFloat.denormal(c, ySig, ySe)) {
      return;
    }
    final int exponent = ExtendedFloat.normalizedExponent(xSig, xSe) - BIAS;
    if (yInfinite || xSig == 0 || ySig == 0) {
      if (yInfinite) {
        ExtendedFloat.infinity(c, sign);
      } else {
        ExtendedFloat.zero(c, sign);
      }
      return;
    }
    final boolean negative = (xSe & SIGN) != 0;
    final long x = ExtendedFloat.normalized(xSig);
    if (exponent >= 0 && negative) { // no logarithm, and not what the manual defines
      c.exceptions |= PRECISION;
      c.set(xSig, xSe);
      return;
    }
    if (exponent >= -2) {
      // Far from 1, the sum is taken as a whole.
      int sumExponent = Math.max(exponent, 0);
      Wide.shiftRight(c, x, 0, sumExponent - exponent);
      final long h = c.high;
      final long l = c.low;
      Wide.shiftRight(c, INTEGER_BIT, 0, sumExponent);
      if (negative) {
        Wide.subtract(c, c.high, c.low, h, l);
      } else {
        Wide.add(c, c.high, c.low, h, l);
        if (Wide.less(c.high, h)) { // a carry
          Wide.shiftRight(c, c.high, c.low, 1);
          c.high |= INTEGER_BIT;
          sumExponent++;
        }
      }
      sumExponent -= Wide.normalize(c);
      timesLog(c, sumExponent, c.high, c.low, ySig, ySe);
      return;
    }
    // s = x / (2 + x); 1 + x/2 lies in (1/2, 1.5), with 127 fraction bits here.
    Wide.shiftRight(c, x, 0, 1 - exponent);
    if (negative) {
      Wide.subtract(c, INTEGER_BIT, 0, c.high, c.low);
    } else {
      Wide.add(c, INTEGER_BIT, 0, c.high, c.low);
    }
    final int n = Wide.normalize(c);
    log(c, x, 0, exponent, c.high, c.low, 1 - n);
    timesY(c, negative ? SIGN : 0, c.signExponent, ySig, ySe);
  }

  /**
   * 2 log2(e) artanh(s) for s = numerator / denominator, both normalised: the wide result is
   * normalised, its unbiased exponent is left in {@link FloatContext#signExponent}.
   */
  private static void log(
      FloatContext c,
      long numeratorHigh,
      long numeratorLow,
      int numeratorExponent,
      long denominatorHigh,
      long denominatorLow,
      int denominatorExponent) {
    Wide.divideFractions(c, numeratorHigh, numeratorLow, denominatorHigh, denominatorLow);
    int exponent = numeratorExponent - denominatorExponent - Wide.normalize(c);
    final long sh = c.high;
    final long sl = c.low;
    square(c, exponent);
    Series.ODD_RECIPROCALS.evaluate(c, c.high, c.low, false);
    Wide.multiplyHigh(c, c.high, c.low, sh, sl);
    exponent += 1 - Wide.normalize(c);
    Wide.multiplyHigh(c, c.high, c.low, LOG2E_HIGH, LOG2E_LOW);
    exponent += 2 - Wide.normalize(c);
    c.signExponent = exponent;
  }

  private static void timesY(FloatContext c, int sign, int exponent, long ySig, int ySe) {
    Wide.multiplyHigh(c, c.high, c.low, ExtendedFloat.normalized(ySig), 0);
    pack(c, sign ^ ySe & SIGN, exponent + ExtendedFloat.normalizedExponent(ySig, ySe) - BIAS + 1);
  }

  /** Multiplies the result by y with 64 bits of precision, exact where it can be. */
  private static void exactProduct(FloatContext c, long ySig, int ySe) {
    final long factor = c.significand;
    final int exponent = c.signExponent & EXPONENT;
    final int sign = (c.signExponent ^ ySe) & SIGN;
    final long y = ExtendedFloat.normalized(ySig);
    c.high = Math.unsignedMultiplyHigh(factor, y);
    c.low = factor * y;
    final int n = Wide.normalize(c);
    ExtendedFloat.roundFull(
        c,
        sign,
        exponent + ExtendedFloat.normalizedExponent(ySig, ySe) - BIAS + 1 - n,
        c.high,
        c.low);
  }

  // --- arctangent --------------------------------------------------------------------------------

  /** arctan(y / x) in the quadrant of the point, for x in ST(0) and y in ST(1). */
  static void arctangent(FloatContext c, long xSig, int xSe, long ySig, int ySe) {
    if (ExtendedFloat.propagateNan(c, xSig, xSe, ySig, ySe)) {
      return;
    }
    final int sign = ySe & SIGN;
    final boolean xNegative = (xSe & SIGN) != 0;
    final boolean xInfinite = ExtendedFloat.isInfinity(xSig, xSe);
    final boolean yInfinite = ExtendedFloat.isInfinity(ySig, ySe);
    if (ExtendedFloat.isDenormal(xSig, xSe) || ExtendedFloat.isDenormal(ySig, ySe)) {
      if (c.raise(DENORMAL)) {
        return;
      }
    }
    if (yInfinite) {
      if (xInfinite) {
        angle(c, sign, xNegative ? 3 : 1, 4);
      } else {
        angle(c, sign, 1, 2);
      }
      return;
    }
    if (ySig == 0 || xInfinite) {
      if (xNegative) {
        angle(c, sign, 1, 1);
      } else {
        ExtendedFloat.zero(c, sign);
      }
      return;
    }
    if (xSig == 0) {
      angle(c, sign, 1, 2);
      return;
    }
    final long x = ExtendedFloat.normalized(xSig);
    final long y = ExtendedFloat.normalized(ySig);
    final int difference =
        ExtendedFloat.normalizedExponent(ySig, ySe) - ExtendedFloat.normalizedExponent(xSig, xSe);
    final boolean steep = difference > 0 || difference == 0 && Wide.less(x, y);
    final int exponent =
        steep ? arctangentOfRatio(c, x, y, -difference) : arctangentOfRatio(c, y, x, difference);
    if (!steep && !xNegative) {
      pack(c, sign, exponent);
      return;
    }
    // Both with 126 fraction bits: what the octant's angle is taken from, or added to.
    Wide.shiftRight(c, c.high, c.low, 1 - exponent);
    final long high = steep ? PI_HIGH >>> 1 : PI_HIGH;
    final long low = steep ? PI_LOW >>> 1 | PI_HIGH << 63 : PI_LOW;
    if (steep && xNegative) {
      Wide.add(c, high, low, c.high, c.low);
    } else {
      Wide.subtract(c, high, low, c.high, c.low);
    }
    pack(c, sign, 1);
  }

  /** Leaves pi * numerator / denominator, rounded. */
  private static void angle(FloatContext c, int sign, int numerator, int denominator) {
    if (numerator == 3) {
      // 3/4 pi = pi/2 + pi/4, with 126 fraction bits
      Wide.add(
          c,
          PI_HIGH >>> 1,
          PI_LOW >>> 1 | PI_HIGH << 63,
          PI_HIGH >>> 2,
          PI_LOW >>> 2 | PI_HIGH << 62);
      pack(c, sign, 1);
    } else {
      c.high = PI_HIGH;
      c.low = PI_LOW;
      pack(c, sign, 1 - Integer.numberOfTrailingZeros(denominator));
    }
  }

  /**
   * arctan(n / d * 2^difference) for a ratio of at most 1: the wide result is normalised.
   *
   * @return the result's exponent
   */
  private static int arctangentOfRatio(FloatContext c, long n, long d, int difference) {
    int j = 0;
    if (difference >= -6) {
      j = (int) Math.rint(32 * Math.scalb((double) (n >>> 1) / (double) (d >>> 1), difference));
    }
    if (j == 0) {
      if (difference < TINY_RATIO) {
        return arctangentOfTiny(c, n, d, difference);
      }
      Wide.divideFractions(c, n, 0, d, 0);
      final int exponent = difference - Wide.normalize(c);
      return arctangentOfSmall(c, exponent);
    }
    // arctan r = arctan(j/32) + arctan((r - j/32) / (1 + r j/32)), exact up to the division.
    final int shift = -difference; // 0 to 6
    // n and d in the same units: d << shift and n; times 32 at most, below 2^76.
    final long dh = shift == 0 ? 0 : d >>> 64 - shift;
    final long dl = d << shift;
    final long n32h = n >>> 59;
    final long n32l = n << 5;
    final long djh = dh * j + Math.unsignedMultiplyHigh(dl, j);
    final long djl = dl * j;
    final boolean above = !Wide.less(n32h, n32l, djh, djl);
    if (above) {
      Wide.subtract(c, n32h, n32l, djh, djl);
    } else {
      Wide.subtract(c, djh, djl, n32h, n32l);
    }
    final int numeratorShift = Wide.normalize(c);
    if (numeratorShift == 128) {
      c.high = ARCTANGENT_HIGH[j];
      c.low = ARCTANGENT_LOW[j];
      return -Wide.normalize(c);
    }
    final long numeratorHigh = c.high;
    final long numeratorLow = c.low;
    Wide.add(c, dh << 5 | dl >>> 59, dl << 5, Math.unsignedMultiplyHigh(n, j), n * j);
    final int denominatorShift = Wide.normalize(c);
    Wide.divideFractions(c, numeratorHigh, numeratorLow, c.high, c.low);
    final int exponent =
        arctangentOfSmall(c, denominatorShift - numeratorShift - Wide.normalize(c));
    Wide.shiftRight(c, c.high, c.low, -exponent);
    if (above) {
      Wide.add(c, ARCTANGENT_HIGH[j], ARCTANGENT_LOW[j], c.high, c.low);
    } else {
      Wide.subtract(c, ARCTANGENT_HIGH[j], ARCTANGENT_LOW[j], c.high, c.low);
    }
    return -Wide.normalize(c);
  }

  /**
   * As {@link #arctangentOfRatio}, where arctan x = x (1 - x^2 / 3) to 127 bits. The quotient is
   * worked out to its last bit: it can lie much closer to what a register has, on either side, than
   * a product of reciprocals tells.
   */
  private static int arctangentOfTiny(FloatContext c, long n, long d, int difference) {
    final long high = Wide.divide(n >>> 1, n << 63, d);
    final long low = Wide.divide((n << 63) - high * d, 0, d);
    final long rest = -(low * d);
    c.high = high;
    c.low = low;
    final int shift = Wide.normalize(c);
    final int exponent = difference - shift;
    // In units of the last of 128 bits: what the series takes off, less what the quotient has more.
    final double x = (c.high >>> 1) * 0x1p-62;
    final double cube = Math.scalb(x * x * x / 3, 127 + 2 * exponent);
    final double more = (1 << shift) * ((rest >>> 1) + 0.5 * (rest & 1)) / (d >>> 1);
    // Rounded down: the value is above what is left, and nothing lies between.
    final long less = (long) Math.ceil(Math.max(cube, Double.MIN_VALUE) - more);
    Wide.subtract(c, c.high, c.low, less >> 63, less);
    return exponent - Wide.normalize(c);
  }

  /** arctan of the normalised wide result, which is below 2^-5; returns the exponent. */
  private static int arctangentOfSmall(FloatContext c, int exponent) {
    final long th = c.high;
    final long tl = c.low;
    square(c, exponent);
    Series.ODD_RECIPROCALS.evaluate(c, c.high, c.low, true);
    Wide.multiplyHigh(c, c.high, c.low, th, tl);
    return exponent + 1 - Wide.normalize(c);
  }

  // --- sine, cosine, tangent ---------------------------------------------------------------------

  /**
   * Whether an argument of FSIN, FCOS, FSINCOS or FPTAN is finite and outside -2^63 to 2^63: C2 is
   * set, nothing is done.
   */
  static boolean isOutOfRange(long significand, int signExponent) {
    final int exponent = signExponent & EXPONENT;
    return significand < 0 && exponent >= BIAS + 63 && exponent != EXPONENT;
  }

  static void sine(FloatContext c, long significand, int signExponent) {
    if (!trigonometricSpecial(c, significand, signExponent, false)) {
      final int reduced = reduce(c, significand, signExponent);
      circular(c, reduced, signExponent & SIGN);
    }
  }

  static void cosine(FloatContext c, long significand, int signExponent) {
    if (!trigonometricSpecial(c, significand, signExponent, true)) {
      final int reduced = reduce(c, significand, signExponent);
      // cos x = sin(x + pi/2), for the magnitude of x
      circular(c, reduced + 1, 0);
    }
  }

  static void tangent(FloatContext c, long significand, int signExponent) {
    if (trigonometricSpecial(c, significand, signExponent, false)) {
      return;
    }
    final int quadrant = reduce(c, significand, signExponent);
    final int sign = signExponent & SIGN ^ ((quadrant & 1) != 0 ? SIGN : 0) ^ reducedSign(c);
    final long rh = c.high;
    final long rl = c.low;
    final int exponent = (int) c.significand;
    if (exponent < -60 && (quadrant & 1) == 0) { // tan x = x (1 + x^2 / 3): just above x
      Wide.add(c, rh, rl, 0, 1);
      pack(c, sign, exponent);
      return;
    }
    final int sineExponent = sineOf(c, rh, rl, exponent);
    final long sh = c.high;
    final long sl = c.low;
    final int cosineExponent = cosineOf(c, rh, rl, exponent);
    if ((quadrant & 1) == 0) {
      Wide.divideFractions(c, sh, sl, c.high, c.low);
      pack(c, sign, sineExponent - cosineExponent);
    } else {
      Wide.divideFractions(c, c.high, c.low, sh, sl);
      pack(c, sign, cosineExponent - sineExponent);
    }
  }

  private static int reducedSign(FloatContext c) {
    return c.signExponent & SIGN;
  }

  /** NaNs, infinities, zeros and denormals: leaves the result and tells whether that is all. */
  private static boolean trigonometricSpecial(
      FloatContext c, long significand, int signExponent, boolean cosine) {
    if (ExtendedFloat.propagateNan(c, significand, signExponent)) {
      return true;
    }
    if (ExtendedFloat.isInfinity(significand, signExponent)) {
      ExtendedFloat.invalid(c);
      return true;
    }
    if (significand == 0) {
      if (cosine) {
        c.set(INTEGER_BIT, BIAS);
      } else {
        c.set(0, signExponent);
      }
      return true;
    }
    if (ExtendedFloat.denormal(c, significand, signExponent)) {
      return true;
    }
    if (!cosine && (signExponent & EXPONENT) == 0) {
      // sin x and tan x are x itself as far as a denormal can tell.
      ExtendedFloat.roundFull(
          c,
          signExponent & SIGN,
          ExtendedFloat.normalizedExponent(significand, signExponent),
          ExtendedFloat.normalized(significand),
          0);
      c.exceptions |= PRECISION | (significand > 0 ? UNDERFLOW : 0);
      return true;
    }
    return false;
  }

  /**
   * Reduces a magnitude to [-pi/4, pi/4]: leaves the distance from the nearest multiple of pi/2
   * normalised in the wide result, its exponent in {@link FloatContext#significand} and its sign in
   * {@link FloatContext#signExponent}.
   *
   * @return the multiple, modulo 4
   */
  private static int reduce(FloatContext c, long significand, int signExponent) {
    final int exponent = ExtendedFloat.normalizedExponent(significand, signExponent) - BIAS;
    final long low = ExtendedFloat.normalized(significand);
    if (exponent < -1
        || exponent == -1 && !Wide.less(QUARTER_PI_HIGH << 62 | QUARTER_PI_LOW >>> 2, low)) {
      c.high = low;
      c.low = 0;
      c.significand = exponent;
      c.signExponent = 0;
      return 0;
    }
    final int quotient =
        exponent <= LARGEST_ESTIMATED ? divide(c, low, exponent) : divideLong(c, low, exponent);
    return nearestMultiple(c, quotient);
  }

  /**
   * Divides significand * 2^(exponent + 3) by half of pi, both in units of 2^-66: leaves the rest
   * in the wide result and returns the quotient, modulo 2^32. The quotient is estimated in double
   * precision, which is off by 1 at most.
   *
   * @param exponent up to {@link #LARGEST_ESTIMATED}
   */
  private static int divide(FloatContext c, long significand, int exponent) {
    long quotient =
        (long) (Math.scalb((double) (significand >>> 1), exponent - 62) * (2 / Math.PI));
    final int shift = exponent + 3;
    Wide.subtract(
        c,
        significand >>> 64 - shift,
        significand << shift,
        quotient * HALF_PI_HIGH + Math.unsignedMultiplyHigh(quotient, HALF_PI_LOW),
        quotient * HALF_PI_LOW);
    if (c.high < 0) {
      Wide.add(c, c.high, c.low, HALF_PI_HIGH, HALF_PI_LOW);
      quotient--;
    } else if (!Wide.less(c.high, c.low, HALF_PI_HIGH, HALF_PI_LOW)) {
      Wide.subtract(c, c.high, c.low, HALF_PI_HIGH, HALF_PI_LOW);
      quotient++;
    }
    return (int) quotient;
  }

  /** As {@link #divide} for any exponent, bit by bit. */
  private static int divideLong(FloatContext c, long significand, int exponent) {
    long high = 0;
    long low = significand;
    int quotient = 0;
    for (int i = exponent + 3; i > 0; i--) {
      high = high << 1 | low >>> 63;
      low <<= 1;
      quotient <<= 1;
      if (!Wide.less(high, low, HALF_PI_HIGH, HALF_PI_LOW)) {
        Wide.subtract(c, high, low, HALF_PI_HIGH, HALF_PI_LOW);
        high = c.high;
        low = c.low;
        quotient |= 1;
      }
    }
    c.high = high;
    c.low = low;
    return quotient;
  }

  /**
   * Leaves the distance from the nearest multiple of pi/2, see {@link #reduce}.
   *
   * @param below the multiple below, the distance from which is the wide result
   */
  private static int nearestMultiple(FloatContext c, int below) {
    int quotient = below;
    c.signExponent = 0;
    if (Wide.less(QUARTER_PI_HIGH, QUARTER_PI_LOW, c.high, c.low)) {
      Wide.subtract(c, HALF_PI_HIGH, HALF_PI_LOW, c.high, c.low);
      c.signExponent = SIGN;
      quotient++;
    }
    final int n = Wide.normalize(c);
    c.significand = 61 - n; // bit 127 is worth 2^(127 - 66)
    return quotient & 3;
  }

  /** sin(multiple * pi/2 + the reduced angle), rounded. */
  private static void circular(FloatContext c, int multiple, int sign) {
    int resultSign = sign ^ ((multiple & 2) != 0 ? SIGN : 0);
    final int exponent;
    if ((multiple & 1) == 0) {
      resultSign ^= reducedSign(c);
      exponent = sineOf(c, c.high, c.low, (int) c.significand);
    } else {
      exponent = cosineOf(c, c.high, c.low, (int) c.significand);
    }
    pack(c, resultSign, exponent);
  }

  private static int sineOf(FloatContext c, long rh, long rl, int exponent) {
    c.high = rh;
    c.low = rl;
    square(c, exponent);
    Series.SINE.evaluate(c, c.high, c.low, true);
    belowOne(c);
    Wide.multiplyHigh(c, c.high, c.low, rh, rl);
    return exponent + 1 - Wide.normalize(c);
  }

  private static int cosineOf(FloatContext c, long rh, long rl, int exponent) {
    c.high = rh;
    c.low = rl;
    square(c, exponent);
    Series.COSINE.evaluate(c, c.high, c.low, true);
    belowOne(c);
    return -Wide.normalize(c);
  }

  /**
   * Takes the last bit off an exact 1, so that directed rounding sees that the value is below it.
   */
  private static void belowOne(FloatContext c) {
    if (c.high == INTEGER_BIT && c.low == 0) {
      Wide.subtract(c, c.high, c.low, 0, 1L << 8);
    }
  }

  /**
   * The square of the normalised wide result with this exponent, below 0, as a fraction of 128
   * bits.
   */
  private static void square(FloatContext c, int exponent) {
    Wide.multiplyHigh(c, c.high, c.low, c.high, c.low);
    Wide.shiftRight(c, c.high, c.low, -2 - 2 * exponent);
  }

  /**
   * Rounds the wide result, in units where a set bit 127 is worth 2^exponent, and which is never
   * exact.
   */
  private static void pack(FloatContext c, int sign, int exponent) {
    final int n = Wide.normalize(c);
    ExtendedFloat.roundFull(c, sign, exponent - n + BIAS, c.high, c.low | 1);
  }
}
