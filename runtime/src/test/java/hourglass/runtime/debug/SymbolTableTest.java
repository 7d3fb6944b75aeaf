package hourglass.runtime.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.ElfBuilder;
import hourglass.runtime.boot.ElfFile;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SymbolTableTest {
  private static final SymbolTable TABLE =
      SymbolTable.of(
          List.of(
              new Symbol("schedule", 0xC1000400),
              new Symbol("_text", 0xC1000000),
              new Symbol("_stext", 0xC1000000),
              new Symbol("local", 0xC1000800),
              new Symbol("local", 0xC1000700),
              new Symbol("low", 0x1000)));

  @Test
  void namesAnAddress() {
    assertEquals("schedule", TABLE.describe(0xC1000400));
    assertEquals("schedule+0x1f", TABLE.describe(0xC100041F));
  }

  @Test
  void anAddressBelowOrFarFromEverySymbolHasNoName() {
    assertEquals("00000fff", TABLE.describe(0xFFF));
    assertEquals("08048000", TABLE.describe(0x08048000));
    assertEquals("ffffffff", TABLE.describe(-1));
    assertEquals("00000000", SymbolTable.empty().describe(0));
  }

  @Test
  void addressesAreUnsigned() {
    assertEquals("low+0x1", TABLE.describe(0x1001));
    assertEquals("low", TABLE.symbols().getFirst().name());
  }

  @Test
  void theFirstOfSeveralNamesStandsForAnAddress() {
    assertEquals("_text+0x4", TABLE.describe(0xC1000004));
  }

  @Test
  void aNameGivenTwiceMeansItsLowestAddress() {
    assertEquals(Optional.of(new Symbol("local", 0xC1000700)), TABLE.find("local"));
    assertEquals(Optional.empty(), TABLE.find("nothing"));
  }

  @Test
  void readsTheSymbolsOfAnElfFile() throws Exception {
    final byte[] bytes =
        new ElfBuilder().symbol("start", 0x100000).symbol("__switch_to_asm", 0x100040).build();
    final SymbolTable table = SymbolTable.of(new ElfFile(new BootFile("vmlinux", bytes)));
    assertEquals(
        List.of(new Symbol("start", 0x100000), new Symbol("__switch_to_asm", 0x100040)),
        table.symbols());
  }

  @Test
  void aStrippedElfFileHasNoSymbols() throws Exception {
    final byte[] bytes = new ElfBuilder().build();
    assertTrue(SymbolTable.of(new ElfFile(new BootFile("vmlinux", bytes))).isEmpty());
  }

  @Test
  void anElfFileCutOffAnywhereIsRefused() {
    final byte[] bytes = new ElfBuilder().symbol("start", 0x100000).build();
    for (int length = 0; length < bytes.length; length++) {
      final BootFile part = new BootFile("vmlinux", Arrays.copyOf(bytes, length));
      assertThrows(BootException.class, () -> SymbolTable.of(new ElfFile(part)), length + " bytes");
    }
  }
}
