package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program on a terminal, with somebody at the keys: {@code script} of util-linux makes the
 * terminal. Skipped where that is not installed.
 */
@Timeout(120)
class TerminalTest {
  private static final String PROMPT = "grain$ ";

  @TempDir private Path folder;

  private final StringBuilder screen = new StringBuilder();

  private Process start(String options) throws IOException {
    final String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    final String command =
        "'%s' -XX:+UseSerialGC -cp '%s' %s boot %s"
            .formatted(java, System.getProperty("java.class.path"), Main.class.getName(), options);
    try {
      return new ProcessBuilder("script", "-qec", command, "/dev/null")
          .directory(folder.toFile())
          .redirectErrorStream(true)
          .start();
    } catch (IOException e) {
      Assumptions.abort("script is not installed");
      throw e;
    }
  }

  /** Reads what is on the screen until it ends in a text. */
  private void await(InputStream in, String text) throws IOException {
    final int from = screen.length();
    while (screen.indexOf(text, from) < 0) {
      final int b = in.read();
      assertTrue(b >= 0, () -> text + " has not come: " + screen);
      screen.append((char) b);
    }
  }

  private static void type(OutputStream out, String keys) throws IOException {
    out.write(keys.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  @Test
  void ctrlAAndPPrintsTheProcessesOfTheGuestAsTheyAreNow() throws Exception {
    final Process process = start("--processes");
    final InputStream in = process.getInputStream();
    final OutputStream out = process.getOutputStream();
    await(in, PROMPT);
    final int before = screen.length();
    type(out, "\1p");
    await(in, "known from: ");
    await(in, "\n");
    final List<String> table = screen.substring(before).lines().toList();
    assertTrue(table.getFirst().strip().startsWith("PID  NAME"), screen::toString);
    assertTrue(table.stream().anyMatch(l -> l.matches(" +1  init .*")), screen::toString);
    assertTrue(table.stream().anyMatch(l -> l.matches(" +\\d+  sh .*")), screen::toString);
    assertTrue(screen.substring(before).contains("\r\n"), "the terminal is not raw");

    type(out, "true\r"); // the guest goes on
    await(in, PROMPT);
    type(out, "\1x");
    in.transferTo(OutputStream.nullOutputStream());
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "Ctrl-A x does not end it");
    assertEquals(0, process.exitValue(), screen::toString);
  }

  @Test
  void ctrlAAndPWithoutProcessesSaysWhatItNeeds() throws Exception {
    final Process process = start("");
    await(process.getInputStream(), PROMPT);
    type(process.getOutputStream(), "\1p");
    await(process.getInputStream(), "Ctrl-A p needs --processes\r\n");
    type(process.getOutputStream(), "\1x");
    process.getInputStream().transferTo(OutputStream.nullOutputStream());
    assertEquals(0, process.waitFor(), screen::toString);
  }
}
