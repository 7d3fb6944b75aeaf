package hourglass.translator.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Guest memory by linear address: the page map and the fast path of every access.
 *
 * <p>The page map has one {@code int} for each of the 2<sup>20</sup> linear pages: the offset in
 * RAM of the page's frame in the high 20 bits, and <i>deny</i> bits in the low 12. An access passes
 * the one deny bit that would forbid it; where that bit is clear and the access lies inside one
 * page, it goes straight to {@link #ram}. All else (not mapped yet, not permitted, memory-mapped
 * I/O, a page that holds translated code, an access across two pages) takes the slow path, which a
 * subclass supplies and which throws {@link GuestFault} where the guest must see a page fault.
 *
 * <p>A read-modify-write instruction loads with the deny bit for writing, so that a fault is
 * reported as the write it is and nothing is committed before it.
 */
public abstract class GuestMemory {
  public static final int PAGE_SIZE = 4096;
  public static final int PAGE_SHIFT = 12;
  public static final int OFFSET_MASK = PAGE_SIZE - 1;

  public static final int DENY_READ_USER = 1;
  public static final int DENY_WRITE_USER = 1 << 1;
  public static final int DENY_FETCH_USER = 1 << 2;
  public static final int DENY_READ_SUPERVISOR = 1 << 3;
  public static final int DENY_WRITE_SUPERVISOR = 1 << 4;
  public static final int DENY_FETCH_SUPERVISOR = 1 << 5;
  public static final int DENY_ALL = 0x3F;

  /** A page map entry that holds nothing: every access takes the slow path. */
  public static final int UNMAPPED = DENY_ALL;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Guest RAM from physical address 0 up. */
  public final byte[] ram;

  /** The page map, indexed by linear page. */
  public final int[] pageMap = new int[1 << 20];

  /**
   * What the quick accesses throw: the instruction has done nothing, and the interpreter is to do
   * it.
   */
  public final GuestFault miss = new GuestFault().of(GuestFault.REEXECUTE);

  /**
   * Makes a memory over some RAM with an empty page map.
   *
   * @param ram a whole number of pages, at most 2 GiB less one page
   */
  protected GuestMemory(byte[] ram) {
    this.ram = ram;
    Arrays.fill(pageMap, UNMAPPED);
  }

  /**
   * Whether a linear address lies in a page that maps a frame of RAM.
   *
   * @param frame physical page number
   * @param deny the deny bit that must be clear
   */
  public final boolean isMapped(int linear, int frame, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    return ((entry ^ frame << PAGE_SHIFT) & (~OFFSET_MASK | deny)) == 0;
  }

  /** Loads a byte, zero-extended. */
  public final int load8(int linear, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if ((entry & deny) == 0) {
      return ram[(entry & ~OFFSET_MASK) | (linear & OFFSET_MASK)] & 0xFF;
    }
    return slowLoad8(linear, deny);
  }

  /** Loads a word, zero-extended. */
  public final int load16(int linear, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    final int offset = linear & OFFSET_MASK;
    if ((entry & deny) == 0 && offset <= PAGE_SIZE - 2) {
      return (short) SHORT.get(ram, (entry & ~OFFSET_MASK) | offset) & 0xFFFF;
    }
    return slowLoad16(linear, deny);
  }

  /** Loads a doubleword. */
  public final int load32(int linear, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    final int offset = linear & OFFSET_MASK;
    if ((entry & deny) == 0 && offset <= PAGE_SIZE - 4) {
      return (int) INT.get(ram, (entry & ~OFFSET_MASK) | offset);
    }
    return slowLoad32(linear, deny);
  }

  /** Loads a quadword. */
  public final long load64(int linear, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    final int offset = linear & OFFSET_MASK;
    if ((entry & deny) == 0 && offset <= PAGE_SIZE - 8) {
      return (long) LONG.get(ram, (entry & ~OFFSET_MASK) | offset);
    }
    return slowLoad64(linear, deny);
  }

