package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.ImageCache;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --jfr} writes, as the JDK's own tool reads it, and what it says where it cannot. */
@Timeout(120)
class FlightRecordingOptionTest {
  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Has our own kernel run its test of forks. */
  private int boot(Path file) {
    final HostStreams streams =
        new HostStreams(
            InputStream.nullInputStream(), out, new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Main(streams, new ImageCache(folder.resolve("cache")), folder)
        .run("boot", "--append", "run=forktest", "--heat=0", "--jfr", file.toString());
  }

  private String messages() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** What {@code jfr} prints. */
  private static String jfr(String... arguments) throws Exception {
    final List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "jfr").toString());
    command.addAll(List.of(arguments));
    final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    final String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), printed);
    return printed;
  }

  @Test
  void theJdksToolReadsRegionsAndProcesses() throws Exception {
    final Path file = Files.writeString(folder.resolve("run.jfr"), "an older file");
    assertEquals(0, boot(file), () -> out + messages());
    assertEquals("", messages());

    final String summary = jfr("summary", file.toString());
    assertTrue(summary.matches("(?s).*hourglass\\.RegionMade +[1-9].*"), summary);
    assertTrue(summary.matches("(?s).*hourglass\\.ProcessSwitch +[1-9].*"), summary);

    final String regions = jfr("print", "--events", "hourglass.RegionMade", file.toString());
    assertTrue(regions.contains("symbol = \"sys_vfork\""), "no region is sys_vfork's");
    assertTrue(regions.contains("userMode = true"), "no region is a program's");

    final String switches = jfr("print", "--events", "hourglass.ProcessSwitch", file.toString());
    final String forktest = "Pid = \\d+\\s+\\w+Name = \"forktest\"\\s+\\w+Space = 0x\\w+\\s+";
    assertTrue(
        Pattern.compile("from" + forktest + "to" + forktest).matcher(switches).find(),
        "no switch from one process of the test to another");
  }

  @Test
  void aFileThatCannotBeWrittenIsOneLineBeforeTheGuestRuns() throws IOException {
    final Path file = folder.resolve("missing").resolve("run.jfr");
    assertEquals(1, boot(file));
    assertEquals(
        "hourglass: --jfr: cannot write " + file + ": no such file or folder\n", messages());
    assertEquals("", out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aFolderIsNoFile() {
    assertEquals(1, boot(folder));
    assertEquals("hourglass: --jfr: cannot write " + folder + ": Is a directory\n", messages());
  }
}
