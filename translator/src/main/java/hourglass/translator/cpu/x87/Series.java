package hourglass.translator.cpu.x87;

import java.math.BigInteger;
import java.util.function.IntFunction;

/**
 * A power series with positive coefficients below 2, evaluated in fixed point with 127 fraction
 * bits.
 *
 * <p>Coefficients are worked out with big integers when the class is loaded, so that they need no
 * table to trust.
 */
final class Series {
  private static final int GUARD = 64;

  /** Bits to which a value is right. */
  private static final int PRECISION = 122;

  /** 127 fraction bits. */
  private static final int FRACTION = 127;

  /** ln 2 with 127 + GUARD fraction bits: the sum of 1 / (k 2^k). */
  private static final BigInteger LN2 = ln2();

  /** 1 / (2k + 1): of artanh x / x and arctan x / x, in x squared. */
  static final Series ODD_RECIPROCALS = new Series(26, k -> one().divide(integer(2 * k + 1)));

  /** 1 / (2k + 1)!: of sin x / x, in x squared. */
  static final Series SINE = new Series(18, k -> one().divide(factorial(2 * k + 1)));

  /** 1 / (2k)!: of cos x, in x squared. */
  static final Series COSINE = new Series(18, k -> one().divide(factorial(2 * k)));

  /** (ln 2)^(k + 1) / (k + 1)!: of (2^x - 1) / x. */
  static final Series POWER_OF_TWO =
      new Series(
          30, k -> LN2.pow(k + 1).shiftRight((FRACTION + GUARD) * k).divide(factorial(k + 1)));

  private final long[] high;
  private final long[] low;

  private Series(int terms, IntFunction<BigInteger> coefficient) {
    high = new long[terms];
    low = new long[terms];
    for (int k = 0; k < terms; k++) {
      final BigInteger fixed = coefficient.apply(k).shiftRight(GUARD);
      high[k] = fixed.shiftRight(64).longValue();
      low[k] = fixed.longValue();
    }
  }

  /**
   * Evaluates the series, leaving its value in the context's wide result.
   *
   * @param xh upper half of the argument, all of it fraction: 0 to below 1
   * @param alternating whether the argument is negative
   */
  void evaluate(FloatContext c, long xh, long xl, boolean alternating) {
    // Term k is below x^k: what is worth less than 2^-PRECISION is left out.
    final int zeros = Math.max(1, Long.numberOfLeadingZeros(xh));
    int k = Math.min(high.length - 1, PRECISION / zeros);
    c.high = high[k];
    c.low = low[k];
    while (--k >= 0) {
      Wide.multiplyHigh(c, c.high, c.low, xh, xl);
      if (alternating) {
        Wide.subtract(c, high[k], low[k], c.high, c.low);
      } else {
        Wide.add(c, high[k], low[k], c.high, c.low);
      }
    }
  }

  /** arctan(numerator / denominator) with 127 fraction bits. */
  static BigInteger arctangent(int numerator, int denominator) {
    // Euler's series converges for every argument: sum of 2^2n (n!)^2 / (2n+1)! x^(2n+1) /
    // (1+x^2)^(n+1).
    final BigInteger square = integer(numerator * numerator);
    final BigInteger sum = square.add(integer(denominator * denominator));
    BigInteger term = one().multiply(integer(numerator * denominator)).divide(sum);
    BigInteger result = term;
    for (int n = 1; term.signum() != 0; n++) {
      term = term.multiply(square).multiply(integer(2 * n)).divide(sum).divide(integer(2 * n + 1));
      result = result.add(term);
    }
    return result.shiftRight(GUARD);
  }

  private static BigInteger one() {
    return BigInteger.ONE.shiftLeft(FRACTION + GUARD);
  }

  private static BigInteger integer(int value) {
    return BigInteger.valueOf(value);
  }

  private static BigInteger factorial(int n) {
    BigInteger product = BigInteger.ONE;
    for (int i = 2; i <= n; i++) {
      product = product.multiply(integer(i));
    }
    return product;
  }

  private static BigInteger ln2() {
    BigInteger sum = BigInteger.ZERO;
    for (int k = 1; k <= FRACTION + GUARD; k++) {
      sum = sum.add(one().shiftRight(k).divide(integer(k)));
    }
    return sum;
  }
}
