package hourglass.translator.cpu.x87;

import static hourglass.translator.cpu.x87.FloatContext.C1;
import static hourglass.translator.cpu.x87.FloatContext.DENORMAL;
import static hourglass.translator.cpu.x87.FloatContext.INVALID;
import static hourglass.translator.cpu.x87.FloatContext.OVERFLOW;
import static hourglass.translator.cpu.x87.FloatContext.PRECISION;
import static hourglass.translator.cpu.x87.FloatContext.UNDERFLOW;
import static hourglass.translator.cpu.x87.FloatContext.ZERO_DIVIDE;

/**
 * Arithmetic on double extended-precision numbers (Intel SDM volume 1, chapter 4 and sections 8.5,
 * 8.6).
 *
 * <p>An operation takes its operands as significand and sign-exponent and leaves the result in the
 * context. Exceptions are added to the context's. Where one that comes before the operation
 * (invalid, denormal, divide by zero) is unmasked, the operation ends there and the result means
 * nothing: the caller commits none.
 */
public final class ExtendedFloat {
  public static final int SIGN = 0x8000;
  public static final int EXPONENT = 0x7FFF;
  public static final int BIAS = 16383;
  public static final long INTEGER_BIT = Long.MIN_VALUE;
  public static final long QUIET_BIT = 1L << 62;

  /** The "real indefinite" quiet NaN, which is the masked response to an invalid operation. */
  public static final long INDEFINITE = INTEGER_BIT | QUIET_BIT;

  public static final int INDEFINITE_EXPONENT = SIGN | EXPONENT;

  /** What the exponent is moved by when overflow or underflow is unmasked. */
  private static final int WRAP = 24576;

  private ExtendedFloat() {}

  // --- what an encoding stands for ---------------------------------------------------------------

  /** A number with a normal encoding: neither zero, denormal, infinity, NaN nor unsupported. */
  static boolean isNormal(long significand, int signExponent) {
    final int e = signExponent & EXPONENT;
    return significand < 0 && e != 0 && e != EXPONENT;
  }

  /** Unnormals, pseudo-infinities and pseudo-NaNs: every operation on them is invalid. */
  static boolean isUnsupported(long significand, int signExponent) {
    return significand >= 0 && (signExponent & EXPONENT) != 0;
  }

  static boolean isNan(long significand, int signExponent) {
    return (signExponent & EXPONENT) == EXPONENT && significand < 0 && significand << 1 != 0;
  }

  static boolean isSignaling(long significand, int signExponent) {
    return isNan(significand, signExponent) && (significand & QUIET_BIT) == 0;
  }

  static boolean isInfinity(long significand, int signExponent) {
    return (signExponent & EXPONENT) == EXPONENT && significand == INTEGER_BIT;
  }

  static boolean isZero(long significand, int signExponent) {
    return significand == 0 && (signExponent & EXPONENT) == 0;
  }

  /** Denormals and pseudo-denormals. */
  static boolean isDenormal(long significand, int signExponent) {
    return significand != 0 && (signExponent & EXPONENT) == 0;
  }

  /**
   * The biased exponent a finite number has once its significand is normalised; 0 and below for
   * denormals.
   */
  static int normalizedExponent(long significand, int signExponent) {
    final int e = signExponent & EXPONENT;
    return e != 0 ? e : 1 - Long.numberOfLeadingZeros(significand);
  }

  /** The significand shifted up until its integer bit is set. */
  static long normalized(long significand) {
    return significand << Long.numberOfLeadingZeros(significand);
  }

  // --- special results ---------------------------------------------------------------------------

  static void invalid(FloatContext c) {
    c.exceptions |= INVALID;
    c.set(INDEFINITE, INDEFINITE_EXPONENT);
  }

  static void infinity(FloatContext c, int sign) {
    c.set(INTEGER_BIT, sign | EXPONENT);
  }

  static void zero(FloatContext c, int sign) {
    c.set(0, sign);
  }

  /** An operand that comes out as it went in; a pseudo-denormal gets its proper exponent. */
  static void unchanged(FloatContext c, long significand, int signExponent) {
    c.set(
        significand,
        significand < 0 && (signExponent & EXPONENT) == 0 ? signExponent | 1 : signExponent);
  }

