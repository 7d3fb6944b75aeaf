package hourglass.runtime.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Runs random programs on all engines; those that show a difference are minimised and kept. */
public final class Fuzzer {
  private Fuzzer() {}

  /**
   * The command: {@code SEED COUNT FOLDER}. Programs that fail are written to the folder; the exit
   * status is 1 where there was one.
   */
  public static void main(String... arguments) throws IOException {
    if (arguments.length != 3 || !arguments[0].matches("\\d+") || !arguments[1].matches("\\d+")) {
      System.err.println("usage: Fuzzer SEED COUNT FOLDER");
      System.exit(2);
    }
    final long first = Long.parseLong(arguments[0]);
    final long count = Long.parseLong(arguments[1]);
    final Path folder = Files.createDirectories(Path.of(arguments[2]));
    final List<Path> failures = new ArrayList<>();
    for (long seed = first; seed < first + count; seed++) {
      final Optional<String> found = failure(seed);
      if (found.isPresent()) {
        final Path file = folder.resolve("seed-" + seed + ".txt");
        Files.writeString(file, found.get());
        failures.add(file);
        System.out.println(file + ": " + found.get().lines().findFirst().orElse(""));
      }
    }
    System.out.println(count + " programs run, " + failures.size() + " differ");
    System.exit(failures.isEmpty() ? 0 : 1);
  }

  /** The program that a seed stands for. */
  static FuzzProgram program(long seed) {
    return new ProgramGenerator(new SplittableRandom(seed)).next();
  }

  /**
   * The minimised program of a seed as text, with what it shows as a comment; nothing where all
   * engines agree.
   */
  static Optional<String> failure(long seed) {
    final FuzzProgram program = program(seed);
    return Comparison.of(program)
        .map(difference -> {
          final List<Subject> subjects = difference.subject().stream().toList();
          final FuzzProgram small =
              Minimizer.minimize(program, changed -> Comparison.of(changed, subjects).isPresent());
          return "# %s%n# found with seed %d%n%s"
              .formatted(Comparison.of(small, subjects).orElseThrow(), seed, small.text());
        });
  }
}
