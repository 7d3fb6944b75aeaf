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
import hourglass.translator.cpu.CpuState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a page's rights allow, the error codes of what they do not, and accessed and dirty bits. */
class PagePermissionTest {
  private static final int PAGE = 0x0800_0000;

  private final GuestMachine machine = GuestMachine.protected32();
  private final Mmu memory = machine.memory;

  private PageTables pageWith(boolean pae, long flags) {
    final PageTables tables = machine.enablePaging(pae);
    tables.map(PAGE, DATA, flags);
    machine.write32(DATA, 0x1234_5678);
    return tables;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void mappedPageIsReadAndWrittenWhereItsFrameLies(boolean pae) {
    pageWith(pae, PRESENT | WRITABLE | USER);
    assertEquals(0x1234_5678, memory.load32(PAGE, DENY_READ_USER));
    memory.store32(PAGE + 4, 0x9ABC_DEF0, DENY_WRITE_USER);
    memory.store16(PAGE + 8, 0x1122, DENY_WRITE_USER);
    memory.store8(PAGE + 10, 0x33, DENY_WRITE_USER);
    memory.store64(PAGE + 16, 0x0102_0304_0506_0708L, DENY_WRITE_USER);
    machine.assertMemory(DATA + 4, 0x9ABC_DEF0).assertMemory(DATA + 8, 0x0033_1122);
    machine.assertMemory(DATA + 16, 0x0506_0708).assertMemory(DATA + 20, 0x0102_0304);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void absentPageFaultsWithoutThePresentBit(boolean pae) {
    pageWith(pae, 0);
    machine.assertPageFault(0, PAGE + 5, () -> memory.load8(PAGE + 5, DENY_READ_SUPERVISOR));
    machine.assertPageFault(2, PAGE, () -> memory.store8(PAGE, 1, DENY_WRITE_SUPERVISOR));
    machine.assertPageFault(4, PAGE, () -> memory.load32(PAGE, DENY_READ_USER));
    machine.assertPageFault(6, PAGE, () -> memory.store32(PAGE, 1, DENY_WRITE_USER));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void absentPageTableFaultsLikeAnAbsentPage(boolean pae) {
    pageWith(pae, PRESENT);
    final int elsewhere = 0x2000_0000;
    machine.assertPageFault(4, elsewhere, () -> memory.load8(elsewhere, DENY_READ_USER));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void supervisorPageFaultsForUsersOnly(boolean pae) {
    pageWith(pae, PRESENT | WRITABLE);
    assertEquals(0x1234_5678, memory.load32(PAGE, DENY_READ_SUPERVISOR));
    machine.assertPageFault(5, PAGE, () -> memory.load32(PAGE, DENY_READ_USER));
    machine.assertPageFault(7, PAGE, () -> memory.store32(PAGE, 0, DENY_WRITE_USER));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readOnlyPageFaultsOnWritesOfBothWithWriteProtect(boolean pae) {
    pageWith(pae, PRESENT | USER);
    assertEquals(0x1234_5678, memory.load32(PAGE, DENY_READ_USER));
    machine.assertPageFault(7, PAGE, () -> memory.store32(PAGE, 0, DENY_WRITE_USER));
    machine.assertPageFault(3, PAGE, () -> memory.store32(PAGE, 0, DENY_WRITE_SUPERVISOR));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void supervisorWritesReadOnlyPagesWithoutWriteProtect(boolean pae) {
    pageWith(pae, PRESENT | USER);
    machine.state.cr0 &= ~CpuState.CR0_WP;
    memory.flushAll();
    memory.store32(PAGE, 42, DENY_WRITE_SUPERVISOR);
    machine.assertMemory(DATA, 42);
    machine.assertPageFault(7, PAGE, () -> memory.store32(PAGE, 0, DENY_WRITE_USER));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void directoryTakesRightsAway(boolean pae) {
    final PageTables tables = pageWith(pae, PRESENT | WRITABLE | USER);
    tables.setDirectoryFlags(PAGE, PRESENT | USER);
    machine.assertPageFault(7, PAGE, () -> memory.store32(PAGE, 0, DENY_WRITE_USER));
    tables.setDirectoryFlags(PAGE, PRESENT | WRITABLE);
    memory.invalidatePage(PAGE);
    machine.assertPageFault(5, PAGE, () -> memory.load32(PAGE, DENY_READ_USER));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readSetsAccessedAndWriteSetsDirty(boolean pae) {
    final PageTables tables = pageWith(pae, PRESENT | WRITABLE);
    memory.load32(PAGE, DENY_READ_SUPERVISOR);
    assertEquals(ACCESSED, tables.entry(PAGE) & (ACCESSED | DIRTY), "after a read");
    assertEquals(ACCESSED, tables.directoryEntry(PAGE) & (ACCESSED | DIRTY), "directory");
    memory.store32(PAGE, 1, DENY_WRITE_SUPERVISOR);
    assertEquals(ACCESSED | DIRTY, tables.entry(PAGE) & (ACCESSED | DIRTY), "after a write");
    assertEquals(ACCESSED, tables.directoryEntry(PAGE) & (ACCESSED | DIRTY), "directory");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void deniedAccessSetsNoBits(boolean pae) {
    final PageTables tables = pageWith(pae, PRESENT);
    machine.assertPageFault(7, PAGE, () -> memory.store8(PAGE, 0, DENY_WRITE_USER));
    assertEquals(0, tables.entry(PAGE) & (ACCESSED | DIRTY));
  }

  @Test
  void loadForWritingFaultsAsAWriteAndSetsDirty() {
    final PageTables tables = pageWith(false, PRESENT | USER | WRITABLE);
    assertEquals(0x1234_5678, memory.load32(PAGE, DENY_WRITE_USER));
    assertEquals(DIRTY, tables.entry(PAGE) & DIRTY);
    tables.map(PAGE, DATA, PRESENT | USER);
    memory.invalidatePage(PAGE);
    machine.assertPageFault(7, PAGE, () -> memory.load32(PAGE, DENY_WRITE_USER));
  }

  @Test
  void supervisorAccessesFromRingThreeHaveSupervisorRights() {
    pageWith(false, PRESENT | WRITABLE);
    machine.state.cpl = 3;
    machine.state.updateMode();
    assertEquals(0x1234_5678, memory.load32(PAGE, DENY_READ_SUPERVISOR));
  }

  @Test
  void probeFaultsAsTheAccessWouldAndChangesNothing() {
    pageWith(false, PRESENT | USER);
    memory.probe(PAGE, 4096, DENY_READ_USER);
    machine.assertPageFault(7, PAGE + 8, () -> memory.probe(PAGE + 8, 4, DENY_WRITE_USER));
    machine.assertPageFault(
        6,
        PAGE + 0x1000,
        () -> {
          memory.invalidatePage(PAGE);
          machine.state.cr0 &= ~CpuState.CR0_WP;
          memory.probe(PAGE + 0xFFE, 2, DENY_READ_USER);
          memory.probe(PAGE + 0x1000, 2, DENY_WRITE_USER);
        });
    machine.assertMemory(DATA, 0x1234_5678);
  }

  @Test
  void fetchNeedsOnlyReadRightsWithoutNx() {
    pageWith(false, PRESENT | USER);
    machine.state.cpl = 3;
    machine.state.updateMode();
    assertEquals(DATA + 0x123, memory.fetch(PAGE + 0x123));
    machine.assertPageFault(4, PAGE + 0x1000, () -> memory.fetch(PAGE + 0x1000));
  }

  @Test
  void noExecutePageFaultsOnFetchOnly() {
    final PageTables tables = pageWith(true, PRESENT | USER | WRITABLE | NO_EXECUTE);
    assertEquals(0x1234_5678, memory.load32(PAGE, DENY_READ_SUPERVISOR));
    machine.assertPageFault(0x11, PAGE, () -> memory.fetch(PAGE));
    tables.map(PAGE, DATA, PRESENT | USER | WRITABLE);
    memory.invalidatePage(PAGE);
    assertEquals(DATA, memory.fetch(PAGE));
  }

  @Test
  void noExecuteBitIsReservedWhereNxIsOff() {
    pageWith(true, PRESENT | NO_EXECUTE);
    machine.state.efer = 0;
    memory.flushAll();
    machine.assertPageFault(9, PAGE, () -> memory.load8(PAGE, DENY_READ_SUPERVISOR));
  }

  @Test
  void absentPageReportsTheFetchWhereNxIsOn() {
    pageWith(true, 0);
    machine.assertPageFault(0x10, PAGE, () -> memory.fetch(PAGE));
    machine.state.efer = 0;
    machine.assertPageFault(0, PAGE, () -> memory.fetch(PAGE));
  }

  @Test
  void physicalAddressBitsAbove35AreReserved() {
    pageWith(true, PRESENT | 1L << 36);
    machine.assertPageFault(9, PAGE, () -> memory.load8(PAGE, DENY_READ_SUPERVISOR));
  }

  @Test
  void accessAcrossPagesReadsBothFrames() {
    final PageTables tables = pageWith(false, PRESENT | WRITABLE | USER);
    tables.map(PAGE + 0x1000, DATA + 0x5000, PRESENT | WRITABLE | USER);
    memory.store64(PAGE + 0xFFD, 0x8877_6655_4433_2211L, DENY_WRITE_USER);
    machine.assertMemory(DATA + 0xFFC, 0x3322_1100).assertMemory(DATA + 0x5000, 0x7766_5544);
    assertEquals(0x8877_6655_4433_2211L, memory.load64(PAGE + 0xFFD, DENY_READ_USER));
    assertEquals(0x5544_3322, memory.load32(PAGE + 0xFFE, DENY_READ_USER));
    assertEquals(0x4433, memory.load16(PAGE + 0xFFF, DENY_READ_USER));
  }

  @ParameterizedTest
  @ValueSource(ints = {0xFFD, 0xFFE, 0xFFF})
  void storeAcrossPagesWritesNothingWhereTheSecondPageFaults(int offset) {
    final PageTables tables = pageWith(false, PRESENT | WRITABLE | USER);
    tables.map(PAGE + 0x1000, DATA + 0x1000, PRESENT | USER);
    machine.assertPageFault(
        7, PAGE + 0x1000, () -> memory.store32(PAGE + offset, -1, DENY_WRITE_USER));
    machine.assertMemory(DATA + 0xFFC, 0);
  }

  @Test
  void accessAcrossPagesReportsTheFirstPageFirst() {
    pageWith(false, 0);
    machine.assertPageFault(4, PAGE + 0xFFE, () -> memory.load32(PAGE + 0xFFE, DENY_READ_USER));
  }

  @Test
  void accessAcrossTheTopOfMemoryWrapsAround() {
    final PageTables tables = machine.enablePaging(false);
    tables.map(0xFFFF_F000, DATA, PRESENT | WRITABLE);
    machine.write32(DATA + 0xFFC, 0x4433_2211).write32(0, 0x8877_6655);
    assertEquals(0x6655_4433, memory.load32(0xFFFF_FFFE, DENY_READ_SUPERVISOR));
  }
}