  /** The zero that an exact cancellation gives: negative when rounding down. */
  private static void cancelled(FloatContext c) {
    zero(c, (c.control & FloatContext.ROUND_MASK) == FloatContext.ROUND_DOWN ? SIGN : 0);
  }

  /** Handles an operand that is a NaN or unsupported: leaves the result and returns true. */
  static boolean propagateNan(FloatContext c, long significand, int signExponent) {
    if (isUnsupported(significand, signExponent)) {
      invalid(c);
      return true;
    }
    if (isNan(significand, signExponent)) {
      if ((significand & QUIET_BIT) == 0) {
        c.exceptions |= INVALID;
      }
      c.set(significand | QUIET_BIT, signExponent);
      return true;
    }
    return false;
  }

  /**
   * Handles two operands of which one may be a NaN or unsupported: leaves the result and returns
   * true (Intel SDM volume 1, table 4-7: a quiet NaN wins over a signaling one, else the larger
   * significand, else the positive one).
   */
  static boolean propagateNan(FloatContext c, long aSig, int aSe, long bSig, int bSe) {
    if (isUnsupported(aSig, aSe) || isUnsupported(bSig, bSe)) {
      invalid(c);
      return true;
    }
    final boolean aNan = isNan(aSig, aSe);
    final boolean bNan = isNan(bSig, bSe);
    if (!aNan && !bNan) {
      return false;
    }
    final boolean aSignals = aNan && (aSig & QUIET_BIT) == 0;
    final boolean bSignals = bNan && (bSig & QUIET_BIT) == 0;
    if (aSignals || bSignals) {
      c.exceptions |= INVALID;
    }
    final boolean first;
    if (aNan && bNan) {
      if (aSignals != bSignals) {
        first = bSignals;
      } else if (aSig != bSig) {
        first = Wide.less(bSig, aSig);
      } else {
        first = aSe < bSe;
      }
    } else {
      first = aNan;
    }
    if (first) {
      c.set(aSig | QUIET_BIT, aSe);
    } else {
      c.set(bSig | QUIET_BIT, bSe);
    }
    return true;
  }

  // --- rounding ----------------------------------------------------------------------------------

  /**
   * Whether a magnitude is rounded away from zero.
   *
   * @param sign {@link #SIGN} or 0
   * @param odd whether the last kept bit is set
   * @param rest what is cut off, as a fraction of the last kept bit, sticky at the bottom
   */
  static boolean roundsUp(FloatContext c, int sign, boolean odd, long rest) {
    return switch (c.control & FloatContext.ROUND_MASK) {
      case FloatContext.ROUND_NEAREST -> rest < 0 && (odd || rest << 1 != 0);
      case FloatContext.ROUND_DOWN -> rest != 0 && sign != 0;
      case FloatContext.ROUND_UP -> rest != 0 && sign == 0;
      default -> false;
    };
  }

  /** As {@link #roundsUp}, 0 or 1, for a significand and what follows it. */
  static int increment(int control, int sign, long high, long low) {
    return switch (control & FloatContext.ROUND_MASK) {
      case FloatContext.ROUND_NEAREST -> (int) (low >>> 63) & ((int) high | nonzero(low << 1));
      case FloatContext.ROUND_DOWN -> nonzero(low) & sign >> 15;
      case FloatContext.ROUND_UP -> nonzero(low) & ~sign >> 15;
      default -> 0;
    };
  }

  /** 1 where a number is not 0. */
  static int nonzero(long value) {
    return (int) ((value | -value) >>> 63);
  }

  /** Rounds to the precision that the control word says, and packs. */
  static void round(FloatContext c, int sign, int exponent, long high, long low) {
    switch (c.control & FloatContext.PRECISION_MASK) {
      case FloatContext.PRECISION_SINGLE -> roundExtreme(c, sign, exponent, high, low, 40);
      case FloatContext.PRECISION_DOUBLE -> roundExtreme(c, sign, exponent, high, low, 11);
      default -> roundFull(c, sign, exponent, high, low);
    }
  }

