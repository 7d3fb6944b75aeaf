package hourglass.translator.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RAM beside an array of bytes to which the same is done. */
class RamTest {
  private static final int SIZE = 64;

  /** Addresses at every distance from a cell. */
  private static final int ALIGNMENTS = 4;

  private static final int LONGEST = 24;

  private final byte[] bytes = new byte[SIZE];
  private final ByteBuffer expected = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  private final Ram ram = Ram.of(SIZE);

  RamTest() {
    new Random(1).nextBytes(bytes);
    ram.copyIn(0, bytes, 0, SIZE);
  }

  private void assertSame(String what) {
    assertArrayEquals(bytes, ram.bytes(0, SIZE), what);
  }

  @Test
  void loadsAtEveryAlignment() {
    for (int at = 0; at < ALIGNMENTS; at++) {
      assertEquals(expected.get(at) & 0xFF, ram.load8(at), "byte at " + at);
      assertEquals(expected.getShort(at) & 0xFFFF, ram.load16(at), "word at " + at);
      assertEquals(expected.getInt(at), ram.load32(at), "doubleword at " + at);
      assertEquals(expected.getLong(at), ram.load64(at), "quadword at " + at);
    }
  }

  @Test
  void storesAtEveryAlignment() {
    for (int at = 0; at < ALIGNMENTS; at++) {
      expected.put(at, (byte) 0x12345678);
      ram.store8(at, 0x12345678);
      assertSame("byte at " + at);
      expected.putShort(at, (short) 0xFEDCBA98);
      ram.store16(at, 0xFEDCBA98);
      assertSame("word at " + at);
      expected.putInt(at, 0x89ABCDEF);
      ram.store32(at, 0x89ABCDEF);
      assertSame("doubleword at " + at);
      expected.putLong(at, 0xFEDC_BA98_7654_3210L);
      ram.store64(at, 0xFEDC_BA98_7654_3210L);
      assertSame("quadword at " + at);
    }
  }

  @Test
  void copiesOverItselfAtEveryAlignment() {
    for (int from = 8; from < 8 + ALIGNMENTS; from++) {
      for (int to = 0; to < 24; to++) {
        for (int length = 0; length < LONGEST; length++) {
          System.arraycopy(bytes, from, bytes, to, length);
          ram.copy(from, to, length);
          assertSame("%d bytes from %d to %d".formatted(length, from, to));
          bytes[from] += 7;
          ram.store8(from, bytes[from]);
        }
      }
    }
  }

  @Test
  void copiesInAndOutAtEveryAlignment() {
    final byte[] source = new byte[LONGEST];
    new Random(2).nextBytes(source);
    for (int at = 0; at < ALIGNMENTS; at++) {
      for (int length = 0; length + 3 <= LONGEST; length++) {
        System.arraycopy(source, 3, bytes, at, length);
        ram.copyIn(at, source, 3, length);
        assertSame("%d bytes to %d".formatted(length, at));
        final byte[] out = new byte[LONGEST];
        ram.copyOut(at, out, 3, length);
        assertEquals(length, Arrays.mismatch(out, 3, 3 + length, bytes, at, SIZE));
        assertEquals(0, out[2]);
        assertEquals(0, length + 3 < LONGEST ? out[3 + length] : 0);
      }
    }
  }

  @Test
  void fillsAtEveryAlignment() {
    for (int size = 1; size <= 4; size *= 2) {
      for (int at = 0; at < ALIGNMENTS; at++) {
        for (int length = 0; length < LONGEST; length += size) {
          for (int i = 0; i < length; i++) {
            bytes[at + i] = (byte) (0x8765_4321 + length >>> 8 * (i % size));
          }
          ram.fill(at, length, 0x8765_4321 + length, size);
          assertSame("%d bytes at %d by %d".formatted(length, at, size));
        }
      }
    }
  }

  @Test
  void countsHowManyBytesAreTheSame() {
    final Ram other = Ram.of(SIZE);
    for (int at = 0; at < ALIGNMENTS; at++) {
      for (int thereAt = 0; thereAt < ALIGNMENTS; thereAt++) {
        other.copyIn(thereAt, bytes, at, LONGEST);
        for (int same = 0; same < LONGEST; same++) {
          other.store8(thereAt + same, ~bytes[at + same]);
          assertEquals(same, ram.same(at, other, thereAt, LONGEST));
          assertEquals(same, ram.same(at, other, thereAt, same));
          other.store8(thereAt + same, bytes[at + same]);
        }
        assertEquals(LONGEST, ram.same(at, other, thereAt, LONGEST));
      }
    }
  }

  @Test
  void saysWhetherItHoldsSomeBytes() {
    assertEquals(true, ram.holds(5, bytes, 5, LONGEST));
    ram.store8(5 + LONGEST - 1, ~bytes[5 + LONGEST - 1]);
    assertEquals(false, ram.holds(5, bytes, 5, LONGEST));
    assertEquals(true, ram.holds(5, bytes, 5, LONGEST - 1));
  }
}
