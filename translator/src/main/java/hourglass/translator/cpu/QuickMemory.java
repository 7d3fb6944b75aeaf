package hourglass.translator.cpu;

/**
 * Guest memory as translated code accesses it: the fast path of {@link GuestMemory} alone.
 *
 * <p>A region holds the one of its guest as a constant. HotSpot takes the components of a constant
 * record for constants too, and so knows in compiled code where the page map and RAM lie and how
 * long they are. An access is then one branch: permission and alignment are one comparison (the
 * deny bits lie above the bits of an offset), and what is aligned lies in one page and in one cell
 * of RAM; an index of the page map is 20 bits; and RAM is indexed under a mask.
 *
 * @param ram guest RAM in cells, see {@link Ram}
 * @param pageMap the page map; see {@link GuestMemory}
 * @param frameMask a mask for the offset in RAM of a frame: all offsets up to the power of two that
 *     is as large as RAM, or larger
 * @param miss what is thrown where an access needs the slow path: the instruction has done nothing,
 *     and the interpreter is to do it
 * @param moved what is thrown where an instruction's second page is not mapped as it was: the
 *     interpreter is to do it
 */
public record QuickMemory(
    int[] ram, int[] pageMap, int frameMask, GuestFault miss, GuestFault moved) {

  static QuickMemory of(Ram ram, int[] pageMap) {
    final int mask = -1 >>> Integer.numberOfLeadingZeros(ram.size() - 1) & ~GuestMemory.OFFSET_MASK;
    return new QuickMemory(ram.cells(), pageMap, mask, reexecute(), reexecute());
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
    final int entry = pageMap[linear >>> GuestMemory.PAGE_SHIFT];
    if ((entry & deny) != 0) {
      throw miss;
    }
    return ram[index(entry, linear)] >>> (linear << 3) & 0xFF;
  }

  /**
   * As {@link GuestMemory#load16}; throws {@link #miss} where that would take the slow path, or the
   * word is not aligned.
   */
  public int load16(int linear, int deny) {
    final int entry = pageMap[linear >>> GuestMemory.PAGE_SHIFT];
    if ((entry & deny | linear & 1) != 0) {
      throw miss;
    }
    return ram[index(entry, linear)] >>> (linear << 3) & 0xFFFF;
  }

  /**
   * As {@link GuestMemory#load32}; throws {@link #miss} where that would take the slow path, or the
   * doubleword is not aligned.
   */
  public int load32(int linear, int deny) {
    final int entry = pageMap[linear >>> GuestMemory.PAGE_SHIFT];
    if ((entry & deny | linear & 3) != 0) {
      throw miss;
    }
    return ram[index(entry, linear)];
  }

  /** As {@link GuestMemory#store8}; throws {@link #miss} where that would take the slow path. */
  public void store8(int linear, int value, int deny) {
    final int entry = pageMap[linear >>> GuestMemory.PAGE_SHIFT];
    if ((entry & deny) != 0) {
      throw miss;
    }
    final int index = index(entry, linear);
    ram[index] = ram[index] & ~(0xFF << (linear << 3)) | (value & 0xFF) << (linear << 3);
  }

  /**
   * As {@link GuestMemory#store16}; throws {@link #miss} where that would take the slow path, or
   * the word is not aligned.
   */
  public void store16(int linear, int value, int deny) {
    final int entry = pageMap[linear >>> GuestMemory.PAGE_SHIFT];
    if ((entry & deny | linear & 1) != 0) {
      throw miss;
    }
    final int index = index(entry, linear);
    ram[index] = ram[index] & ~(0xFFFF << (linear << 3)) | (value & 0xFFFF) << (linear << 3);
  }

  /**
   * As {@link GuestMemory#store32}; throws {@link #miss} where that would take the slow path, or
   * the doubleword is not aligned.
   */
  public void store32(int linear, int value, int deny) {
    final int entry = pageMap[linear >>> GuestMemory.PAGE_SHIFT];
    if ((entry & deny | linear & 3) != 0) {
      throw miss;
    }
    ram[index(entry, linear)] = value;
  }

  private int index(int entry, int linear) {
    return (entry << GuestMemory.PAGE_SHIFT & frameMask) + (linear & GuestMemory.OFFSET_MASK) >>> 2;
  }

  /**
   * Where in RAM some cells lie.
   *
   * @param linear address of the first
   * @param deny the deny bit that must be clear
   * @param last the highest offset in a page that they may begin at: a page less their size
   * @return the index of the first; {@link #miss} is thrown where it is not aligned or they do not
   *     lie in one page that may be accessed so
   */
  public int window(int linear, int deny, int last) {
    final int entry = pageMap[linear >>> GuestMemory.PAGE_SHIFT];
    if ((entry & deny | linear & GuestMemory.OFFSET_MASK | (linear & 3) << GuestMemory.PAGE_SHIFT)
        > last) {
      throw miss;
    }
    return index(entry, linear);
  }

  /**
   * Sets some bits of a cell of RAM.
   *
   * @param mask the bits
   * @param bits what they become, in their places
   */
  public void setPart(int index, int bits, int mask) {
    ram[index] = ram[index] & ~mask | bits & mask;
  }
}
