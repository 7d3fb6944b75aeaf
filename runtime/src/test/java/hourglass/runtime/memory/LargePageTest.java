package hourglass.runtime.memory;

import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.PageTables.ACCESSED;
import static hourglass.runtime.testing.PageTables.DIRTY;
import static hourglass.runtime.testing.PageTables.NO_EXECUTE;
import static hourglass.runtime.testing.PageTables.PRESENT;
import static hourglass.runtime.testing.PageTables.USER;
import static hourglass.runtime.testing.PageTables.WRITABLE;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_SUPERVISOR;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_USER;
import static hourglass.translator.cpu.GuestMemory.DENY_WRITE_SUPERVISOR;
import static hourglass.translator.cpu.GuestMemory.DENY_WRITE_USER;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of 4 MiB and 2 MiB. */
class LargePageTest {
  private static final int PAGE = 0x0840_0000;

  private final GuestMachine machine = GuestMachine.protected32();
  private final Mmu memory = machine.memory;

  private PageTables largePage(boolean pae, long flags) {
    final PageTables tables = machine.enablePaging(pae);
    tables.mapLarge(PAGE, 0, flags);
    return tables;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyPartOfALargePageIsMapped(boolean pae) {
    largePage(pae, PRESENT | WRITABLE | USER);
    memory.store32(PAGE + DATA, 1, DENY_WRITE_USER);
    memory.store32(PAGE + DATA + 0x5_0004, 2, DENY_WRITE_USER);
    machine.assertMemory(DATA, 1).assertMemory(DATA + 0x5_0004, 2);
  }

  @Test
  void fourMegabytePageReachesBeyondTwo() {
    largePage(false, PRESENT | WRITABLE);
    memory.store32(PAGE + 0x3F_FFFC, 7, DENY_WRITE_SUPERVISOR);
    machine.assertMemory(0x3F_FFFC, 7);
  }

  @Test
  void twoMegabytePageEndsAtTwo() {
    largePage(true, PRESENT | WRITABLE);
    machine.assertPageFault(
        0, PAGE + 0x20_0000, () -> memory.load8(PAGE + 0x20_0000, DENY_READ_SUPERVISOR));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void accessedAndDirtyAreKeptInTheDirectory(boolean pae) {
    final PageTables tables = largePage(pae, PRESENT | WRITABLE);
    memory.load8(PAGE + DATA, DENY_READ_SUPERVISOR);
    assertEquals(ACCESSED, tables.directoryEntry(PAGE) & (ACCESSED | DIRTY));
    memory.store8(PAGE + DATA, 1, DENY_WRITE_SUPERVISOR);
    assertEquals(ACCESSED | DIRTY, tables.directoryEntry(PAGE) & (ACCESSED | DIRTY));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rightsOfALargePageAreChecked(boolean pae) {
    largePage(pae, PRESENT);
    machine.assertPageFault(5, PAGE, () -> memory.load8(PAGE, DENY_READ_USER));
    machine.assertPageFault(3, PAGE, () -> memory.store8(PAGE, 0, DENY_WRITE_SUPERVISOR));
  }

  @Test
  void noExecuteHoldsForLargePages() {
    largePage(true, PRESENT | NO_EXECUTE);
    assertEquals(0, memory.load8(PAGE + DATA, DENY_READ_SUPERVISOR));
    machine.assertPageFault(0x11, PAGE + DATA, () -> memory.fetch(PAGE + DATA));
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 13, 21})
  void reservedBitsOfAFourMegabytePageFault(int bit) {
    largePage(false, PRESENT | 1L << bit);
    machine.assertPageFault(9, PAGE, () -> memory.load8(PAGE, DENY_READ_SUPERVISOR));
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 20, 36, 62})
  void reservedBitsOfATwoMegabytePageFault(int bit) {
    largePage(true, PRESENT | 1L << bit);
    machine.assertPageFault(9, PAGE, () -> memory.load8(PAGE, DENY_READ_SUPERVISOR));
  }

  @Test
  void sizeBitIsIgnoredWithoutPageSizeExtension() {
    final PageTables tables = machine.enablePaging(false);
    tables.map(PAGE, DATA, PRESENT);
    tables.setDirectoryFlags(PAGE, PRESENT | PageTables.LARGE);
    machine.state.cr4 = 0;
    memory.flushAll();
    machine.write32(DATA, 77);
    assertEquals(77, memory.load32(PAGE, DENY_READ_SUPERVISOR));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void invalidatingAnyPartDropsTheWholeLargePage(boolean pae) {
    final PageTables tables = largePage(pae, PRESENT);
    memory.load8(PAGE + 0x1000, DENY_READ_SUPERVISOR);
    memory.load8(PAGE + 0x1F_F000, DENY_READ_SUPERVISOR);
    tables.mapLarge(PAGE, 0, 0);
    assertEquals(0, memory.load8(PAGE + 0x1000, DENY_READ_SUPERVISOR), "kept until INVLPG");
    memory.invalidatePage(PAGE + 0x8_0000); // a part that was never used
    machine.assertPageFault(
        0, PAGE + 0x1000, () -> memory.load8(PAGE + 0x1000, DENY_READ_SUPERVISOR));
    machine.assertPageFault(
        0, PAGE + 0x1F_F000, () -> memory.load8(PAGE + 0x1F_F000, DENY_READ_SUPERVISOR));
  }
}