  /**
   * Rounds to 64 bits whatever the control word says, and packs.
   *
   * @param sign {@link #SIGN} or 0
   * @param exponent biased, of any size
   * @param high significand with bit 63 set
   * @param low what follows the significand, sticky at the bottom
   */
  static void roundFull(FloatContext c, int sign, int exponent, long high, long low) {
    if (exponent <= 0 || exponent >= EXPONENT - 1) {
      roundExtreme(c, sign, exponent, high, low, 0);
      return;
    }
    // No branch on the bits of a number: which way it goes would be a matter of luck.
    final int up = increment(c.control, sign, high, low);
    long significand = high + up;
    int e = exponent;
    if (significand == 0) {
      significand = INTEGER_BIT;
      e++;
    }
    c.exceptions |= nonzero(low) * PRECISION | up * C1;
    c.significand = significand;
    c.signExponent = sign | e;
  }

  /**
   * Rounds with {@code cut} low bits of the significand dropped, overflow and underflow included.
   */
  private static void roundExtreme(
      FloatContext c, int sign, int exponent, long high, long low, int cut) {
    final long unit = 1L << cut;
    int e = exponent;
    if (e <= 0) {
      final boolean up = roundsUp(c, sign, (high & unit) != 0, rest(high, low, cut));
      final boolean tiny = e < 0 || !up || (high & -unit) + unit != 0; // judged after rounding
      if (tiny) {
        if (!c.isUnmasked(UNDERFLOW)) {
          roundDenormal(c, sign, e, high, low, cut);
          return;
        }
        c.exceptions |= UNDERFLOW;
        e += WRAP;
        if (e <= 0) { // even the wrapped exponent is out of range: FSCALE
          c.exceptions |= PRECISION;
          zero(c, sign);
          return;
        }
      }
    }
    final long rest = rest(high, low, cut);
    final boolean up = roundsUp(c, sign, (high & unit) != 0, rest);
    long significand = high & -unit;
    if (up) {
      significand += unit;
      if (significand == 0) {
        significand = INTEGER_BIT;
        e++;
      }
    }
    if (e >= EXPONENT) {
      c.exceptions |= OVERFLOW;
      if (c.isUnmasked(OVERFLOW)) {
        e -= WRAP;
        if (e >= EXPONENT) {
          c.exceptions |= PRECISION | C1;
          infinity(c, sign);
          return;
        }
      } else {
        c.exceptions |= PRECISION;
        if (roundsUp(c, sign, true, -1L)) {
          c.exceptions |= C1;
          infinity(c, sign);
        } else {
          c.set(-unit, sign | EXPONENT - 1);
        }
        return;
      }
    }
    if (rest != 0) {
      c.exceptions |= PRECISION | (up ? C1 : 0);
    }
    c.set(significand, sign | e);
  }

  private static void roundDenormal(
      FloatContext c, int sign, int exponent, long high, long low, int cut) {
    final int shift = 1 - exponent;
    long h = high;
    long l = low;
    if (shift < 64) {
      l = high << 64 - shift | low >>> shift | (low << 64 - shift != 0 ? 1 : 0);
      h = high >>> shift;
    } else {
      l = shift == 64 ? high | (low != 0 ? 1 : 0) : 1;
      h = 0;
    }
    final long unit = 1L << cut;
    final long rest = rest(h, l, cut);
    final boolean up = roundsUp(c, sign, (h & unit) != 0, rest);
    long significand = h & -unit;
    if (up) {
      significand += unit;
    }
    if (rest != 0) {
      c.exceptions |= UNDERFLOW | PRECISION | (up ? C1 : 0);
    }
    c.set(significand, significand < 0 ? sign | 1 : sign);
  }

  private static long rest(long high, long low, int cut) {
    return cut == 0 ? low : high << 64 - cut | (low != 0 ? 1 : 0);
  }

  // --- addition ----------------------------------------------------------------------------------

  /** a + b, rounded to the precision that the control word says. */
  public static void add(FloatContext c, long aSig, int aSe, long bSig, int bSe) {
    add(c, aSig, aSe, bSig, bSe, 0);
  }

  /** a - b, rounded to the precision that the control word says. */
  public static void subtract(FloatContext c, long aSig, int aSe, long bSig, int bSe) {
    add(c, aSig, aSe, bSig, bSe, SIGN);
  }

