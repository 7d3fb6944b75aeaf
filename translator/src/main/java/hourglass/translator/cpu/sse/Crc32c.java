package hourglass.translator.cpu.sse;

/** The step of CRC32: the polynomial 11EDC6F41h, bits reflected (Intel SDM volume 2, CRC32). */
public final class Crc32c {
  private static final int POLYNOMIAL = 0x82F6_3B78;
  private static final int[] TABLE = table();

  private Crc32c() {}

  private static int[] table() {
    final int[] table = new int[256];
    for (int i = 0; i < 256; i++) {
      int remainder = i;
      for (int bit = 0; bit < 8; bit++) {
        remainder = remainder >>> 1 ^ POLYNOMIAL & -(remainder & 1);
      }
      table[i] = remainder;
    }
    return table;
  }

  /**
   * Accumulates the low bytes of a value, lowest first.
   *
   * @param size how many: 1, 2 or 4
   */
  public static int accumulate(int crc, int value, int size) {
    int next = crc;
    for (int i = 0; i < size; i++) {
      next = next >>> 8 ^ TABLE[(next ^ value >>> 8 * i) & 0xFF];
    }
    return next;
  }
}
