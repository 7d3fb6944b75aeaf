package hourglass.translator.cpu;

import java.util.Arrays;

/**
 * Guest memory by linear address: the page map, and accesses with their fast and slow path.
 *
 * <p>The page map has one {@code int} for each of the 2<sup>20</sup> linear pages: the page's frame
 * in the low 20 bits, and <i>deny</i> bits in the high 12. An access passes the one deny bit that
 * would forbid it; where that bit is clear and the access lies inside one page, it goes straight to
 * {@link #ram}. All else (not mapped yet, not permitted, memory-mapped I/O, a page that holds
 * translated code, an access across two pages) takes the slow path, which a subclass supplies and
 * which throws {@link GuestFault} where the guest must see a page fault.
 *
 * <p>Translated code uses {@link QuickMemory}, the fast path alone, where it can.
 *
 * <p>A read-modify-write instruction loads with the deny bit for writing, so that a fault is
 * reported as the write it is and nothing is committed before it.
 */
public abstract class GuestMemory {
  public static final int PAGE_SIZE = 4096;
  public static final int PAGE_SHIFT = 12;
  public static final int OFFSET_MASK = PAGE_SIZE - 1;

  public static final int DENY_READ_USER = 1 << 20;
  public static final int DENY_WRITE_USER = 1 << 21;
  public static final int DENY_FETCH_USER = 1 << 22;
  public static final int DENY_READ_SUPERVISOR = 1 << 23;
  public static final int DENY_WRITE_SUPERVISOR = 1 << 24;
  public static final int DENY_FETCH_SUPERVISOR = 1 << 25;
  public static final int DENY_ALL = 0x3F << 20;

  /** The bits of a page map entry that hold the frame. */
  public static final int FRAME = (1 << 20) - 1;

  /**
   * A bit that every entry has set: an access that passes it beside its deny bit takes the slow
   * path, which faults where the access is not aligned (#AC).
   */
  public static final int CHECK_ALIGNMENT = DENY_READ_USER << 9;

  /** A page map entry that holds nothing: every access takes the slow path. */
  public static final int UNMAPPED = DENY_ALL;

  /** Guest RAM. */
  public final Ram ram;

  private final int[] cells;

  /** The page map, indexed by linear page. */
  public final int[] pageMap = new int[1 << 20];

  /** The same memory without the slow path, as the supervisor and as users access it. */
  private final QuickMemory supervisor;

  private final QuickMemory user;

  /**
   * Makes a memory over some RAM with an empty page map.
   *
   * @param ram a whole number of pages, at most 2 GiB less one page
   */
  protected GuestMemory(Ram ram) {
    this.ram = ram;
    cells = ram.cells();
    Arrays.fill(pageMap, UNMAPPED);
    final GuestFault miss = reexecute();
    final GuestFault moved = reexecute();
    final int[] beyond = QuickMemory.waysBeyond();
    supervisor = QuickMemory.of(ram, beyond, pageMap, DENY_FETCH_SUPERVISOR, miss, moved);
    user = QuickMemory.of(ram, beyond, pageMap, DENY_FETCH_USER, miss, moved);
  }

  private static GuestFault reexecute() {
    return new GuestFault().of(GuestFault.REEXECUTE);
  }

  /**
   * The same memory without the slow path.
   *
   * @param asUser whether as users access it, or as the supervisor
   */
  public final QuickMemory quick(boolean asUser) {
    return asUser ? user : supervisor;
  }

  /** What is thrown where an access needs the slow path. */
  public final GuestFault miss() {
    return user.miss();
  }

  /** Makes an entry of the page map, here and for {@link QuickMemory}. */
  protected final void setEntry(int page, int entry) {
    pageMap[page] = entry;
    final int frame = frame(entry);
    supervisor.enter(
        page, frame, (entry & DENY_READ_SUPERVISOR) == 0, (entry & DENY_WRITE_SUPERVISOR) == 0);
    user.enter(page, frame, (entry & DENY_READ_USER) == 0, (entry & DENY_WRITE_USER) == 0);
  }

  /** The physical page number in an entry of the page map. */
  public static int frame(int entry) {
    return entry & FRAME;
  }

  /** Where in RAM a linear address lies, by its page's entry in the page map. */
  public static int ramOffset(int entry, int linear) {
    return entry << PAGE_SHIFT | linear & OFFSET_MASK;
  }

  /** A deny bit for an access that may lie anywhere: without {@link #CHECK_ALIGNMENT}. */
  public static int anywhere(int deny) {
    return deny & ~CHECK_ALIGNMENT;
  }

  /**
   * Whether a linear address lies in a page that maps a frame of RAM.
   *
   * @param frame physical page number
   * @param deny the deny bit that must be clear
   */
  public final boolean isMapped(int linear, int frame, int deny) {
    return ((pageMap[linear >>> PAGE_SHIFT] ^ frame) & (FRAME | deny)) == 0;
  }

  /** Loads a byte, zero-extended. */
  public final int load8(int linear, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if ((entry & deny) == 0) {
      return cells[cell(entry, linear)] >>> (linear << 3) & 0xFF;
    }
    return slowLoad8(linear, deny);
  }

