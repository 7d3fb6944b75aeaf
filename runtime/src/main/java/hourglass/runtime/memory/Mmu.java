package hourglass.runtime.memory;

import static hourglass.translator.cpu.CpuState.CR0_PG;
import static hourglass.translator.cpu.CpuState.CR0_WP;
import static hourglass.translator.cpu.CpuState.CR4_PAE;
import static hourglass.translator.cpu.CpuState.CR4_PGE;
import static hourglass.translator.cpu.CpuState.CR4_PSE;
import static hourglass.translator.cpu.CpuState.EFER_NXE;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.GuestMemory;
import java.util.Arrays;

/**
 * Paging: walks the guest's page tables and fills the page map (Intel SDM volume 3, chapter 4).
 *
 * <p>The processor modelled has PSE, PAE with NX and 36 physical address bits, and PGE, but neither
 * PAT nor PSE-36; bits that those would use are reserved. The page map is its only cache: page
 * directory entries are not kept, except for the four PAE pointers, which live in registers as the
 * manual says. Whether an access is a user's or the supervisor's is told by its deny bit, never by
 * CPL: the processor reads its tables as supervisor.
 *
 * <p>Translated and cached code is watched in lines of 128 bytes: a frame with watched lines denies
 * writes in the page map, and a write that hits a watched line is told to the {@link CodeWatcher}
 * after it is done.
 *
 * <p>Beside the deny bits, entries of the page map carry marks of this class's own: {@code GLOBAL},
 * {@code LARGE}, and for each of the two write-deny bits one that says it is set on account of
 * watched code only.
 */
public final class Mmu extends GuestMemory {
  /**
   * The size of a watched line of code in bytes: 32 to a page, so that a page's lines are the bits
   * of an int.
   */
  public static final int CODE_LINE = 128;

  /**
   * Page fault error code bits (Intel SDM volume 3, section 4.7): the page was present; a write; by
   * a user.
   */
  public static final int ERROR_PRESENT = 1;

  public static final int ERROR_WRITE = 1 << 1;
  public static final int ERROR_USER = 1 << 2;

  /** Page fault error code bits: a reserved bit was set in a paging entry; an instruction fetch. */
  public static final int ERROR_RESERVED = 1 << 3;

  public static final int ERROR_FETCH = 1 << 4;

  // Bits of paging entries (Intel SDM volume 3, tables 4-4 to 4-6 and 4-8 to 4-11).
  private static final int PRESENT = 1;
  private static final int WRITABLE = 1 << 1;
  private static final int USER = 1 << 2;
  private static final int ACCESSED = 1 << 5;
  private static final int DIRTY = 1 << 6;
  private static final int PAGE_SIZE_BIT = 1 << 7;
  private static final int PTE_RESERVED = 1 << 7; // PAT, in an entry for a 4 KiB page
  private static final int GLOBAL_BIT = 1 << 8;
  private static final int LARGE_RESERVED = 0x003F_F000;
  private static final long NO_EXECUTE = 1L << 63;
  private static final long PAE_ADDRESS = 0xF_FFFF_F000L;
  private static final long PAE_RESERVED = 0x7FFF_FFF0_0000_0000L;
  private static final long PAE_LARGE_RESERVED = PAE_RESERVED | 0x1F_F000L;
  private static final long POINTER_RESERVED = ~PAE_ADDRESS & ~0xE19L;

  // Groups of deny bits.
  private static final int DENY_USER = DENY_READ_USER | DENY_WRITE_USER | DENY_FETCH_USER;
  private static final int DENY_WRITE = DENY_WRITE_USER | DENY_WRITE_SUPERVISOR;
  private static final int DENY_FETCH = DENY_FETCH_USER | DENY_FETCH_SUPERVISOR;

  // Marks in page map entries, above the deny bits.
  private static final int GLOBAL = 1 << 26;
  private static final int LARGE = 1 << 28;

  /**
   * From a write-deny bit to the mark that says it is there because of watched code only: bits 27
   * and 30.
   */
  private static final int CODE_SHIFT = 6;

