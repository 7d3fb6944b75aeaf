package hourglass.runtime.debug;

import hourglass.translator.cpu.Ram;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Recovers a running Linux kernel's symbols from the tables behind {@code /proc/kallsyms}, found in
 * guest RAM by their shape alone, wherever the kernel was put.
 *
 * <p>The tables (Linux sources, {@code scripts/kallsyms.c} and {@code kernel/kallsyms.c}; all
 * aligned to 4 bytes on i386), in the order they have in memory up to Linux 6.3:
 *
 * <ul>
 *   <li>addresses: a 32-bit word a symbol, ascending; from 4.6 on usually offsets, followed by the
 *       base they are added to;
 *   <li>the number of symbols, a word;
 *   <li>names: for each symbol the number of tokens (7 bits; with bit 7 set, a second byte has the
 *       higher bits) and the tokens, a byte each; expanded, the first character is the symbol's
 *       type;
 *   <li>markers: the offset in the names of every 256th symbol, a word each;
 *   <li>from 6.2 on, and in later versions of 6.1: the order of the names, 3 bytes a symbol;
 *   <li>token table: 256 zero-terminated strings. A character that occurs in names is its own
 *       token, so that the digits stand there one after another: this is what the search looks for;
 *   <li>token index: the offset of each string, 16 bits each.
 * </ul>
 *
 * <p>From 6.4 on the offsets, the base and the order of the names come last, behind the token
 * index.
 */
public final class Kallsyms {
  private static final int TOKENS = 256;
  private static final int NAMES_A_MARKER = 256;
  private static final int FEWEST_MARKERS = 2;
  private static final int MOST_SYMBOLS = 1_000_000;
  private static final int LONGEST_NAME = 512;
  private static final byte[] DIGITS = digits();

  /**
   * Tables tried and names expanded before the search is given up: a guest may fill its memory with
   * what looks like tables. Those of a kernel of today take less than a million.
   */
  private static final int MOST_STEPS = 1 << 24;

  private int steps;
  private final Ram ram;
  private final String[] tokens = new String[TOKENS];

  private Kallsyms(Ram ram) {
    this.ram = ram;
  }

  /**
   * Searches guest RAM.
   *
   * @return the kernel's symbols at their linear addresses; empty where there is no Linux kernel
   *     with such tables, or it has not been unpacked yet
   */
  public static Optional<SymbolTable> find(Ram ram) {
    final Kallsyms search = new Kallsyms(ram);
    for (int at = indexOfDigits(ram, 0); at >= 0; at = indexOfDigits(ram, at + 1)) {
      final Optional<SymbolTable> table = search.read(at);
      if (table.isPresent()) {
        return table;
      }
    }
    return Optional.empty();
  }

  private static byte[] digits() {
    final byte[] pattern = new byte[20];
    for (int digit = 0; digit < 10; digit++) {
      pattern[2 * digit] = (byte) ('0' + digit);
    }
    return pattern;
  }

  private static int indexOfDigits(Ram ram, int from) {
    for (int at = from; at <= ram.size() - DIGITS.length; at++) {
      if (ram.load8(at) == '0' && ram.holds(at, DIGITS, 0, DIGITS.length)) {
        return at;
      }
    }
    return -1;
  }

  private boolean mayGoOn() {
    return ++steps < MOST_STEPS;
  }

  private int word(int at) {
    return ram.load32(at);
  }

  private static int align(int at) {
    return at + 3 & -4;
  }

  /** Reads the tables around a token table in which the token of '0' stands at {@code digits}. */
  private Optional<SymbolTable> read(int digits) {
    final OptionalInt index = tokenIndex(digits);
    if (index.isEmpty()) {
      return Optional.empty();
    }
    final int tokenTable = digits - ram.load16(index.getAsInt() + 2 * '0');
    if (tokenTable % 4 != 0 || !readTokens(tokenTable, index.getAsInt())) {
      return Optional.empty();
    }
    return readNames(tokenTable, index.getAsInt());
  }

  /** Where the token index must be: behind the 208 strings that begin with that of '0'. */
  private OptionalInt tokenIndex(int digits) {
    int at = digits;
    for (int token = '0'; token < TOKENS; token++) {
      while (at < ram.size() && ram.load8(at) != 0) {
        at++;
      }
      at++;
    }
    return align(at) + 2 * TOKENS <= ram.size() ? OptionalInt.of(align(at)) : OptionalInt.empty();
  }

  private boolean readTokens(int table, int index) {
    int at = table;
    for (int token = 0; token < TOKENS; token++) {
      if (at < 0 || ram.load16(index + 2 * token) != at - table) {
        return false;
      }
      int end = at;
      while (end < index && ram.load8(end) != 0) {
        end++;
      }
      tokens[token] = new String(ram.bytes(at, end - at), StandardCharsets.ISO_8859_1);
      at = end + 1;
    }
    return true;
  }

