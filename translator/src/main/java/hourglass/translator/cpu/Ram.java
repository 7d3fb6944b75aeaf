package hourglass.translator.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Guest RAM: an array of cells of 32 bits, little-endian, from physical address 0 up.
 *
 * <p>Most accesses are of an aligned doubleword, and that is one element: one bytecode, for
 * HotSpot's interpreter and compilers alike, where a view of an array of bytes would be a dozen
 * small methods to take in at each access. Bytes and words are parts of an element; what lies
 * across two elements is put together.
 *
 * <p>Addresses are physical, offsets in RAM, and not checked beyond the bounds of the array.
 *
 * @param cells RAM and {@link #PADDING} bytes after it
 * @param size how much RAM there is, in bytes: a whole number of cells
 */
public record Ram(int[] cells, int size) {
  /**
   * Bytes after the guest's in the array. With them, an access up to a page after any address in
   * RAM lies in the array: where RAM's size is a power of two, HotSpot's compiler sees that a
   * masked index needs no check.
   */
  public static final int PADDING = GuestMemory.PAGE_SIZE;

  private static final int CELL_SHIFT = 2;
  private static final int IN_CELL = 3;

  /** Refuses an array without the padding: accesses at the end of RAM would lie outside it. */
  public Ram {
    if (cells.length < size + PADDING >>> CELL_SHIFT) {
      throw new IllegalArgumentException("no padding after RAM: " + cells.length + " cells in all");
    }
  }

  /**
   * Some RAM, all zero.
   *
   * @param size bytes: a whole number of cells, at most 2 GiB less one page
   */
  public static Ram of(int size) {
    return new Ram(new int[size + PADDING >>> CELL_SHIFT], size);
  }

  /** The byte at an address, zero-extended. */
  public int load8(int at) {
    return cells[at >>> CELL_SHIFT] >>> (at << 3) & 0xFF;
  }

  /** The two bytes from an address, zero-extended. */
  public int load16(int at) {
    return (at & IN_CELL) != IN_CELL
        ? cells[at >>> CELL_SHIFT] >>> (at << 3) & 0xFFFF
        : load8(at) | load8(at + 1) << 8;
  }

  /** The four bytes from an address. */
  public int load32(int at) {
    final int index = at >>> CELL_SHIFT;
    final int shift = at << 3;
    return isAligned(at) ? cells[index] : cells[index] >>> shift | cells[index + 1] << -shift;
  }

  /** The eight bytes from an address. */
  public long load64(int at) {
    return load32(at) & 0xFFFF_FFFFL | (long) load32(at + 4) << 32;
  }

  /** Sets the byte at an address. */
  public void store8(int at, int value) {
    replace(at >>> CELL_SHIFT, 0xFF << (at << 3), value << (at << 3));
  }

  /** Sets the two bytes from an address. */
  public void store16(int at, int value) {
    if ((at & IN_CELL) != IN_CELL) {
      replace(at >>> CELL_SHIFT, 0xFFFF << (at << 3), value << (at << 3));
    } else {
      store8(at, value);
      store8(at + 1, value >>> 8);
    }
  }

  /** Sets the four bytes from an address. */
  public void store32(int at, int value) {
    final int index = at >>> CELL_SHIFT;
    if (isAligned(at)) {
      cells[index] = value;
    } else {
      final int shift = at << 3;
      replace(index, -1 << shift, value << shift);
      replace(index + 1, -1 >>> -shift, value >>> -shift);
    }
  }

  /** Sets the eight bytes from an address. */
  public void store64(int at, long value) {
    store32(at, (int) value);
    store32(at + 4, (int) (value >>> 32));
  }

  private void replace(int index, int mask, int bits) {
    cells[index] = cells[index] & ~mask | bits & mask;
  }

  // --- many bytes

  /** Copies bytes out of RAM. */
  public void copyOut(int at, byte[] to, int offset, int length) {
    int done = 0;
    if (isAligned(at)) {
      final int whole = length >>> CELL_SHIFT;
      view(to, offset, length).put(cells, at >>> CELL_SHIFT, whole);
      done = whole << CELL_SHIFT;
    }
    for (; done < length; done++) {
      to[offset + done] = (byte) load8(at + done);
    }
  }

  /** The bytes at an address. */
  public byte[] bytes(int at, int length) {
    final byte[] bytes = new byte[length];
    copyOut(at, bytes, 0, length);
    return bytes;
  }

  /** Copies bytes into RAM. */
  public void copyIn(int at, byte[] from, int offset, int length) {
    int done = 0;
    if (isAligned(at)) {
      final int whole = length >>> CELL_SHIFT;
      view(from, offset, length).get(cells, at >>> CELL_SHIFT, whole);
      done = whole << CELL_SHIFT;
    }
    for (; done < length; done++) {
      store8(at + done, from[offset + done]);
    }
  }

  /** Copies bytes inside RAM, as if all of them were read before the first is written. */
  public void copy(int from, int to, int length) {
    if (to - from > 0 && to - from < length) {
      copyDown(from, to, length);
    } else {
      copyUp(from, to, length);
    }
  }

  private void copyUp(int from, int to, int length) {
    int done = 0;
    while (done < length && !isAligned(to + done)) {
      store8(to + done, load8(from + done));
      done++;
    }
    final int whole = length - done >>> CELL_SHIFT;
    if (isAligned(from + done)) {
      System.arraycopy(cells, from + done >>> CELL_SHIFT, cells, to + done >>> CELL_SHIFT, whole);
    } else {
      for (int i = 0; i < whole; i++) {
        cells[(to + done >>> CELL_SHIFT) + i] = load32(from + done + (i << CELL_SHIFT));
      }
    }
    for (done += whole << CELL_SHIFT; done < length; done++) {
      store8(to + done, load8(from + done));
    }
  }

  private void copyDown(int from, int to, int length) {
    int left = length;
    while (left > 0 && !isAligned(to + left)) {
      left--;
      store8(to + left, load8(from + left));
    }
    while (left > IN_CELL) {
      left -= IN_CELL + 1;
      cells[to + left >>> CELL_SHIFT] = load32(from + left);
    }
    while (left > 0) {
      left--;
      store8(to + left, load8(from + left));
    }
  }

  /**
   * Fills RAM with the low bytes of a value, again and again.
   *
   * @param length bytes: a multiple of {@code size}
   * @param size how many bytes of the value: 1, 2 or 4
   */
  public void fill(int at, int length, int value, int size) {
    final int pattern =
        switch (size) {
          case 1 -> (value & 0xFF) * 0x0101_0101;
          case 2 -> value & 0xFFFF | value << 16;
          default -> value;
        };
    int done = 0;
    while (done < length && !isAligned(at + done)) {
      store8(at + done, pattern >>> (done << 3));
      done++;
    }
    final int first = at + done >>> CELL_SHIFT;
    final int whole = length - done >>> CELL_SHIFT;
    Arrays.fill(cells, first, first + whole, Integer.rotateRight(pattern, done << 3));
    for (done += whole << CELL_SHIFT; done < length; done++) {
      store8(at + done, pattern >>> (done << 3));
    }
  }

  /** How many bytes here and there, from two addresses on, are the same; at most {@code length}. */
  public int same(int at, Ram there, int thereAt, int length) {
    int done = 0;
    if (isAligned(at) && isAligned(thereAt)) {
      final int here = at >>> CELL_SHIFT;
      final int other = thereAt >>> CELL_SHIFT;
      final int whole = length >>> CELL_SHIFT;
      final int mismatch =
          Arrays.mismatch(cells, here, here + whole, there.cells, other, other + whole);
      done = (mismatch < 0 ? whole : mismatch) << CELL_SHIFT;
    }
    while (length - done > IN_CELL && load32(at + done) == there.load32(thereAt + done)) {
      done += IN_CELL + 1;
    }
    while (done < length && load8(at + done) == there.load8(thereAt + done)) {
      done++;
    }
    return done;
  }

  /** Whether RAM from an address on holds some bytes of an array. */
  public boolean holds(int at, byte[] bytes, int offset, int length) {
    for (int i = 0; i < length; i++) {
      if (load8(at + i) != (bytes[offset + i] & 0xFF)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAligned(int at) {
    return (at & IN_CELL) == 0;
  }

  private static IntBuffer view(byte[] bytes, int offset, int length) {
    return ByteBuffer.wrap(bytes, offset, length)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asIntBuffer();
  }
}
