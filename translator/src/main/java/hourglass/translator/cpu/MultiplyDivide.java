package hourglass.translator.cpu;

/**
 * Multiplication and division (Intel SDM volume 2, MUL, IMUL, DIV, IDIV).
 *
 * <p>A division is asked first whether its quotient fits; where it does not, or the divisor is 0,
 * the instruction is #DE. Divisors and dividends are passed as they are wide: zero-extended for
 * DIV, sign-extended for IDIV.
 */
public final class MultiplyDivide {
  private MultiplyDivide() {}

  /** The product of MUL, 64 bits. */
  public static long unsignedProduct(int a, int b) {
    return Integer.toUnsignedLong(a) * Integer.toUnsignedLong(b);
  }

  /**
   * The auxiliary word of MUL: CF and OF are set where the product's upper half, of {@code bits}
   * bits, is not 0.
   */
  public static int auxMul(long product, int bits) {
    return product >>> bits != 0 ? Flags.AUX_CARRY : 0;
  }

  /**
   * The auxiliary word of IMUL: CF and OF are set where the product does not fit in {@code bits}
   * bits, signed.
   */
  public static int auxImul(long product, int bits) {
    return product << 64 - bits >> 64 - bits != product ? Flags.AUX_CARRY : 0;
  }

  /**
   * Whether the quotient of DIV fits in {@code bits} bits.
   *
   * @param dividend unsigned, of 2 * {@code bits} bits
   */
  public static boolean unsignedFits(long dividend, int divisor, int bits) {
    return Long.compareUnsigned(dividend >>> bits, Integer.toUnsignedLong(divisor)) < 0;
  }

  /** The quotient of DIV, once it is known to fit. */
  public static int unsignedQuotient(long dividend, int divisor) {
    final long d = Integer.toUnsignedLong(divisor);
    return (int) (dividend >= 0 ? dividend / d : Long.divideUnsigned(dividend, d));
  }

  /** The remainder of DIV. */
  public static int unsignedRemainder(long dividend, int divisor) {
    final long d = Integer.toUnsignedLong(divisor);
    return (int) (dividend >= 0 ? dividend % d : Long.remainderUnsigned(dividend, d));
  }

  /** Whether the quotient of IDIV fits in {@code bits} bits, signed. */
  public static boolean signedFits(long dividend, int divisor, int bits) {
    if (divisor == 0 || dividend == Long.MIN_VALUE && divisor == -1) {
      return false;
    }
    final long quotient = dividend / divisor;
    return quotient << 64 - bits >> 64 - bits == quotient;
  }

  /** The quotient of IDIV, rounded towards 0, once it is known to fit. */
  public static int signedQuotient(long dividend, int divisor) {
    return (int) (dividend / divisor);
  }

  /** The remainder of IDIV, with the dividend's sign. */
  public static int signedRemainder(long dividend, int divisor) {
    return (int) (dividend % divisor);
  }
}
