package hourglass.translator.cpu;

/**
 * A segment register with its hidden part, the descriptor cache (Intel SDM volume 3, section
 * 3.4.3).
 *
 * <p>The fields {@link #lowest} and {@link #highest} bound the valid offsets for expand-up and
 * expand-down segments alike, so that a check is two unsigned comparisons; {@link #openRead} and
 * {@link #openWrite} say that no check is needed at all.
 */
public final class Segment {
  /**
   * Descriptor attribute bits as in bits 8-23 of the descriptor's second doubleword, moved down by
   * 8.
   */
  public static final int TYPE_MASK = 0x0F;

  public static final int ACCESSED = 0x01;
  public static final int WRITABLE = 0x02; // of a data segment
  public static final int READABLE = 0x02; // of a code segment
  public static final int EXPAND_DOWN = 0x04; // of a data segment
  public static final int CONFORMING = 0x04; // of a code segment
  public static final int CODE = 0x08;

  /** The S bit: a code or data segment rather than a system one. */
  public static final int NOT_SYSTEM = 0x10;

  public static final int DPL_SHIFT = 5;
  public static final int PRESENT = 0x80;

  /** The D/B bit: 32-bit code, stack or upper bound. */
  public static final int BIG = 0x4000;

  public static final int GRANULAR = 0x8000;

  public int selector;
  public int base;

  /** The limit in bytes, granularity applied: the last valid offset of an expand-up segment. */
  public int limit;

  /** The attributes, see the constants of this class; 0 for a null selector in protected mode. */
  public int attributes;

  /** The lowest valid offset, unsigned. */
  public int lowest;

  /** The highest valid offset, unsigned; below {@link #lowest} where nothing is valid. */
  public int highest;

  public boolean readable;
  public boolean writable;

  /** Readable, and every 32-bit offset is valid. */
  public boolean openRead;

  /** Writable, and every 32-bit offset is valid. */
  public boolean openWrite;

  /** The descriptor privilege level, 0-3. */
  public int dpl() {
    return attributes >>> DPL_SHIFT & 3;
  }

  public boolean isPresent() {
    return (attributes & PRESENT) != 0;
  }

  public boolean isCode() {
    return (attributes & (NOT_SYSTEM | CODE)) == (NOT_SYSTEM | CODE);
  }

  public boolean isBig() {
    return (attributes & BIG) != 0;
  }

  /**
   * Sets the register and its cache.
   *
   * @param limit in bytes, granularity applied
   * @param attributes as in this class's constants; without {@link #PRESENT} the segment is
   *     unusable
   */
  public void set(int selector, int base, int limit, int attributes) {
    this.selector = selector & 0xFFFF;
    this.base = base;
    this.limit = limit;
    this.attributes = attributes;
    final boolean usable = (attributes & (PRESENT | NOT_SYSTEM)) == (PRESENT | NOT_SYSTEM);
    final boolean code = (attributes & CODE) != 0;
    readable = usable && (!code || (attributes & READABLE) != 0);
    writable = usable && !code && (attributes & WRITABLE) != 0;
    if (!code && (attributes & EXPAND_DOWN) != 0) {
      lowest = limit + 1;
      highest = isBig() ? 0xFFFF_FFFF : 0xFFFF;
      if (limit == 0xFFFF_FFFF) { // nothing lies above such a limit
        lowest = 1;
        highest = 0;
      }
    } else {
      lowest = 0;
      highest = limit;
    }
    final boolean whole = lowest == 0 && highest == 0xFFFF_FFFF;
    openRead = readable && whole;
    openWrite = writable && whole;
  }

  /**
   * Sets the register as real mode and virtual-8086 mode do: base is 16 times the selector, limit
   * 64 KiB (Intel SDM volume 3, section 21.1.1).
   *
   * @param dpl 0 in real mode, 3 in virtual-8086 mode
   */
  public void setReal(int selector, int dpl) {
    set(
        selector,
        (selector & 0xFFFF) << 4,
        0xFFFF,
        PRESENT | NOT_SYSTEM | WRITABLE | ACCESSED | dpl << DPL_SHIFT);
  }

  /**
   * Loads the selector the way real mode does: base changes, limit and attributes stay as they are,
   * which is what keeps "unreal" mode working.
   */
  public void setRealBase(int selector) {
    set(selector, (selector & 0xFFFF) << 4, limit, attributes);
  }

  /** Makes the register hold a null selector: unusable until loaded again. */
  public void setNull(int selector) {
    set(selector, 0, 0, 0);
  }

  /** Copies another register's contents into this one. */
  public void copyFrom(Segment other) {
    set(other.selector, other.base, other.limit, other.attributes);
  }
}
