package hourglass.runtime.memory;

import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.PageTables.ACCESSED;
import static hourglass.runtime.testing.PageTables.GLOBAL;
import static hourglass.runtime.testing.PageTables.PRESENT;
import static hourglass.runtime.testing.PageTables.WRITABLE;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_SUPERVISOR;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_USER;
import static hourglass.translator.cpu.GuestMemory.DENY_WRITE_SUPERVISOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page map keeps and drops: loads of CR3, global pages, INVLPG, PAE pointer registers. */
class PageMapFlushTest {
  private static final int PAGE = 0x0800_0000;

  private final GuestMachine machine = GuestMachine.protected32();
  private final Mmu memory = machine.memory;

  /** Maps a page, uses it, then moves it to another frame without telling the processor. */
  private void useThenMove(long flags) {
    final PageTables tables = machine.enablePaging(false);
    machine.write32(DATA, 1).write32(DATA + 0x1000, 2);
    tables.map(PAGE, DATA, PRESENT | flags);
    memory.load32(PAGE, DENY_READ_SUPERVISOR);
    tables.map(PAGE, DATA + 0x1000, PRESENT | flags);
  }

  private void assertReads(int expected, String when) {
    assertEquals(expected, memory.load32(PAGE, DENY_READ_SUPERVISOR), when);
  }

  @Test
  void changedEntryIsSeenAfterInvalidation() {
    useThenMove(0);
    assertReads(1, "before INVLPG");
    memory.invalidatePage(PAGE + 0x123);
    assertReads(2, "after INVLPG");
  }

  @Test
  void changedEntryIsSeenAfterLoadOfCr3() {
    useThenMove(0);
    assertReads(1, "before");
    memory.flush();
    assertReads(2, "after");
  }

  @Test
  void withoutPagingAPageIsFilledOnceWhereverItIsFirstAccessed() {
    for (int offset = 0; offset < 0x1000; offset += 4) {
      memory.flushAll();
      final long before = memory.fills();
      memory.load32(DATA + offset, DENY_READ_SUPERVISOR);
      memory.load32(DATA, DENY_READ_SUPERVISOR);
      assertEquals(1, memory.fills() - before, "fills after an access at offset " + offset);
    }
  }

  @Test
  void globalPageSurvivesLoadOfCr3() {
    useThenMove(GLOBAL);
    memory.flush();
    assertReads(1, "after a load of CR3");
    memory.flushAll();
    assertReads(2, "after a change of CR4");
  }

  @Test
  void globalPageIsInvalidatedByInvlpg() {
    useThenMove(GLOBAL);
    memory.invalidatePage(PAGE);
    assertReads(2, "after INVLPG");
    memory.flush();
    assertReads(2, "after a load of CR3");
  }

  @Test
  void globalBitMeansNothingWithoutPge() {
    final PageTables tables = machine.enablePaging(false);
    machine.state.cr4 &= ~CpuState.CR4_PGE;
    memory.flushAll();
    tables.map(PAGE, DATA, PRESENT | GLOBAL);
    memory.load32(PAGE, DENY_READ_SUPERVISOR);
    tables.map(PAGE, DATA, 0);
    memory.flush();
    machine.assertPageFault(0, PAGE, () -> memory.load32(PAGE, DENY_READ_SUPERVISOR));
  }

  @Test
  void pageThatBecameGlobalSurvivesLoadOfCr3() {
    useThenMove(0);
    memory.invalidatePage(PAGE);
    new Remap(GLOBAL).to(DATA);
    assertReads(1, "global now");
    new Remap(GLOBAL).to(DATA + 0x1000);
    memory.flush();
    assertReads(1, "after a load of CR3");
  }

  /** Changes the entry of {@link #PAGE} in the tables in use. */
  private final class Remap {
    private final int flags;

    Remap(int flags) {
      this.flags = flags;
    }

    void to(int frame) {
      final int directory = machine.read32(machine.state.cr3 + (PAGE >>> 22) * 4);
      machine.write32((directory & ~0xFFF) + (PAGE >>> 12 & 0x3FF) * 4, frame | PRESENT | flags);
    }
  }

  @Test
  void flushCostsWhatWasUsed() {
    machine.enablePaging(false);
    final long before = memory.flushedEntries();
    memory.load8(0x1000, DENY_READ_SUPERVISOR);
    memory.load8(0x1001, DENY_READ_SUPERVISOR);
    memory.load8(0x2000, DENY_READ_SUPERVISOR);
    memory.flush();
    assertEquals(2, memory.flushedEntries() - before);
  }

