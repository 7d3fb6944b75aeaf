package hourglass.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Debian's own package client, set up for architecture i386 with all of its state in a folder of
 * ours.
 *
 * <p>From the host it takes the list of sources, the keyrings, and the settings on how to download
 * (proxies, for one), and nothing else: neither the host's installed packages nor its hooks, which
 * would run after an update. The client checks signatures and digests. It needs no root and takes
 * none of the host's locks.
 */
final class PackageClient implements PackageSource {
  private final Path folder;
  private final Consumer<String> progress;
  private final Path configuration;
  private String updateProblem = "";
  private boolean toldProblem;

  PackageClient(Path work, Consumer<String> progress) throws IOException, ImageException {
    this(work, progress, List.of());
  }

  /**
   * Makes a client.
   *
   * @param work folder for all it writes
   * @param furtherSettings lines for its configuration, which come last
   */
  PackageClient(Path work, Consumer<String> progress, List<String> furtherSettings)
      throws IOException, ImageException {
    this.progress = progress;
    folder = Files.createDirectory(work.resolve("packages")).toAbsolutePath();
    configuration = folder.resolve("configuration");
    final Path lists = Files.createDirectories(folder.resolve("state/lists/partial")).getParent();
    Files.createDirectories(folder.resolve("cache/archives/partial"));
    final Path status = Files.createFile(folder.resolve("state/status"));
    final List<String> lines = new ArrayList<>(hostDownloadSettings());
    lines.addAll(
        List.of(
            setting("Dir::Etc::main", Path.of("/dev/null")),
            setting("Dir::Etc::parts", folder.resolve("none")),
            setting("Dir::State", folder.resolve("state")),
            setting("Dir::State::lists", lists),
            setting("Dir::State::status", status),
            setting("Dir::Cache", folder.resolve("cache")),
            setting("Dir::Cache::archives", folder.resolve("cache/archives")),
            setting("APT::Architecture", "i386"),
            "#clear APT::Architectures;",
            setting("APT::Architectures::", "i386"),
            "#clear Acquire::Languages;",
            setting("Acquire::Languages::", "none"),
            setting("APT::Sandbox::User", "root"),
            setting("Debug::NoLocking", "true")));
    lines.addAll(furtherSettings);
    Files.write(configuration, lines);
  }

  static String setting(String key, Object value) {
    return key + " \"" + value + "\";";
  }

  private static List<String> hostDownloadSettings() throws IOException, ImageException {
    final Result result = run(List.of("apt-config", "dump"), Optional.empty(), Path.of("/"));
    return result.lines().stream().filter(line -> line.startsWith("Acquire::")).toList();
  }

  @Override
  public void update() throws IOException, ImageException {
    progress.accept("updating the list of packages");
    final Result result = client("apt-get", "-q", "update");
    // Part of the sources may be out of reach, and the packages be found in others all the same;
    // whether they are shows
    // when they are looked up.
    updateProblem = result.complaint(line -> line.contains("Failed to fetch")).orElse("");
    if (updateProblem.isEmpty() && result.status() != 0) {
      updateProblem = result.complaint(line -> true).orElse("apt-get update failed");
    }
  }

  @Override
  public PackageRecord find(String name) throws IOException, ImageException {
    final Result result = client("apt-cache", "--no-all-versions", "show", name);
    final PackageRecord record = PackageRecord.parse(String.join("\n", result.lines()));
    if (result.status() != 0 || !record.name().equals(name)) {
      throw new ImageException(
          "package "
              + name
              + " for i386 cannot be found: "
              + (updateProblem.isEmpty()
                  ? "no package source of this host has it"
                  : updateProblem));
    }
    if (!updateProblem.isEmpty() && !toldProblem) {
      // What was found may not be the newest there is.
      progress.accept("part of the list of packages could not be had: " + updateProblem);
      toldProblem = true;
    }
    return record;
  }

  @Override
  public Path download(PackageRecord record) throws IOException, ImageException {
    final Path target = Files.createTempDirectory(folder, "download-");
    final Result result =
        run(
            List.of("apt-get", "-q", "download", record.name() + "=" + record.version()),
            Optional.of(configuration),
            target);
    try (Stream<Path> files = Files.list(target)) {
      final Optional<Path> deb = files.filter(f -> f.toString().endsWith(".deb")).findFirst();
      if (result.status() != 0 || deb.isEmpty()) {
        throw new ImageException(
            "package "
                + record.name()
                + " cannot be downloaded: "
                + result.complaint(line -> true).orElse("status " + result.status()));
      }
      return deb.get();
    }
  }

  private Result client(String... command) throws IOException, ImageException {
    return run(List.of(command), Optional.of(configuration), folder);
  }

  /** What a command printed, standard error included, and its exit status. */
  private record Result(int status, List<String> lines) {
    /** The first error or, where there is none, warning that passes a filter. */
    Optional<String> complaint(Predicate<String> filter) {
      return Stream.of("E: ", "W: ")
          .flatMap(kind -> lines.stream().filter(line -> line.startsWith(kind)))
          .filter(filter)
          .map(line -> line.substring(3).strip())
          .findFirst();
    }
  }

  private static Result run(List<String> command, Optional<Path> configuration, Path folder)
      throws IOException, ImageException {
    final ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().put("LC_ALL", "C.UTF-8");
    configuration.ifPresent(file -> builder.environment().put("APT_CONFIG", file.toString()));
    final Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new ImageException(
          "Debian's package client is needed to fetch it, and there is no " + command.get(0), e);
    }
    try (var output = process.inputReader(StandardCharsets.UTF_8)) {
      final List<String> lines = output.lines().toList();
      return new Result(process.waitFor(), lines);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImageException("interrupted while fetching", e);
    } finally {
      process.destroy();
    }
  }
}
