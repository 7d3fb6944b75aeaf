package hourglass.translator.cpu.x87;

import java.math.BigInteger;

/**
 * A number significand * 2^scale, of any size, and the functions of the x87 unit on such numbers,
 * right to some 200 bits.
 *
 * <p>Nothing here is shared with what is tested: other constants, other series, another reduction,
 * and big integers throughout. Where a result lies closer to a number with few bits than that, it
 * is on the side of it that mathematics has it on, so that directed rounding can be judged.
 */
record Exact(BigInteger significand, int scale) {
  /** Fraction bits of numbers in fixed point. */
  private static final int FRACTION = 224;

  static final BigInteger ONE = BigInteger.ONE.shiftLeft(FRACTION);

  /** Machin: pi/4 = 4 arctan(1/5) - arctan(1/239). */
  static final BigInteger PI =
      inverseSeries(5, true).shiftLeft(4).subtract(inverseSeries(239, true).shiftLeft(2));

  /** ln 2 = 18 artanh(1/26) - 2 artanh(1/4801) + 8 artanh(1/8749). */
  static final BigInteger LN2 =
      inverseSeries(26, false)
          .multiply(BigInteger.valueOf(18))
          .subtract(inverseSeries(4801, false).shiftLeft(1))
          .add(inverseSeries(8749, false).shiftLeft(3));

  /** The pi that the processor reduces arguments by: its first 66 bits. */
  static final Exact PROCESSOR_PI =
      new Exact(PI.shiftRight(FRACTION - 64).shiftLeft(2), -66); // 2 bits before the point

  private static final int EXPONENT = 0x7FFF;
  private static final int SIGN = 0x8000;

  /** What the last bit of a number with the biased exponent 0 is worth, as a power of two. */
  private static final int SCALE_OF_ZERO = -16383 - 63;

  /** A finite number in the format of the x87 unit. */
  static Exact of(long significand, int signExponent) {
    final BigInteger magnitude = new BigInteger(Long.toUnsignedString(significand));
    return new Exact(
        (signExponent & SIGN) != 0 ? magnitude.negate() : magnitude,
        Math.max(signExponent & EXPONENT, 1) + SCALE_OF_ZERO);
  }

  static Exact powerOfTwo(int exponent) {
    return new Exact(BigInteger.ONE, exponent);
  }

  private static Exact ofFixed(BigInteger fixed) {
    return new Exact(fixed, -FRACTION);
  }

  // --- arithmetic --------------------------------------------------------------------------------

  Exact negate() {
    return new Exact(significand.negate(), scale);
  }

  Exact times(Exact other) {
    return new Exact(significand.multiply(other.significand), scale + other.scale);
  }

  Exact plus(Exact other) {
    final int common = Math.min(scale, other.scale);
    return new Exact(at(common).add(other.at(common)), common);
  }

  /** The quotient, to more bits than {@link #FRACTION}. */
  Exact over(Exact other) {
    final int bits = significand.abs().bitLength() - other.significand.abs().bitLength();
    final int shift = Math.max(0, FRACTION + 8 - bits);
    return new Exact(
        significand.shiftLeft(shift).divide(other.significand), scale - other.scale - shift);
  }

  /** The largest power of two that is not above the magnitude. */
  int exponent() {
    return significand.abs().bitLength() - 1 + scale;
  }

  /** The significand that goes with a smaller scale. */
  BigInteger at(int smallerScale) {
    return significand.shiftLeft(scale - smallerScale);
  }

  /** In fixed point, what is below the last bit dropped. */
  private BigInteger fixed() {
    return significand.shiftLeft(scale + FRACTION);
  }

  private static BigInteger product(BigInteger a, BigInteger b) {
    return a.multiply(b).shiftRight(FRACTION);
  }

  private static BigInteger integer(int value) {
    return BigInteger.valueOf(value);
  }

  /** arctan(1 / n), or artanh(1 / n). */
  private static BigInteger inverseSeries(int n, boolean alternating) {
    final BigInteger square = integer(n * n);
    BigInteger power = BigInteger.ONE.shiftLeft(FRACTION).divide(integer(n));
    BigInteger sum = power;
    for (int k = 3; power.signum() != 0; k += 2) {
      power = power.divide(square);
      final BigInteger term = power.divide(integer(k));
      sum = alternating && (k & 2) != 0 ? sum.subtract(term) : sum.add(term);
    }
    return sum;
  }

