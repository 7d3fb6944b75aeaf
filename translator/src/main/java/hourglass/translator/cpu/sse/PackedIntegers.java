package hourglass.translator.cpu.sse;

/**
 * Multiplications, horizontal operations, packing and shuffling of a quadword's elements (Intel SDM
 * volume 1, sections 9.4 and 11.4.2, 12.6 and 12.8); what treats elements alike is in {@link
 * Lanes}.
 *
 * <p>Element 0 is the lowest one.
 */
public final class PackedIntegers {
  private PackedIntegers() {}

  /** A function of two elements. */
  @FunctionalInterface
  private interface Combination {
    int of(int a, int b);
  }

  private static int signedByte(long a, int i) {
    return (byte) (a >>> 8 * i);
  }

  private static int unsignedByte(long a, int i) {
    return (int) (a >>> 8 * i) & 0xFF;
  }

  private static int signedWord(long a, int i) {
    return (short) (a >>> 16 * i);
  }

  private static int unsignedWord(long a, int i) {
    return (int) (a >>> 16 * i) & 0xFFFF;
  }

  private static long byteAt(int value, int i) {
    return (value & 0xFFL) << 8 * i;
  }

  private static long wordAt(int value, int i) {
    return (value & 0xFFFFL) << 16 * i;
  }

  /** Two doublewords. */
  public static long pair(int low, int high) {
    return low & 0xFFFF_FFFFL | (long) high << 32;
  }

  public static int low(long a) {
    return (int) a;
  }

  public static int high(long a) {
    return (int) (a >>> 32);
  }

  // --- multiplications ---------------------------------------------------------------------------

  /** PMULLW: low words of the products. */
  public static long multiplyLow(long a, long b) {
    long result = 0;
    for (int i = 0; i < 4; i++) {
      result |= wordAt(signedWord(a, i) * signedWord(b, i), i);
    }
    return result;
  }

  /** PMULHW: high words of the signed products. */
  public static long multiplyHigh(long a, long b) {
    long result = 0;
    for (int i = 0; i < 4; i++) {
      result |= wordAt(signedWord(a, i) * signedWord(b, i) >> 16, i);
    }
    return result;
  }

  /** PMULHUW: high words of the unsigned products. */
  public static long multiplyHighUnsigned(long a, long b) {
    long result = 0;
    for (int i = 0; i < 4; i++) {
      result |= wordAt(unsignedWord(a, i) * unsignedWord(b, i) >>> 16, i);
    }
    return result;
  }

  /** PMULHRSW: signed products of fractions of 15 bits, rounded. */
  public static long multiplyHighRounded(long a, long b) {
    long result = 0;
    for (int i = 0; i < 4; i++) {
      result |= wordAt((signedWord(a, i) * signedWord(b, i) >> 14) + 1 >> 1, i);
    }
    return result;
  }

  /** PMADDWD: sums of neighbouring signed products. */
  public static long multiplyAdd(long a, long b) {
    return pair(
        signedWord(a, 0) * signedWord(b, 0) + signedWord(a, 1) * signedWord(b, 1),
        signedWord(a, 2) * signedWord(b, 2) + signedWord(a, 3) * signedWord(b, 3));
  }

  /** PMADDUBSW: saturated sums of neighbouring products, a unsigned and b signed. */
  public static long multiplyAddBytes(long a, long b) {
    long result = 0;
    for (int i = 0; i < 4; i++) {
      final int sum =
          unsignedByte(a, 2 * i) * signedByte(b, 2 * i)
              + unsignedByte(a, 2 * i + 1) * signedByte(b, 2 * i + 1);
      result |= wordAt(saturatedWord(sum), i);
    }
    return result;
  }

  /** PMULUDQ: the product of the low doublewords. */
  public static long multiplyUnsigned(long a, long b) {
    return (a & 0xFFFF_FFFFL) * (b & 0xFFFF_FFFFL);
  }

  /** PMULDQ: the signed product of the low doublewords. */
  public static long multiplySigned(long a, long b) {
    return (long) low(a) * low(b);
  }

  /** PMULLD: low doublewords of the products. */
  public static long multiplyLowDoublewords(long a, long b) {
    return pair(low(a) * low(b), high(a) * high(b));
  }

  /** PSADBW: the sum of the absolute differences of bytes. */
  public static long sumOfDifferences(long a, long b) {
    long sum = 0;
    for (int i = 0; i < 8; i++) {
      sum += Math.abs(unsignedByte(a, i) - unsignedByte(b, i));
    }
    return sum;
  }

  /**
   * A half of MPSADBW: sums over four bytes each, at four places one byte apart.
   *
   * @param a eight bytes, of which seven count
   * @param b four bytes
   */
  public static long sumsOfDifferences(long a, int b) {
    long result = 0;
    for (int i = 0; i < 4; i++) {
      int sum = 0;
      for (int k = 0; k < 4; k++) {
        sum += Math.abs(unsignedByte(a, i + k) - unsignedByte(b, k));
      }
      result |= wordAt(sum, i);
    }
    return result;
  }

