package hourglass.runtime.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.translator.emit.Region;
import java.time.Duration;
import java.util.List;
import javax.management.JMException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompilerDirectivesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The directives in force, the one that is looked at first to begin with, the default last. */
  private static List<String> directives() throws JMException {
    return List.of(CompilerDirectives.run("compilerDirectivesPrint").split("Directive:"));
  }

  private static boolean isForRegions(String directive) {
    return directive.contains(Region.class.getName().replace('.', '/') + "Code*.run");
  }

  private static boolean isForPhases(String directive) {
    return directive.contains("hourglass/translator/analysis/*.*");
  }

  /** What a directive says for C1, and for C2. */
  private static String[] compilers(String directive) {
    final String[] compilers = directive.split("c2 directives:");
    assertEquals(2, compilers.length, directive);
    assertTrue(compilers[0].contains("Enable:false"), "C1 is to keep to its own: " + compilers[0]);
    return compilers;
  }

  @BeforeEach
  void askTwice() throws Exception {
    Compilers.prepare();
    Compilers.prepare();
    final long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (directives().stream().noneMatch(CompilerDirectivesTest::isForRegions)) {
      assertTrue(System.nanoTime() < deadline, "in force: " + directives());
      Thread.sleep(10);
    }
  }

  @Test
  void accessesOfRegionsAreTakenInByC2AloneHoweverOftenItIsAskedFor() throws Exception {
    final List<String> ours =
        directives().stream().filter(CompilerDirectivesTest::isForRegions).toList();
    assertEquals(1, ours.size(), "directives for regions");
    final String c2 = compilers(ours.getFirst())[1];
    for (String type : List.of("QuickMemory", "Flags", "Shifts", "MultiplyDivide")) {
      assertTrue(c2.contains("+hourglass/translator/cpu/" + type + ".*"), c2);
    }
    for (String type : List.of("XmmOperations", "PackedIntegers", "Lanes", "StringCompare")) {
      assertTrue(c2.contains("+hourglass/translator/cpu/sse/" + type + ".*"), c2);
    }
    assertTrue(c2.contains("+hourglass/translator/cpu/GuestMemory.load128"), c2);
  }

  @Test
  void whatMakesRegionsIsLeftToC1ButNotRegions() throws Exception {
    final List<String> all = directives();
    final List<String> ours = all.stream().filter(CompilerDirectivesTest::isForPhases).toList();
    assertEquals(1, ours.size(), "directives for the translator");
    final String c2 = compilers(ours.getFirst())[1];
    assertTrue(c2.contains("Exclude:true"), c2);
    for (String phase : List.of("ir", "emit")) {
      assertTrue(ours.getFirst().contains("hourglass/translator/" + phase + "/*.*"), phase);
    }
    final String regions =
        all.stream().filter(CompilerDirectivesTest::isForRegions).findFirst().orElseThrow();
    assertTrue(all.indexOf(regions) < all.indexOf(ours.getFirst()), "regions come first: " + all);
  }

  @Test
  void aProgramOfGuestsAloneLeavesLibrariesToC1() throws Exception {
    Compilers.dedicate();
    Compilers.dedicate();
    final long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<String> ours = List.of();
    while (ours.isEmpty()) {
      assertTrue(System.nanoTime() < deadline, "in force: " + directives());
      Thread.sleep(10);
      ours = directives().stream().filter(text -> text.contains("java/*.*")).toList();
    }
    assertEquals(1, ours.size(), "directives for libraries");
    final String c2 = compilers(ours.getFirst())[1];
    assertTrue(c2.contains("Exclude:true"), c2);
    assertFalse(ours.getFirst().contains("hourglass"), ours.getFirst());
  }
}
