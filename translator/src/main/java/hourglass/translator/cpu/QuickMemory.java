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
 * @param moved what is thrown where an instruction's second page is not mapped as it was: the
 *     interpreter is to do it
 */
public record QuickMemory(
    byte[] ram, int[] pageMap, int frameMask, GuestFault miss, GuestFault moved) {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  static QuickMemory of(byte[] ram, int ramSize, int[] pageMap) {
    final int mask = -1 >>> Integer.numberOfLeadingZeros(ramSize - 1) & ~GuestMemory.OFFSET_MASK;
    return new QuickMemory(ram, pageMap, mask, reexecute(), reexecute());
  }

  private static GuestFault reexecute() {
    return new GuestFault().of(GuestFault.REEXECUTE);
  }

  /** See {@link GuestMemory#isMapped}. */
  public boolean isMapped(int linear, int frame, int deny) {
    return ((pageMap[linear >>> GuestMemory.PAGE_SHIFT] ^ frame) & (GuestMemory.FRAME | deny)) == 0;
  }

  /** As {@link GuestMemory#load8}; throws {@link #miss} where that would take the slow path. */
  public int load8(int linear, int deny) {
    return ram8(physical(linear, deny, 1));
  }

  /** As {@link GuestMemory#load16}; throws {@link #miss} where that would take the slow path. */
  public int load16(int linear, int deny) {
    return ram16(physical(linear, deny, 2));
  }

  /** As {@link GuestMemory#load32}; throws {@link #miss} where that would take the slow path. */
  public int load32(int linear, int deny) {
    return ram32(physical(linear, deny, 4));
  }

  /** As {@link GuestMemory#store8}; throws {@link #miss} where that would take the slow path. */
  public void store8(int linear, int value, int deny) {
    setRam8(physical(linear, deny, 1), value);
  }

  /** As {@link GuestMemory#store16}; throws {@link #miss} where that would take the slow path. */
  public void store16(int linear, int value, int deny) {
    setRam16(physical(linear, deny, 2), value);
  }

  /** As {@link GuestMemory#store32}; throws {@link #miss} where that would take the slow path. */
  public void store32(int linear, int value, int deny) {
    setRam32(physical(linear, deny, 4), value);
  }

  /**
   * Where in RAM some bytes lie.
   *
   * @param linear address of the first
   * @param deny the deny bit that must be clear
   * @param span how many, 1 to 4096
   * @return the physical address of the first; {@link #miss} is thrown where they do not lie in one
   *     page that may be accessed so
   */
  public int physical(int linear, int deny, int span) {
    final int entry = pageMap[linear >>> GuestMemory.PAGE_SHIFT];
    final int offset = linear & GuestMemory.OFFSET_MASK;
    if ((entry & deny | offset) > GuestMemory.PAGE_SIZE - span) {
      throw miss;
    }
    return (entry << GuestMemory.PAGE_SHIFT & frameMask) + offset;
  }

  /** The byte at a physical address, zero-extended. */
  public int ram8(int physical) {
    return ram[physical] & 0xFF;
  }

  /** The two bytes from a physical address, zero-extended. */
  public int ram16(int physical) {
    return (short) SHORT.get(ram, physical) & 0xFFFF;
  }

  /** The four bytes from a physical address. */
  public int ram32(int physical) {
    return (int) INT.get(ram, physical);
  }

  /** Sets the byte at a physical address. */
  public void setRam8(int physical, int value) {
    ram[physical] = (byte) value;
  }

  /** Sets the two bytes from a physical address. */
  public void setRam16(int physical, int value) {
    SHORT.set(ram, physical, (short) value);
  }

  /** Sets the four bytes from a physical address. */
  public void setRam32(int physical, int value) {
    INT.set(ram, physical, value);
  }
}
