package hourglass.translator.cpu;

/**
 * Divisions of a dividend in two words by one, as translated code computes DIV and IDIV. The
 * remainder is the low word less quotient times divisor, modulo 2<sup>32</sup>.
 */
public final class WideDivision {
  private WideDivision() {}

  /** The quotient of DIV, once it is known that it fits: that {@code high} is below the divisor. */
  public static int quotientUnsigned(int high, int low, int divisor) {
    return high == 0
        ? Integer.divideUnsigned(low, divisor)
        : MultiplyDivide.unsignedQuotient(join(high, low), divisor);
  }

  /** The quotient of IDIV, once it is known to fit. */
  public static int quotientSigned(int high, int low, int divisor) {
    return high == low >> 31
        ? low / divisor
        : MultiplyDivide.signedQuotient(join(high, low), divisor);
  }

  /** 1 where the quotient of IDIV fits in {@code bits} bits, else 0; for a divisor of 0 too. */
  public static int fitsSigned(int high, int low, int divisor, int bits) {
    if (bits == 32 && high == low >> 31) { // needs no division to tell
      return divisor != 0 && (divisor != -1 || low != Integer.MIN_VALUE) ? 1 : 0;
    }
    return MultiplyDivide.signedFits(join(high, low), divisor, bits) ? 1 : 0;
  }

  private static long join(int high, int low) {
    return (long) high << 32 | Integer.toUnsignedLong(low);
  }
}
