package hourglass.translator.isa;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** GNU objdump as a reference: disassembles many encodings in one run. */
final class Objdump {
  /**
   * Each encoding stands in a slot of this size, filled up with NOPs so that the next one is found
   * again.
   */
  static final int SLOT = 32;

  private static final byte NOP = (byte) 0x90;

  private Objdump() {}

  /** Whether the version that {@link Disassembler} agrees with is there. */
  static boolean isInstalled() {
    try {
      final Process process = new ProcessBuilder("objdump", "--version").start();
      final String version =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return process.waitFor() == 0 && version.contains(" 2.40");
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What objdump prints for an encoding, and how many bytes it takes it to be long. */
  record Line(String text, int length) {}

  /** The lines for encodings, the n-th at address {@code n * SLOT}. */
  static List<Line> disassemble(List<byte[]> encodings, Syntax syntax, boolean code32)
      throws IOException {
    final ByteArrayOutputStream image = new ByteArrayOutputStream();
    for (final byte[] encoding : encodings) {
      image.writeBytes(encoding);
      for (int i = encoding.length; i < SLOT; i++) {
        image.write(NOP);
      }
    }
    final Path file = Files.createTempFile("encodings", ".bin");
    try {
      Files.write(file, image.toByteArray());
      final Map<Integer, Line> lines = run(file, syntax, code32);
      final List<Line> result = new ArrayList<>();
      for (int i = 0; i < encodings.size(); i++) {
        result.add(lines.get(i * SLOT));
      }
      return result;
    } finally {
      Files.delete(file);
    }
  }

  private static Map<Integer, Line> run(Path file, Syntax syntax, boolean code32)
      throws IOException {
    final Process process =
        new ProcessBuilder(
                "objdump",
                "--disassemble-all",
                "--disassemble-zeroes",
                "--wide",
                "--target=binary",
                "--architecture=" + (code32 ? "i386" : "i8086"),
                "--disassembler-options=" + (syntax == Syntax.INTEL ? "intel" : "att"),
                file.toString())
            .redirectErrorStream(true)
            .start();
    final String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    final Map<Integer, Line> lines = new HashMap<>();
    output
        .lines()
        .map(line -> line.split("\t"))
        .filter(columns -> columns.length == 3)
        .forEach(columns ->
            lines.put(
                Integer.parseInt(columns[0].strip().replace(":", ""), 16),
                new Line(columns[2].strip(), columns[1].strip().split(" +").length)));
    return lines;
  }
}
