package hourglass.bench;

import hourglass.runtime.board.Board;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.Main;

/**
 * JMH's command line, with the launcher's JVM options for the forks. What its user asks for with
 * {@code -jvmArgs} or {@code -jvmArgsAppend} comes after them.
 */
public final class Benchmarks {
  private static final String OPTIONS = "/hourglass/runtime/jvm.options";

  /** The launcher's, for a guest of 256 MiB. */
  private static final String HEAP = "-Xmx768m";

  private Benchmarks() {}

  /** Runs benchmarks as JMH's own main method does. */
  public static void main(String[] args) throws IOException {
    final List<String> all = new ArrayList<>(List.of(args));
    all.add("-jvmArgsPrepend");
    all.add(String.join(" ", jvmOptions()));
    Main.main(all.toArray(String[]::new));
  }

  /** The options of the launcher's JVM. */
  static List<String> jvmOptions() throws IOException {
    final List<String> options = new ArrayList<>(List.of(HEAP));
    try (InputStream in = Board.class.getResourceAsStream(OPTIONS)) {
      if (in == null) {
        throw new IOException("resource " + OPTIONS + " is missing from this build");
      }
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith("-"))
          .forEach(options::add);
    }
    return options;
  }
}
