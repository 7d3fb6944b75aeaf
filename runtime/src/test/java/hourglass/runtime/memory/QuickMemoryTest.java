package hourglass.runtime.memory;

import static hourglass.translator.cpu.GuestMemory.DENY_READ_SUPERVISOR;
import static hourglass.translator.cpu.GuestMemory.DENY_READ_USER;
import static hourglass.translator.cpu.GuestMemory.DENY_WRITE_SUPERVISOR;
import static hourglass.translator.cpu.GuestMemory.PAGE_SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestFault;
import hourglass.translator.cpu.QuickMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fast path alone, over RAM of sizes that are powers of two and others; paging is off. */
final class QuickMemoryTest {
  private Mmu memory;
  private QuickMemory quick;

  private void ofPages(int pages) {
    memory = new Mmu(new CpuState(), new PhysicalBus(pages * PAGE_SIZE));
    quick = memory.quick(false);
    for (int page = 0; page < pages; page++) {
      memory.store8(page * PAGE_SIZE, 0, DENY_WRITE_SUPERVISOR); // fills the page map
    }
  }

  private void assertMisses(Executable access) {
    assertSame(quick.miss(), assertThrows(GuestFault.class, access));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 100})
  void everyByteOfRamIsReached(int pages) {
    ofPages(pages);
    for (int at = 0; at < pages * PAGE_SIZE; at += 4) {
      quick.store32(at, ~at, quick.writable());
    }
    for (int at = 0; at < pages * PAGE_SIZE; at += 4) {
      assertEquals(~at, memory.load32(at, DENY_READ_SUPERVISOR));
      assertEquals(~at, quick.load32(at, quick.readable()));
      assertEquals(~at & 0xFFFF, quick.load16(at, quick.readable()));
      assertEquals(~at >>> 24, quick.load8(at + 3, quick.readable()));
    }
    final int end = pages * PAGE_SIZE;
    quick.store16(end - 2, 0x1_2345, quick.writable());
    quick.store8(end - 1, 0x1AB, quick.writable());
    assertEquals(0xAB45, memory.load16(end - 2, DENY_READ_SUPERVISOR));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void accessAcrossTwoPagesMisses(int pages) {
    ofPages(pages);
    for (int page = 1; page <= pages; page++) {
      final int end = page * PAGE_SIZE;
      for (int at = end - 3; at < end; at++) {
        final int address = at;
        assertMisses(() -> quick.load32(address, quick.readable()));
        assertMisses(() -> quick.store32(address, -1, quick.writable()));
      }
      assertMisses(() -> quick.load16(end - 1, quick.readable()));
      assertMisses(() -> quick.store16(end - 1, -1, quick.writable()));
      assertEquals(0, memory.load32(end - 4, DENY_READ_SUPERVISOR), "a miss has done nothing");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void accessThatIsDeniedMisses(int pages) {
    ofPages(pages);
    memory.flushAll();
    assertMisses(() -> quick.load8(0, quick.readable()));
    assertMisses(() -> quick.load16(0, quick.readable()));
    assertMisses(() -> quick.load32(0, quick.readable()));
    assertMisses(() -> quick.store8(0, 1, quick.writable()));
    assertMisses(() -> quick.store16(0, 1, quick.writable()));
    assertMisses(() -> quick.store32(0, 1, quick.writable()));
    assertMisses(() -> quick.window(0, quick.readable(), 0));
    assertEquals(0, memory.load32(0, DENY_READ_SUPERVISOR), "a miss has done nothing");
  }

  @Test
  void codeThatIsWatchedIsReadAndNotWritten() {
    ofPages(2);
    memory.watchCode(1, 0, 1);
    assertEquals(0, quick.load8(PAGE_SIZE, quick.readable()));
    assertMisses(() -> quick.store8(PAGE_SIZE, 1, quick.writable()));
    assertMisses(() -> quick.load8(PAGE_SIZE, quick.writable()));
    quick.store8(0, 1, quick.writable());
  }

  @Test
  void whatOnlyTheSupervisorMayAccessMissesForUsers() {
    final PhysicalBus bus = new PhysicalBus(4 * PAGE_SIZE);
    final CpuState state = new CpuState();
    memory = new Mmu(state, bus);
    quick = memory.quick(false);
    final QuickMemory user = memory.quick(true);
    bus.write(PAGE_SIZE, 2 * PAGE_SIZE | 7, 4); // the directory: a table for users
    bus.write(2 * PAGE_SIZE, 3 * PAGE_SIZE | 3, 4); // page 0 for the supervisor
    bus.write(2 * PAGE_SIZE + 4, 3 * PAGE_SIZE | 5, 4); // page 1 for users, to be read
    state.cr3 = PAGE_SIZE;
    state.cr0 |= CpuState.CR0_PG;
    memory.store8(0x123, 42, DENY_WRITE_SUPERVISOR);
    memory.load8(PAGE_SIZE, DENY_READ_USER);
    assertEquals(42, quick.load8(0x123, quick.readable()));
    assertSame(
        quick.miss(), assertThrows(GuestFault.class, () -> user.load8(0x123, user.readable())));
    assertEquals(42, user.load8(PAGE_SIZE + 0x123, user.readable()));
    assertSame(
        quick.miss(),
        assertThrows(GuestFault.class, () -> user.store8(PAGE_SIZE, 1, user.writable())));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void windowLiesInOnePageAndBeginsWithACell(int pages) {
    ofPages(pages);
    final int last = (PAGE_SIZE - 12) / 4;
    assertEquals(last, quick.window(PAGE_SIZE - 12, quick.readable(), last));
    assertMisses(() -> quick.window(PAGE_SIZE - 8, quick.readable(), last));
    for (int at = 1; at < 4; at++) {
      final int address = at;
      assertMisses(() -> quick.window(address, quick.readable(), last));
    }
  }
}