  // --- packing -----------------------------------------------------------------------------------

  private static int clamp(int value, int lowest, int highest) {
    return Math.max(lowest, Math.min(highest, value));
  }

  private static int saturatedWord(int value) {
    return clamp(value, Short.MIN_VALUE, Short.MAX_VALUE);
  }

  /** PACKSSWB: words as signed bytes, those of {@code low} first. */
  public static long packWords(long low, long high) {
    long result = 0;
    for (int i = 0; i < 4; i++) {
      result |= byteAt(clamp(signedWord(low, i), Byte.MIN_VALUE, Byte.MAX_VALUE), i);
      result |= byteAt(clamp(signedWord(high, i), Byte.MIN_VALUE, Byte.MAX_VALUE), i + 4);
    }
    return result;
  }

  /** PACKUSWB: signed words as unsigned bytes. */
  public static long packWordsUnsigned(long low, long high) {
    long result = 0;
    for (int i = 0; i < 4; i++) {
      result |= byteAt(clamp(signedWord(low, i), 0, 0xFF), i);
      result |= byteAt(clamp(signedWord(high, i), 0, 0xFF), i + 4);
    }
    return result;
  }

  /** PACKSSDW: doublewords as signed words. */
  public static long packDoublewords(long low, long high) {
    return wordAt(saturatedWord(low(low)), 0)
        | wordAt(saturatedWord(high(low)), 1)
        | wordAt(saturatedWord(low(high)), 2)
        | wordAt(saturatedWord(high(high)), 3);
  }

  /** PACKUSDW: signed doublewords as unsigned words. */
  public static long packDoublewordsUnsigned(long low, long high) {
    return wordAt(clamp(low(low), 0, 0xFFFF), 0)
        | wordAt(clamp(high(low), 0, 0xFFFF), 1)
        | wordAt(clamp(low(high), 0, 0xFFFF), 2)
        | wordAt(clamp(high(high), 0, 0xFFFF), 3);
  }

  // --- interleaving ------------------------------------------------------------------------------

  /** PUNPCKLBW: the low four bytes of both, in turn. */
  public static long interleaveBytesLow(long a, long b) {
    return spreadBytes(a) | spreadBytes(b) << 8;
  }

  /** PUNPCKHBW. */
  public static long interleaveBytesHigh(long a, long b) {
    return interleaveBytesLow(a >>> 32, b >>> 32);
  }

  /** The low four bytes, each in a word. */
  private static long spreadBytes(long a) {
    final long words = spreadWords(a);
    return (words | words << 8) & 0x00FF_00FF_00FF_00FFL;
  }

  /** The low two words, each in a doubleword. */
  private static long spreadWords(long a) {
    final long low = a & 0xFFFF_FFFFL;
    return (low | low << 16) & 0x0000_FFFF_0000_FFFFL;
  }

  /** PUNPCKLWD: the low two words of both, in turn. */
  public static long interleaveWordsLow(long a, long b) {
    return spreadWords(a) | spreadWords(b) << 16;
  }

  /** PUNPCKHWD. */
  public static long interleaveWordsHigh(long a, long b) {
    return interleaveWordsLow(a >>> 32, b >>> 32);
  }

  /** PUNPCKLDQ: the low doublewords of both. */
  public static long interleaveDoublewordsLow(long a, long b) {
    return a & 0xFFFF_FFFFL | b << 32;
  }

  /** PUNPCKHDQ. */
  public static long interleaveDoublewordsHigh(long a, long b) {
    return a >>> 32 | b & 0xFFFF_FFFF_0000_0000L;
  }

  // --- horizontal operations ---------------------------------------------------------------------

  private static long horizontalWords(long low, long high, Combination combination) {
    return wordAt(combination.of(signedWord(low, 0), signedWord(low, 1)), 0)
        | wordAt(combination.of(signedWord(low, 2), signedWord(low, 3)), 1)
        | wordAt(combination.of(signedWord(high, 0), signedWord(high, 1)), 2)
        | wordAt(combination.of(signedWord(high, 2), signedWord(high, 3)), 3);
  }

  /** PHADDW: sums of neighbours, those of {@code low} first. */
  public static long horizontalAddWords(long low, long high) {
    return horizontalWords(low, high, (a, b) -> a + b);
  }

  /** PHADDSW. */
  public static long horizontalAddSaturated(long low, long high) {
    return horizontalWords(low, high, (a, b) -> saturatedWord(a + b));
  }

  /** PHSUBW: even elements less the odd ones above them. */
  public static long horizontalSubtractWords(long low, long high) {
    return horizontalWords(low, high, (a, b) -> a - b);
  }