  /** Loads a word, zero-extended. */
  public final int load16(int linear, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if ((entry & deny | linear & 1) == 0) {
      return cells[cell(entry, linear)] >>> (linear << 3) & 0xFFFF;
    }
    return isInPage(entry, linear, 2, deny)
        ? ram.load16(ramOffset(entry, linear))
        : slowLoad16(linear, deny);
  }

  /** Loads a doubleword. */
  public final int load32(int linear, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if ((entry & deny | linear & 3) == 0) {
      return cells[cell(entry, linear)];
    }
    return isInPage(entry, linear, 4, deny)
        ? ram.load32(ramOffset(entry, linear))
        : slowLoad32(linear, deny);
  }

  /** Loads a quadword. */
  public final long load64(int linear, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if (!isInPage(entry, linear, 8, deny)) {
      return slowLoad64(linear, deny);
    }
    if ((linear & 3) != 0) {
      return ram.load64(ramOffset(entry, linear));
    }
    final int cell = cell(entry, linear);
    return cells[cell] & 0xFFFF_FFFFL | (long) cells[cell + 1] << 32;
  }

  /**
   * Loads two quadwords, the low one first.
   *
   * @param to where to
   * @param at the index of the low one there
   */
  public final void load128(int linear, int deny, long[] to, int at) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if ((linear & 3) == 0 && isInPage(entry, linear, 16, deny)) {
      final int cell = cell(entry, linear);
      to[at] = cells[cell] & 0xFFFF_FFFFL | (long) cells[cell + 1] << 32;
      to[at + 1] = cells[cell + 2] & 0xFFFF_FFFFL | (long) cells[cell + 3] << 32;
    } else {
      to[at] = load64(linear, deny);
      to[at + 1] = load64(linear + 8, deny);
    }
  }

  /** Stores the low byte of {@code value}. */
  public final void store8(int linear, int value, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if ((entry & deny) == 0) {
      final int cell = cell(entry, linear);
      cells[cell] = cells[cell] & ~(0xFF << (linear << 3)) | (value & 0xFF) << (linear << 3);
    } else {
      slowStore8(linear, value, deny);
    }
  }

  /** Stores the low word of {@code value}; all of it or, where it faults, nothing. */
  public final void store16(int linear, int value, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if (isInPage(entry, linear, 2, deny)) {
      ram.store16(ramOffset(entry, linear), value);
    } else {
      slowStore16(linear, value, deny);
    }
  }

  /** Stores a doubleword; all of it or, where it faults, nothing. */
  public final void store32(int linear, int value, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if ((entry & deny | linear & 3) == 0) {
      cells[cell(entry, linear)] = value;
    } else if (isInPage(entry, linear, 4, deny)) {
      ram.store32(ramOffset(entry, linear), value);
    } else {
      slowStore32(linear, value, deny);
    }
  }

  /** Stores a quadword; all of it or, where it faults, nothing. */
  public final void store64(int linear, long value, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if (!isInPage(entry, linear, 8, deny)) {
      slowStore64(linear, value, deny);
    } else if ((linear & 3) != 0) {
      ram.store64(ramOffset(entry, linear), value);
    } else {
      final int cell = cell(entry, linear);
      cells[cell] = (int) value;
      cells[cell + 1] = (int) (value >>> 32);
    }
  }

  /**
   * Stores two quadwords, the low one first; all of it or, where it faults, nothing.
   *
   * @param from where from
   * @param at the index of the low one there
   */
  public final void store128(int linear, long[] from, int at, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if ((linear & 3) == 0 && isInPage(entry, linear, 16, deny)) {
      final int cell = cell(entry, linear);
      cells[cell] = (int) from[at];
      cells[cell + 1] = (int) (from[at] >>> 32);
      cells[cell + 2] = (int) from[at + 1];
      cells[cell + 3] = (int) (from[at + 1] >>> 32);
    } else {
      if ((linear & OFFSET_MASK) > PAGE_SIZE - 16) {
        probe(linear, 16, deny);
      }
      store64(linear, from[at], deny);
      store64(linear + 8, from[at + 1], deny);
    }
  }

  private static boolean isInPage(int entry, int linear, int size, int deny) {
    return (entry & deny | linear & OFFSET_MASK) <= PAGE_SIZE - size;
  }

  private static int cell(int entry, int linear) {
    return ramOffset(entry, linear) >>> 2;
  }

  /**
   * Checks that {@code size} bytes can be accessed, as {@code deny} says, and faults where they
   * cannot; accesses nothing. Only 2, 4 and 8 bytes are an operand whose alignment may be checked.
   * For instructions that must know before they commit anything.
   *
   * @param size 1 to 4096 bytes
   */
  public abstract void probe(int linear, int size, int deny);

  protected abstract int slowLoad8(int linear, int deny);

  protected abstract int slowLoad16(int linear, int deny);

  protected abstract int slowLoad32(int linear, int deny);

  protected abstract long slowLoad64(int linear, int deny);

  protected abstract void slowStore8(int linear, int value, int deny);

  protected abstract void slowStore16(int linear, int value, int deny);

  protected abstract void slowStore32(int linear, int value, int deny);

  protected abstract void slowStore64(int linear, long value, int deny);
}
