package hourglass.translator.cpu;

/** Products of 32 by 32 bits in two words, as translated code computes MUL and IMUL. */
public final class WideProduct {
  private WideProduct() {}

  /** The high word of a signed product. */
  public static int highSigned(int a, int b) {
    return (int) ((long) a * b >> 32);
  }

  /** The high word of an unsigned product. */
  public static int highUnsigned(int a, int b) {
    return (int) (Integer.toUnsignedLong(a) * Integer.toUnsignedLong(b) >>> 32);
  }

  /**
   * The auxiliary flag word of IMUL: CF and OF are set where the high word is more than the low
   * word's sign.
   */
  public static int auxSigned(int low, int high) {
    return high != low >> 31 ? Flags.AUX_CARRY : 0;
  }

  /** The auxiliary flag word of MUL: CF and OF are set where the high word is not 0. */
  public static int auxUnsigned(int high) {
    return high != 0 ? Flags.AUX_CARRY : 0;
  }
}
