package hourglass.translator.cpu;

/**
 * Guest memory as translated code accesses it at one privilege level: the fast path of {@link
 * GuestMemory}. What that does not do leaves the region, but for the methods named for
 * <i>anywhere</i>, which then go the slow one.
 *
 * <p>A region holds the one of its guest as a constant. HotSpot takes the components of a constant
 * record for constants too, and so knows in compiled code where they lie and how long they are.
 *
 * <p>An access looks its page up in a <i>way map</i>, {@link #readable} or {@link #writable}. It
 * has one {@code int} for each of the 2<sup>20</sup> linear pages: the way from the page to its
 * frame, which added to a linear address gives the physical one; or, where the page map denies such
 * an access, a way to beyond all RAM, to an address of {@link #BEYOND} or above. The sum, turned so
 * that it is an index of cells, is within RAM where the access is permitted and aligned, and what
 * is aligned lies in one page and in one cell; else its highest bits make it larger than any. So
 * permission, alignment and the bounds of the array are one comparison.
 *
 * @param ram guest RAM in cells, see {@link Ram}
 * @param readable the way map for loads
 * @param writable the way map for stores, and for the loads of what is then stored
 * @param pageMap the page map, see {@link GuestMemory}
 * @param denyFetch its deny bit for fetching at this privilege level
 * @param cells a mask of the indices in RAM, up to the power of two that is as large as RAM, or
 *     larger: with it C2 sees that an index in a window needs no check
 * @param miss what is thrown where an access needs the slow path: the instruction has done nothing,
 *     and the interpreter is to do it
 * @param moved what is thrown where an instruction's second page is not mapped as it was: the
 *     interpreter is to do it
 */
