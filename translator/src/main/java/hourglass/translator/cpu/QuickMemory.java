package hourglass.translator.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Guest memory as translated code accesses it: the fast path of {@link GuestMemory} alone.
 *
 * <p>A region holds the one of its guest as a constant. HotSpot takes the components of a constant
 * record for constants too, and so knows in compiled code where the page map and RAM lie and how
 * long they are. An access is then one branch: the deny bit and the check that it lies inside one
 * page go into one comparison (the deny bits lie above the bits of an offset); an index of the page
 * map is 20 bits; and RAM is indexed under a mask.
 *
 * @param ram guest RAM, from physical address 0 up
 * @param pageMap the page map; see {@link GuestMemory}
 * @param frameMask a mask for the offset in RAM of a frame: all offsets up to the power of two that
 *     is as large as RAM, or larger
 * @param miss what is thrown where an access needs the slow path: the instruction has done nothing,
 *     and the interpreter is to do it
 */
public record QuickMemory(byte[] ram, int[] pageMap, int frameMask, GuestFault miss) {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  static QuickMemory of(byte[] ram, int ramSize, int[] pageMap) {
    final int mask = -1 >>> Integer.numberOfLeadingZeros(ramSize - 1) & ~GuestMemory.OFFSET_MASK;
    return new QuickMemory(ram, pageMap, mask, new GuestFault().of(GuestFault.REEXECUTE));
  }

  /** See {@link GuestMemory#isMapped}. */
  public boolean isMapped(int linear, int frame, int deny) {
    return ((pageMap[linear >>> GuestMemory.PAGE_SHIFT] ^ frame) & (GuestMemory.FRAME | deny)) == 0;
  }

  /** As {@link GuestMemory#load8}; throws {@link #miss} where that would take the slow path. */
  public int load8(int linear, int deny) {
    return ram[find(linear, deny, 1)] & 0xFF;
  }

  /** As {@link GuestMemory#load16}; throws {@link #miss} where that would take the slow path. */
  public int load16(int linear, int deny) {
    return (short) SHORT.get(ram, find(linear, deny, 2)) & 0xFFFF;
  }

  /** As {@link GuestMemory#load32}; throws {@link #miss} where that would take the slow path. */
  public int load32(int linear, int deny) {
    return (int) INT.get(ram, find(linear, deny, 4));
  }

  /** As {@link GuestMemory#store8}; throws {@link #miss} where that would take the slow path. */
  public void store8(int linear, int value, int deny) {
    ram[find(linear, deny, 1)] = (byte) value;
  }

  /** As {@link GuestMemory#store16}; throws {@link #miss} where that would take the slow path. */
  public void store16(int linear, int value, int deny) {
    SHORT.set(ram, find(linear, deny, 2), (short) value);
  }

  /** As {@link GuestMemory#store32}; throws {@link #miss} where that would take the slow path. */
  public void store32(int linear, int value, int deny) {
    INT.set(ram, find(linear, deny, 4), value);
  }

  /** Where in RAM the {@code size} bytes lie. */
  private int find(int linear, int deny, int size) {
    final int entry = pageMap[linear >>> GuestMemory.PAGE_SHIFT];
    final int offset = linear & GuestMemory.OFFSET_MASK;
    if ((entry & deny | offset) > GuestMemory.PAGE_SIZE - size) {
      throw miss;
    }
    return (entry << GuestMemory.PAGE_SHIFT & frameMask) + offset;
  }
}