  /** The sum of (+-1)^k s^k / (2k + 1): arctan x / x or artanh x / x for the square s of x. */
  private static BigInteger oddReciprocals(BigInteger square, boolean alternating) {
    BigInteger power = ONE;
    BigInteger sum = ONE;
    for (int k = 1; ; k++) {
      power = product(power, square);
      final BigInteger term = power.divide(integer(2 * k + 1));
      if (term.signum() == 0) {
        return sum;
      }
      sum = alternating && (k & 1) != 0 ? sum.subtract(term) : sum.add(term);
    }
  }

  /** The sum of (-s)^k / (2k + odd)!: sin x / x or cos x for the square s of x. */
  private static BigInteger circular(BigInteger square, int odd) {
    BigInteger term = ONE;
    BigInteger sum = ONE;
    for (int k = 2; term.signum() != 0; k += 2) {
      term = product(term, square).divide(integer((k - 1 + odd) * (k + odd))).negate();
      sum = sum.add(term);
    }
    return below(sum);
  }

  /** Just below 1, where a number is below 1 by less than can be told. */
  private static BigInteger below(BigInteger fixed) {
    return fixed.equals(ONE) ? ONE.subtract(BigInteger.ONE) : fixed;
  }

  // --- powers and logarithms ---------------------------------------------------------------------

  /** 2^x - 1 for x from -1 to 1. */
  Exact powerOfTwoMinusOne() {
    if (exponent() == 0) {
      return powerOfTwo(significand.signum()).plus(powerOfTwo(0).negate());
    }
    // e^t - 1 = t (1 + t/2 + t^2/6 + ...)
    final BigInteger t = product(fixed(), LN2);
    BigInteger term = ONE;
    BigInteger sum = ONE;
    for (int k = 2; term.signum() != 0 && term.bitLength() > 1; k++) {
      term = product(term, t).divide(integer(k));
      sum = sum.add(term);
    }
    return times(ofFixed(product(sum, LN2)));
  }

  /** log2(x) for x above 0. */
  Exact log2() {
    // x = m 2^k with m beside 1, and log2(m) = 2 log2(e) artanh((m - 1) / (m + 1)).
    int k = exponent();
    if (fractionAbove(3, 1)) {
      k++;
    }
    final Exact unit = powerOfTwo(k);
    final Exact log = artanhBase2(plus(unit.negate()), plus(unit));
    return k == 0 ? log : new Exact(integer(k), 0).plus(ofFixed(log.fixed()));
  }

  /** Whether x is above n / 2^d, disregarding its exponent. */
  private boolean fractionAbove(int n, int d) {
    return times(powerOfTwo(-exponent())).plus(new Exact(integer(-n), -d)).significand.signum() > 0;
  }

  /** log2(1 + x) for x above -1. */
  Exact log2OfOnePlus() {
    if (exponent() >= -2) {
      return plus(powerOfTwo(0)).log2();
    }
    // The sum 2 + x need not be exact.
    return artanhBase2(this, ofFixed(fixed().add(ONE.shiftLeft(1))));
  }

  /** 2 log2(e) artanh(n / d). */
  private static Exact artanhBase2(Exact n, Exact d) {
    if (n.significand.signum() == 0) {
      return n;
    }
    final Exact s = n.over(d);
    final BigInteger series = oddReciprocals(product(s.fixed(), s.fixed()), false);
    return s.times(ofFixed(series.shiftLeft(FRACTION + 1).divide(LN2)));
  }

  // --- arctangent --------------------------------------------------------------------------------

  /** The angle of the point (x, y), neither of them 0. */
  static Exact arctangent(Exact y, Exact x) {
    final Exact absY = new Exact(y.significand.abs(), y.scale);
    final Exact absX = new Exact(x.significand.abs(), x.scale);
    Exact angle;
    if (absX.isBelow(absY)) {
      final BigInteger rest = absX.over(absY).arctangentUpTo1().fixed();
      final BigInteger half = PI.shiftRight(1);
      angle = ofFixed(x.significand.signum() < 0 ? half.add(rest) : half.subtract(rest));
    } else {
      angle = absY.over(absX).arctangentUpTo1();
      if (x.significand.signum() < 0) {
        angle = ofFixed(PI.subtract(angle.fixed()));
      }
    }
    return y.significand.signum() < 0 ? angle.negate() : angle;
  }

  private boolean isBelow(Exact other) {
    if (exponent() != other.exponent()) {
      return exponent() < other.exponent();
    }
    return plus(other.negate()).significand.signum() < 0;
  }

