package hourglass.runtime.debug;

import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code System.map}, the list of symbols that a Linux build writes: address, type letter and
 * name a line.
 */
public final class SystemMap {
  private static final Pattern LINE = Pattern.compile("([0-9a-fA-F]{8,16}) ([A-Za-z?]) (.+)");

  private SystemMap() {}

  /**
   * Reads a file. Absolute symbols, which are no addresses, and such as lie beyond 32 bits are left
   * out; Debian installs a placeholder with one of the latter, which gives an empty table.
   *
   * @throws BootException where the file cannot be read or is something else
   */
  public static SymbolTable read(Path path) throws BootException {
    final BootFile file = BootFile.read(path, "symbols");
    final List<Symbol> symbols = new ArrayList<>();
    int number = 0;
    for (String line :
        (Iterable<String>) new String(file.bytes(), StandardCharsets.UTF_8).lines()::iterator) {
      number++;
      final Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new BootException(
            "symbols " + path + ": line " + number + " is not an address, a type and a name");
      }
      final long address = Long.parseUnsignedLong(matcher.group(1), 16);
      final boolean absolute = matcher.group(2).equalsIgnoreCase("a");
      if (!absolute && address >>> 32 == 0) {
        symbols.add(new Symbol(matcher.group(3), (int) address));
      }
    }
    return SymbolTable.of(symbols);
  }
}