  private static final int CODE_MARKS = DENY_WRITE << CODE_SHIFT;

  /** How many filled entries a list holds; when it is full, its entries are dropped. */
  private static final int LIST_CAPACITY = 1 << 16;

  private static final int LARGE_REGION_SHIFT = 22;

  private final CpuState state;
  private final PhysicalBus bus;
  private final WatchedCode code;

  /**
   * The linear pages that have entries, global ones apart so that a load of CR3 need not look at
   * them.
   */
  private final int[] filled = new int[LIST_CAPACITY];

  private final int[] filledGlobal = new int[LIST_CAPACITY];
  private int filledCount;
  private int filledGlobalCount;

  /** The 4 MiB regions of linear memory in which an entry of a large page may be. */
  private final boolean[] hasLarge = new boolean[1 << 32 - LARGE_REGION_SHIFT];

  /** The PAE page-directory-pointer registers (Intel SDM volume 3, section 4.4.1). */
  private final long[] directoryPointers = new long[4];

  private long fills;
  private long flushes;
  private long flushedEntries;
  private long codeStores;

  /** Told of writes to watched code. */
  public interface CodeWatcher {
    /**
     * Some watched lines of a frame have been written; they are no longer watched.
     *
     * @param frame physical page number
     * @param lines the lines hit, a bit each
     */
    void codeWritten(int frame, int lines);
  }

  /** Told of data accesses to pages that hold data breakpoints. */
  public interface AccessWatcher {
    /** Whether accesses to a linear page are to be told. */
    boolean watches(int page);

    /** Some bytes are about to be accessed; the access may still fault. */
    void accessed(int linear, int size, boolean write);
  }

  private static final AccessWatcher NOBODY =
      new AccessWatcher() {
        @Override
        public boolean watches(int page) {
          return false;
        }

        @Override
        public void accessed(int linear, int size, boolean write) {}
      };

  private AccessWatcher accessWatcher = NOBODY;

  /** Makes the MMU of a processor; one physical address space has one MMU. */
  public Mmu(CpuState state, PhysicalBus bus) {
    super(bus.ram());
    this.state = state;
    this.bus = bus;
    code = bus.watchedCode();
    bus.setRemapListener(this::flushAll);
  }

  // --- watched code ----------------------------------------------------------------------------

  /** Sets who is told of writes to watched code; nobody is until then. */
  public void setCodeWatcher(CodeWatcher watcher) {
    code.setWatcher(watcher);
  }

  /**
   * Watches the lines of a frame that hold {@code length} bytes of code at {@code offset}; the
   * range stays in the frame.
   *
   * @param frame physical page number, of RAM
   * @param length at least 1
   */
  public void watchCode(int frame, int offset, int length) {
    if (code.watch(frame, offset, length)) {
      denyWrites(filled, filledCount, frame);
      denyWrites(filledGlobal, filledGlobalCount, frame);
    }
  }

  /** Ends watching lines of a frame: nobody keeps their code any more. */
  public void unwatchCode(int frame, int lines) {
    code.unwatch(frame, lines);
  }

  /** The watched lines of a frame, a bit each. */
  public int watchedLines(int frame) {
    return code.lines(frame);
  }

  private void denyWrites(int[] pages, int count, int frame) {
    for (int i = 0; i < count; i++) {
      final int entry = pageMap[pages[i]];
      if (frame(entry) == frame) {
        setEntry(pages[i], withWatchedCode(entry));
      }
    }
  }

  /** An entry with the writes it allows denied on account of watched code. */
  private static int withWatchedCode(int entry) {
    final int writes = ~entry & DENY_WRITE;
    return entry | writes | writes << CODE_SHIFT;
  }

  private static int withoutWatchedCode(int entry) {
    final int marks = entry & CODE_MARKS;
    return entry & ~(marks | marks >>> CODE_SHIFT);
  }

  // --- data breakpoints ------------------------------------------------------------------------