  @Test
  void morePagesThanTheListHoldsAreStillRight() {
    final PageTables tables = machine.enablePaging(false);
    machine.write32(DATA, 0x55AA);
    for (int region = 0; region < 100; region++) { // 102,400 pages, all the same few frames
      tables.mapLarge(0x1000_0000 + (region << 22), 0, PRESENT);
    }
    for (int offset = 0; offset < 100 << 22; offset += 4096) {
      memory.load8(0x1000_0000 + offset, DENY_READ_SUPERVISOR);
    }
    assertEquals(0x55AA, memory.load32(0x1000_0000 + DATA, DENY_READ_SUPERVISOR));
    memory.flush();
    for (int region = 0; region < 100; region++) {
      tables.mapLarge(0x1000_0000 + (region << 22), 0, 0);
    }
    for (int offset = 0; offset < 100 << 22; offset += 4096) {
      final int linear = 0x1000_0000 + offset;
      machine.assertPageFault(0, linear, () -> memory.load8(linear, DENY_READ_SUPERVISOR));
    }
  }

  @Test
  void pagingOffMapsEverythingToItself() {
    machine.write32(DATA, 99);
    assertEquals(99, memory.load32(DATA, DENY_READ_USER));
    assertEquals(DATA, memory.fetch(DATA));
  }

  @Test
  void pointerRegistersAreReadOnlyWhenLoaded() {
    final PageTables tables = machine.enablePaging(true);
    memory.load8(0, DENY_READ_SUPERVISOR);
    machine.write32(tables.root(), 0);
    memory.flushAll();
    assertEquals(0, memory.load8(0, DENY_READ_SUPERVISOR), "the register still holds the pointer");
    memory.loadPageDirectoryPointers(tables.root());
    memory.flushAll();
    machine.assertPageFault(0, 0, () -> memory.load8(0, DENY_READ_SUPERVISOR));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 8})
  void reservedBitOfAPointerIsAProtectionFaultAndLoadsNothing(int bit) {
    final PageTables tables = machine.enablePaging(true);
    machine.write32(tables.root() + 8, PRESENT | 1 << bit);
    machine.write32(tables.root(), 0);
    final GuestFault fault =
        assertThrows(GuestFault.class, () -> memory.loadPageDirectoryPointers(tables.root()));
    assertEquals(GuestFault.GENERAL_PROTECTION, fault.vector());
    assertEquals(0, memory.load8(0, DENY_READ_SUPERVISOR), "the old pointers still hold");
  }

  @ParameterizedTest
  @ValueSource(ints = {0x7FFF_F000, 0xFFFF_F000})
  void pageDirectoryOutsideRamReadsAsOpenBus(int cr3) {
    machine.enablePaging(false);
    machine.state.cr3 = cr3;
    memory.flushAll();
    machine.assertPageFault(9, PAGE, () -> memory.load8(PAGE, DENY_READ_SUPERVISOR));
    machine.state.cr4 =
        0; // then even all ones are an entry, of a table in open bus, of a page there
    assertEquals(0xFF, memory.load8(PAGE, DENY_READ_SUPERVISOR));
    memory.store8(PAGE, 0, DENY_WRITE_SUPERVISOR);
  }

  @Test
  void pageTableOnADeviceIsReadFromTheDevice() {
    final PageTables tables = machine.enablePaging(false);
    final int device = 0xE000_0000;
    final List<Integer> writes = new ArrayList<>();
    machine.bus.attach(
        device,
        device + 0xFFF,
        new MmioDevice() {
          @Override
          public int read(int address, int size) {
            return DATA | PRESENT;
          }

          @Override
          public void write(int address, int value, int size) {
            writes.add(value);
          }
        });
    machine.write32(tables.directoryEntryAddress(PAGE), device | PRESENT);
    machine.write32(DATA, 31);
    assertEquals(31, memory.load32(PAGE, DENY_READ_SUPERVISOR));
    assertEquals(List.of(DATA | PRESENT | ACCESSED), writes);
  }

  @Test
  void frameAboveFourGigabytesIsOpenBus() {
    final PageTables tables = machine.enablePaging(true);
    tables.map(PAGE, 0xF_0000_0000L, PRESENT | WRITABLE);
    assertEquals(-1, memory.load32(PAGE, DENY_READ_SUPERVISOR));
    memory.store32(PAGE, 1, DENY_WRITE_SUPERVISOR);
    assertEquals(-1, memory.fetch(PAGE));
    assertEquals(0xFF, memory.fetchSlow(PAGE));
  }
}