  /** Adds, with the sign of the second operand inverted where {@code flip} is {@link #SIGN}. */
  private static void add(FloatContext c, long aSig, int aSe, long bSig, int bSe, int flip) {
    if (isNormal(aSig, aSe) && isNormal(bSig, bSe)) {
      addFinite(c, aSe & SIGN, aSe & EXPONENT, aSig, (bSe ^ flip) & SIGN, bSe & EXPONENT, bSig);
    } else {
      addSpecial(c, aSig, aSe, bSig, bSe, flip);
    }
  }

  private static void addSpecial(FloatContext c, long aSig, int aSe, long bSig, int bSe, int flip) {
    if (propagateNan(c, aSig, aSe, bSig, bSe)) {
      return;
    }
    final int aSign = aSe & SIGN;
    final int bSign = (bSe ^ flip) & SIGN;
    final boolean aInfinite = isInfinity(aSig, aSe);
    final boolean bInfinite = isInfinity(bSig, bSe);
    if (aInfinite && bInfinite && aSign != bSign) {
      invalid(c);
      return;
    }
    if (denormal(c, aSig, aSe, bSig, bSe)) {
      return;
    }
    if (aInfinite || bInfinite) {
      infinity(c, aInfinite ? aSign : bSign);
    } else if (aSig == 0 && bSig == 0) {
      if (aSign == bSign) {
        zero(c, aSign);
      } else {
        cancelled(c);
      }
    } else if (aSig == 0) {
      round(c, bSign, normalizedExponent(bSig, bSe), normalized(bSig), 0);
    } else if (bSig == 0) {
      round(c, aSign, normalizedExponent(aSig, aSe), normalized(aSig), 0);
    } else {
      addFinite(
          c,
          aSign,
          normalizedExponent(aSig, aSe),
          normalized(aSig),
          bSign,
          normalizedExponent(bSig, bSe),
          normalized(bSig));
    }
  }

  /**
   * Raises the denormal exception where an operand is one; tells whether the operation ends here.
   */
  private static boolean denormal(FloatContext c, long aSig, int aSe, long bSig, int bSe) {
    return (isDenormal(aSig, aSe) || isDenormal(bSig, bSe)) && c.raise(DENORMAL);
  }

  /** As {@link #denormal(FloatContext, long, int, long, int)} for one operand. */
  static boolean denormal(FloatContext c, long significand, int signExponent) {
    return isDenormal(significand, signExponent) && c.raise(DENORMAL);
  }

  /** Adds two normalised numbers; no branch but on signs and exponents far apart. */
  private static void addFinite(
      FloatContext c, int aSign, int aExp, long aSig, int bSign, int bExp, long bSig) {
    // The larger magnitude comes first: a swap by mask.
    final int order = aExp == bExp ? Long.compareUnsigned(aSig, bSig) : aExp - bExp;
    final int swap = order >> 31;
    final long sigDifference = (aSig ^ bSig) & swap;
    final int expDifference = (aExp ^ bExp) & swap;
    final int largeSign = aSign ^ (aSign ^ bSign) & swap;
    final int largeExp = aExp ^ expDifference;
    final long large = aSig ^ sigDifference;
    final long small = bSig ^ sigDifference;
    final int distance = largeExp - (bExp ^ expDifference);
    if (distance < 64) {
      addOrdered(
          c,
          largeSign,
          largeExp,
          large,
          aSign == bSign,
          small >>> distance,
          small << 1 << 63 - distance);
    } else {
      final int out = Math.min(distance - 64, 63);
      addOrdered(
          c,
          largeSign,
          largeExp,
          large,
          aSign == bSign,
          0,
          small >>> out | nonzero(small << 1 << 63 - out));
    }
  }

  /**
   * Adds to a normalised significand, or takes from it, a number that is no larger and has been
   * shifted to its exponent.
   *
   * @param low what of that number lies below the last bit, sticky at the bottom
   */
  private static void addOrdered(
      FloatContext c, int sign, int exponent, long large, boolean add, long small, long low) {
    if (add) {
      final long sum = large + small;
      final int carry = (int) ((large & small | (large | small) & ~sum) >>> 63);
      round(
          c,
          sign,
          exponent + carry,
          sum >>> carry | (long) carry << 63,
          sum << 63 & -(long) carry | low >>> carry | low & carry);
      return;
    }
    final long difference = large - small - nonzero(low);
    if (difference == 0) {
      if (low == 0) {
        cancelled(c);
      } else {
        final int n = Long.numberOfLeadingZeros(-low);
        round(c, sign, exponent - 64 - n, -low << n, 0);
      }
      return;
    }
    final int n = Long.numberOfLeadingZeros(difference);
    round(c, sign, exponent - n, difference << n | -low >>> 1 >>> 63 - n, -low << n);
  }

