package hourglass.runtime.cli;

import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.debug.KernelSymbols;
import hourglass.runtime.process.ProcessListener;
import hourglass.runtime.process.TraceFilter;
import hourglass.runtime.process.TraceKind;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options of {@code hourglass boot} that show the guest's processes. */
final class ProcessOptions {
  /** How a trace is written. */
  enum Format {
    TEXT,
    CHROME
  }

  @Option(
      names = "--processes",
      description = "Prints the guest's processes on standard error at the end, and on Ctrl-A p.")
  private boolean processes;

  @Option(
      names = "--trace",
      split = ",",
      paramLabel = "process|syscall|fault|interrupt",
      description =
          "Writes a line for each such event of the guest's processes; several with commas.")
  private List<TraceKind> kinds = List.of();

  @Option(
      names = "--trace-filter",
      split = ",",
      paramLabel = "pid=N|name=TEXT",
      description = "Limits --trace to these processes; several with commas.")
  private List<String> filter = List.of();

  @Option(
      names = "--trace-file",
      paramLabel = "F",
      description = "Where --trace writes to; standard error unless said.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--trace-format",
      paramLabel = "text|chrome",
      defaultValue = "TEXT",
      description =
          "How --trace writes: lines, or JSON for Chrome's trace viewer and Perfetto; text unless"
              + " said.")
  private Format format = Format.TEXT;

  /** What is wrong with the options, if anything. */
  Optional<String> problem() {
    if (TraceFilter.parse(filter).isEmpty()) {
      return Optional.of("--trace-filter: not pid=N or name=TEXT");
    }
    if (kinds.isEmpty() && (!filter.isEmpty() || file.isPresent() || format != Format.TEXT)) {
      return Optional.of("--trace-filter, --trace-file and --trace-format: need --trace");
    }
    if (format == Format.CHROME && file.isEmpty()) {
      return Optional.of("--trace-format chrome: needs --trace-file");
    }
    return Optional.empty();
  }

  /** Whether processes are to be shown in some way. */
  boolean isAsked() {
    return processes || !kinds.isEmpty();
  }

  /**
   * What shows the processes, if that is asked for or somebody listens.
   *
   * @throws BootException where the kernel's symbols are damaged
   * @throws CommandFailure where the trace's file cannot be written
   */
  Optional<ProcessOutput> output(
      BootFile kernel, Optional<ProcessListener> listener, PrintStream err)
      throws BootException, CommandFailure {
    if (!isAsked() && listener.isEmpty()) {
      return Optional.empty();
    }
    final Set<TraceKind> traced = EnumSet.noneOf(TraceKind.class);
    traced.addAll(kinds);
    final ProcessRequest request =
        new ProcessRequest(
            processes,
            traced,
            TraceFilter.parse(filter).orElseThrow(),
            file,
            format,
            KernelSymbols.ofFile(kernel),
            listener.orElse(ProcessListener.NOBODY));
    return Optional.of(new ProcessOutput(request, err));
  }
}