  /** Stores the low byte of {@code value}. */
  public final void store8(int linear, int value, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if ((entry & deny) == 0) {
      ram[(entry & ~OFFSET_MASK) | (linear & OFFSET_MASK)] = (byte) value;
    } else {
      slowStore8(linear, value, deny);
    }
  }

  /** Stores the low word of {@code value}; all of it or, where it faults, nothing. */
  public final void store16(int linear, int value, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    final int offset = linear & OFFSET_MASK;
    if ((entry & deny) == 0 && offset <= PAGE_SIZE - 2) {
      SHORT.set(ram, (entry & ~OFFSET_MASK) | offset, (short) value);
    } else {
      slowStore16(linear, value, deny);
    }
  }

  /** Stores a doubleword; all of it or, where it faults, nothing. */
  public final void store32(int linear, int value, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    final int offset = linear & OFFSET_MASK;
    if ((entry & deny) == 0 && offset <= PAGE_SIZE - 4) {
      INT.set(ram, (entry & ~OFFSET_MASK) | offset, value);
    } else {
      slowStore32(linear, value, deny);
    }
  }

  /** Stores a quadword; all of it or, where it faults, nothing. */
  public final void store64(int linear, long value, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    final int offset = linear & OFFSET_MASK;
    if ((entry & deny) == 0 && offset <= PAGE_SIZE - 8) {
      LONG.set(ram, (entry & ~OFFSET_MASK) | offset, value);
    } else {
      slowStore64(linear, value, deny);
    }
  }

  // --- for translated code: the fast path alone

  /** As {@link #load8}; throws {@link #miss} where that would take the slow path. */
  public final int quickLoad8(int linear, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    final int offset = linear & OFFSET_MASK;
    if ((entry & deny) != 0) {
      throw miss;
    }
    return ram[(entry & ~OFFSET_MASK) | offset] & 0xFF;
  }

  /** As {@link #load16}; throws {@link #miss} where that would take the slow path. */
  public final int quickLoad16(int linear, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    final int offset = linear & OFFSET_MASK;
    if ((entry & deny) != 0 || offset > PAGE_SIZE - 2) {
      throw miss;
    }
    return (short) SHORT.get(ram, (entry & ~OFFSET_MASK) | offset) & 0xFFFF;
  }

  /** As {@link #load32}; throws {@link #miss} where that would take the slow path. */
  public final int quickLoad32(int linear, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    final int offset = linear & OFFSET_MASK;
    if ((entry & deny) != 0 || offset > PAGE_SIZE - 4) {
      throw miss;
    }
    return (int) INT.get(ram, (entry & ~OFFSET_MASK) | offset);
  }

  /** As {@link #store8}; throws {@link #miss} where that would take the slow path. */
  public final void quickStore8(int linear, int value, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    final int offset = linear & OFFSET_MASK;
    if ((entry & deny) != 0) {
      throw miss;
    }
    ram[(entry & ~OFFSET_MASK) | offset] = (byte) value;
  }

  /** As {@link #store16}; throws {@link #miss} where that would take the slow path. */
  public final void quickStore16(int linear, int value, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    final int offset = linear & OFFSET_MASK;
    if ((entry & deny) != 0 || offset > PAGE_SIZE - 2) {
      throw miss;
    }
    SHORT.set(ram, (entry & ~OFFSET_MASK) | offset, (short) value);
  }

  /** As {@link #store32}; throws {@link #miss} where that would take the slow path. */
  public final void quickStore32(int linear, int value, int deny) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    final int offset = linear & OFFSET_MASK;
    if ((entry & deny) != 0 || offset > PAGE_SIZE - 4) {
      throw miss;
    }
    INT.set(ram, (entry & ~OFFSET_MASK) | offset, value);
  }

  /**
   * Checks that {@code size} bytes can be accessed, as {@code deny} says, and faults where they
   * cannot; accesses nothing. For instructions that must know before they commit anything.
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