public record QuickMemory(
    int[] ram,
    int[] readable,
    int[] writable,
    int[] pageMap,
    int denyFetch,
    int cells,
    GuestFault miss,
    GuestFault moved) {

  /** Where what is beyond all RAM begins; RAM is smaller. */
  private static final int BEYOND = 1 << 31;

  /**
   * The bits of an index that are not its place in a page but say why it is none: the two lowest
   * bits and the highest one of the address, turned by two to the right.
   */
  private static final int NOT_AN_INDEX = 7 << 29;

  /** The bits of an index that say where in its page a cell lies. */
  private static final int IN_PAGE = GuestMemory.OFFSET_MASK >>> 2;

  private static final int PAGES = 1 << 20;

  private static final long LOW = 0xFFFF_FFFFL;

  /**
   * Makes one of which nothing may be accessed yet.
   *
   * @param beyond a way map that leads beyond RAM everywhere, see {@link #waysBeyond}; copied
   */
  static QuickMemory of(
      Ram ram, int[] beyond, int[] pageMap, int denyFetch, GuestFault miss, GuestFault moved) {
    final int cells = -1 >>> Integer.numberOfLeadingZeros(ram.size() - 1) >>> 2;
    return new QuickMemory(
        ram.cells(), beyond.clone(), beyond.clone(), pageMap, denyFetch, cells, miss, moved);
  }

  /** A way map in which nothing may be accessed. */
  static int[] waysBeyond() {
    final int[] ways = new int[PAGES];
    for (int page = 0; page < PAGES; page++) {
      ways[page] = beyond(page);
    }
    return ways;
  }

  /** The way from a linear page to beyond RAM. */
  private static int beyond(int page) {
    return BEYOND - (page << GuestMemory.PAGE_SHIFT);
  }

  /** Enters a linear page in the way maps. */
  void enter(int page, int frame, boolean mayRead, boolean mayWrite) {
    final int beyond = beyond(page);
    final int way = frame - page << GuestMemory.PAGE_SHIFT;
    readable[page] = mayRead ? way : beyond;
    writable[page] = mayWrite ? way : beyond;
  }

  /**
   * Whether a linear address lies in a page that maps a frame and may be fetched from.
   *
   * @param frame physical page number
   */
  public boolean isMapped(int linear, int frame) {
    return ((pageMap[linear >>> GuestMemory.PAGE_SHIFT] ^ frame) & (GuestMemory.FRAME | denyFetch))
        == 0;
  }

  /**
   * As {@link CpuState#linearForRead}; throws {@link #miss} where the segment has bounds or may not
   * be read.
   */
  public int linearForRead(Segment s, int offset) {
    if (!s.openRead) {
      throw miss;
    }
    return s.base + offset;
  }

  /**
   * As {@link CpuState#linearForWrite}; throws {@link #miss} where the segment has bounds or may
   * not be written.
   */
  public int linearForWrite(Segment s, int offset) {
    if (!s.openWrite) {
      throw miss;
    }
    return s.base + offset;
  }

  /** As {@link GuestMemory#load8}; throws {@link #miss} where that would take the slow path. */
  public int load8(int linear, int[] map) {
    final int cell = linear + map[linear >>> GuestMemory.PAGE_SHIFT] >>> 2;
    if (isOutside(cell)) {
      throw miss;
    }
    return ram[cell] >>> (linear << 3) & 0xFF;
  }

  /**
   * As {@link GuestMemory#load16}; throws {@link #miss} where that would take the slow path, or the
   * word is not aligned.
   */
  public int load16(int linear, int[] map) {
    final int cell = Integer.rotateRight(linear + map[linear >>> GuestMemory.PAGE_SHIFT], 1) >>> 1;
    if (isOutside(cell)) {
      throw miss;
    }
    return ram[cell] >>> (linear << 3) & 0xFFFF;
  }

  /**
   * As {@link GuestMemory#load32}; throws {@link #miss} where that would take the slow path, or the
   * doubleword is not aligned.
   */
  public int load32(int linear, int[] map) {
    final int cell = Integer.rotateRight(linear + map[linear >>> GuestMemory.PAGE_SHIFT], 2);
    if (isOutside(cell)) {
      throw miss;
    }
    return ram[cell];
  }

  /** As {@link GuestMemory#load16}, quick wherever in its page the word lies. */
  public int load16Anywhere(int linear, int[] map, GuestMemory memory, int deny) {
    final int cell = linear + map[linear >>> GuestMemory.PAGE_SHIFT] >>> 2;
    return isOutside(cell) || isAtEndOfPage(linear)
        ? memory.load16(linear, deny)
        : (int) (pair(cell) >>> bitInCell(linear)) & 0xFFFF;
  }

  /** As {@link GuestMemory#load32}, quick wherever in its page the doubleword lies. */
  public int load32Anywhere(int linear, int[] map, GuestMemory memory, int deny) {
    final int cell = linear + map[linear >>> GuestMemory.PAGE_SHIFT] >>> 2;
    return isOutside(cell) || isAtEndOfPage(linear)
        ? memory.load32(linear, deny)
        : (int) (pair(cell) >>> bitInCell(linear));
  }

  /** As {@link GuestMemory#store8}; throws {@link #miss} where that would take the slow path. */
  public void store8(int linear, int value, int[] map) {
    final int cell = linear + map[linear >>> GuestMemory.PAGE_SHIFT] >>> 2;
    if (isOutside(cell)) {
      throw miss;
    }
    ram[cell] = ram[cell] & ~(0xFF << (linear << 3)) | (value & 0xFF) << (linear << 3);
  }

  /**
   * As {@link GuestMemory#store16}; throws {@link #miss} where that would take the slow path, or
   * the word is not aligned.
   */
  public void store16(int linear, int value, int[] map) {
    final int cell = Integer.rotateRight(linear + map[linear >>> GuestMemory.PAGE_SHIFT], 1) >>> 1;
    if (isOutside(cell)) {
      throw miss;
    }
    ram[cell] = ram[cell] & ~(0xFFFF << (linear << 3)) | (value & 0xFFFF) << (linear << 3);
  }

  /**
   * As {@link GuestMemory#store32}; throws {@link #miss} where that would take the slow path, or
   * the doubleword is not aligned.
   */
  public void store32(int linear, int value, int[] map) {
    final int cell = Integer.rotateRight(linear + map[linear >>> GuestMemory.PAGE_SHIFT], 2);
    if (isOutside(cell)) {
      throw miss;
    }
    ram[cell] = value;
  }

  /** As {@link GuestMemory#store16}, quick wherever in its page the word lies. */
  public void store16Anywhere(int linear, int value, int[] map, GuestMemory memory, int deny) {
    final int cell = linear + map[linear >>> GuestMemory.PAGE_SHIFT] >>> 2;
    if (isOutside(cell) || isAtEndOfPage(linear)) {
      memory.store16(linear, value, deny);
    } else {
      setParts(cell, value & 0xFFFFL, 0xFFFFL, bitInCell(linear));
    }
  }

  /** As {@link GuestMemory#store32}, quick wherever in its page the doubleword lies. */
  public void store32Anywhere(int linear, int value, int[] map, GuestMemory memory, int deny) {
    final int cell = linear + map[linear >>> GuestMemory.PAGE_SHIFT] >>> 2;
    if (isOutside(cell) || isAtEndOfPage(linear)) {
      memory.store32(linear, value, deny);
    } else {
      setParts(cell, value & LOW, LOW, bitInCell(linear));
    }
  }

  /** Whether what begins at an address may not have its cell and the next one in one page. */
  private static boolean isAtEndOfPage(int linear) {
    return (linear & GuestMemory.OFFSET_MASK) >= GuestMemory.PAGE_SIZE - Integer.BYTES;
  }

  private static int bitInCell(int linear) {
    return (linear & 3) << 3;
  }

  /** A cell, and above it the next one. */
  private long pair(int cell) {
    return ram[cell] & LOW | (long) ram[cell + 1] << Integer.SIZE;
  }

  /** Sets some bits of a cell and the next one, from one of its bits up. */
  private void setParts(int cell, long bits, long mask, int from) {
    final long shifted = bits << from;
    final long place = mask << from;
    setPart(cell, (int) shifted, (int) place);
    setPart(cell + 1, (int) (shifted >>> Integer.SIZE), (int) (place >>> Integer.SIZE));
  }

  /**
   * Whether an index, unsigned, lies outside RAM: the comparison that the JVM makes for the array
   * itself, which HotSpot's C2 then leaves out.
   */
  private boolean isOutside(int cell) {
    return cell + Integer.MIN_VALUE >= ram.length + Integer.MIN_VALUE;
  }

  /**
   * Where in RAM some cells lie.
   *
   * @param linear address of the first
   * @param map the way map
   * @param last the highest cell of a page that they may begin at: as many as a page has, less
   *     theirs
   * @return the index of the first; {@link #miss} is thrown where it is not aligned or they do not
   *     lie in one page that may be accessed so
   */
  public int window(int linear, int[] map, int last) {
    final int cell = Integer.rotateRight(linear + map[linear >>> GuestMemory.PAGE_SHIFT], 2);
    if ((cell & (NOT_AN_INDEX | IN_PAGE)) + Integer.MIN_VALUE > last + Integer.MIN_VALUE) {
      throw miss;
    }
    return cell & cells;
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