  // --- multiplication, division, square root -----------------------------------------------------

  /** a * b, rounded to the precision that the control word says. */
  public static void multiply(FloatContext c, long aSig, int aSe, long bSig, int bSe) {
    final int sign = (aSe ^ bSe) & SIGN;
    if (isNormal(aSig, aSe) && isNormal(bSig, bSe)) {
      multiplyFinite(c, sign, (aSe & EXPONENT) + (bSe & EXPONENT), aSig, bSig);
      return;
    }
    if (propagateNan(c, aSig, aSe, bSig, bSe)) {
      return;
    }
    final boolean infinite = isInfinity(aSig, aSe) || isInfinity(bSig, bSe);
    final boolean zero = isZero(aSig, aSe) || isZero(bSig, bSe);
    if (infinite && zero) {
      invalid(c);
    } else if (denormal(c, aSig, aSe, bSig, bSe)) {
      return;
    } else if (infinite) {
      infinity(c, sign);
    } else if (zero) {
      zero(c, sign);
    } else {
      multiplyFinite(
          c,
          sign,
          normalizedExponent(aSig, aSe) + normalizedExponent(bSig, bSe),
          normalized(aSig),
          normalized(bSig));
    }
  }

  private static void multiplyFinite(
      FloatContext c, int sign, int exponents, long aSig, long bSig) {
    final long high = Math.unsignedMultiplyHigh(aSig, bSig);
    final long low = aSig * bSig;
    final int shift = (int) (~high >>> 63);
    round(c, sign, exponents - BIAS + 1 - shift, high << shift | low >>> 63 & shift, low << shift);
  }

  /** a / b, rounded to the precision that the control word says. */
  public static void divide(FloatContext c, long aSig, int aSe, long bSig, int bSe) {
    final int sign = (aSe ^ bSe) & SIGN;
    if (isNormal(aSig, aSe) && isNormal(bSig, bSe)) {
      divideFinite(c, sign, (aSe & EXPONENT) - (bSe & EXPONENT), aSig, bSig);
      return;
    }
    if (propagateNan(c, aSig, aSe, bSig, bSe)) {
      return;
    }
    final boolean aInfinite = isInfinity(aSig, aSe);
    final boolean bInfinite = isInfinity(bSig, bSe);
    final boolean aZero = isZero(aSig, aSe);
    final boolean bZero = isZero(bSig, bSe);
    if (aInfinite && bInfinite || aZero && bZero) {
      invalid(c);
    } else if (bZero && !aInfinite) {
      c.exceptions |= ZERO_DIVIDE;
      infinity(c, sign);
    } else if (denormal(c, aSig, aSe, bSig, bSe)) {
      return;
    } else if (aInfinite) {
      infinity(c, sign);
    } else if (aZero || bInfinite) {
      zero(c, sign);
    } else {
      divideFinite(
          c,
          sign,
          normalizedExponent(aSig, aSe) - normalizedExponent(bSig, bSe),
          normalized(aSig),
          normalized(bSig));
    }
  }

  private static void divideFinite(FloatContext c, int sign, int exponents, long aSig, long bSig) {
    final int below = Wide.borrow(aSig, bSig);
    final int shift = 1 - below;
    final long high = aSig >>> shift;
    final long low = (long) shift << 63 & aSig << 63;
    final long quotient = Wide.divide(high, low, bSig);
    final long remainder = low - quotient * bSig;
    round(c, sign, exponents + BIAS - below, quotient, fractionOf(remainder, bSig));
  }

  /**
   * Where remainder / divisor lies, as a fraction with sticky bit: 0, below a half, a half, above a
   * half.
   */
  private static long fractionOf(long remainder, long divisor) {
    final long complement = divisor - remainder;
    final int half = 1 - Wide.borrow(remainder, complement);
    return (long) half << 63 | nonzero(remainder) & nonzero(remainder ^ complement);
  }

