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
    if (contenders.stream().anyMatch(Contender.Qemu.class::isInstance)) {
      qemuVersion().ifPresent(qemu -> description.put("qemu", qemu));
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

  /** The first line that QEMU prints about itself; nothing where it is not installed. */
  public static Optional<String> qemuVersion() {
    try {
      final Process process =
          new ProcessBuilder(Contender.Qemu.PROGRAM, "--version").redirectErrorStream(true).start();
      final byte[] printed = process.getInputStream().readAllBytes();
      return new String(printed, StandardCharsets.UTF_8).lines().findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
