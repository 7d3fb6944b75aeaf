package hourglass.runtime.hostcpu;

import hourglass.translator.isa.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Records what the host's processor does. */
public final class Recorder {
  private Recorder() {}

  /** The command: {@code FOLDER}, where the files go. To be run in the module's folder. */
  public static void main(String... arguments) throws IOException, InterruptedException {
    if (arguments.length != 1) {
      System.err.println("usage: Recorder FOLDER");
      System.exit(2);
    }
    try (HostProcessor host = HostProcessor.start()) {
      for (Group group : Group.values()) {
        final Path file = Path.of(arguments[0], group.file());
        final List<Recording.Entry> entries = new ArrayList<>();
        long cases = 0;
        for (Form form : Encodings.forms()) {
          if (group.contains(form)) {
            for (byte[] code : Encodings.of(form, group.alike())) {
              entries.add(Recording.record(host, code, group.cases(), group.simd()));
              cases += group.cases();
            }
          }
        }
        Recording.write(entries, Files.newOutputStream(file));
        System.out.printf(
            "%s: %d encodings, %d cases, %d bytes%n",
            file.getFileName(), entries.size(), cases, Files.size(file));
      }
    }
  }
}
