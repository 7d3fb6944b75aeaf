package hourglass.runtime.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Something to time in the guest.
 *
 * @param name what the command line calls it
 * @param title what tables call it
 * @param group what it is one of
 * @param task what the guest does
 */
public record Workload(String name, String title, Group group, Task task) {
  /** The line before what is timed. */
  static final String BEGIN = "hourglass-bench: begin";

  /** What the line after it starts with; its exit status follows. */
  static final String END = "hourglass-bench: end ";

  /** Workloads that are chosen together. */
  public enum Group {
    /** Boots, and some seconds of what busybox can do. */
    SHORT,
    /** About a minute of programs that compute. */
    LONG,
    /** The paths that every process takes in the kernel. */
    PATHS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What the guest does. */
  public sealed interface Task {}

  /**
   * Boots Linux up to its userspace.
   *
   * @param options options of {@code hourglass boot} that it is about
   */
  public record Boot(List<String> options) implements Task {}

  /**
   * Runs shell commands on Linux.
   *
   * @param program the {@link hourglass.images.ProgramRecipe} of what they need beside busybox
   * @param prepare commands that come before and are not timed
   * @param commands those that are timed
   */
  public record Script(Optional<String> program, String prepare, String commands) implements Task {
    /** The script for the guest's userspace. */
    byte[] text() {
      final String text =
          prepare + "\necho '" + BEGIN + "'\n" + commands + "\necho \"" + END + "$?\"\n";
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  /**
   * Takes one of our own kernel's paths.
   *
   * @param path what the guest's {@code bench} calls it
   * @param count how often
   */
  public record KernelPath(String path, int count) implements Task {}

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
              "i=0; while [ $i -lt 500 ]; do /bin/true; i=$((i+1)); done"),
          program(
              "7zip",
              "7-Zip: LZMA of 5 MiB, there and back",
              "cat /usr/bin/7zz /bin/busybox /lib/*/libc.so.6 | head -c 5242880 >/tmp/data",
              "7zz a -bd -mmt=1 -mx=5 -md=4m /tmp/packed.7z /tmp/data >/tmp/said"
                  + " && 7zz x -so /tmp/packed.7z | md5sum"),
          program(
              "lua",
              "Lua: a mix of programs",
              file("/tmp/mix.lua", "mix.lua"),
              "lua5.4 /tmp/mix.lua"),
          program(
              "python",
              "Python: a mix of programs",
              file("/tmp/mix.py", "mix.py"),
              "python3 -ISB /tmp/mix.py"),
          program(
              "sqlite",
              "SQLite: a database in memory",
              file("/tmp/mix.sql", "mix.sql"),
              "sqlite3 -batch -bail :memory: </tmp/mix.sql"),
          path("switch_to", "switch_to, 400,000 times", 400_000),
          path("system_call", "system_call, 4,000,000 times", 4_000_000),
          path("sysenter_entry", "sysenter_entry, 4,000,000 times", 4_000_000),
          path("ret_from_fork", "ret_from_fork, 20,000 times", 20_000));

  private static Workload boot(String name, String title, List<String> options) {
    return new Workload(name, title, Group.SHORT, new Boot(options));
  }

  private static Workload script(String name, String title, String prepare, String commands) {
    return new Workload(name, title, Group.SHORT, new Script(Optional.empty(), prepare, commands));
  }

  private static Workload program(String name, String title, String prepare, String commands) {
    return new Workload(name, title, Group.LONG, new Script(Optional.of(name), prepare, commands));
  }

  private static Workload path(String name, String title, int count) {
    return new Workload(name, title, Group.PATHS, new KernelPath(name, count));
  }

  /** The command that puts a resource of this package into a file of the guest. */
  private static String file(String place, String resource) {
    try (InputStream in = Workload.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("resource " + resource + " is missing from the program");
      }
      final String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return "cat >" + place + " <<'END-OF-FILE'\n" + text + "END-OF-FILE";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All workloads, in the order of the table. */
  public static List<Workload> all() {
    return ALL;
  }

  /**
   * The workloads that a word of the command line chooses.
   *
   * @param word a workload's name, a group's, or {@code all}
   * @return none where it is not one of these
   */
  public static List<Workload> select(String word) {
    return ALL.stream()
        .filter(workload ->
            workload.name.equals(word)
                || workload.group.toString().equals(word)
                || word.equals("all"))
        .toList();
  }

  /** Whether the boot is what is timed. */
  public boolean isBoot() {
    return task instanceof Boot;
  }

  /** Whether Linux is what the guest runs, and not our own kernel. */
  public boolean needsLinux() {
    return !(task instanceof KernelPath);
  }

  /** The {@link hourglass.images.ProgramRecipe} of what it needs beside the image. */
  public Optional<String> program() {
    return task instanceof Script script ? script.program : Optional.empty();
  }
}
