package hourglass.runtime.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A size of guest memory as {@code --memory} takes it: a number with K, M or G; without a suffix,
 * MiB, as QEMU's.
 *
 * @param bytes the size in bytes
 */
record MemorySize(long bytes) {
  static final long MIB = 1 << 20;

  private static final long LEAST = 16 * MIB;
  private static final long MOST = 2047 * MIB;
  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,12})([KMG]?)(?:I?B)?");

  /** The size, checked to be one that a board can have. */
  long forBoard() throws CommandFailure {
    if (bytes < LEAST || bytes > MOST) {
      throw new CommandFailure(
          "--memory: a board has 16M to 2047M, not "
              + (bytes % MIB == 0 ? bytes / MIB + "M" : bytes + " bytes"));
    }
    if (bytes % MIB != 0) {
      throw new CommandFailure("--memory: not a whole number of MiB");
    }
    return bytes;
  }

  /** Reads {@code 256M}. */
  static final class Converter implements ITypeConverter<MemorySize> {
    @Override
    public MemorySize convert(String text) {
      final Matcher matcher = SYNTAX.matcher(text.toUpperCase(Locale.ROOT));
      if (!matcher.matches()) {
        throw new TypeConversionException("'" + text + "' is not a size such as 256M or 1G");
      }
      final long unit =
          switch (matcher.group(2)) {
            case "K" -> 1 << 10;
            case "G" -> 1 << 30;
            default -> MIB;
          };
      return new MemorySize(Long.parseLong(matcher.group(1)) * unit);
    }
  }
}
