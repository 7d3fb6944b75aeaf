package hourglass.translator.isa;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** Decoder, flag and register vectors of the iced project, see the README beside them. */
final class DecoderVectors {
  private static final String FOLDER = "shared/vectors/decoder";

  private DecoderVectors() {}

  /**
   * One line.
   *
   * @param code the instruction's name and operand forms, or {@code INVALID}
   * @param mnemonic the name alone; not part of the flag and register vectors
   * @param fields the words {@code key=value} or {@code key} at the end; the values of a key that
   *     stands there more than once are joined by semicolons
   */
  record Vector(
      String line, byte[] bytes, String code, String mnemonic, Map<String, String> fields) {
    boolean isInvalid() {
      return code.equals("INVALID");
    }

    String field(String key) {
      return fields.getOrDefault(key, "");
    }

    /** The operands, first one first. */
    List<String> operands() {
      final List<String> operands = new ArrayList<>();
      for (int i = 0; fields.containsKey("op" + i); i++) {
        operands.add(fields.get("op" + i));
      }
      return operands;
    }
  }

  /** The vectors of a file; the test is skipped where they are not there, and fails under CI. */
  static List<Vector> read(String file) throws IOException {
    final Optional<Path> folder = folder();
    final String message = FOLDER + " is not in any folder above the project's root";
    assertTrue(folder.isPresent() || !"true".equals(System.getenv("CI")), message);
    assumeTrue(folder.isPresent(), message);
    final List<Vector> vectors = new ArrayList<>();
    try (InputStream in = Files.newInputStream(folder.get().resolve(file));
        InputStream text = file.endsWith(".gz") ? new GZIPInputStream(in) : in) {
      new String(text.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(DecoderVectors::parse)
          .forEach(vectors::add);
    }
    assertTrue(!vectors.isEmpty(), file + " is empty");
    return vectors;
  }

  private static Optional<Path> folder() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve(FOLDER))) {
        return Optional.of(at.resolve(FOLDER));
      }
    }
    return Optional.empty();
  }

  private static Vector parse(String line) {
    final String[] columns = Arrays.copyOf(line.split(",", 5), 5);
    final Map<String, String> fields = new TreeMap<>();
    if (columns[4] != null) {
      for (final String word : columns[4].strip().split(" +")) {
        final int equals = word.indexOf('=');
        fields.merge(
            equals < 0 ? word : word.substring(0, equals),
            equals < 0 ? "" : word.substring(equals + 1),
            (first, second) -> first + ";" + second);
      }
    }
    return new Vector(
        line,
        HexFormat.of().parseHex(columns[0].replace(" ", "")),
        columns[1].strip(),
        columns[2].strip(),
        fields);
  }
}
