package hourglass.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What there is to know about a failure that is Hourglass's own fault: saved to a file, so that the
 * user sees one line.
 *
 * @param failure what was thrown; the message of each exception in its chain is written out in
 *     full, and an engine puts the guest's state and code there
 * @param arguments the command line
 */
record BugReport(Throwable failure, List<String> arguments) {
  /**
   * Saves the report in a folder, or among the temporary files where that fails, and returns one
   * line that says so.
   */
  String save(Path folder) {
    final String what = "a bug of Hourglass's own: " + summary();
    for (Path place : List.of(folder, Path.of(System.getProperty("java.io.tmpdir")))) {
      try {
        final Path file = Files.createTempFile(place.toAbsolutePath(), "hourglass-report-", ".txt");
        Files.writeString(file, text());
        return what + "; all there is to know is in " + file;
      } catch (IOException e) {
        continue; // the next place
      }
    }
    return what + "; and no report could be saved";
  }

  private String summary() {
    final String message = failure.getMessage();
    final String name = failure.getClass().getSimpleName();
    return message == null ? name : name + ": " + message.lines().findFirst().orElse("");
  }

  private String text() {
    final StringWriter text = new StringWriter();
    final PrintWriter out = new PrintWriter(text);
    out.println("Hourglass " + Main.Version.ofProgram() + ", Java " + Runtime.version());
    out.println(
        System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", " + Instant.now());
    out.println("Arguments: " + String.join(" ", arguments));
    out.println();
    failure.printStackTrace(out);
    out.flush();
    return text.toString();
  }
}
