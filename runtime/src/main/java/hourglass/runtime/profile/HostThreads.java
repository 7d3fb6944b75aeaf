package hourglass.runtime.profile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The processor time of this program's threads, by what they are for, as Linux tells it (proc(5),
 * {@code /proc/self/task/tid/stat}). HotSpot's compilers are not to be seen in any other way.
 *
 * <p>A thread that ends takes its time with it; what it had when it was last read stays counted.
 */
final class HostThreads {
  /** The unit of the times there, in which Linux counts for all programs (USER_HZ). */
  private static final double TICKS_PER_SECOND = 100;

  /** The name in parentheses; eleven fields; the ticks in user mode and in the kernel. */
  private static final Pattern STAT = Pattern.compile("\\d+ \\((.*)\\)(?: \\S+){11} (\\d+) (\\d+)");

  /** What threads whose names begin so are for; Linux keeps 15 characters of a name. */
  private record Purpose(String begin, String text) {}

  /** The last one is that of all others. */
  private static final List<Purpose> PURPOSES =
      List.of(
          new Purpose("hourglass-trans", "translator"),
          new Purpose("C1 Compiler", "HotSpot's C1"),
          new Purpose("C2 Compiler", "HotSpot's C2"),
          new Purpose("VM Thread", "HotSpot's VM thread"),
          new Purpose("", "others"));

  /** What Linux tells of a thread. */
  record Usage(String name, long ticks) {
    String purpose() {
      return PURPOSES.stream()
          .filter(purpose -> name.startsWith(purpose.begin))
          .map(Purpose::text)
          .findFirst()
          .orElseThrow();
    }
  }

  private final Path folder;

  /** The guest's thread, which is left out; empty where the host tells nothing. */
  private final Optional<String> guest;

  /** What threads had at the beginning, by their IDs, and what they had last. */
  private final Map<String, Usage> before;

  private final Map<String, Usage> now = new HashMap<>();

  /** Begins to count; the calling thread is left out. */
  HostThreads() {
    this(Path.of("/proc"));
  }

  /**
   * As {@link #HostThreads()}, with another folder to read.
   *
   * @param proc where {@code thread-self} and {@code self} are
   */
  HostThreads(Path proc) {
    folder = proc.resolve("self").resolve("task");
    guest = callingThread(proc);
    read();
    before = Map.copyOf(now);
  }

  private static Optional<String> callingThread(Path proc) {
    try {
      final Path self = Files.readSymbolicLink(proc.resolve("thread-self"));
      return Optional.of(self.getFileName().toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Reads the times as they are now; what cannot be read stays as it was. */
  void read() {
    if (guest.isEmpty()) {
      return;
    }
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(folder)) {
      for (Path task : tasks) {
        final String id = task.getFileName().toString();
        if (!id.equals(guest.get())) {
          read(task.resolve("stat")).ifPresent(usage -> now.put(id, usage));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return; // no such host: nothing is told
    }
  }

  private static Optional<Usage> read(Path stat) {
    try {
      return parse(Files.readString(stat, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty(); // the thread has ended meanwhile
    }
  }

  /** As it stands in a {@code stat} file. */
  static Optional<Usage> parse(String stat) {
    final Matcher line = STAT.matcher(stat);
    return line.lookingAt()
        ? Optional.of(
            new Usage(line.group(1), Long.parseLong(line.group(2)) + Long.parseLong(line.group(3))))
        : Optional.empty();
  }

  /** Seconds from the beginning to the last reading, by purpose; empty where nothing is told. */
  Map<String, Double> seconds() {
    final Map<String, Double> seconds = new LinkedHashMap<>();
    if (!now.isEmpty()) {
      PURPOSES.forEach(purpose -> seconds.put(purpose.text, 0.0));
    }
    now.forEach((id, usage) -> {
      final long ticks = before.containsKey(id) ? before.get(id).ticks : 0;
      seconds.merge(usage.purpose(), (usage.ticks - ticks) / TICKS_PER_SECOND, Double::sum);
    });
    return seconds;
  }
}
