package hourglass.translator.cpu.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.translator.cpu.Flags;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What PCMPISTRI is used for. */
class StringCompareTest {
  private static final int EQUAL_ANY = 0;
  private static final int RANGES = 4;
  private static final int EQUAL_EACH = 8;
  private static final int EQUAL_ORDERED = 12;
  private static final int NEGATIVE = 0x10;
  private static final int MASKED_NEGATIVE = 0x30;
  private static final int MOST_SIGNIFICANT = 0x40;

  private static ByteBuffer operand(String text) {
    return ByteBuffer.wrap(Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), 16))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int compare(String first, String second, int control) {
    final ByteBuffer a = operand(first);
    final ByteBuffer b = operand(second);
    return StringCompare.compare(
        a.getLong(0),
        a.getLong(8),
        first.length(),
        b.getLong(0),
        b.getLong(8),
        second.length(),
        control);
  }

  @Test
  void findsAnyOfACharacterSet() {
    final int bits = compare("aeiou", "hourglass", EQUAL_ANY);
    assertEquals(0b0_0100_0110, bits);
    assertEquals(1, StringCompare.index(bits, EQUAL_ANY));
    assertEquals(6, StringCompare.index(bits, MOST_SIGNIFICANT));
  }

  @Test
  void findsWhatLiesInRanges() {
    assertEquals(0b1010, compare("09AF", "xA-7g", RANGES));
  }

  @Test
  void comparesCharacterByCharacterAndBothEndsMatch() {
    assertEquals(0xFFFF & ~(1 << 2), compare("abcd", "abXd", EQUAL_EACH));
    assertEquals(1 << 2, compare("abcd", "abXd", EQUAL_EACH | NEGATIVE));
    assertEquals(0xFFE7, compare("abc", "abcde", EQUAL_EACH));
    assertEquals(0xFFF8, compare("abc", "abcde", EQUAL_EACH | MASKED_NEGATIVE));
  }

  @Test
  void findsASubstringEvenWhereItOnlyBegins() {
    assertEquals(1 << 4, compare("glas", "hourglass", EQUAL_ORDERED) & 0x1FF);
    assertEquals(1 << 15, compare("glass", "123456789012345g", EQUAL_ORDERED));
  }

  @Test
  void comparesWordsAndSignsWhereAsked() {
    // one range from -2 to 1 in words, against 1, -2, 2
    assertEquals(
        0b011, StringCompare.compare(0x0001_FFFEL, 0, 2, 0x0002_FFFE_0001L, 0, 3, RANGES | 3));
    assertEquals(0, StringCompare.compare(0x0001_FFFEL, 0, 2, 0x0002_FFFE_0001L, 0, 3, RANGES | 1));
  }

  @Test
  void lengthsEndAtZeroOrAreCutToWhatFits() {
    final ByteBuffer text = operand("hour");
    assertEquals(4, StringCompare.implicitLength(text.getLong(0), text.getLong(8), 0));
    assertEquals(2, StringCompare.implicitLength(text.getLong(0), text.getLong(8), 1));
    assertEquals(16, StringCompare.implicitLength(-1, -1, 0));
    assertEquals(5, StringCompare.explicitLength(-5, 0));
    assertEquals(16, StringCompare.explicitLength(Integer.MIN_VALUE, 0));
    assertEquals(8, StringCompare.explicitLength(9, 1));
  }

  @Test
  void masksAreBitsOrWholeElements() {
    assertEquals(0x8001, StringCompare.maskLow(0x8001, 0));
    assertEquals(0, StringCompare.maskHigh(0x8001, 0));
    assertEquals(0xFFL, StringCompare.maskLow(0x8001, 0x40));
    assertEquals(0xFF00_0000_0000_0000L, StringCompare.maskHigh(0x8001, 0x40));
    assertEquals(0xFFFF_0000L, StringCompare.maskLow(0x12, 0x41));
    assertEquals(0xFFFFL, StringCompare.maskHigh(0x12, 0x41));
  }

  @Test
  void flagsTellOfAMatchAndOfTheEnds() {
    assertEquals(Flags.CF | Flags.OF, StringCompare.flags(1, 16, 16, 0));
    assertEquals(Flags.CF | Flags.ZF, StringCompare.flags(2, 16, 15, 0));
    assertEquals(Flags.SF, StringCompare.flags(0, 7, 8, 1));
  }
}
