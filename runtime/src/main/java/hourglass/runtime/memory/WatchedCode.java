package hourglass.runtime.memory;

import static hourglass.runtime.memory.Mmu.CODE_LINE;
import static hourglass.translator.cpu.GuestMemory.OFFSET_MASK;
import static hourglass.translator.cpu.GuestMemory.PAGE_SHIFT;
import static hourglass.translator.cpu.GuestMemory.PAGE_SIZE;

/**
 * Which 128-byte lines of RAM hold code that somebody keeps in another form (decoded or
 * translated), so that writes to them must be told. One {@code int} a frame, one bit a line.
 */
final class WatchedCode {
  private static final int LINE_SHIFT = Integer.numberOfTrailingZeros(CODE_LINE);

  private final int[] lines;
  private Mmu.CodeWatcher watcher = (frame, hit) -> {};

  WatchedCode(int frames) {
    lines = new int[frames];
  }

  void setWatcher(Mmu.CodeWatcher watcher) {
    this.watcher = watcher;
  }

  /** The watched lines of a frame, a bit each. */
  int lines(int frame) {
    return lines[frame];
  }

  /**
   * Watches the lines that hold a range of one frame.
   *
   * @return whether these are the first watched lines of the frame
   */
  boolean watch(int frame, int offset, int length) {
    final boolean first = lines[frame] == 0;
    lines[frame] |= mask(offset, length);
    return first;
  }

  /** Ends watching the given lines of a frame. */
  void unwatch(int frame, int mask) {
    lines[frame] &= ~mask;
  }

  /** Whether a write inside one page would hit watched lines. */
  boolean isWatched(int ramOffset, int length) {
    final int frame = ramOffset >>> PAGE_SHIFT;
    return Integer.compareUnsigned(frame, lines.length) < 0
        && (lines[frame] & mask(ramOffset & OFFSET_MASK, length)) != 0;
  }

  /** To be called after RAM has been written: tells the watcher where watched lines were hit. */
  void written(int ramOffset, int length) {
    int at = ramOffset;
    int left = length;
    while (left > 0) {
      final int frame = at >>> PAGE_SHIFT;
      final int offset = at & OFFSET_MASK;
      final int part = Math.min(left, PAGE_SIZE - offset);
      if (lines[frame] != 0) {
        final int hit = lines[frame] & mask(offset, part);
        if (hit != 0) {
          lines[frame] &= ~hit;
          watcher.codeWritten(frame, hit);
        }
      }
      at += part;
      left -= part;
    }
  }

  private static int mask(int offset, int length) {
    final int first = offset >>> LINE_SHIFT;
    final int last = offset + length - 1 >>> LINE_SHIFT;
    return -1 << first & -1 >>> 31 - last;
  }
}