  /**
   * Sets who is told of data accesses; to be called again when the pages that it watches change.
   * Those pages stay out of the page map, so that every access to them is slow and seen.
   */
  public void watchAccesses(AccessWatcher watcher) {
    accessWatcher = watcher;
    flushAll();
  }

  /** Ends telling of data accesses. */
  public void unwatchAccesses() {
    watchAccesses(NOBODY);
  }

  // --- code ------------------------------------------------------------------------------------

  /**
   * The physical address of the code byte at a linear address, with fetch permission checked at the
   * current privilege level.
   *
   * @return the offset in RAM, or -1 where the code lies outside RAM (it is then read through
   *     {@link #fetchSlow})
   * @throws GuestFault #PF where it may not be fetched
   */
  public int fetch(int linear) {
    final int entry = pageMap[linear >>> PAGE_SHIFT];
    if ((entry & state.denyFetch()) == 0) {
      return ramOffset(entry, linear);
    }
    final long physical = translate(linear, state.denyFetch());
    return isRam(physical) ? (int) physical : -1;
  }

  /**
   * Reads a byte of code outside RAM.
   *
   * @throws GuestFault #PF where it may not be fetched
   */
  public int fetchSlow(int linear) {
    return read(translate(linear, state.denyFetch()), 1);
  }

  // --- dropping entries ------------------------------------------------------------------------

  /** Drops every entry of the page map that is not global: a load of CR3. */
  public void flush() {
    flushes++;
    state.busyWith = CpuState.BUSY_WITH_PAGE_MAP;
    for (int i = 0; i < filledCount; i++) {
      if ((pageMap[filled[i]] & GLOBAL) == 0) {
        setEntry(filled[i], UNMAPPED);
      }
    }
    flushedEntries += filledCount;
    filledCount = 0;
    state.busyWith = CpuState.BUSY_WITH_CODE;
  }

  /**
   * Drops every entry of the page map: a change of CR0.PG, CR0.WP, CR4.PAE, PSE, PGE, EFER.NXE, or
   * the A20 gate.
   */
  public void flushAll() {
    flush();
    flushGlobal();
    Arrays.fill(hasLarge, false);
  }

  private void flushGlobal() {
    for (int i = 0; i < filledGlobalCount; i++) {
      setEntry(filledGlobal[i], UNMAPPED);
    }
    flushedEntries += filledGlobalCount;
    filledGlobalCount = 0;
  }

  /**
   * INVLPG: drops the translation of one page, or of the whole 4 MiB (PAE: 2 MiB) page it lies in.
   */
  public void invalidatePage(int linear) {
    setEntry(linear >>> PAGE_SHIFT, UNMAPPED);
    final int region = linear >>> LARGE_REGION_SHIFT;
    if (hasLarge[region]) { // a large page may be in use without the entry for this part of it
      final int first = region << LARGE_REGION_SHIFT - PAGE_SHIFT;
      final int end = first + (1 << LARGE_REGION_SHIFT - PAGE_SHIFT);
      for (int page = first; page < end; page++) {
        if ((pageMap[page] & LARGE) != 0) {
          setEntry(page, UNMAPPED);
        }
      }
      hasLarge[region] = false;
    }
  }

  /**
   * Loads the four page-directory-pointer registers of PAE paging. To be called before a load of
   * CR3, CR0 or CR4 after which PAE paging is on takes effect.
   *
   * @param cr3 the value that CR3 has or is to have
   * @throws GuestFault #GP(0) where a present entry has a reserved bit set; no register has changed
   *     then
   */
  public void loadPageDirectoryPointers(int cr3) {
    final int table = cr3 & ~0x1F;
    for (int i = 0; i < 4; i++) {
      final long pointer = readTable64((table & 0xFFFF_FFFFL) + 8 * i);
      if ((pointer & PRESENT) != 0 && (pointer & POINTER_RESERVED) != 0) {
        throw state.fault.of(GuestFault.GENERAL_PROTECTION, 0);
      }
    }
    for (int i = 0; i < 4; i++) {
      directoryPointers[i] = readTable64((table & 0xFFFF_FFFFL) + 8 * i);
    }
  }

