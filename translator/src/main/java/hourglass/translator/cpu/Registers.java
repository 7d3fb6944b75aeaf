package hourglass.translator.cpu;

/**
 * The byte and word views of the eight general registers (Intel SDM volume 1, section 3.4.1): byte
 * registers 0-3 are AL, CL, DL, BL, 4-7 are AH, CH, DH, BH, the second bytes of the same four.
 */
public final class Registers {
  private Registers() {}

  /** A byte register, zero-extended. */
  public static int get8(int[] reg, int n) {
    return reg[n & 3] >>> ((n & 4) << 1) & 0xFF;
  }

  /** Sets a byte register to the low byte of {@code value}; the rest of the register stays. */
  public static void set8(int[] reg, int n, int value) {
    final int shift = (n & 4) << 1;
    reg[n & 3] = reg[n & 3] & ~(0xFF << shift) | (value & 0xFF) << shift;
  }

  /** A word register, zero-extended. */
  public static int get16(int[] reg, int n) {
    return reg[n] & 0xFFFF;
  }

  /** Sets a word register to the low word of {@code value}; the high word stays. */
  public static void set16(int[] reg, int n, int value) {
    reg[n] = reg[n] & 0xFFFF_0000 | value & 0xFFFF;
  }
}
