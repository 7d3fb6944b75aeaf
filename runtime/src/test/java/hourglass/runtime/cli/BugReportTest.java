package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BugReportTest {
  private static final Throwable FAILURE = new IllegalStateException("lost a flag\nand the registers");

  @Test
  void savesEverythingAndSaysWhereInOneLine(@TempDir Path folder) throws IOException {
    final String line = new BugReport(FAILURE, List.of("boot", "debian")).save(folder);
    assertEquals(1, line.lines().count(), line);
    final Path file = Path.of(line.substring(line.indexOf(" is in ") + " is in ".length()));
    assertEquals(folder, file.getParent());
    final String text = Files.readString(file);
    assertTrue(text.contains("Arguments: boot debian"), text);
    assertTrue(text.contains("and the registers"), text);
    assertTrue(text.contains("at hourglass.runtime.cli.BugReportTest"), text);
  }

  @Test
  void goesToTheTemporaryFilesWhereTheFolderTakesNone(@TempDir Path folder) throws IOException {
    final String line = new BugReport(FAILURE, List.of()).save(folder.resolve("missing"));
    final Path file = Path.of(line.substring(line.indexOf(" is in ") + " is in ".length()));
    assertTrue(Files.deleteIfExists(file), line);
  }
}
