package hourglass.runtime.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A program that boots a guest with its serial console on standard output. */
public sealed interface Contender {
  /** What the command line and tables call it. */
  String name();

  /**
   * The command that boots a guest.
   *
   * @param task what it is booted for
   */
  List<String> command(Guest guest, Workload.Task task);

  /**
   * One of our engines, started as a user starts it.
   *
   * @param name the engine's name
   * @param launcher the launcher
   */
  record Hourglass(String name, Path launcher) implements Contender {
    @Override
    public List<String> command(Guest guest, Workload.Task task) {
      final List<String> command = new ArrayList<>();
      command.addAll(List.of(launcher.toString(), "boot", "--engine", name));
      command.addAll(List.of("--memory", guest.memoryMib() + "M", "--no-reboot"));
      command.addAll(List.of("--kernel", guest.kernel().toString()));
      guest.initrd().ifPresent(file -> command.addAll(List.of("--initrd", file.toString())));
      command.addAll(List.of("--append", guest.commandLine()));
      if (task instanceof Workload.Boot boot) {
        command.addAll(boot.options());
      }
      return command;
    }
  }

  /** QEMU's translator, as the processor that is nearest to ours. */
  record Qemu() implements Contender {
    /** The program. */
    public static final String PROGRAM = "qemu-system-i386";

    @Override
    public String name() {
      return "qemu";
    }

    @Override
    public List<String> command(Guest guest, Workload.Task task) {
      final List<String> command = new ArrayList<>();
      command.addAll(List.of(PROGRAM, "-accel", "tcg", "-cpu", "pentium3"));
      command.addAll(List.of("-m", String.valueOf(guest.memoryMib()), "-nographic", "-no-reboot"));
      command.addAll(List.of("-kernel", guest.kernel().toString()));
      guest.initrd().ifPresent(file -> command.addAll(List.of("-initrd", file.toString())));
      command.addAll(List.of("-append", guest.commandLine()));
      return command;
    }
  }

  /**
   * v86 under Node, with the BIOS that Debian's package {@code seabios} installs.
   *
   * @param program our script that boots a kernel in it
   * @param installed the folder of its npm package
   */
  record V86(Path program, Path installed) implements Contender {
    /** What it runs on. */
    public static final String NODE = "node";

    /** The file of the npm package that the script uses. */
    public static final String LIBRARY = "build/libv86.mjs";

    public static final String BIOS = "/usr/share/seabios/bios.bin";
    private static final String VGA_BIOS = "/usr/share/seabios/vgabios-stdvga.bin";

    @Override
    public String name() {
      return "v86";
    }

    @Override
    public List<String> command(Guest guest, Workload.Task task) {
      return List.of(
          NODE,
          program.toString(),
          installed.toAbsolutePath().toString(),
          BIOS,
          VGA_BIOS,
          guest.kernel().toString(),
          guest.initrd().map(Path::toString).orElse(""),
          guest.commandLine(),
          String.valueOf(guest.memoryMib()));
    }

    /** Writes the script to a file that lives as long as this program. */
    public static Path writeProgram() throws IOException {
      final Path file = Files.createTempFile("hourglass-v86", ".mjs");
      file.toFile().deleteOnExit();
      try (InputStream in = Contender.class.getResourceAsStream("v86.mjs")) {
        if (in == null) {
          throw new IOException("resource v86.mjs is missing from this build");
        }
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      }
      return file;
    }
  }
}
