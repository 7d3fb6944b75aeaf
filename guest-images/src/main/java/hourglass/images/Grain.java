package hourglass.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The image that needs no network: {@code grain}, a small Multiboot kernel of our own in the shape
 * of Linux 2.6, with a shell and a self test inside. Its source is beside this module's, in {@code
 * grain}.
 *
 * <p>With {@code run=PROGRAM} on its command line it runs that program, for example {@code
 * run=selftest}, and writes the program's exit code to the debug-exit port.
 */
public final class Grain {
  /** What it is called on the command line. */
  public static final String NAME = "grain";

  /** One line about it. */
  public static final String DESCRIPTION =
      "our own small kernel in the shape of Linux 2.6, with a shell; the default";

  private Grain() {}

  /** The kernel: an ELF file with symbols. */
  public static byte[] kernel() {
    try (InputStream in = Grain.class.getResourceAsStream("grain.elf")) {
      if (in == null) {
        throw new IllegalStateException("grain.elf is missing from the program");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
