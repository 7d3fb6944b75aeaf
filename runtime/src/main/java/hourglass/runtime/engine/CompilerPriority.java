package hourglass.runtime.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Has HotSpot's C2 stand back where it wants the same processor as C1.
 *
 * <p>A guest's new code needs C1 soon, since until then HotSpot interprets it, and for a short
 * time; C2 is busy for seconds at a stretch. With equal priorities C1 waits as long as it works.
 * HotSpot has an option for the priority of both together only, so the system is asked: on Linux
 * each thread has a nice value of its own, which anybody may raise. Threads of C2 that HotSpot adds
 * later, where there are processors for them, keep C1's.
 */
final class CompilerPriority {
  /**
   * C2's nice value; C1's is 3, see jvm.options. Beside a thread of nice value 0 that never rests,
   * C2 still has a sixteenth of a processor.
   */
  private static final int NICE_OF_C2 = 12;

  /** What the names of C2's threads begin with; the system keeps 15 characters of a name. */
  private static final String C2 = "C2 Compiler";

  private static final Path THREADS = Path.of("/proc/self/task");

  private CompilerPriority() {}

  /**
   * Lowers the priority of C2's threads, if there is a second processor for it; does nothing where
   * the system has no such thing.
   *
   * @throws IOException where there is no way to do so
   */
  static void lowerC2() throws IOException {
    final List<String> threads = threads(C2);
    if (threads.isEmpty() || Runtime.getRuntime().availableProcessors() == 1) {
      return;
    }
    final List<String> command =
        new ArrayList<>(List.of("renice", "-n", Integer.toString(NICE_OF_C2), "-p"));
    command.addAll(threads);
    new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /**
   * The numbers that the system knows this process's threads of a name by; none where it does not
   * tell.
   *
   * @throws IOException where they cannot be listed
   */
  static List<String> threads(String name) throws IOException {
    if (!Files.isDirectory(THREADS)) {
      return List.of();
    }
    final List<String> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(THREADS)) {
      for (Path thread : (Iterable<Path>) all::iterator) {
        if (name(thread).startsWith(name)) {
          found.add(thread.getFileName().toString());
        }
      }
    }
    return found;
  }

  private static String name(Path thread) {
    try {
      return Files.readString(thread.resolve("comm"));
    } catch (IOException e) {
      return ""; // it has ended meanwhile
    }
  }
}
