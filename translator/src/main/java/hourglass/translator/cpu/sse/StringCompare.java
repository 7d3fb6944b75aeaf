package hourglass.translator.cpu.sse;

import hourglass.translator.cpu.Flags;

/**
 * The comparison behind PCMPESTRI, PCMPESTRM, PCMPISTRI and PCMPISTRM (Intel SDM volume 2, section
 * 4.1).
 *
 * <p>Strings are sixteen bytes or eight words, and lengths count elements. The first string is the
 * destination operand, a set of characters, ranges or a substring; the second is looked through.
 */
public final class StringCompare {
  private static final int EQUAL_ANY = 0;
  private static final int RANGES = 1;
  private static final int EQUAL_EACH = 2;

  /** What a byte is multiplied by to stand in all eight of a quadword. */
  private static final long EVERY_BYTE = 0x0101_0101_0101_0101L;

  private StringCompare() {}

  private static boolean hasWords(int control) {
    return (control & 1) != 0;
  }

  /** How many elements a string can have. */
  public static int capacity(int control) {
    return hasWords(control) ? 8 : 16;
  }

  /** The length that a register gives: its absolute value, cut to what fits. */
  public static int explicitLength(int register, int control) {
    final int capacity = capacity(control);
    return register > -capacity && register < capacity ? Math.abs(register) : capacity;
  }

  /** The length up to the first element that is zero. */
  public static int implicitLength(long low, long high, int control) {
    final int capacity = capacity(control);
    if (!hasWords(control)) {
      return Math.min(Integer.numberOfTrailingZeros(equalBytes(low, high, 0, 0)), capacity);
    }
    for (int i = 0; i < capacity; i++) {
      if (element(low, high, i, control) == 0) {
        return i;
      }
    }
    return capacity;
  }

  /** A bit for each byte that is the same in both strings, bit 0 for the first one. */
  private static int equalBytes(long low1, long high1, long low2, long high2) {
    return signsOfBytes(Lanes.BYTES.equal(low1, low2), Lanes.BYTES.equal(high1, high2));
  }

  private static int signsOfBytes(long low, long high) {
    return PackedIntegers.signsOfBytes(low) | PackedIntegers.signsOfBytes(high) << 8;
  }

  /** An element, signed or not as {@code control} says. */
  private static int element(long low, long high, int index, int control) {
    final boolean signed = (control & 2) != 0;
    if (hasWords(control)) {
      final int word = (int) ((index < 4 ? low : high) >>> 16 * (index & 3));
      return signed ? (short) word : word & 0xFFFF;
    }
    final int value = (int) ((index < 8 ? low : high) >>> 8 * (index & 7));
    return signed ? (byte) value : value & 0xFF;
  }

  /**
   * Compares: a bit for each element of the second string, bit 0 for the first one.
   *
   * @param control the instruction's immediate
   */
  public static int compare(
      long low1, long high1, int length1, long low2, long high2, int length2, int control) {
    final int operation = control >> 2 & 3;
    final int result;
    if (operation == EQUAL_EACH && !hasWords(control)) {
      result =
          equalBytes(low1, high1, low2, high2) & mask(Math.min(length1, length2))
              | mask(capacity(control)) & ~mask(Math.max(length1, length2));
    } else if (operation == EQUAL_ANY && !hasWords(control)) {
      result = anyOfBytes(low1, high1, length1, low2, high2) & mask(length2);
    } else {
      result = oneByOne(low1, high1, length1, low2, high2, length2, control);
    }
    if ((control & 0x10) == 0) {
      return result;
    }
    return result ^ mask((control & 0x20) != 0 ? length2 : capacity(control)); // negative polarity
  }

  private static int mask(int bits) {
    return (1 << bits) - 1;
  }

  /** A bit for each byte of the second string that is among the first. */
  private static int anyOfBytes(long low1, long high1, int length1, long low2, long high2) {
    long low = 0;
    long high = 0;
    for (int i = 0; i < length1; i++) {
      final long everywhere = ((i < 8 ? low1 : high1) >>> 8 * (i & 7) & 0xFF) * EVERY_BYTE;
      low |= Lanes.BYTES.equal(everywhere, low2);
      high |= Lanes.BYTES.equal(everywhere, high2);
    }
    return signsOfBytes(low, high);
  }

  private static int oneByOne(
      long low1, long high1, int length1, long low2, long high2, int length2, int control) {
    final int capacity = capacity(control);
    int result = 0;
    for (int i = 0; i < capacity; i++) {
      final boolean found =
          switch (control >> 2 & 3) {
            case EQUAL_ANY ->
                i < length2
                    && isAny(low1, high1, length1, element(low2, high2, i, control), control);
            case RANGES ->
                i < length2
                    && isInRange(low1, high1, length1, element(low2, high2, i, control), control);
            case EQUAL_EACH ->
                i < length1 && i < length2
                    ? element(low1, high1, i, control) == element(low2, high2, i, control)
                    : i >= length1 && i >= length2;
            default -> isSubstring(low1, high1, length1, low2, high2, length2, i, control);
          };
      result |= found ? 1 << i : 0;
    }
    return result;
  }

  private static boolean isAny(long low, long high, int length, int value, int control) {
    for (int i = 0; i < length; i++) {
      if (element(low, high, i, control) == value) {
        return true;
      }
    }
    return false;
  }

  private static boolean isInRange(long low, long high, int length, int value, int control) {
    for (int i = 0; i + 1 < length; i += 2) {
      if (element(low, high, i, control) <= value && value <= element(low, high, i + 1, control)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the first string stands at {@code at}; what lies beyond the end matches. */
  private static boolean isSubstring(
      long low1, long high1, int length1, long low2, long high2, int length2, int at, int control) {
    final int capacity = capacity(control);
    for (int i = 0; i < length1 && at + i < capacity; i++) {
      if (at + i >= length2
          || element(low1, high1, i, control) != element(low2, high2, at + i, control)) {
        return false;
      }
    }
    return true;
  }

  /** The index of the lowest or highest bit that is set; the capacity where none is. */
  public static int index(int bits, int control) {
    if (bits == 0) {
      return capacity(control);
    }
    return (control & 0x40) != 0
        ? 31 - Integer.numberOfLeadingZeros(bits)
        : Integer.numberOfTrailingZeros(bits);
  }

  /** The low quadword of the mask that {@code bits} stand for: bits, or whole elements. */
  public static long maskLow(int bits, int control) {
    return (control & 0x40) == 0 ? bits : expanded(bits, control);
  }

  /** The high quadword of the mask. */
  public static long maskHigh(int bits, int control) {
    return (control & 0x40) == 0 ? 0 : expanded(bits >>> capacity(control) / 2, control);
  }

  private static long expanded(int bits, int control) {
    final int width = hasWords(control) ? 16 : 8;
    long mask = 0;
    for (int i = 0; i < 64 / width; i++) {
      if ((bits >>> i & 1) != 0) {
        mask |= (1L << width) - 1 << width * i;
      }
    }
    return mask;
  }

  /** The arithmetic flags at their places in EFLAGS. */
  public static int flags(int bits, int length1, int length2, int control) {
    final int capacity = capacity(control);
    return (bits != 0 ? Flags.CF : 0)
        | (length2 < capacity ? Flags.ZF : 0)
        | (length1 < capacity ? Flags.SF : 0)
        | ((bits & 1) != 0 ? Flags.OF : 0);
  }
}
