package hourglass.runtime.boot;

import hourglass.runtime.memory.PhysicalMemory;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Segment;
import java.util.Arrays;

/**
 * The processor state that Linux's 32-bit boot protocol and Multiboot have in common: protected
 * mode, paging and interrupts off, flat 4 GiB segments at ring 0, and a global descriptor table
 * that matches them.
 */
final class FlatStart {
  /** Linux's {@code __BOOT_CS}. */
  static final int CODE_SELECTOR = 0x10;

  /** Linux's {@code __BOOT_DS}. */
  static final int DATA_SELECTOR = 0x18;

  /** Entries 2 and 3: code and data, present, 32-bit, base 0, limit 4 GiB, accessed. */
  private static final long[] DESCRIPTORS = {0, 0, 0x00CF_9B00_0000_FFFFL, 0x00CF_9300_0000_FFFFL};

  /** Bytes the descriptor table takes. */
  static final int GDT_SIZE = 8 * 4;

  private static final int FLAT =
      Segment.PRESENT
          | Segment.NOT_SYSTEM
          | Segment.BIG
          | Segment.GRANULAR
          | Segment.ACCESSED
          | Segment.READABLE;

  private FlatStart() {}

  /**
   * Writes the descriptor table and sets every register; general registers are 0 except ESP.
   *
   * @param gdt where the descriptor table goes, {@link #GDT_SIZE} bytes
   * @param stack initial ESP
   */
  static void enter(PhysicalMemory memory, CpuState state, int gdt, int stack, int entry) {
    for (int i = 0; i < DESCRIPTORS.length; i++) {
      memory.write(gdt + 8 * i, (int) DESCRIPTORS[i], 4);
      memory.write(gdt + 8 * i + 4, (int) (DESCRIPTORS[i] >>> 32), 4);
    }
    state.gdtrBase = gdt;
    state.gdtrLimit = GDT_SIZE - 1;
    for (Segment segment : state.segment) {
      segment.set(DATA_SELECTOR, 0, 0xFFFF_FFFF, FLAT);
    }
    state.segment[CpuState.CS].set(CODE_SELECTOR, 0, 0xFFFF_FFFF, FLAT | Segment.CODE);
    Arrays.fill(state.reg, 0);
    state.reg[CpuState.ESP] = stack;
    state.cr0 = CpuState.CR0_PE | CpuState.CR0_ET;
    state.cr3 = 0;
    state.cr4 = 0;
    state.cpl = 0;
    state.setEflags(2);
    state.eip = entry;
    state.nextEip = entry;
    state.updateMode();
  }
}
