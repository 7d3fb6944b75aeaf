package hourglass.runtime.testing;

import hourglass.runtime.memory.PhysicalMemory;

/**
 * Builds page tables in guest RAM, in either format (Intel SDM volume 3, sections 4.3 and 4.4).
 * Upper-level entries get every right, so that the flags of the lowest one decide, unless {@link
 * #setDirectoryFlags} says otherwise.
 *
 * <p>Changes memory only: whether the processor sees the change is up to CR3 loads and INVLPG, as
 * on a real machine.
 */
public final class PageTables {
  public static final int PRESENT = 1;
  public static final int WRITABLE = 1 << 1;
  public static final int USER = 1 << 2;
  public static final int ACCESSED = 1 << 5;
  public static final int DIRTY = 1 << 6;
  public static final int LARGE = 1 << 7;
  public static final int GLOBAL = 1 << 8;
  public static final long NO_EXECUTE = 1L << 63;

  private static final int PAGE = 4096;
  private static final int OPEN = PRESENT | WRITABLE | USER;

  private final PhysicalMemory memory;
  private final boolean pae;
  private final int root;
  private int nextTable;

  /**
   * Makes empty tables.
   *
   * @param base physical address from which frames are taken for tables as they are needed
   * @param pae whether entries have 64 bits
   */
  public PageTables(PhysicalMemory memory, int base, boolean pae) {
    this.memory = memory;
    this.pae = pae;
    root = base;
    nextTable = base + PAGE;
    clear(root);
    if (pae) {
      for (int i = 0; i < 4; i++) {
        write(root + 8 * i, newTable() | PRESENT);
      }
    }
  }

  /** What CR3 is to be. */
  public int root() {
    return root;
  }

  public boolean isPae() {
    return pae;
  }

  /** Maps a 4 KiB page; {@code flags} should contain PRESENT. */
  public void map(int linear, long physical, long flags) {
    final int directory = directoryEntryAddress(linear);
    if ((memory.read(directory, 4) & PRESENT) == 0) {
      write(directory, newTable() | OPEN);
    }
    write(entryAddress(linear), physical | flags);
  }

  /** Maps a range of 4 KiB pages, one after the other. */
  public void mapRange(int linear, long physical, int bytes, long flags) {
    for (int offset = 0; offset < bytes; offset += PAGE) {
      map(linear + offset, physical + offset, flags);
    }
  }

  /** Maps a page of 4 MiB, or 2 MiB with PAE. */
  public void mapLarge(int linear, long physical, long flags) {
    write(directoryEntryAddress(linear), physical | flags | LARGE);
  }

  /** Replaces the low 12 bits of the directory entry above a 4 KiB page. */
  public void setDirectoryFlags(int linear, int flags) {
    final int address = directoryEntryAddress(linear);
    memory.write(address, memory.read(address, 4) & ~(PAGE - 1) | flags, 4);
  }

  /** The physical address of the page directory entry for a linear address. */
  public int directoryEntryAddress(int linear) {
    if (!pae) {
      return root + (linear >>> 22) * 4;
    }
    final int directory = memory.read(root + 8 * (linear >>> 30), 4) & ~(PAGE - 1);
    return directory + (linear >>> 21 & 0x1FF) * 8;
  }

  /**
   * The physical address of the page table entry for a linear address that {@link #map} has mapped.
   */
  public int entryAddress(int linear) {
    final int table = memory.read(directoryEntryAddress(linear), 4) & ~(PAGE - 1);
    return pae ? table + (linear >>> 12 & 0x1FF) * 8 : table + (linear >>> 12 & 0x3FF) * 4;
  }

  /** The low half of the page table entry for a linear address. */
  public int entry(int linear) {
    return memory.read(entryAddress(linear), 4);
  }

  /** The low half of the page directory entry for a linear address. */
  public int directoryEntry(int linear) {
    return memory.read(directoryEntryAddress(linear), 4);
  }

  private int newTable() {
    final int table = nextTable;
    nextTable += PAGE;
    clear(table);
    return table;
  }

  private void clear(int table) {
    memory.copyIn(table, new byte[PAGE], 0, PAGE);
  }

  private void write(int address, long entry) {
    memory.write(address, (int) entry, 4);
    if (pae) {
      memory.write(address + 4, (int) (entry >>> 32), 4);
    }
  }
}
