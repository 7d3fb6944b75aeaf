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
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fast path alone, over RAM of sizes that are powers of two and others; paging is off. */
final class QuickMemoryTest {
  private Mmu memory;
  private QuickMemory quick;

  private void ofPages(int pages) {
    memory = new Mmu(new CpuState(), new PhysicalBus(pages * PAGE_SIZE));
    quick = memory.quick;
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
      quick.store32(at, ~at, DENY_WRITE_SUPERVISOR);
    }
    for (int at = 0; at < pages * PAGE_SIZE; at += 4) {
      assertEquals(~at, memory.load32(at, DENY_READ_SUPERVISOR));
      assertEquals(~at, quick.load32(at, DENY_READ_SUPERVISOR));
      assertEquals(~at & 0xFFFF, quick.load16(at, DENY_READ_SUPERVISOR));
      assertEquals(~at >>> 24, quick.load8(at + 3, DENY_READ_SUPERVISOR));
    }
    final int end = pages * PAGE_SIZE;
    quick.store16(end - 2, 0x1_2345, DENY_WRITE_SUPERVISOR);
    quick.store8(end - 1, 0x1AB, DENY_WRITE_SUPERVISOR);
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
        assertMisses(() -> quick.load32(address, DENY_READ_SUPERVISOR));
        assertMisses(() -> quick.store32(address, -1, DENY_WRITE_SUPERVISOR));
      }
      assertMisses(() -> quick.load16(end - 1, DENY_READ_SUPERVISOR));
      assertMisses(() -> quick.store16(end - 1, -1, DENY_WRITE_SUPERVISOR));
      assertEquals(0, memory.load32(end - 4, DENY_READ_SUPERVISOR), "a miss has done nothing");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void accessThatIsDeniedMisses(int pages) {
    ofPages(pages);
    memory.pageMap[1] |= DENY_READ_USER;
    assertEquals(0, quick.load8(PAGE_SIZE, DENY_READ_SUPERVISOR));
    assertMisses(() -> quick.load8(PAGE_SIZE, DENY_READ_USER));
    assertMisses(() -> quick.load16(PAGE_SIZE, DENY_READ_USER));
    assertMisses(() -> quick.load32(PAGE_SIZE, DENY_READ_USER));
    memory.flushAll();
    assertMisses(() -> quick.store8(0, 1, DENY_WRITE_SUPERVISOR));
    assertMisses(() -> quick.store16(0, 1, DENY_WRITE_SUPERVISOR));
    assertMisses(() -> quick.store32(0, 1, DENY_WRITE_SUPERVISOR));
    assertEquals(0, memory.load32(0, DENY_READ_SUPERVISOR), "a miss has done nothing");
  }
}
