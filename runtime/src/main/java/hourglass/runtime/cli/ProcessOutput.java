package hourglass.runtime.cli;

import hourglass.runtime.process.ChromeTrace;
import hourglass.runtime.process.ProcessReport;
import hourglass.runtime.process.ProcessWatcher;
import hourglass.runtime.process.TextTrace;
import hourglass.runtime.process.TraceSink;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Watches a run's processes, and prints and writes what is asked of them. */
final class ProcessOutput {
  private final ProcessRequest request;
  private final PrintStream err;
  private final ProcessWatcher watcher;
  private final AutoCloseable trace;

  /** What ends a line on standard error: a raw terminal does not go back to its left by itself. */
  private volatile String lineEnd = System.lineSeparator();

  /**
   * Opens the trace's file.
   *
   * @throws CommandFailure where it cannot be written
   */
  ProcessOutput(ProcessRequest request, PrintStream err) throws CommandFailure {
    this.request = request;
    this.err = err;
    final TraceSink sink;
    if (request.file().isEmpty()) {
      sink = new TextTrace(this::printLine);
      trace = () -> {};
    } else if (request.format() == ProcessOptions.Format.CHROME) {
      final ChromeTrace chrome = new ChromeTrace(open(request.file().get()));
      sink = chrome;
      trace = chrome;
    } else {
      final PrintStream lines =
          new PrintStream(open(request.file().get()), false, StandardCharsets.UTF_8);
      sink = new TextTrace(lines::println);
      trace =
          () -> {
            lines.close();
            if (lines.checkError()) {
              throw new IOException("not everything could be written");
            }
          };
    }
    watcher =
        new ProcessWatcher(
            request.linked(), request.kinds(), request.filter(), sink, request.listener());
  }

  private static OutputStream open(Path file) throws CommandFailure {
    try {
      return new BufferedOutputStream(Files.newOutputStream(file));
    } catch (IOException e) {
      throw new CommandFailure("--trace-file: cannot write " + file + ": " + Failures.reason(e));
    }
  }

  ProcessWatcher watcher() {
    return watcher;
  }

  /** Standard error is a raw terminal, or no longer. */
  void setRaw(boolean raw) {
    lineEnd = raw ? "\r\n" : System.lineSeparator();
  }

  private void printLine(String line) {
    err.print(line + lineEnd);
  }

  /** Prints the table as it is now; on the guest's thread. */
  void printTable() {
    ProcessReport.of(watcher).forEach(this::printLine);
  }

  /**
   * Ends the trace, and prints the table if it is asked for.
   *
   * @throws CommandFailure where the trace could not be written
   */
  void finish() throws CommandFailure {
    if (request.table()) {
      printTable();
    }
    watcher.finish();
    try {
      trace.close();
    } catch (Exception e) {
      throw new CommandFailure("--trace-file: cannot write: " + e.getMessage());
    }
  }
}