  /** The square root, rounded to the precision that the control word says. */
  public static void squareRoot(FloatContext c, long significand, int signExponent) {
    if (propagateNan(c, significand, signExponent)) {
      return;
    }
    if (isZero(significand, signExponent)) {
      zero(c, signExponent & SIGN);
      return;
    }
    if ((signExponent & SIGN) != 0) {
      invalid(c);
      return;
    }
    if (isInfinity(significand, signExponent)) {
      infinity(c, 0);
      return;
    }
    if (denormal(c, significand, signExponent)) {
      return;
    }
    final int unbiased = normalizedExponent(significand, signExponent) - BIAS;
    final long sig = normalized(significand);
    // The root of a 128-bit radicand in [2^126, 2^128) has 64 bits.
    final boolean odd = (unbiased & 1) != 0;
    final long high = odd ? sig : sig >>> 1;
    final long low = odd ? 0 : sig << 63;
    final long root = rootOf(high, low);
    final long restLow = low - root * root;
    final long restHigh =
        high - Math.unsignedMultiplyHigh(root, root) - (Wide.less(low, root * root) ? 1 : 0);
    final long fraction;
    if ((restHigh | restLow) == 0) {
      fraction = 0;
    } else {
      fraction = restHigh != 0 || Wide.less(root, restLow) ? INTEGER_BIT | 1 : 1;
    }
    round(c, 0, (unbiased >> 1) + BIAS, root, fraction);
  }

  /** The integer part of the square root of a number of 2^126 or more. */
  private static long rootOf(long high, long low) {
    final double estimate = Math.sqrt((high >>> 1) * 0x1p65);
    long root = estimate >= 0x1p64 ? -1L : (long) (estimate * 0.5) << 1;
    if (Wide.less(high, root)) { // one Newton step, unless the root is all ones already
      final long quotient = Wide.divide(high, low, root);
      root = (root >>> 1) + (quotient >>> 1) + (root & quotient & 1) | INTEGER_BIT;
    }
    while (Wide.less(high, low, Math.unsignedMultiplyHigh(root, root), root * root)) {
      root--;
    }
    while (root != -1L
        && !Wide.less(
            high, low, Math.unsignedMultiplyHigh(root + 1, root + 1), (root + 1) * (root + 1))) {
      root++;
    }
    return root;
  }

  // --- comparison --------------------------------------------------------------------------------

  /** The outcomes of {@link #compare}: C3, C2 and C0 at their places in the status word. */
  public static final int GREATER = 0;

  public static final int LESS = 0x100;
  public static final int EQUAL = 0x4000;
  public static final int UNORDERED = 0x4500;

  /**
   * Compares the first operand with the second.
   *
   * @param quiet whether quiet NaNs are no invalid operation (FUCOM)
   * @return {@link #GREATER}, {@link #LESS}, {@link #EQUAL} or {@link #UNORDERED}
   */
  public static int compare(FloatContext c, long aSig, int aSe, long bSig, int bSe, boolean quiet) {
    if (isUnsupported(aSig, aSe) || isUnsupported(bSig, bSe)) {
      c.exceptions |= INVALID;
      return UNORDERED;
    }
    if (isNan(aSig, aSe) || isNan(bSig, bSe)) {
      if (!quiet || isSignaling(aSig, aSe) || isSignaling(bSig, bSe)) {
        c.exceptions |= INVALID;
      }
      return UNORDERED;
    }
    denormal(c, aSig, aSe, bSig, bSe);
    if (aSig == 0 && bSig == 0) {
      return EQUAL;
    }
    final boolean aNegative = (aSe & SIGN) != 0;
    final boolean bNegative = (bSe & SIGN) != 0;
    if (aNegative != bNegative) {
      return aNegative ? LESS : GREATER;
    }
    // A pseudo-denormal has the exponent 1, whatever its encoding says.
    final int aExp = Math.max(aSe & EXPONENT, aSig < 0 ? 1 : 0);
    final int bExp = Math.max(bSe & EXPONENT, bSig < 0 ? 1 : 0);
    if (aExp == bExp && aSig == bSig) {
      return EQUAL;
    }
    final boolean smaller = aExp == bExp ? Wide.less(aSig, bSig) : aExp < bExp;
    return smaller != aNegative ? LESS : GREATER;
  }
}
