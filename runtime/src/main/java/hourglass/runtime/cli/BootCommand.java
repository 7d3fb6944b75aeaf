package hourglass.runtime.cli;

import hourglass.images.Grain;
import hourglass.images.Image;
import hourglass.images.ImageCache;
import hourglass.images.ImageException;
import hourglass.images.Initramfs;
import hourglass.runtime.board.Board;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.board.LockStep;
import hourglass.runtime.boot.BootException;
import hourglass.runtime.boot.BootFile;
import hourglass.runtime.boot.Bootable;
import hourglass.runtime.boot.Decompressor;
import hourglass.runtime.boot.Kernels;
import hourglass.runtime.boot.UnpackedCache;
import hourglass.runtime.engine.Compilers;
import hourglass.runtime.engine.Watcher;
import hourglass.runtime.process.ProcessListener;
import hourglass.runtime.recording.FlightRecording;
import hourglass.translator.isa.CpuModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hourglass boot}: boots an image or a kernel, and ends with the guest. */
@Command(
    name = "boot",
    sortOptions = false,
    description = "Boots an image or a kernel; its serial console is the terminal.",
    footer = {"", "On the terminal, Ctrl-A x quits and Ctrl-A h tells the rest."})
final class BootCommand implements Callable<Integer> {
  private final HostStreams streams;
  private final ImageCache cache;

  /** What {@code --engine} may say. */
  enum EngineChoice {
    TRANSLATE,
    INTERPRET,
    COMPARE;

    EngineKind kind() {
      return this == INTERPRET ? EngineKind.INTERPRET : EngineKind.TRANSLATE;
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "IMAGE",
      description =
          "An image's name: hourglass images lists them. Without one, and without --kernel: grain,"
              + " which comes with the program.")
  private Optional<String> image;

  @Option(
      names = "--kernel",
      paramLabel = "F",
      description = "A bzImage, zImage, i386 ELF or Multiboot file, in place of the image's.")
  private Optional<Path> kernel;

  @Option(
      names = "--initrd",
      paramLabel = "F",
      description = "An initial RAM disk, in place of the image's.")
  private Optional<Path> initrd;

  @Option(
      names = "--append",
      paramLabel = "TEXT",
      description = "The kernel's command line, in place of the image's.")
  private Optional<String> append;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "256M",
      converter = MemorySize.Converter.class,
      description = "The guest's memory, 16M to 2047M; ${DEFAULT-VALUE} unless said.")
  private MemorySize memory;

  @Option(
      names = "--cpu",
      paramLabel = "486|pentium|pentium3|pentium4|max",
      defaultValue = "max",
      converter = CpuModelConverter.class,
      description = "The processor: its instructions and what CPUID says; max unless said.")
  private CpuModel cpu;

  @Option(
      names = "--decompress",
      paramLabel = "host|guest",
      defaultValue = "HOST",
      description =
          "Who unpacks a compressed Linux kernel: the loader where it can, or the guest's own"
              + " decompressor; host unless said.")
  private Decompressor decompressor;

  @Option(
      names = "--engine",
      paramLabel = "translate|interpret|compare",
      defaultValue = "TRANSLATE",
      description =
          "What runs guest code; translate unless said. compare: both, in virtual time, until they"
              + " differ.")
  private EngineChoice engine;

  @Option(
      names = "--heat",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Translates a place once it has been interpreted this often (0: before it first runs);"
              + " ${DEFAULT-VALUE} unless said.")
  private int heat;

  @Option(
      names = "--clock",
      paramLabel = "host|virtual",
      defaultValue = "HOST",
      description =
          "What guest time follows: the host's clock, or the count of executed instructions;"
              + " host unless said.")
  private ClockKind clock;

  @Option(
      names = "--serial",
      paramLabel = "stdio|file:F|none",
      defaultValue = "stdio",
      converter = SerialTarget.Converter.class,
      description = "Where the serial console goes; ${DEFAULT-VALUE} unless said.")
  private SerialTarget serial;

  @Option(
      names = "--until",
      paramLabel = "TEXT",
      description = "Ends the run with status 0 as soon as the serial console has printed TEXT.")
  private Optional<String> until;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Ends the run with status 124 after this time.")
  private Optional<Double> timeout;

  @Option(names = "--no-reboot", description = "A reset of the guest ends the run with status 0.")
  private boolean noReboot;

  @Option(
      names = "--run",
      paramLabel = "SCRIPT",
      description = "Runs a shell script in the guest (image debian) and ends with its status.")
  private Optional<Path> script;

  @Option(names = "--stats", description = "Prints statistics on standard error at the end.")
  private boolean statistics;

  @Option(
      names = "--stats-json",
      paramLabel = "F",
      description = "Writes statistics to a file at the end.")
  private Optional<Path> statisticsFile;

  @Option(
      names = "--dump",
      paramLabel = "DIR",
      description = "Writes a text file and a class file for each region at the end.")
  private Optional<Path> dumpFolder;

  @Option(
      names = "--dump-at",
      paramLabel = "SYMBOL|ADDR",
      description = "Limits --dump to regions that contain this; may be repeated.")
  private List<String> dumpAt = List.of();

  @Option(
      names = "--jfr",
      paramLabel = "F",
      description =
          "Records the run to a file for JDK Mission Control: regions, processes, and the JVM.")
  private Optional<Path> recordingFile;