  private Optional<SymbolTable> readNames(int tokenTable, int index) {
    int markers = tokenTable - 4;
    while (markers >= 4 && Integer.compareUnsigned(word(markers - 4), word(markers)) < 0) {
      markers -= 4;
    }
    final int count = (tokenTable - markers) / 4;
    if (count >= FEWEST_MARKERS && areMarkers(markers, count)) {
      return readNames(markers, count, index);
    }
    for (int symbols = NAMES_A_MARKER + 1; symbols <= MOST_SYMBOLS && mayGoOn(); symbols++) {
      final int some = markersFor(symbols);
      final int before = tokenTable - align(3 * symbols) - 4 * some;
      if (before < 4) {
        break;
      }
      if (areMarkers(before, some)) {
        final Optional<SymbolTable> table = readNames(before, some, index);
        if (table.isPresent()) {
          return table;
        }
      }
    }
    return Optional.empty();
  }

  private static int markersFor(int symbols) {
    return (symbols - 1) / NAMES_A_MARKER + 1;
  }

  private boolean areMarkers(int at, int count) {
    if (word(at) != 0) {
      return false;
    }
    for (int i = 1; i < count; i++) {
      final int names = word(at + 4 * i) - word(at + 4 * (i - 1));
      if (names < 2 * NAMES_A_MARKER || names > LONGEST_NAME * NAMES_A_MARKER) {
        return false;
      }
    }
    return true;
  }

  private Optional<SymbolTable> readNames(int markers, int count, int index) {
    final int latest = markers - word(markers + 4 * (count - 1));
    if (latest > markers) {
      return Optional.empty();
    }
    final int earliest = Math.max(4, latest - NAMES_A_MARKER * LONGEST_NAME);
    for (int names = latest & -4; names >= earliest && mayGoOn(); names -= 4) {
      final int symbols = word(names - 4);
      if (symbols > 0 && markersFor(symbols) == count) {
        final Optional<List<String>> found = expand(names, symbols, markers);
        if (found.isPresent()) {
          return addresses(names - 4, index, symbols).map(a -> table(found.get(), a));
        }
      }
    }
    return Optional.empty();
  }

  /** Expands all names, if they agree with the markers and end where these begin. */
  private Optional<List<String>> expand(int names, int symbols, int markers) {
    final List<String> expanded = new ArrayList<>(symbols);
    final StringBuilder name = new StringBuilder();
    int at = names;
    for (int symbol = 0; symbol < symbols; symbol++) {
      if (symbol % NAMES_A_MARKER == 0
          && word(markers + 4 * (symbol / NAMES_A_MARKER)) != at - names) {
        return Optional.empty();
      }
      int length = ram.load8(at++);
      if (length >= 0x80) {
        length = length & 0x7F | ram.load8(at++) << 7;
      }
      if (length == 0 || at + length > markers) {
        return Optional.empty();
      }
      name.setLength(0);
      for (int i = 0; i < length && name.length() <= LONGEST_NAME; i++) {
        name.append(tokens[ram.load8(at + i)]);
      }
      at += length;
      if (name.length() < 2 || name.length() > LONGEST_NAME || !mayGoOn()) {
        return Optional.empty();
      }
      expanded.add(name.substring(1));
    }
    return align(at) == markers ? Optional.of(expanded) : Optional.empty();
  }

  /**
   * The three places and forms of addresses, told apart by which gives an ascending list that does
   * not wrap around.
   */
  private Optional<int[]> addresses(int number, int index, int symbols) {
    final int size = 4 * symbols;
    return ascending(number - 4 - size, symbols, number - 4)
        .or(() -> ascending(index + 2 * TOKENS, symbols, index + 2 * TOKENS + size))
        .or(() -> ascending(number - size, symbols, -1));
  }

  /**
   * Reads addresses.
   *
   * @param base where the base is that they are added to; negative for none
   */
  private Optional<int[]> ascending(int from, int symbols, int base) {
    if (from < 0 || (long) from + 4L * symbols + 4 > ram.size()) {
      return Optional.empty();
    }
    final long start = base < 0 ? 0 : Integer.toUnsignedLong(word(base));
    if (base >= 0 && start == 0) {
      return Optional.empty();
    }
    final int[] addresses = new int[symbols];
    long last = 0;
    for (int i = 0; i < symbols; i++) {
      final long address = start + Integer.toUnsignedLong(word(from + 4 * i));
      if (address < last || address > 0xFFFF_FFFFL) {
        return Optional.empty();
      }
      addresses[i] = (int) address;
      last = address;
    }
    return Optional.of(addresses);
  }

  private static SymbolTable table(List<String> names, int[] addresses) {
    final List<Symbol> symbols = new ArrayList<>(addresses.length);
    for (int i = 0; i < addresses.length; i++) {
      symbols.add(new Symbol(names.get(i), addresses[i]));
    }
    return SymbolTable.of(symbols);
  }
}
