package hourglass.runtime.debug;

import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.ElfFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Symbols by name and by address. Where several have one address, the first given stands for it;
 * where several have one name, the lowest. Immutable.
 */
public final class SymbolTable {
  /** An address farther than this above the nearest symbol does not belong to it. */
  private static final int FARTHEST = 1 << 20;

  private static final SymbolTable EMPTY = new SymbolTable(List.of());

  private final List<Symbol> byAddress;
  private final Map<String, Symbol> byName;

  private SymbolTable(Collection<Symbol> symbols) {
    final List<Symbol> sorted = new ArrayList<>(symbols);
    // The sort is stable, so the order of those with equal addresses stays.
    sorted.sort(Comparator.comparingLong(symbol -> Integer.toUnsignedLong(symbol.address())));
    byAddress = List.copyOf(sorted);
    byName = HashMap.newHashMap(byAddress.size());
    for (Symbol symbol : byAddress) {
      byName.putIfAbsent(symbol.name(), symbol);
    }
  }

  /** A table without symbols. */
  public static SymbolTable empty() {
    return EMPTY;
  }

  public static SymbolTable of(Collection<Symbol> symbols) {
    return new SymbolTable(symbols);
  }

  /**
   * Reads an ELF file's symbol table; the result is empty where it was stripped.
   *
   * @throws BootException where the file is damaged
   */
  public static SymbolTable of(ElfFile file) throws BootException {
    final List<Symbol> symbols = new ArrayList<>();
    file.forEachSymbol((name, address) -> symbols.add(new Symbol(name, (int) address)));
    return new SymbolTable(symbols);
  }

  /** All symbols in order of address. */
  public List<Symbol> symbols() {
    return byAddress;
  }

  public boolean isEmpty() {
    return byAddress.isEmpty();
  }

  public Optional<Symbol> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** The symbol at an address or nearest below it, if there is one within 1 MiB. */
  public Optional<Symbol> nearest(int address) {
    int low = 0;
    int high = byAddress.size();
    while (low < high) { // finds the first symbol above the address
      final int middle = (low + high) >>> 1;
      if (Integer.compareUnsigned(byAddress.get(middle).address(), address) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) {
      return Optional.empty();
    }
    int index = low - 1;
    while (index > 0 && byAddress.get(index - 1).address() == byAddress.get(index).address()) {
      index--;
    }
    final Symbol symbol = byAddress.get(index);
    return Integer.compareUnsigned(address - symbol.address(), FARTHEST) < 0
        ? Optional.of(symbol)
        : Optional.empty();
  }

  /** An address for people: {@code name}, {@code name+0x1f}, or eight hexadecimal digits. */
  public String describe(int address) {
    final Optional<Symbol> symbol = nearest(address);
    if (symbol.isEmpty()) {
      return String.format("%08x", address);
    }
    final int distance = address - symbol.get().address();
    return distance == 0
        ? symbol.get().name()
        : symbol.get().name() + "+0x" + Integer.toHexString(distance);
  }
}
