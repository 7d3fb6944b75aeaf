package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.ImageCache;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code hourglass bench} says before it runs anything. */
class BenchCommandTest {
  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int bench(String... options) {
    final HostStreams streams =
        new HostStreams(
            InputStream.nullInputStream(), out, new PrintStream(err, true, StandardCharsets.UTF_8));
    final String[] args = new String[options.length + 1];
    args[0] = "bench";
    System.arraycopy(options, 0, args, 1, options.length);
    return new Main(streams, new ImageCache(folder.resolve("cache")), folder).run(args);
  }

  private void assertUsageError(String message, String... options) {
    assertEquals(ExitStatus.USAGE, bench(options));
    assertEquals(
        "hourglass: " + message + " (hourglass bench --help tells what there is)",
        err.toString(StandardCharsets.UTF_8).strip());
  }

  @Test
  void anUnknownWorkloadIsAUsageError() {
    assertUsageError(
        "--workloads: no 'doom', but all, short, long, paths, boot, boot-guest, sha256, compress,"
            + " sort, shell, awk, fork, 7zip, lua, python, sqlite, switch_to, system_call,"
            + " sysenter_entry, ret_from_fork",
        "--workloads=sort,doom");
  }

  @Test
  void anUnknownEngineIsAUsageError() {
    assertUsageError(
        "--engines: no 'bochs', but translate, interpret, qemu, v86", "--engines=bochs");
  }

  @Test
  void v86ThatIsNotThereIsOneLine() {
    assertEquals(ExitStatus.FAILURE, bench("--engines=v86", "--v86=" + folder));
    final String line = err.toString(StandardCharsets.UTF_8).strip();
    final String withNode =
        "hourglass: --engines: v86 is not installed (npm install --no-save v86): there is no "
            + folder.resolve("build/libv86.mjs");
    final String withoutNode = "hourglass: --engines: v86 needs Node, which is not installed";
    assertTrue(List.of(withNode, withoutNode).contains(line), line);
  }

  @Test
  void noRunsAreAUsageError() {
    assertUsageError("--runs: less than 1", "--runs=0");
  }

  @Test
  void aKernelWithoutAnInitrdIsAUsageError() {
    assertUsageError("--kernel and --initrd: only both or neither", "--kernel=vmlinuz");
  }

  @Test
  void theHelpNamesTheWorkloads() {
    assertEquals(ExitStatus.OK, bench("--help"));
    final String help = out.toString(StandardCharsets.UTF_8);
    assertTrue(help.contains("compress, sort, shell"), help);
  }
}
