package hourglass.runtime.bench;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Something to time in the guest.
 *
 * @param name what the command line calls it
 * @param title what tables call it
 * @param prepare shell commands that come before it and are not timed
 * @param commands the shell commands that are timed; none where the boot itself is the workload
 * @param bootOptions options of {@code hourglass boot} that it is about
 */
public record Workload(
    String name, String title, String prepare, String commands, List<String> bootOptions) {
  /** The line before the timed commands. */
  static final String BEGIN = "hourglass-bench: begin";

  /** What the line after them starts with; their exit status follows. */
  static final String END = "hourglass-bench: end ";

  /** 2 MiB that every guest has: machine code, mostly. */
  private static final String TWO_MEBIBYTES =
      "cat /bin/busybox /bin/busybox | head -c 2097152 >/tmp/data";

  private static final List<Workload> ALL =
      List.of(
          boot("boot", "start to first userspace line", List.of()),
          boot(
              "boot-guest",
              "the same, the guest unpacking its kernel",
              List.of("--decompress", "guest")),
          script(
              "sha256",
              "sha256sum of 16 MiB",
              "head -c 16777216 /dev/zero >/tmp/data",
              "sha256sum /tmp/data"),
          script(
              "compress",
              "gzip -9, gunzip and md5sum of 2 MiB",
              TWO_MEBIBYTES,
              "gzip -9 </tmp/data >/tmp/packed && gunzip </tmp/packed | md5sum"),
          script("sort", "seq 50000, sort -n", "", "seq 50000 | sort -n | md5sum"),
          script(
              "shell",
              "shell loop, 100,000 rounds",
              "",
              "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo $i"),
          script(
              "awk",
              "awk, 500,000 rounds of floating point",
              "",
              "awk 'BEGIN { for (i = 1; i <= 500000; i++) x += i * 1.1 / (i + 1.5) - x / (3 * i);"
                  + " printf \"%.6f\\n\", x }'"),
          script(
              "fork",
              "500 × fork and exec of /bin/true",
              "",
              "i=0; while [ $i -lt 500 ]; do /bin/true; i=$((i+1)); done"));

  private static Workload boot(String name, String title, List<String> options) {
    return new Workload(name, title, "", "", options);
  }

  private static Workload script(String name, String title, String prepare, String commands) {
    return new Workload(name, title, prepare, commands, List.of());
  }

  /** All workloads, in the order of the table. */
  public static List<Workload> all() {
    return ALL;
  }

  /** The workload of a name. */
  public static Optional<Workload> find(String name) {
    return ALL.stream().filter(workload -> workload.name.equals(name)).findFirst();
  }

  /** Whether the boot is what is timed. */
  public boolean isBoot() {
    return commands.isEmpty();
  }

  /** The script for the guest's userspace. */
  byte[] script() {
    final String text =
        isBoot()
            ? ":\n"
            : prepare + "\necho '" + BEGIN + "'\n" + commands + "\necho \"" + END + "$?\"\n";
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
