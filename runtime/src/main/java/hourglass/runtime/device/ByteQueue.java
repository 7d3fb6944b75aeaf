package hourglass.runtime.device;

/** A queue of bytes that grows as it must. Not thread-safe. */
public final class ByteQueue {
  private byte[] bytes = new byte[64];
  private int head;
  private int size;

  public boolean isEmpty() {
    return size == 0;
  }

  public int size() {
    return size;
  }

  /** Appends the low byte of {@code value}. */
  public void add(int value) {
    if (size == bytes.length) {
      final byte[] larger = new byte[2 * size];
      for (int i = 0; i < size; i++) {
        larger[i] = bytes[head + i & size - 1];
      }
      bytes = larger;
      head = 0;
    }
    bytes[head + size++ & bytes.length - 1] = (byte) value;
  }

  /**
   * Removes the first byte.
   *
   * @return 0-255
   * @throws IllegalStateException where the queue is empty
   */
  public int remove() {
    if (size == 0) {
      throw new IllegalStateException("the queue is empty");
    }
    final int value = bytes[head] & 0xFF;
    head = head + 1 & bytes.length - 1;
    size--;
    return value;
  }

  public void clear() {
    head = 0;
    size = 0;
  }
}
