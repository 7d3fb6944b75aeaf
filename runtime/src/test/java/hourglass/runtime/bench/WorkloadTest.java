package hourglass.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.ProgramRecipe;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  private static String script(String name) {
    final Workload workload = Workload.select(name).getFirst();
    final Workload.Script script = (Workload.Script) workload.task();
    return new String(script.text(), StandardCharsets.UTF_8);
  }

  @Test
  void theScriptTimesTheCommandsOnly() {
    assertEquals(
        """
        head -c 16777216 /dev/zero >/tmp/data
        echo 'hourglass-bench: begin'
        sha256sum /tmp/data
        echo "hourglass-bench: end $?"
        """,
        script("sha256"));
  }

  @Test
  void everyProgramThatAScriptNeedsHasARecipe() {
    for (Workload workload : Workload.select("long")) {
      final String program = workload.program().orElseThrow();
      assertTrue(ProgramRecipe.find(program).isPresent(), program);
    }
  }

  @Test
  void aFileOfOursIsInTheScriptThatMakesIt() {
    final String script = script("lua");
    assertTrue(script.startsWith("cat >/tmp/mix.lua <<'END-OF-FILE'\n"), script);
    assertTrue(script.contains("\nEND-OF-FILE\necho 'hourglass-bench: begin'\n"), script);
  }

  @Test
  void aGroupSelectsItsWorkloads() {
    assertEquals(
        List.of("switch_to", "system_call", "sysenter_entry", "ret_from_fork"),
        Workload.select("paths").stream().map(Workload::name).toList());
    assertEquals(Workload.all(), Workload.select("all"));
    assertEquals(List.of(), Workload.select("doom"));
  }

  @Test
  void noNameIsThatOfAGroup() {
    for (Workload.Group group : Workload.Group.values()) {
      assertFalse(Workload.all().stream().anyMatch(w -> w.name().equals(group.toString())));
    }
  }

  @Test
  void namesAreDistinct() {
    final long names = Workload.all().stream().map(Workload::name).distinct().count();
    assertEquals(Workload.all().size(), names);
  }
}
