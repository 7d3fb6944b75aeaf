package hourglass.runtime.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import hourglass.runtime.boot.Mutations;
import hourglass.runtime.debug.KallsymsBuilder.Layout;
import hourglass.translator.cpu.Ram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged tables in a guest's memory give symbols, or none, and take no time to speak of. */
@Timeout(600)
class KallsymsMutationTest {
  private static final int SAMPLE = 600;

  private static byte[] tables(Layout layout) {
    final List<Symbol> symbols = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      symbols.add(new Symbol("s" + i, 0xC100_0000 + 16 * i));
    }
    return KallsymsBuilder.build(layout, symbols);
  }

  @ParameterizedTest
  @EnumSource
  void damagedTablesAreReadOrRefused(Layout layout) {
    final byte[] tables = tables(layout);
    final int step = "all".equals(System.getProperty("hourglass.mutations")) ? 1 : SAMPLE;
    final int[] count = {0};
    Mutations.of(tables, tables.length / 4)
        .forEach(mutant -> {
          if (count[0]++ % step == 0) {
            find(layout + ", " + mutant.change(), mutant.bytes());
          }
        });
    System.out.println(layout + ": " + (count[0] + step - 1) / step + " tables");
  }

  private static void find(String what, byte[] memory) {
    try {
      Kallsyms.find(KallsymsBuilder.ram(memory));
    } catch (RuntimeException | Error bug) {
      fail(what, bug);
    }
  }

  @Test
  void memoryFullOfWhatLooksLikeTablesIsGivenUpOn() {
    final byte[] tables = tables(Layout.RELATIVE);
    // Without their addresses, so that the search goes on after each.
    final byte[] headless = Arrays.copyOfRange(tables, 4 * 601, tables.length);
    final Ram ram = Ram.of(1 << 24);
    for (int at = 0; at + headless.length < ram.size(); at += headless.length) {
      ram.copyIn(at, headless, 0, headless.length);
    }
    assertEquals(Optional.empty(), Kallsyms.find(ram));
  }
}