  // --- from linear to physical -----------------------------------------------------------------

  /**
   * The physical address of a linear one, for the access that {@code asked} forbids where it is
   * set. Fills the page map where it leads to RAM.
   *
   * @return up to 36 bits, the A20 gate applied
   * @throws GuestFault #PF
   */
  private long translate(int linear, int asked) {
    final int deny = anywhere(asked);
    final int page = linear >>> PAGE_SHIFT;
    int entry = pageMap[page];
    if ((entry & (deny & DENY_WRITE) << CODE_SHIFT) != 0) {
      if (code.lines(frame(entry)) == 0) { // the last of its lines has gone
        entry = withoutWatchedCode(entry);
        setEntry(page, entry);
      } else {
        codeStores++;
      }
    } else if ((entry & deny) != 0) {
      return walk(linear, deny);
    }
    return ramOffset(entry, linear);
  }

  private long walk(int linear, int deny) {
    state.busyWith = CpuState.BUSY_WITH_PAGE_MAP;
    try {
      if ((state.cr0 & CR0_PG) == 0) {
        return fill(linear, linear & 0xFFFF_F000L, 0);
      }
      return (state.cr4 & CR4_PAE) == 0 ? walk32(linear, deny) : walkPae(linear, deny);
    } finally {
      state.busyWith = CpuState.BUSY_WITH_CODE;
    }
  }

  private long walk32(int linear, int deny) {
    final boolean sizeExtension = (state.cr4 & CR4_PSE) != 0;
    final int directoryEntry = (state.cr3 & ~OFFSET_MASK) + (linear >>> 22 << 2);
    final int directory = bus.read(directoryEntry, 4);
    if ((directory & PRESENT) == 0) {
      throw pageFault(linear, deny, 0);
    }
    if (sizeExtension && (directory & PAGE_SIZE_BIT) != 0) {
      if ((directory & LARGE_RESERVED) != 0) {
        throw pageFault(linear, deny, ERROR_PRESENT | ERROR_RESERVED);
      }
      check(linear, deny, directory, false);
      final int used = directory | usedBits(deny);
      if (used != directory) {
        bus.write(directoryEntry, used, 4);
      }
      final int frame = directory & 0xFFC0_0000 | linear & 0x003F_F000;
      return fill(linear, frame & 0xFFFF_FFFFL, LARGE | marks(used, used, false));
    }
    final int tableEntry = (directory & ~OFFSET_MASK) + (linear >>> 12 - 2 & 0xFFC);
    final int leaf = bus.read(tableEntry, 4);
    if ((leaf & PRESENT) == 0) {
      throw pageFault(linear, deny, 0);
    }
    if (sizeExtension && (leaf & PTE_RESERVED) != 0) {
      throw pageFault(linear, deny, ERROR_PRESENT | ERROR_RESERVED);
    }
    final int rights = directory & leaf;
    check(linear, deny, rights, false);
    if ((directory & ACCESSED) == 0) {
      bus.write(directoryEntry, directory | ACCESSED, 4);
    }
    final int used = leaf | usedBits(deny);
    if (used != leaf) {
      bus.write(tableEntry, used, 4);
    }
    return fill(linear, leaf & 0xFFFF_F000L, marks(rights, used, false));
  }

