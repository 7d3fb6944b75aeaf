package hourglass.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class CompilerPriorityTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Where a thread's nice value stands in its stat file, after the name (proc(5)). */
  private static final int NICE = 16;

  /** The nice values of the threads of a name. */
  private static List<Integer> nice(String name) throws IOException {
    final List<String> threads = CompilerPriority.threads(name);
    assertFalse(threads.isEmpty(), "threads called " + name);
    return threads.stream().map(CompilerPriorityTest::niceOf).distinct().toList();
  }

  private static int niceOf(String thread) {
    try {
      final String stat = Files.readString(Path.of("/proc/self/task", thread, "stat"));
      return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[NICE]);
    } catch (IOException e) {
      throw new AssertionError("thread " + thread + " is gone", e);
    }
  }

  @Test
  void c2StandsBackAndC1DoesNot() throws Exception {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor");
    final List<Integer> ofC1 = nice("C1 Compiler");
    Compilers.prepare();
    final long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!nice("C2 Compiler").equals(List.of(12))) {
      assertTrue(System.nanoTime() < deadline, "C2 has " + nice("C2 Compiler"));
      Thread.sleep(10);
    }
    assertEquals(ofC1, nice("C1 Compiler"), "C1's");
  }
}
