package hourglass.runtime.memory;

import static hourglass.runtime.testing.GuestMachine.DATA;
import static hourglass.runtime.testing.PageTables.DIRTY;
import static hourglass.runtime.testing.PageTables.GLOBAL;
import static hourglass.runtime.testing.PageTables.PRESENT;
import static hourglass.runtime.testing.PageTables.USER;
import static hourglass.runtime.testing.PageTables.WRITABLE;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_SUPERVISOR;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_USER;
import static hourglass.translator.cpu.GuestMemory.DENY_WRITE_SUPERVISOR;
import static hourglass.translator.cpu.GuestMemory.DENY_WRITE_USER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.PageTables;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Writes to lines of watched code, by whatever way, are told once and after they are done. */
class WatchedCodeTest {
  private static final int ALIAS = 0x0800_0000;
  private static final int FRAME = DATA >>> 12;

  private final GuestMachine machine = GuestMachine.protected32();
  private final Mmu memory = machine.memory;
  private final List<String> told = new ArrayList<>();

  WatchedCodeTest() {
    memory.setCodeWatcher(
        (frame, lines) -> told.add("%x:%08x=%08x".formatted(frame, lines, machine.read32(DATA))));
  }

  private void store(int linear, int value) {
    memory.store32(linear, value, DENY_WRITE_SUPERVISOR);
  }

  @Test
  void writeToCodeIsToldAfterTheStore() {
    memory.watchCode(FRAME, 0, 10);
    store(DATA, 0x1111);
    assertEquals(List.of("20:00000001=00001111"), told);
  }

  @Test
  void writeToCodeIsToldOnceOnly() {
    memory.watchCode(FRAME, 0, 10);
    store(DATA, 1);
    store(DATA + 4, 2);
    assertEquals(1, told.size(), told.toString());
    assertEquals(0, memory.watchedLines(FRAME));
  }

  @Test
  void writeBesideCodeIsDoneAndNotTold() {
    memory.watchCode(FRAME, 128, 128);
    store(DATA + 256, 3);
    store(DATA + 124, 4);
    assertEquals(List.of(), told);
    machine.assertMemory(DATA + 256, 3).assertMemory(DATA + 124, 4);
    assertEquals(0b10, memory.watchedLines(FRAME));
  }

  @Test
  void codeAcrossLinesWatchesEachOfThem() {
    memory.watchCode(FRAME, 127, 130);
    assertEquals(0b111, memory.watchedLines(FRAME));
    memory.watchCode(FRAME, 4095, 1);
    assertEquals(0x8000_0007, memory.watchedLines(FRAME));
  }

  @Test
  void storeAcrossTwoLinesTellsBoth() {
    memory.watchCode(FRAME, 0, 4096);
    store(DATA + 126, 0);
    assertEquals(List.of("20:00000003=00000000"), told);
  }

  @Test
  void pageThatWasWritableBeforeIsWatchedToo() {
    store(DATA, 1);
    memory.watchCode(FRAME, 0, 1);
    store(DATA, 2);
    assertEquals(List.of("20:00000001=00000002"), told);
  }

  @Test
  void everyMappingOfTheFrameIsWatched() {
    final PageTables tables = machine.enablePaging(false);
    tables.map(ALIAS, DATA, PRESENT | WRITABLE | GLOBAL);
    store(ALIAS, 1);
    store(DATA, 2);
    memory.watchCode(FRAME, 0, 1);
    store(ALIAS, 3);
    memory.watchCode(FRAME, 0, 1);
    store(DATA, 4);
    assertEquals(List.of("20:00000001=00000003", "20:00000001=00000004"), told);
  }

  @Test
  void writesTakeTheFastPathAgainWhenNoLineIsLeft() {
    store(DATA, 0);
    memory.watchCode(FRAME, 0, 1);
    store(DATA, 1);
    store(DATA, 2);
    final long slow = memory.codeStores();
    store(DATA, 3);
    store(DATA, 4);
    assertEquals(slow, memory.codeStores());
    assertEquals(0, memory.pageMap[DATA >>> 12] & DENY_WRITE_SUPERVISOR);
    machine.assertMemory(DATA, 4);
  }

