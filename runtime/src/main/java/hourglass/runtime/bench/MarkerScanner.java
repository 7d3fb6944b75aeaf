package hourglass.runtime.bench;

import hourglass.images.Initramfs;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds a workload's marker lines in what the guest's serial console prints, and keeps when each
 * came.
 *
 * <p>Times are nanoseconds of the caller's clock, at which the end of the line was read.
 */
final class MarkerScanner {
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private String lastLine = "";
  private OptionalLong userspace = OptionalLong.empty();
  private OptionalLong begin = OptionalLong.empty();
  private OptionalLong end = OptionalLong.empty();
  private String endText = "";
  private final StringBuilder output = new StringBuilder();

  /** Takes the console's next bytes, which were read at the time {@code nanos}. */
  void accept(byte[] bytes, int length, long nanos) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        line(line.toString(StandardCharsets.UTF_8).strip(), nanos);
        line.reset();
      } else {
        line.write(bytes[i]);
      }
    }
  }

  private void line(String text, long nanos) {
    if (!text.isEmpty()) {
      lastLine = text;
    }
    if (userspace.isEmpty() && isFromUserspace(text)) {
      userspace = OptionalLong.of(nanos);
    }
    if (begin.isEmpty()) {
      if (text.equals(Workload.BEGIN)) {
        begin = OptionalLong.of(nanos);
      }
    } else if (end.isEmpty()) {
      if (text.startsWith(Workload.END)) {
        end = OptionalLong.of(nanos);
        endText = text.substring(Workload.END.length());
      } else {
        output.append(text).append('\n');
      }
    }
  }

  /** Whether a line is userspace's; the one of our own kernel prints nothing before it begins. */
  private static boolean isFromUserspace(String text) {
    return text.endsWith(Initramfs.FIRST_LINE) || text.equals(Workload.BEGIN);
  }

  /** When userspace printed its first line. */
  OptionalLong userspace() {
    return userspace;
  }

  /** When the timed commands began. */
  OptionalLong begin() {
    return begin;
  }

  /** When the timed commands ended. */
  OptionalLong end() {
    return end;
  }

  /** The exit status of the timed commands, once they have ended and if it is a number. */
  Optional<Integer> status() {
    return endText.matches("\\d{1,3}") ? Optional.of(Integer.valueOf(endText)) : Optional.empty();
  }

  /** What the timed commands printed: the same on every machine that works. */
  String output() {
    return output.toString();
  }

  /** The last line with text in it. */
  String lastLine() {
    return lastLine;
  }
}