  /** arctan(x) for x above 0 and up to 1. */
  private Exact arctangentUpTo1() {
    // arctan(x) = 2 arctan(x / (1 + sqrt(1 + x^2)))
    Exact x = this;
    int doublings = 0;
    while (x.exponent() >= -3) {
      final BigInteger t = x.fixed();
      final BigInteger root = ONE.shiftLeft(FRACTION).add(t.multiply(t)).sqrt();
      x = ofFixed(t.shiftLeft(FRACTION).divide(ONE.add(root)));
      doublings++;
    }
    final BigInteger series = oddReciprocals(product(x.fixed(), x.fixed()), true);
    return x.times(ofFixed(below(series))).times(powerOfTwo(doublings));
  }

  // --- sine, cosine, tangent ---------------------------------------------------------------------

  /** x less a multiple of half the processor's pi, exactly, and which multiple. */
  private record Reduced(Exact angle, int quadrant) {
    Exact sine() {
      final BigInteger x = angle.fixed();
      return angle.times(ofFixed(circular(product(x, x), 1)));
    }

    Exact cosine() {
      final BigInteger x = angle.fixed();
      return ofFixed(circular(product(x, x), 0));
    }
  }

  private Reduced reduced() {
    final Exact half = new Exact(PROCESSOR_PI.significand, PROCESSOR_PI.scale - 1);
    if (exponent() < -1) {
      return new Reduced(this, 0);
    }
    final int common = Math.min(scale, half.scale);
    final BigInteger divisor = half.at(common);
    final BigInteger[] parts =
        at(common).shiftLeft(1).add(divisor).divideAndRemainder(divisor.shiftLeft(1));
    BigInteger quotient = parts[0];
    if (parts[1].signum() < 0) { // towards minus infinity
      quotient = quotient.subtract(BigInteger.ONE);
    }
    final BigInteger rest = at(common).subtract(quotient.multiply(divisor));
    return new Reduced(new Exact(rest, common), quotient.intValue() & 3);
  }

  Exact sine() {
    final Reduced r = reduced();
    final Exact magnitude = (r.quadrant & 1) == 0 ? r.sine() : r.cosine();
    return (r.quadrant & 2) == 0 ? magnitude : magnitude.negate();
  }

  Exact cosine() {
    final Reduced r = reduced();
    final Exact magnitude = (r.quadrant & 1) == 0 ? r.cosine() : r.sine();
    return r.quadrant == 0 || r.quadrant == 3 ? magnitude : magnitude.negate();
  }

  Exact tangent() {
    final Reduced r = reduced();
    if ((r.quadrant & 1) != 0) {
      return r.cosine().over(r.sine()).negate();
    }
    if (r.angle.exponent() < -FRACTION / 3) {
      // tan x = x (1 + x^2 / 3): sine and cosine do not tell by how much it is above x.
      final BigInteger x = r.angle.fixed();
      final BigInteger third = product(x, x).divide(integer(3)).max(BigInteger.ONE);
      return r.angle.times(ofFixed(ONE.add(third)));
    }
    return r.sine().over(r.cosine());
  }

  // --- rounding ----------------------------------------------------------------------------------

  /** What the last of 64 bits of this number is worth, as a power of two. */
  int lastPlace() {
    return Math.max(exponent() - 63, 1 + SCALE_OF_ZERO);
  }

  /** The magnitude rounded to 64 bits, in units of {@link #lastPlace}. */
  BigInteger rounded(int roundingControl) {
    final int cut = lastPlace() - scale;
    final BigInteger magnitude = significand.abs();
    if (cut <= 0) {
      return magnitude.shiftLeft(-cut);
    }
    final BigInteger kept = magnitude.shiftRight(cut);
    final boolean exact = magnitude.getLowestSetBit() >= cut;
    final boolean up =
        switch (roundingControl) {
          case FloatContext.ROUND_NEAREST ->
              magnitude.testBit(cut - 1)
                  && (kept.testBit(0) || magnitude.getLowestSetBit() < cut - 1);
          case FloatContext.ROUND_DOWN -> !exact && significand.signum() < 0;
          case FloatContext.ROUND_UP -> !exact && significand.signum() > 0;
          default -> false;
        };
    return up ? kept.add(BigInteger.ONE) : kept;
  }

  @Override
  public String toString() {
    return "%d * 2^%d".formatted(significand, scale);
  }
}