  private long walkPae(int linear, int deny) {
    final long reservedNx = (state.efer & EFER_NXE) == 0 ? NO_EXECUTE : 0;
    final long pointer = directoryPointers[linear >>> 30];
    if ((pointer & PRESENT) == 0) {
      throw pageFault(linear, deny, 0);
    }
    final long directoryEntry = (pointer & PAE_ADDRESS) + (linear >>> 21 - 3 & 0xFF8);
    final long directory = readTable64(directoryEntry);
    if ((directory & PRESENT) == 0) {
      throw pageFault(linear, deny, 0);
    }
    if ((directory & PAGE_SIZE_BIT) != 0) {
      if ((directory & (PAE_LARGE_RESERVED | reservedNx)) != 0) {
        throw pageFault(linear, deny, ERROR_PRESENT | ERROR_RESERVED);
      }
      final boolean noExecute = directory < 0;
      check(linear, deny, (int) directory, noExecute);
      final int used = (int) directory | usedBits(deny);
      if (used != (int) directory) {
        writeTable(directoryEntry, used);
      }
      final long frame = directory & PAE_ADDRESS & ~0x1F_FFFFL | linear & 0x1F_F000;
      return fill(linear, frame, LARGE | marks(used, used, noExecute));
    }
    if ((directory & (PAE_RESERVED | reservedNx)) != 0) {
      throw pageFault(linear, deny, ERROR_PRESENT | ERROR_RESERVED);
    }
    final long tableEntry = (directory & PAE_ADDRESS) + (linear >>> 12 - 3 & 0xFF8);
    final long leaf = readTable64(tableEntry);
    if ((leaf & PRESENT) == 0) {
      throw pageFault(linear, deny, 0);
    }
    if ((leaf & (PAE_RESERVED | reservedNx | PTE_RESERVED)) != 0) {
      throw pageFault(linear, deny, ERROR_PRESENT | ERROR_RESERVED);
    }
    final int rights = (int) (directory & leaf);
    final boolean noExecute = (directory | leaf) < 0;
    check(linear, deny, rights, noExecute);
    if ((directory & ACCESSED) == 0) {
      writeTable(directoryEntry, (int) directory | ACCESSED);
    }
    final int used = (int) leaf | usedBits(deny);
    if (used != (int) leaf) {
      writeTable(tableEntry, used);
    }
    return fill(linear, leaf & PAE_ADDRESS, marks(rights, used, noExecute));
  }

  /** Faults where the rights of all levels together do not allow the access. */
  private void check(int linear, int deny, int rights, boolean noExecute) {
    if ((denied(rights, noExecute) & deny) != 0) {
      throw pageFault(linear, deny, ERROR_PRESENT);
    }
  }

  /**
   * The deny bits that rights alone give, whether the page is clean or not (Intel SDM volume 3,
   * section 4.6).
   */
  private int denied(int rights, boolean noExecute) {
    int denied = noExecute ? DENY_FETCH : 0;
    if ((rights & USER) == 0) {
      denied |= DENY_USER;
    }
    if ((rights & WRITABLE) == 0) {
      denied |= (state.cr0 & CR0_WP) != 0 ? DENY_WRITE : DENY_WRITE_USER;
    }
    return denied;
  }

  /**
   * The low bits of a page map entry. A clean page denies writes, so that the first one sets its
   * dirty bit.
   */
  private int marks(int rights, int leaf, boolean noExecute) {
    return denied(rights, noExecute)
        | ((leaf & DIRTY) == 0 ? DENY_WRITE : 0)
        | ((leaf & GLOBAL_BIT) != 0 && (state.cr4 & CR4_PGE) != 0 ? GLOBAL : 0);
  }

  private static int usedBits(int deny) {
    return (deny & DENY_WRITE) != 0 ? ACCESSED | DIRTY : ACCESSED;
  }

  private GuestFault pageFault(int linear, int deny, int cause) {
    int error = cause;
    if ((deny & DENY_WRITE) != 0) {
      error |= ERROR_WRITE;
    }
    if ((deny & DENY_USER) != 0) {
      error |= ERROR_USER;
    }
    if ((deny & DENY_FETCH) != 0 && (state.cr4 & CR4_PAE) != 0 && (state.efer & EFER_NXE) != 0) {
      error |= ERROR_FETCH;
    }
    state.cr2 = linear;
    return state.fault.of(GuestFault.PAGE_FAULT, error);
  }

  private long readTable64(long address) {
    if (address >>> 32 != 0) {
      return -1;
    }
    return bus.read((int) address, 4) & 0xFFFF_FFFFL | (long) bus.read((int) address + 4, 4) << 32;
  }

