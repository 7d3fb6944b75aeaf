package hourglass.runtime.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The processor time of threads, from files like Linux's. */
class HostThreadsTest {
  @TempDir private Path proc;

  private void thread(int id, String name, long user, long system) throws IOException {
    final Path folder = Files.createDirectories(proc.resolve("self/task/" + id));
    Files.writeString(
        folder.resolve("stat"),
        "%d (%s) S 1 2 3 0 -1 4194368 9 0 0 0 %d %d 0 0 20 0 18 0 4242\n"
            .formatted(id, name, user, system));
  }

  @Test
  void aNameMayHaveBlanksAndParentheses() {
    assertEquals(
        Optional.of(new HostThreads.Usage("C2 (a) b) Com", 1230)),
        HostThreads.parse("17 (C2 (a) b) Com) R 1 2 3 0 -1 4194368 9 0 0 0 1200 30 0 0 20 0\n"));
    assertEquals(Optional.empty(), HostThreads.parse("17 (C2 Comp"));
  }

  @Test
  void countsWhatThreadsHaveUsedSinceTheBeginningButForTheGuests() throws IOException {
    Files.createSymbolicLink(proc.resolve("thread-self"), Path.of("7/task/8"));
    thread(7, "java", 5, 0);
    thread(8, "java", 100, 100);
    thread(9, "C2 CompilerThre", 40, 10);
    final HostThreads threads = new HostThreads(proc);
    thread(7, "java", 6, 1);
    thread(8, "java", 900, 100);
    thread(9, "C2 CompilerThre", 240, 60);
    thread(10, "hourglass-trans", 20, 5);
    threads.read();
    Files.delete(proc.resolve("self/task/10/stat")); // the thread has ended
    thread(11, "hourglass-trans", 10, 0); // and another one has begun
    threads.read();
    assertEquals(
        Map.of(
            "translator", 0.35,
            "HotSpot's C1", 0.0,
            "HotSpot's C2", 2.5,
            "HotSpot's VM thread", 0.0,
            "others", 0.02),
        threads.seconds());
  }

  @Test
  void aHostThatTellsNothingIsNoError() {
    final HostThreads threads = new HostThreads(proc.resolve("missing"));
    threads.read();
    assertEquals(Map.of(), threads.seconds());
  }
}