  /** PHSUBSW. */
  public static long horizontalSubtractSaturated(long low, long high) {
    return horizontalWords(low, high, (a, b) -> saturatedWord(a - b));
  }

  /** PHADDD. */
  public static long horizontalAddDoublewords(long low, long high) {
    return pair(low(low) + high(low), low(high) + high(high));
  }

  /** PHSUBD. */
  public static long horizontalSubtractDoublewords(long low, long high) {
    return pair(low(low) - high(low), low(high) - high(high));
  }

  /**
   * PHMINPOSUW: the smallest unsigned word, and in the word above it its index; the first one of
   * equals.
   */
  public static long smallestWord(long low, long high) {
    int smallest = unsignedWord(low, 0);
    int index = 0;
    for (int i = 1; i < 8; i++) {
      final int word = unsignedWord(i < 4 ? low : high, i & 3);
      if (word < smallest) {
        smallest = word;
        index = i;
      }
    }
    return smallest | index << 16;
  }

  /** PMOVMSKB: the highest bits of eight bytes. */
  public static int signsOfBytes(long a) {
    return (int) ((a >>> 7 & 0x0101_0101_0101_0101L) * 0x0102_0408_1020_4080L >>> 56);
  }

  // --- shuffles ----------------------------------------------------------------------------------

  /** PSHUFW: words chosen by two bits of {@code order} each. */
  public static long shuffleWords(long a, int order) {
    long result = 0;
    for (int i = 0; i < 4; i++) {
      result |= wordAt(unsignedWord(a, order >> 2 * i & 3), i);
    }
    return result;
  }

  /** A doubleword of four; the low two bits of {@code index} count. */
  public static int doubleword(long low, long high, int index) {
    return (int) (((index & 2) == 0 ? low : high) >>> 32 * (index & 1));
  }

  /** PSHUFB in eight bytes: bits 0-2 of an index choose, bit 7 clears. */
  public static long shuffleBytes(long a, long indices) {
    long result = 0;
    for (int i = 0; i < 8; i++) {
      final int index = signedByte(indices, i);
      result |= index < 0 ? 0 : byteAt(unsignedByte(a, index & 7), i);
    }
    return result;
  }

  /** A half of PSHUFB in sixteen bytes: bits 0-3 of an index choose. */
  public static long shuffleBytes(long low, long high, long indices) {
    long result = 0;
    for (int i = 0; i < 8; i++) {
      final int index = signedByte(indices, i);
      final long from = (index & 8) == 0 ? low : high;
      result |= index < 0 ? 0 : byteAt(unsignedByte(from, index & 7), i);
    }
    return result;
  }

  /**
   * Eight bytes out of a row of sixteen, and zeros beyond it.
   *
   * @param at where they begin, 0 or more
   */
  public static long bytesAt(long low, long high, int at) {
    if (at >= 16) {
      return 0;
    }
    if (at >= 8) {
      return high >>> 8 * (at - 8);
    }
    return at == 0 ? low : low >>> 8 * at | high << 64 - 8 * at;
  }

  /**
   * Eight bytes out of a row of thirty-two, two quadwords above two others, and zeros beyond it.
   *
   * @param at where they begin, 0 or more
   */
  public static long align(long low, long high, long sourceLow, long sourceHigh, int at) {
    if (at >= 16) {
      return bytesAt(low, high, at - 16);
    }
    return at >= 8 ? bytesAt(sourceHigh, low, at - 8) : bytesAt(sourceLow, sourceHigh, at);
  }

  /** Bits of b where {@code mask} is set, else of a. */
  public static long blend(long a, long b, long mask) {
    return a & ~mask | b & mask;
  }

  /** All ones in the words whose bits in the low four of {@code bits} are set. */
  public static long wordMask(int bits) {
    final long spread = bits & 1 | (bits & 2L) << 15 | (bits & 4L) << 30 | (bits & 8L) << 45;
    return spread * 0xFFFF;
  }

  /** All ones in the bytes whose highest bits are set. */
  public static long byteMask(long a) {
    return (a >>> 7 & 0x0101_0101_0101_0101L) * 0xFF;
  }

  // --- widening ----------------------------------------------------------------------------------

  /** The low four bytes as words. */
  public static long widenBytes(long a, boolean signed) {
    long result = 0;
    for (int i = 0; i < 4; i++) {
      result |= wordAt(signed ? signedByte(a, i) : unsignedByte(a, i), i);
    }
    return result;
  }

  /** The low two words as doublewords. */
  public static long widenWords(long a, boolean signed) {
    return signed
        ? pair(signedWord(a, 0), signedWord(a, 1))
        : pair(unsignedWord(a, 0), unsignedWord(a, 1));
  }

  /** The low doubleword as a quadword. */
  public static long widenDoubleword(long a, boolean signed) {
    return signed ? low(a) : a & 0xFFFF_FFFFL;
  }
}