  private void writeTable(long address, int low) {
    if (address >>> 32 == 0) {
      bus.write((int) address, low, 4);
    }
  }

  /**
   * Puts a translation into the page map where its frame is RAM.
   *
   * @param frame the physical address of the frame
   * @param marks deny bits and marks of the entry
   * @return the physical address of the byte at {@code linear}
   */
  private long fill(int linear, long frame, int marks) {
    final int page = linear >>> PAGE_SHIFT;
    final long masked = frame >>> 32 == 0 ? frame & bus.addressMask() : frame;
    if (isRam(masked) && !accessWatcher.watches(page)) {
      list(page, marks & GLOBAL);
      final int ramFrame = (int) masked >>> PAGE_SHIFT;
      final int entry = ramFrame | marks | CHECK_ALIGNMENT;
      setEntry(page, code.lines(ramFrame) == 0 ? entry : withWatchedCode(entry));
      if ((marks & LARGE) != 0) {
        hasLarge[linear >>> LARGE_REGION_SHIFT] = true;
      }
      fills++;
    } else {
      setEntry(page, UNMAPPED);
    }
    return masked | linear & OFFSET_MASK;
  }

  /** Makes sure that a page which is about to be filled is on the list of its kind. */
  private void list(int page, int global) {
    final int old = pageMap[page];
    if (old != UNMAPPED && (old & GLOBAL) == global) {
      return;
    }
    if (global != 0) {
      if (filledGlobalCount == LIST_CAPACITY) {
        flushGlobal();
      }
      filledGlobal[filledGlobalCount++] = page;
    } else {
      if (filledCount == LIST_CAPACITY) {
        flush();
      }
      filled[filledCount++] = page;
    }
  }

  private boolean isRam(long physical) {
    return bus.isRamPage((int) Math.min(physical >>> PAGE_SHIFT, Integer.MAX_VALUE));
  }

  // --- slow accesses ---------------------------------------------------------------------------

  @Override
  public void probe(int linear, int size, int deny) {
    if (size == 2 || size == 4 || size == 8) {
      checkAlignment(linear, size, deny);
    }
    final int inFirst = Math.min(size, PAGE_SIZE - (linear & OFFSET_MASK));
    translate(linear, inFirst, deny);
    if (size > inFirst) {
      translate(nextPage(linear), size - inFirst, deny);
    }
  }

  @Override
  protected int slowLoad8(int linear, int deny) {
    accessWatcher.accessed(linear, 1, false);
    return read(translate(linear, 1, deny), 1);
  }

  @Override
  protected int slowLoad16(int linear, int deny) {
    checkAlignment(linear, 2, deny);
    accessWatcher.accessed(linear, 2, false);
    return crosses(linear, 2)
        ? (int) loadCrossing(linear, 2, deny)
        : read(translate(linear, 2, deny), 2);
  }

  @Override
  protected int slowLoad32(int linear, int deny) {
    checkAlignment(linear, 4, deny);
    accessWatcher.accessed(linear, 4, false);
    return crosses(linear, 4)
        ? (int) loadCrossing(linear, 4, deny)
        : read(translate(linear, 4, deny), 4);
  }

  @Override
  protected long slowLoad64(int linear, int deny) {
    checkAlignment(linear, 8, deny);
    accessWatcher.accessed(linear, 8, false);
    if (crosses(linear, 8)) {
      return loadCrossing(linear, 8, deny);
    }
    final long physical = translate(linear, 8, deny);
    return read(physical, 4) & 0xFFFF_FFFFL | (long) read(physical + 4, 4) << 32;
  }

  @Override
  protected void slowStore8(int linear, int value, int deny) {
    accessWatcher.accessed(linear, 1, true);
    write(translate(linear, deny), value, 1);
  }

  @Override
  protected void slowStore16(int linear, int value, int deny) {
    checkAlignment(linear, 2, deny);
    accessWatcher.accessed(linear, 2, true);
    if (crosses(linear, 2)) {
      storeCrossing(linear, value, 2, deny);
    } else {
      write(translate(linear, deny), value, 2);
    }
  }

