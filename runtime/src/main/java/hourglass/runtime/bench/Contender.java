package hourglass.runtime.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program that boots a guest with its serial console on standard output. */
public sealed interface Contender {
  /** What the command line and tables call it. */
  String name();

  /**
   * The command that boots a guest.
   *
   * @param initrd in place of the guest's own
   */
  List<String> command(Guest guest, Path initrd, Workload workload);

  /**
   * One of our engines, started as a user starts it.
   *
   * @param name the engine's name
   * @param launcher the launcher
   */
  record Hourglass(String name, Path launcher) implements Contender {
    @Override
    public List<String> command(Guest guest, Path initrd, Workload workload) {
      final List<String> command = new ArrayList<>();
      command.addAll(List.of(launcher.toString(), "boot", "--engine", name));
      command.addAll(List.of("--memory", guest.memoryMib() + "M", "--no-reboot"));
      command.addAll(List.of("--kernel", guest.kernel().toString(), "--initrd", initrd.toString()));
      command.addAll(List.of("--append", guest.commandLine()));
      command.addAll(workload.bootOptions());
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
    public List<String> command(Guest guest, Path initrd, Workload workload) {
      final List<String> command = new ArrayList<>();
      command.addAll(List.of(PROGRAM, "-accel", "tcg", "-cpu", "pentium3"));
      command.addAll(List.of("-m", String.valueOf(guest.memoryMib()), "-nographic", "-no-reboot"));
      command.addAll(List.of("-kernel", guest.kernel().toString(), "-initrd", initrd.toString()));
      command.addAll(List.of("-append", guest.commandLine()));
      return command;
    }
  }
}
