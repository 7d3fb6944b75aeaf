package hourglass.runtime.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of the host's memory a process uses (Linux: proc(5), {@code /proc/pid/status}). */
final class ProcessMemory {
  private static final Pattern PEAK = Pattern.compile("(?m)^VmHWM:\\s*(\\d+) kB$");

  private ProcessMemory() {}

  /** The most a running process has had resident, where the host tells. */
  static OptionalLong peakBytes(long pid) {
    try {
      return peakBytes(Files.readString(Path.of("/proc", String.valueOf(pid), "status")));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** As it stands in a status file. */
  static OptionalLong peakBytes(String status) {
    final Matcher line = PEAK.matcher(status);
    return line.find()
        ? OptionalLong.of(Long.parseLong(line.group(1)) * 1024)
        : OptionalLong.empty();
  }
}