  @Override
  protected void slowStore32(int linear, int value, int deny) {
    checkAlignment(linear, 4, deny);
    accessWatcher.accessed(linear, 4, true);
    if (crosses(linear, 4)) {
      storeCrossing(linear, value, 4, deny);
    } else {
      write(translate(linear, deny), value, 4);
    }
  }

  @Override
  protected void slowStore64(int linear, long value, int deny) {
    checkAlignment(linear, 8, deny);
    accessWatcher.accessed(linear, 8, true);
    if (crosses(linear, 8)) {
      storeCrossing(linear, value, 8, deny);
    } else {
      final long physical = translate(linear, deny);
      refuseCode(physical, 8);
      write(physical, (int) value, 4);
      write(physical + 4, (int) (value >>> 32), 4);
    }
  }

  /**
   * The physical address of bytes of a page that are read; where they must be writable too, what
   * translated code must not write is refused already, before an instruction commits anything.
   */
  private long translate(int linear, int size, int deny) {
    final long physical = translate(linear, deny);
    if ((deny & (DENY_WRITE_USER | DENY_WRITE_SUPERVISOR)) != 0) {
      refuseCode(physical, size);
    }
    return physical;
  }

  /** #AC comes before what concerns the page (Intel SDM volume 3, section 6.15). */
  private void checkAlignment(int linear, int size, int deny) {
    if ((deny & CHECK_ALIGNMENT) != 0 && (linear & size - 1) != 0) {
      throw state.fault.of(GuestFault.ALIGNMENT_CHECK, 0);
    }
  }

  private static boolean crosses(int linear, int size) {
    return (linear & OFFSET_MASK) > PAGE_SIZE - size;
  }

  private static int nextPage(int linear) {
    return (linear & ~OFFSET_MASK) + PAGE_SIZE;
  }

  private long loadCrossing(int linear, int size, int deny) {
    final int inFirst = PAGE_SIZE - (linear & OFFSET_MASK);
    final long first = translate(linear, inFirst, deny);
    final long second = translate(nextPage(linear), size - inFirst, deny);
    long value = 0;
    for (int i = 0; i < size; i++) {
      final long physical = i < inFirst ? first + i : second + i - inFirst;
      value |= (long) read(physical, 1) << 8 * i;
    }
    return value;
  }

  private void storeCrossing(int linear, long value, int size, int deny) {
    final long first = translate(linear, deny);
    final long second = translate(nextPage(linear), deny);
    final int inFirst = PAGE_SIZE - (linear & OFFSET_MASK);
    refuseCode(first, inFirst);
    refuseCode(second, size - inFirst);
    for (int i = 0; i < size; i++) {
      final long physical = i < inFirst ? first + i : second + i - inFirst;
      write(physical, (int) (value >>> 8 * i), 1);
    }
  }

  private int read(long physical, int size) {
    return physical >>> 32 == 0 ? bus.read((int) physical, size) : -1 >>> 32 - 8 * size;
  }

  private void write(long physical, int value, int size) {
    if (physical >>> 32 == 0) {
      refuseCode(physical, size);
      bus.write((int) physical, value, size);
    }
  }

  /** Translated code must not write to watched code: the interpreter does the instruction over. */
  private void refuseCode(long physical, int size) {
    if (state.inRegion && physical >>> 32 == 0 && code.isWatched((int) physical, size)) {
      throw state.fault.of(GuestFault.REEXECUTE);
    }
  }

  // --- statistics ------------------------------------------------------------------------------

  /** How many entries of the page map have been filled. */
  public long fills() {
    return fills;
  }

  /** How many times entries have been dropped as a whole: loads of CR3 and changes of paging. */
  public long flushes() {
    return flushes;
  }

  /** How many entries those flushes dropped. */
  public long flushedEntries() {
    return flushedEntries;
  }

  /** How many accesses for writing took the slow path because their frame holds watched code. */
  public long codeStores() {
    return codeStores;
  }
}
