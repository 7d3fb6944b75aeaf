package hourglass.runtime.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What numbers depend on: the host, and the versions of what ran on it. */
public final class Surroundings {
  private static final Pattern MODEL = Pattern.compile("(?m)^model name\\s*:\\s*(.+)$");
  private static final Pattern VERSION = Pattern.compile("\"version\"\\s*:\\s*\"([^\"]+)\"");

  private Surroundings() {}

  /**
   * Describes them, each under a name.
   *
   * @param version Hourglass's own
   */
  public static Map<String, String> describe(String version, List<Contender> contenders) {
    final Map<String, String> description = new LinkedHashMap<>();
    description.put("processor", processor());
    description.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    description.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    description.put("hourglass", version);
    for (Contender contender : contenders) {
      switch (contender) {
        case Contender.Qemu qemu ->
            version(Contender.Qemu.PROGRAM).ifPresent(line -> description.put("qemu", line));
        case Contender.V86 v86 -> {
          v86Version(v86.installed()).ifPresent(line -> description.put("v86", line));
          version(Contender.V86.NODE).ifPresent(line -> description.put("node", line));
        }
        case Contender.Hourglass ours -> {} // said above
      }
    }
    return description;
  }

  private static String processor() {
    final int count = Runtime.getRuntime().availableProcessors();
    final String suffix = ", " + count + (count == 1 ? " processor" : " processors");
    try {
      final Matcher model = MODEL.matcher(Files.readString(Path.of("/proc/cpuinfo")));
      if (model.find()) {
        return model.group(1) + suffix;
      }
    } catch (IOException e) {
      return System.getProperty("os.arch") + suffix; // not Linux
    }
    return System.getProperty("os.arch") + suffix;
  }

  /** The first line that a program prints about itself; nothing where it is not installed. */
  public static Optional<String> version(String program) {
    try {
      final Process process =
          new ProcessBuilder(program, "--version").redirectErrorStream(true).start();
      final byte[] printed = process.getInputStream().readAllBytes();
      return new String(printed, StandardCharsets.UTF_8).lines().findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> v86Version(Path installed) {
    try {
      final Matcher version = VERSION.matcher(Files.readString(installed.resolve("package.json")));
      return version.find() ? Optional.of(version.group(1)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
