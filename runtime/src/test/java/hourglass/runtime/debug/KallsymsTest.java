package hourglass.runtime.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hourglass.runtime.debug.KallsymsBuilder.Layout;
import hourglass.translator.cpu.Ram;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class KallsymsTest {
  private static final int PLACE = 0x12340;

  /**
   * Symbols as a kernel at {@code base} would have them, some with one address, one with a very
   * long name.
   */
  private static List<Symbol> symbols(int base, int count) {
    final List<Symbol> symbols = new ArrayList<>();
    final Random random = new Random(count);
    int address = base;
    for (int i = 0; i < count; i++) {
      final String name = i == 300 ? "long_" + "x".repeat(300) : "sys_" + i + "__init.cold";
      symbols.add(new Symbol(name, address));
      address += random.nextInt(4) * 0x40;
    }
    return symbols;
  }

  private static Ram ram(byte[] tables) {
    final byte[] noise = new byte[1 << 20];
    new Random(5).nextBytes(noise);
    final Ram ram = KallsymsBuilder.ram(noise);
    ram.copyIn(PLACE, tables, 0, tables.length);
    return ram;
  }

  @ParameterizedTest
  @EnumSource
  void findsTheTablesOfEveryAge(Layout layout) {
    final List<Symbol> symbols = symbols(0xC1000000, 1500);
    final Optional<SymbolTable> found = Kallsyms.find(ram(KallsymsBuilder.build(layout, symbols)));
    assertEquals(symbols, found.orElseThrow().symbols());
  }

  @ParameterizedTest
  @EnumSource
  void followsAKernelThatRandomisedItsBase(Layout layout) {
    final List<Symbol> symbols = symbols(0xDA400000, 700);
    final Optional<SymbolTable> found = Kallsyms.find(ram(KallsymsBuilder.build(layout, symbols)));
    assertEquals(symbols, found.orElseThrow().symbols());
  }

  @ParameterizedTest
  @EnumSource
  void findsTablesOfEverySize(Layout layout) {
    for (int count : new int[] {257, 511, 512, 513, 1024}) {
      final List<Symbol> symbols = symbols(0xC0100000, count);
      final Ram ram = ram(KallsymsBuilder.build(layout, symbols));
      assertEquals(Optional.of(symbols), Kallsyms.find(ram).map(SymbolTable::symbols));
    }
  }

  @Test
  void passesOverSomethingThatOnlyBeginsLikeATokenTable() {
    final List<Symbol> symbols = symbols(0xC1000000, 600);
    final Ram ram = ram(KallsymsBuilder.build(Layout.RELATIVE, symbols));
    for (int digit = 0; digit < 10; digit++) {
      ram.store8(0x100 + 2 * digit, '0' + digit);
      ram.store8(0x101 + 2 * digit, 0);
    }
    assertEquals(Optional.of(symbols), Kallsyms.find(ram).map(SymbolTable::symbols));
  }

  @Test
  void memoryWithoutAKernelHasNoSymbols() {
    assertEquals(Optional.empty(), Kallsyms.find(Ram.of(1 << 20)));
    assertEquals(Optional.empty(), Kallsyms.find(ram(new byte[0])));
  }

  @Test
  void aKernelThatIsBeingUnpackedHasNoSymbols() {
    final byte[] tables = KallsymsBuilder.build(Layout.RELATIVE, symbols(0xC1000000, 600));
    for (int missing = 4; missing < tables.length; missing += 500) {
      final Ram ram = Ram.of(1 << 16);
      ram.copyIn(4096, tables, 0, tables.length - missing);
      assertEquals(Optional.empty(), Kallsyms.find(ram), missing + " bytes are missing");
    }
  }

  @Test
  void tablesAtTheVeryEndOfMemoryAreRead() {
    final List<Symbol> symbols = symbols(0xC1000000, 600);
    final byte[] tables = KallsymsBuilder.build(Layout.RELATIVE, symbols);
    for (int cut = 0; cut < 2; cut++) {
      final Ram ram = Ram.of(tables.length + 4096);
      ram.copyIn(4096 + 4 * cut, tables, 0, tables.length - 4 * cut);
      assertEquals(cut == 0, Kallsyms.find(ram).isPresent());
    }
  }
}
