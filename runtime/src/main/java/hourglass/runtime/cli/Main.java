package hourglass.runtime.cli;

import hourglass.images.ImageCache;
import hourglass.images.ImageException;
import hourglass.runtime.boot.BootException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program: parses the command line, runs the command, and makes one line of every failure. */
@Command(
    name = "hourglass",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    scope = ScopeType.INHERIT,
    description = "Boots i386 kernels on the JVM. A first try: hourglass boot debian")
public final class Main implements Runnable {
  private final HostStreams streams;
  private final ImageCache cache;
  private final Path reportFolder;

  @Spec private CommandSpec spec;

  Main(HostStreams streams, ImageCache cache, Path reportFolder) {
    this.streams = streams;
    this.cache = cache;
    this.reportFolder = reportFolder;
  }

  /** Runs the program and ends the process with its exit status. */
  public static void main(String[] args) {
    System.exit(new Main(HostStreams.ofProcess(), ImageCache.ofUser(), Path.of("")).run(args));
  }

  /** Runs the program and returns its exit status; never throws. */
  int run(String... args) {
    try {
      return commandLine().execute(args);
    } catch (Error e) {
      return bug(e, args);
    }
  }

  private CommandLine commandLine() {
    return new CommandLine(this)
        .addSubcommand(new BootCommand(streams, cache))
        .addSubcommand(new ImagesCommand(streams, cache))
        .addSubcommand(new TranslateCommand())
        .addSubcommand(new BenchCommand(streams, cache))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(streams.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(streams.err(), true))
        .setParameterExceptionHandler((e, args) -> usageError(e))
        .setExecutionExceptionHandler((e, line, parsed) -> failure(e, parsed.originalArgs()));
  }

  /** Called where no command is named. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private int usageError(ParameterException e) {
    final String command = e.getCommandLine().getCommandSpec().qualifiedName();
    streams.message(e.getMessage() + " (" + command + " --help tells what there is)");
    return ExitStatus.USAGE;
  }

  private int failure(Exception e, List<String> args) {
    return switch (e) {
      case ParameterException usage -> usageError(usage);
      case CommandFailure failure -> fail(failure.getMessage());
      case BootException failure -> fail(failure.getMessage());
      case ImageException failure -> fail(failure.getMessage());
      default -> bug(e, args.toArray(String[]::new));
    };
  }

  private int fail(String message) {
    streams.message(message);
    return ExitStatus.FAILURE;
  }

  private int bug(Throwable e, String... args) {
    streams.message(new BugReport(e, List.of(args)).save(reportFolder));
    return ExitStatus.BUG;
  }

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    /** The version in the program's jar; classes that come from elsewhere have none. */
    static String ofProgram() {
      final String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "(not packaged)" : version;
    }

    @Override
    public String[] getVersion() {
      return new String[] {"hourglass " + ofProgram() + ", on Java " + Runtime.version()};
    }
  }
}