  @Test
  void unwatchedLinesAreNotTold() {
    memory.watchCode(FRAME, 0, 256);
    memory.unwatchCode(FRAME, 0b01);
    store(DATA, 1);
    assertEquals(List.of(), told);
    store(DATA + 128, 0);
    assertEquals(List.of("20:00000002=00000001"), told);
  }

  @Test
  void slowStoresBesideCodeAreCounted() {
    memory.watchCode(FRAME, 0, 1);
    store(DATA + 0x200, 1); // fills the entry
    final long before = memory.codeStores();
    store(DATA + 0x200, 2);
    store(DATA + 0x200, 3);
    assertEquals(2, memory.codeStores() - before);
  }

  @Test
  void readsOfWatchedCodeStayFast() {
    memory.load32(DATA, DENY_READ_SUPERVISOR);
    memory.watchCode(FRAME, 0, 4096);
    assertEquals(0, memory.pageMap[DATA >>> 12] & DENY_READ_SUPERVISOR);
    assertNotEquals(0, memory.pageMap[DATA >>> 12] & DENY_WRITE_SUPERVISOR);
  }

  @Test
  void readOnlyPageStaysReadOnlyAfterItsCodeIsGone() {
    final PageTables tables = machine.enablePaging(false);
    tables.map(ALIAS, DATA, PRESENT | USER);
    memory.load32(ALIAS, DENY_READ_USER);
    memory.watchCode(FRAME, 0, 1);
    store(DATA, 5);
    machine.assertPageFault(7, ALIAS, () -> memory.store32(ALIAS, 0, DENY_WRITE_USER));
    machine.assertPageFault(3, ALIAS, () -> store(ALIAS, 0));
  }

  @Test
  void firstWriteToACleanWatchedPageSetsDirtyAndIsTold() {
    final PageTables tables = machine.enablePaging(false);
    tables.map(ALIAS, DATA, PRESENT | WRITABLE);
    memory.load32(ALIAS, DENY_READ_SUPERVISOR);
    memory.watchCode(FRAME, 0, 1);
    store(ALIAS, 6);
    assertEquals(DIRTY, tables.entry(ALIAS) & DIRTY);
    assertEquals(List.of("20:00000001=00000006"), told);
  }

  @Test
  void loadForWritingIsNotAWrite() {
    store(DATA, 8);
    memory.watchCode(FRAME, 0, 1);
    assertEquals(8, memory.load32(DATA, DENY_WRITE_SUPERVISOR));
    assertEquals(List.of(), told);
  }

  @Test
  void storeAcrossPagesTellsBothFrames() {
    memory.watchCode(FRAME, 4095, 1);
    memory.watchCode(FRAME + 1, 0, 1);
    store(DATA + 0xFFE, -1);
    assertEquals(List.of("20:80000000=00000000", "21:00000001=00000000"), told);
  }

  @Test
  void devicesAndLoadersAreToldToo() {
    memory.watchCode(FRAME, 0, 1);
    machine.bus.write(DATA, 9, 2);
    memory.watchCode(FRAME, 0, 4096);
    memory.watchCode(FRAME + 1, 0, 4096);
    machine.bus.copyIn(DATA + 4000, new byte[200], 0, 200);
    assertEquals(
        List.of("20:00000001=00000009", "20:80000000=00000009", "21:00000001=00000009"), told);
  }

  @Test
  void watcherMayWatchAgain() {
    memory.setCodeWatcher((frame, lines) -> memory.watchCode(frame, 0, 1));
    memory.watchCode(FRAME, 0, 1);
    store(DATA, 1);
    store(DATA, 2);
    assertEquals(1, memory.watchedLines(FRAME));
  }
}
