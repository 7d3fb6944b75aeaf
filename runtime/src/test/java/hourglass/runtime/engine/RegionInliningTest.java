package hourglass.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.emit.Region;
import java.time.Duration;
import java.util.List;
import javax.management.JMException;
import org.junit.jupiter.api.Test;

class RegionInliningTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The directives in force, the default one last. */
  private static List<String> directives() throws JMException {
    return List.of(RegionInlining.run("compilerDirectivesPrint").split("Directive:"));
  }

  private static boolean isOurs(String directive) {
    return directive.contains(Region.class.getName().replace('.', '/') + "Code*.run");
  }

  @Test
  void accessesOfRegionsAreTakenInByC2AloneHoweverOftenItIsAskedFor() throws Exception {
    Compilers.prepare();
    Compilers.prepare();
    final long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (directives().stream().noneMatch(RegionInliningTest::isOurs)) {
      assertTrue(System.nanoTime() < deadline, "in force: " + directives());
      Thread.sleep(10);
    }
    final List<String> ours = directives().stream().filter(RegionInliningTest::isOurs).toList();
    assertEquals(1, ours.size(), "directives for regions");
    final String[] compilers = ours.getFirst().split("c2 directives:");
    assertTrue(compilers[0].contains("Enable:false"), "C1 is to keep to its own: " + compilers[0]);
    for (String type : List.of("QuickMemory", "Flags", "Shifts", "MultiplyDivide")) {
      assertTrue(compilers[1].contains("+hourglass/translator/cpu/" + type + ".*"), compilers[1]);
    }
  }
}
