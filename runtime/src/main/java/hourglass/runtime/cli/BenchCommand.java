package hourglass.runtime.cli;

import hourglass.images.Grain;
import hourglass.images.Image;
import hourglass.images.ImageCache;
import hourglass.images.ImageException;
import hourglass.images.ProgramRecipe;
import hourglass.runtime.bench.Comparison;
import hourglass.runtime.bench.Contender;
import hourglass.runtime.bench.Guest;
import hourglass.runtime.bench.Guests;
import hourglass.runtime.bench.ResultTable;
import hourglass.runtime.bench.Results;
import hourglass.runtime.bench.Surroundings;
import hourglass.runtime.bench.Workload;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hourglass bench}: whole boots and workloads, engines and QEMU side by side. */
@Command(
    name = "bench",
    sortOptions = false,
    description =
        "Times whole boots and workloads, each run in a process of its own; prints a table.")
final class BenchCommand implements Callable<Integer> {
  /** The launcher's own path, which it passes on. */
  private static final String LAUNCHER = "hourglass.launcher";

  private static final int MEMORY_MIB = 256;
  private static final String QEMU = "qemu";
  private static final String V86 = "v86";

  private final HostStreams streams;
  private final ImageCache cache;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "IMAGE",
      defaultValue = "debian",
      description = "An image that runs scripts; ${DEFAULT-VALUE} unless said.")
  private String image;

  @Option(
      names = "--kernel",
      paramLabel = "F",
      description = "A Linux kernel, in place of the image's; needs --initrd.")
  private Optional<Path> kernel;

  @Option(
      names = "--initrd",
      paramLabel = "F",
      description = "The initrd of an image that runs scripts; needs --kernel.")
  private Optional<Path> initrd;

  @Option(
      names = "--append",
      paramLabel = "TEXT",
      description = "The kernel's command line, in place of the image's.")
  private Optional<String> append;

  @Option(
      names = "--workloads",
      paramLabel = "LIST",
      split = ",",
      defaultValue = "short",
      description =
          "What to run: names or groups of them, ${DEFAULT-VALUE} unless said:"
              + " ${COMPLETION-CANDIDATES}.",
      completionCandidates = WorkloadNames.class)
  private List<String> workloads;

  @Option(
      names = "--engines",
      paramLabel = "LIST",
      split = ",",
      description =
          "What runs it: translate, interpret, qemu, v86; the others are compared with the first."
              + " All that are installed unless said.")
  private List<String> engines = List.of();

  @Option(
      names = "--v86",
      paramLabel = "DIR",
      description =
          "Where v86 is: the folder of its npm package; unless said, where"
              + " 'npm install --no-save v86' beside the launcher puts it.")
  private Optional<Path> v86;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "How often each engine runs each workload; ${DEFAULT-VALUE} unless said.")
  private int runs;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "How long one run may take; ${DEFAULT-VALUE} unless said.")
  private int timeout;

  @Option(names = "--markdown", paramLabel = "F", description = "Writes the table to a file.")
  private Optional<Path> markdown;

  @Option(names = "--json", paramLabel = "F", description = "Writes every measurement to a file.")
  private Optional<Path> json;

  BenchCommand(HostStreams streams, ImageCache cache) {
    this.streams = streams;
    this.cache = cache;
  }

  @Override
  public Integer call() throws Exception {
    if (runs < 1) {
      throw wrong("--runs: less than 1");
    }
    if (timeout < 1) {
      throw wrong("--timeout: not a number of seconds above 0");
    }
    if (kernel.isPresent() != initrd.isPresent()) {
      throw wrong("--kernel and --initrd: only both or neither");
    }
    final List<Workload> chosen = chosenWorkloads();
    final List<Contender> contenders = contenders();
    final Comparison comparison =
        new Comparison(guests(chosen), chosen, contenders, runs, Duration.ofSeconds(timeout));
    final Results results = comparison.run(streams::message);
    return report(
        new ComparisonReport(results, Surroundings.describe(Main.Version.ofProgram(), contenders)));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private List<Workload> chosenWorkloads() {
    final Set<Workload> chosen = new LinkedHashSet<>();
    for (String word : workloads) {
      final List<Workload> selected = Workload.select(word);
      if (selected.isEmpty()) {
        throw wrong(
            "--workloads: no '"
                + word
                + "', but "
                + String.join(", ", new WorkloadNames().names()));
      }
      chosen.addAll(selected);
    }
    return List.copyOf(chosen);
  }

  private List<Contender> contenders() throws CommandFailure {
    final List<String> names = engines.isEmpty() ? installedEngines() : engines;
    final List<Contender> contenders = new ArrayList<>();
    for (String name : names) {
      contenders.add(
          switch (name) {
            case "translate", "interpret" -> new Contender.Hourglass(name, launcher());
            case QEMU -> qemu();
            case V86 -> v86();
            default ->
                throw wrong(
                    "--engines: no '" + name + "', but translate, interpret, " + QEMU + ", " + V86);
          });
    }
    return contenders;
  }

  private List<String> installedEngines() {
    final List<String> names = new ArrayList<>(List.of("translate", "interpret"));
    if (isInstalled(Contender.Qemu.PROGRAM)) {
      names.add(QEMU);
    } else {
      streams.message(Contender.Qemu.PROGRAM + " is not installed: left out");
    }
    final Optional<String> missing = missingForV86();
    if (missing.isEmpty()) {
      names.add(V86);
    } else {
      streams.message(missing.get() + ": left out");
    }
    return names;
  }

  private static boolean isInstalled(String program) {
    return Surroundings.version(program).isPresent();
  }

  private static Contender qemu() throws CommandFailure {
    if (!isInstalled(Contender.Qemu.PROGRAM)) {
      throw new CommandFailure("--engines: " + Contender.Qemu.PROGRAM + " is not installed");
    }
    return new Contender.Qemu();
  }

  private Contender v86() throws CommandFailure {
    final Optional<String> missing = missingForV86();
    if (missing.isPresent()) {
      throw new CommandFailure("--engines: " + missing.get());
    }
    try {
      return new Contender.V86(Contender.V86.writeProgram(), v86Folder());
    } catch (IOException e) {
      throw new CommandFailure("--engines: v86's script cannot be written: " + Failures.reason(e));
    }
  }

  /** What v86 lacks in order to run, one line. */
  private Optional<String> missingForV86() {
    if (!isInstalled(Contender.V86.NODE)) {
      return Optional.of("v86 needs Node, which is not installed");
    }
    final Path library = v86Folder().resolve(Contender.V86.LIBRARY);
    if (!Files.exists(library)) {
      return Optional.of(
          "v86 is not installed (npm install --no-save v86): there is no " + library);
    }
    return Files.exists(Path.of(Contender.V86.BIOS))
        ? Optional.empty()
        : Optional.of("v86 needs " + Contender.V86.BIOS + " (package seabios)");
  }

  /** Where v86 is, or would be. */
  private Path v86Folder() {
    final Path besideLauncher =
        Path.of(System.getProperty(LAUNCHER, LAUNCHER)).resolveSibling("node_modules/v86");
    return v86.orElse(besideLauncher);
  }

  private static Path launcher() throws CommandFailure {
    final String path = System.getProperty(LAUNCHER);
    if (path == null) {
      throw new CommandFailure("bench starts the launcher, hourglass: use it to start bench too");
    }
    return Path.of(path);
  }

  /** What the workloads need, fetched where it is not there. */
  private Guests guests(List<Workload> chosen)
      throws CommandFailure, ImageException, BootException {
    final Map<String, Path> programs = new HashMap<>();
    for (Workload workload : chosen) {
      if (workload.program().isPresent()) {
        final String name = workload.program().get();
        final ProgramRecipe recipe = ProgramRecipe.find(name).orElseThrow();
        programs.put(name, recipe.fetch(cache, streams::message));
      }
    }
    return new Guests(
        chosen.stream().anyMatch(Workload::needsLinux) ? Optional.of(linux()) : Optional.empty(),
        chosen.stream().allMatch(Workload::needsLinux) ? Optional.empty() : Optional.of(grain()),
        programs);
  }

  private static Guest grain() throws CommandFailure {
    try {
      final Path kernel = Files.createTempFile("hourglass-grain", ".elf");
      kernel.toFile().deleteOnExit();
      Files.write(kernel, Grain.kernel());
      return new Guest(kernel, Optional.empty(), "", MEMORY_MIB);
    } catch (IOException e) {
      throw new CommandFailure("grain cannot be written to a file: " + Failures.reason(e));
    }
  }

  private Guest linux() throws CommandFailure, ImageException, BootException {
    if (kernel.isPresent()) {
      // Read here once, so that a wrong name is told before anything runs.
      BootFile.read(kernel.get(), "kernel");
      BootFile.read(initrd.get(), "initrd");
      return new Guest(kernel.get(), initrd, append.orElse("console=ttyS0 nokaslr"), MEMORY_MIB);
    }
    final Image fetched = ImagesCommand.fetch(ImagesCommand.find(image), cache, streams);
    if (!fetched.runsScripts() || fetched.initrd().isEmpty()) {
      throw new CommandFailure("image " + image + " does not run scripts");
    }
    return new Guest(
        fetched.kernel(), fetched.initrd(), append.orElse(fetched.commandLine()), MEMORY_MIB);
  }

  private int report(ComparisonReport report) throws CommandFailure {
    spec.commandLine().getOut().print(new ResultTable(report.results()));
    spec.commandLine().getOut().flush();
    if (markdown.isPresent()) {
      write("--markdown", markdown.get(), report::writeMarkdown);
    }
    if (json.isPresent()) {
      write("--json", json.get(), report::writeJson);
    }
    final List<String> failures = report.results().failures();
    failures.forEach(streams::message);
    return failures.isEmpty() ? ExitStatus.OK : ExitStatus.FAILURE;
  }

  /** Writes a report to a file. */
  private interface Writer {
    void write(Path file) throws IOException;
  }

  private static void write(String option, Path file, Writer writer) throws CommandFailure {
    try {
      writer.write(file);
    } catch (IOException e) {
      throw new CommandFailure(option + ": cannot write " + file + ": " + Failures.reason(e));
    }
  }

  /** The names of all groups and workloads, for the help. */
  private static final class WorkloadNames implements Iterable<String> {
    List<String> names() {
      return Stream.of(
              Stream.of("all"),
              Stream.of(Workload.Group.values()).map(Workload.Group::toString),
              Workload.all().stream().map(Workload::name))
          .flatMap(name -> name)
          .toList();
    }

    @Override
    public Iterator<String> iterator() {
      return names().iterator();
    }
  }
}
