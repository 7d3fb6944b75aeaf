package hourglass.runtime.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where the guest's first serial port leads. */
sealed interface SerialTarget {
  /** To standard output, and from standard input. */
  record Stdio() implements SerialTarget {}

  /** Into a file, which is emptied first. */
  record ToFile(Path path) implements SerialTarget {}

  /** Nowhere; {@code --until} still sees it. */
  record Nowhere() implements SerialTarget {}

  /** Reads {@code stdio}, {@code file:F} or {@code none}. */
  final class Converter implements ITypeConverter<SerialTarget> {
    @Override
    public SerialTarget convert(String text) {
      if (text.equals("stdio")) {
        return new Stdio();
      }
      if (text.equals("none")) {
        return new Nowhere();
      }
      if (text.startsWith("file:") && text.length() > "file:".length()) {
        try {
          return new ToFile(Path.of(text.substring("file:".length())));
        } catch (InvalidPathException e) {
          throw new TypeConversionException("'" + text + "' names no file");
        }
      }
      throw new TypeConversionException("'" + text + "' is not stdio, file:F or none");
    }
  }
}