  @Mixin private ProcessOptions processes = new ProcessOptions();

  BootCommand(HostStreams streams, ImageCache cache) {
    this.streams = streams;
    this.cache = cache;
  }

  @Override
  public Integer call() throws BootException, CommandFailure, ImageException {
    check();
    Compilers.dedicate();
    if (recordingFile.isEmpty()) {
      return boot(Optional.empty());
    }
    try (FlightRecording recording = new FlightRecording(recordingFile.get())) {
      return boot(Optional.of(recording));
    } catch (IOException e) {
      throw new CommandFailure(
          "--jfr: cannot write " + recordingFile.get() + ": " + Failures.reason(e));
    }
  }

  private int boot(Optional<ProcessListener> listener)
      throws BootException, CommandFailure, ImageException {
    final BoardOptions boardOptions =
        new BoardOptions(memory.forBoard(), engine.kind(), heat, clock, !noReboot, cpu);
    final Optional<Image> fetched = fetchImage();
    final BootFile kernelFile = kernelFile(fetched);
    final boolean statusFromGuest =
        bootsGrain() || initrd.isEmpty() && fetched.map(Image::runsScripts).orElse(false);
    final Optional<ProcessOutput> output = processes.output(kernelFile, listener, streams.err());
    final GuestRun.Options options =
        new GuestRun.Options(
            serial,
            until,
            timeout.map(seconds -> Duration.ofMillis(Math.round(seconds * 1000))),
            statusFromGuest,
            statistics,
            statisticsFile,
            dumpRequest(kernelFile),
            output);
    final Bootable bootable = bootable(fetched, kernelFile);
    final Watcher watcher = output.<Watcher>map(ProcessOutput::watcher).orElse(Watcher.NOBODY);
    return new GuestRun(
            streams,
            options,
            bootable,
            console ->
                engine == EngineChoice.COMPARE
                    ? new LockStep(boardOptions, bootable, console)
                    : new Board(boardOptions, bootable, console, watcher))
        .run();
  }

  private Optional<DumpRequest> dumpRequest(BootFile kernelFile) throws CommandFailure {
    if (dumpFolder.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(DumpRequest.of(dumpFolder.get(), dumpAt, kernelFile));
  }

  private void check() {
    if (heat < 0) {
      throw wrong("--heat: less than 0");
    }
    if (until.isPresent() && until.get().isEmpty()) {
      throw wrong("--until: the text is empty");
    }
    if (timeout.isPresent() && !(timeout.get() > 0 && timeout.get() < 1e9)) {
      throw wrong("--timeout: not a number of seconds above 0");
    }
    if (script.isPresent() && image.isEmpty()) {
      throw wrong("--run: needs an image that runs scripts, such as debian");
    }
    if (engine == EngineChoice.COMPARE && processes.isAsked()) {
      throw wrong("--processes and --trace: not with --engine compare");
    }
    if (engine == EngineChoice.COMPARE && recordingFile.isPresent()) {
      throw wrong("--jfr: not with --engine compare");
    }
    if (processes.problem().isPresent()) {
      throw wrong(processes.problem().get());
    }
    if (!dumpAt.isEmpty() && dumpFolder.isEmpty()) {
      throw wrong("--dump-at: needs --dump, which names the folder");
    }
    if (script.isPresent() && initrd.isPresent()) {
      throw wrong("--run: the script runs in the image's initrd, not in one of --initrd");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Bootable bootable(Optional<Image> fetched, BootFile kernelFile)
      throws BootException, CommandFailure {
    final Optional<Path> initrdPath = initrd.or(() -> fetched.flatMap(Image::initrd));
    final String commandLine = append.or(() -> fetched.map(Image::commandLine)).orElse("");
    Optional<BootFile> initrdFile = Optional.empty();
    if (initrdPath.isPresent()) {
      initrdFile = Optional.of(BootFile.read(initrdPath.get(), "initrd"));
    }
    if (script.isPresent()) {
      if (!fetched.map(Image::runsScripts).orElse(false)) {
        throw new CommandFailure("--run: image " + image.orElseThrow() + " does not run scripts");
      }
      final byte[] scriptBytes = BootFile.read(script.get(), "script").bytes();
      initrdFile =
          initrdFile.map(
              file -> new BootFile(file.name(), Initramfs.withScript(file.bytes(), scriptBytes)));
    }
    return Kernels.open(
        kernelFile,
        initrdFile,
        commandLine,
        decompressor,
        UnpackedCache.in(cache.unpackedFolder()));
  }

  private BootFile kernelFile(Optional<Image> fetched) throws BootException {
    if (bootsGrain()) {
      return new BootFile(Grain.NAME, Grain.kernel());
    }
    return BootFile.read(kernel.or(() -> fetched.map(Image::kernel)).orElseThrow(), "kernel");
  }

  /** Whether the kernel is the one that comes with the program. */
  private boolean bootsGrain() {
    return kernel.isEmpty() && image.map(Grain.NAME::equals).orElse(true);
  }

  private Optional<Image> fetchImage() throws CommandFailure, ImageException {
    if (image.isEmpty() || bootsGrain()) {
      return Optional.empty();
    }
    return Optional.of(ImagesCommand.fetch(ImagesCommand.find(image.get()), cache, streams));
  }
}
