package hourglass.runtime.device;

/**
 * One counter of an 8254. It does not count: it remembers the tick at which it was loaded, and
 * works its count and output out from the current tick when asked. All times are absolute ticks of
 * the input clock.
 */
final class PitCounter {
  private static final int LATCH = 0;
  private static final int LOW_ONLY = 1;
  private static final int HIGH_ONLY = 2;

  private int mode;
  private int access;
  private boolean bcd;
  private boolean gate;

  /**
   * Whether a count has been loaded since the control word (modes 1 and 5: and the gate has
   * triggered).
   */
  private boolean running;

  /** The count register, 2 to 65536 or 1 in the modes that allow it; 0 before it is written. */
  private int reload;

  /** The count that the counter was loaded with. */
  private int count;

  /** The tick at which it was loaded; the time it has stood still is added. */
  private long start;

  /** The tick at which a low gate stopped it. */
  private long stopped;

  /** The tick at which {@link #reload} becomes {@link #count}, in the periodic modes. */
  private long reloadAt = Long.MAX_VALUE;

  private boolean writeHighNext;
  private int lowByte;
  private boolean readHighNext;
  private boolean countLatched;
  private int latchedCount;
  private boolean statusLatched;
  private int latchedStatus;

  /**
   * Takes a control word without its counter number: access, mode, BCD; access 0 latches the count.
   */
  void control(int word, long now) {
    if ((word >> 4 & 3) == LATCH) {
      latchCount(now);
      return;
    }
    access = word >> 4 & 3;
    mode = word >> 1 & 7;
    if (mode > 5) {
      mode -= 4;
    }
    bcd = (word & 1) != 0;
    running = false;
    reload = 0;
    count = 0;
    start = now;
    reloadAt = Long.MAX_VALUE;
    writeHighNext = false;
    readHighNext = false;
    countLatched = false;
    statusLatched = false;
  }

  boolean gate() {
    return gate;
  }

  void setGate(boolean high, long now) {
    if (high == gate) {
      return;
    }
    settle(now);
    switch (mode) {
      case 0, 4 -> {
        if (high) {
          start += now - stopped;
        } else {
          stopped = now;
        }
      }
      case 1, 5 -> {
        if (high && reload != 0) {
          load(now + 1);
        }
      }
      default -> {
        if (high && reload != 0) {
          load(now + 1);
        }
        stopped = now;
      }
    }
    gate = high;
  }

  void write(int value, long now) {
    switch (access) {
      case LOW_ONLY -> setReload(value, now);
      case HIGH_ONLY -> setReload(value << 8, now);
      default -> {
        if (writeHighNext) {
          setReload(value << 8 | lowByte, now);
        } else {
          lowByte = value;
          if (mode == 0) {
            // The first byte of two stops the count and takes the output low.
            settle(now);
            running = false;
            count = 0;
          }
        }
        writeHighNext = !writeHighNext;
      }
    }
  }

  private void setReload(int value, long now) {
    settle(now);
    final int binary = bcd ? fromBcd(value) : value;
    reload = binary == 0 ? modulus() : binary;
    switch (mode) {
      case 0, 4 -> {
        load(now + 1);
        stopped = now + 1;
      }
      case 1, 5 -> {
        // Waits for the gate.
      }
      default -> {
        if (!running) {
          load(now + 1);
          stopped = now;
        } else if (gate) {
          // Mode 3 takes it half a period earlier if it can; a whole period keeps the edges apart.
          reloadAt = now - elapsed(now) % count + count;
        }
      }
    }
  }

  private void load(long at) {
    count = reload;
    start = at;
    running = true;
    reloadAt = Long.MAX_VALUE;
  }

  /** Loads a new count whose time has come. */
  private void settle(long now) {
    if (now >= reloadAt) {
      load(reloadAt);
    }
  }

  private int modulus() {
    return bcd ? 10_000 : 0x10000;
  }

  private long elapsed(long now) {
    final boolean stands = !gate && mode != 1 && mode != 5;
    return Math.max(0, (stands ? stopped : now) - start);
  }

  /** The level of the output. */
  boolean out(long now) {
    settle(now);
    if (!running) {
      return mode != 0;
    }
    final long elapsed = elapsed(now);
    return switch (mode) {
      case 0, 1 -> elapsed >= count;
      case 2 -> !gate || elapsed % count != count - 1;
      case 3 -> !gate || elapsed % count < (count + 1) / 2;
      default -> elapsed != count;
    };
  }

  /** The first tick after {@code tick} at which the output rises, or {@link Long#MAX_VALUE}. */
  long nextRise(long tick) {
    settle(tick);
    if (!running || (!gate && mode != 1 && mode != 5)) {
      return Long.MAX_VALUE;
    }
    final long rise =
        switch (mode) {
          case 0, 1 -> start + count;
          case 2, 3 -> start + (elapsed(tick) / count + 1) * count;
          default -> start + count + 1;
        };
    return rise > tick ? rise : Long.MAX_VALUE;
  }

  private int current(long now) {
    settle(now);
    final long elapsed = elapsed(now);
    final int value;
    if (count == 0) {
      value = 0;
    } else if (mode == 2) {
      value = count - (int) (elapsed % count);
    } else if (mode == 3) {
      value = squareWaveCount((int) (elapsed % count));
    } else {
      value = (int) Math.floorMod(count - elapsed, (long) modulus());
    }
    return bcd ? toBcd(value % modulus()) : value & 0xFFFF;
  }

  /**
   * Mode 3 counts down by two, once for each half of the wave; an odd count is one tick longer high
   * than low.
   */
  private int squareWaveCount(int phase) {
    final int half = (count + 1) / 2;
    final int inHalf = phase < half ? phase : phase - half;
    return (count & ~1) - 2 * inHalf;
  }

  /**
   * Keeps the current count to be read; does nothing where an earlier one has not been read yet.
   */
  void latchCount(long now) {
    if (!countLatched) {
      countLatched = true;
      latchedCount = current(now);
    }
  }

  void latchStatus(long now) {
    if (!statusLatched) {
      statusLatched = true;
      final boolean nullCount = !running || reloadAt != Long.MAX_VALUE;
      latchedStatus =
          (out(now) ? 0x80 : 0) | (nullCount ? 0x40 : 0) | access << 4 | mode << 1 | (bcd ? 1 : 0);
    }
  }

  int read(long now) {
    if (statusLatched) {
      statusLatched = false;
      return latchedStatus;
    }
    final int value = countLatched ? latchedCount : current(now);
    final boolean high = access == HIGH_ONLY || access == 3 && readHighNext;
    if (access == 3) {
      readHighNext = !readHighNext;
    }
    if (access != 3 || high) {
      countLatched = false;
    }
    return high ? value >> 8 : value & 0xFF;
  }

  private static int fromBcd(int bcd) {
    return (bcd >> 12 & 15) * 1000 + (bcd >> 8 & 15) * 100 + (bcd >> 4 & 15) * 10 + (bcd & 15);
  }

  private static int toBcd(int value) {
    return value / 1000 << 12 | value / 100 % 10 << 8 | value / 10 % 10 << 4 | value % 10;
  }
}
