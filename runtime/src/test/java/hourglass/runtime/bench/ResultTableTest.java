package hourglass.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ResultTableTest {
  private static final Workload BOOT = Workload.select("boot").getFirst();
  private static final Workload SORT = Workload.select("sort").getFirst();
  private static final Workload SHELL = Workload.select("shell").getFirst();

  private static Sample sample(double seconds) {
    return new Sample(5, seconds, OptionalLong.empty(), "");
  }

  private static Results results(Workload... workloads) {
    return new Results(List.of(workloads), List.of("translate", "qemu"));
  }

  @Test
  void showsMediansSpreadAndRatios() {
    final Results results = results(BOOT, SORT, SHELL);
    results.add(BOOT, "translate", new Sample(8, 8, OptionalLong.of(300 << 20), ""));
    results.add(BOOT, "qemu", new Sample(4, 4, OptionalLong.of(200 << 20), ""));
    for (double seconds : new double[] {0.5, 0.4, 0.9}) {
      results.add(SORT, "translate", sample(seconds));
    }
    results.add(SORT, "qemu", sample(1));
    results.add(SHELL, "translate", sample(20));
    results.add(SHELL, "qemu", sample(10));
    assertEquals(
        """
        | seconds: median (least–most)  |        translate | qemu | translate ÷ qemu |
        |-------------------------------|-----------------:|-----:|-----------------:|
        | start to first userspace line |             8.00 | 4.00 |             2.00 |
        | seq 50000, sort -n            | 0.50 (0.40–0.90) | 1.00 |             0.50 |
        | shell loop, 100,000 rounds    |             20.0 | 10.0 |             2.00 |
        | geometric mean, boots aside   |                  |      |             1.00 |
        | most memory used, MiB         |              300 |  200 |                  |
        """,
        new ResultTable(results).toString());
  }

  @Test
  void aRunWithoutResultLeavesAGap() {
    final Results results = results(SORT);
    results.add(SORT, "translate", sample(1));
    results.fail("sort, qemu: the guest ended too early");
    final String row = new ResultTable(results).toString().lines().toList().get(2);
    assertEquals(List.of("1.00", "–", "–"), cells(row));
    assertEquals(List.of("sort, qemu: the guest ended too early"), results.failures());
  }

  @Test
  void oneContenderIsComparedWithNothing() {
    final Results results = new Results(List.of(SORT), List.of("qemu"));
    results.add(SORT, "qemu", sample(123.4));
    final List<String> lines = new ResultTable(results).toString().lines().toList();
    assertEquals(List.of("123"), cells(lines.get(2)));
    assertTrue(lines.get(0).endsWith("| qemu |"), lines.get(0));
  }

  private static List<String> cells(String row) {
    final List<String> all = List.of(row.substring(1).split("\\|"));
    return all.subList(1, all.size()).stream().map(String::strip).toList();
  }
}
