package hourglass.runtime.cli;

import hourglass.runtime.debug.SymbolTable;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the guest's code as {@code --dump-at} takes it: a symbol, {@code symbol+0x1f}, or a
 * linear address in hexadecimal digits. What begins with {@code 0x} is an address; other
 * hexadecimal digits are one where no symbol has that name.
 *
 * @param text as the user wrote it
 */
record DumpPlace(String text) {
  private static final Pattern HEXADECIMAL = Pattern.compile("(?:0[xX])?([0-9a-fA-F]{1,8})");
  private static final Pattern SYMBOL =
      Pattern.compile("([A-Za-z_.$][^+\\s]*)(?:\\+(?:0[xX])?([0-9a-fA-F]{1,8}))?");

  /**
   * Checks what the user wrote.
   *
   * @throws CommandFailure where it can be neither a symbol nor an address
   */
  static DumpPlace parse(String text) throws CommandFailure {
    if (!HEXADECIMAL.matcher(text).matches() && !SYMBOL.matcher(text).matches()) {
      throw new CommandFailure(
          "--dump-at: '" + text + "' is neither a symbol nor a hexadecimal address");
    }
    return new DumpPlace(text);
  }

  /** The linear address; nothing where there is no such symbol. */
  OptionalInt address(SymbolTable symbols) {
    final Matcher symbol = SYMBOL.matcher(text);
    if (symbol.matches()) {
      final var found = symbols.find(symbol.group(1));
      if (found.isPresent()) {
        final String distance = symbol.group(2) == null ? "0" : symbol.group(2);
        return OptionalInt.of(found.get().address() + Integer.parseUnsignedInt(distance, 16));
      }
    }
    final Matcher number = HEXADECIMAL.matcher(text);
    return number.matches()
        ? OptionalInt.of(Integer.parseUnsignedInt(number.group(1), 16))
        : OptionalInt.empty();
  }
}
