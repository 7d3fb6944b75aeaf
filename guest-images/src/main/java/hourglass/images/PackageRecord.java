package hourglass.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a package index says of one package (Debian Policy Manual, chapter 5, "Control files and
 * their fields").
 *
 * @param fields values by field name in lower case; continuation lines are left out
 */
record PackageRecord(Map<String, String> fields) {
  /** Reads the first record of a text. */
  static PackageRecord parse(String text) {
    final Map<String, String> fields = new HashMap<>();
    for (String line : (Iterable<String>) text.strip().lines()::iterator) {
      if (line.isBlank()) {
        break;
      }
      final int colon = line.indexOf(':');
      if (colon > 0 && !Character.isWhitespace(line.charAt(0))) {
        fields.putIfAbsent(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    return new PackageRecord(Map.copyOf(fields));
  }

  String name() {
    return fields.getOrDefault("package", "");
  }

  String version() {
    return fields.getOrDefault("version", "");
  }

  /** The names of the packages it needs; of alternatives, the first. */
  List<String> dependencies() {
    return Stream.of("pre-depends", "depends")
        .flatMap(field -> Stream.of(fields.getOrDefault(field, "").split(",")))
        .map(dependency -> dependency.strip().split("[ (|:]", 2)[0])
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /** The first package depended on whose name begins with {@code prefix}. */
  Optional<String> dependency(String prefix) {
    return dependencies().stream().filter(name -> name.startsWith(prefix)).findFirst();
  }

  /** Checks an archive's SHA-256 digest against the record's. */
  void verify(Path archive) throws IOException, ImageException {
    final String expected = fields.getOrDefault("sha256", "");
    if (expected.isEmpty()) {
      throw new ImageException(
          "package " + name() + ": the package index has no SHA-256 digest of it");
    }
    final String actual = Sha256.of(Files.readAllBytes(archive));
    if (!actual.equalsIgnoreCase(expected)) {
      throw new ImageException(
          "package "
              + name()
              + ": SHA-256 digest is "
              + actual
              + ", the package index says "
              + expected);
    }
  }
}
