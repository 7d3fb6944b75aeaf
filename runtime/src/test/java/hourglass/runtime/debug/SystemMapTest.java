package hourglass.runtime.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.boot.BootException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SystemMapTest {
  @TempDir Path folder;

  private SymbolTable read(String text) throws Exception {
    return SystemMap.read(Files.writeString(folder.resolve("System.map"), text));
  }

  @Test
  void readsAddressesAndNames() throws Exception {
    final SymbolTable table =
        read(
            """
            00000010 A absolute
            c1000000 T _text
            c1000040 t helper.constprop.0
            """);
    assertEquals(
        List.of(new Symbol("_text", 0xC1000000), new Symbol("helper.constprop.0", 0xC1000040)),
        table.symbols());
  }

  @Test
  void debiansPlaceholderHasNoSymbols() throws Exception {
    assertTrue(read("ffffffffffffffff B The real System.map is elsewhere\n").isEmpty());
  }

  @Test
  void anotherFileIsRefusedInOneLine() {
    final var e = assertThrows(BootException.class, () -> read("c1000000 T _text\nhello\n"));
    assertEquals(
        "symbols " + folder.resolve("System.map") + ": line 2 is not an address, a type and a name",
        e.getMessage());
  }

  @Test
  void aMissingFileIsRefusedInOneLine() {
    final Path none = folder.resolve("none");
    final var e = assertThrows(BootException.class, () -> SystemMap.read(none));
    assertEquals("symbols " + none + ": no such file", e.getMessage());
  }
}
