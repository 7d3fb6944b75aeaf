package hourglass.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  private static String script(String name) {
    return new String(Workload.find(name).orElseThrow().script(), StandardCharsets.UTF_8);
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
  void aBootRunsNothing() {
    assertFalse(script("boot").contains("hourglass-bench"));
  }

  @Test
  void namesAreDistinct() {
    final long names = Workload.all().stream().map(Workload::name).distinct().count();
    assertEquals(Workload.all().size(), names);
  }
}
