package hourglass.runtime.bench;

import hourglass.images.Initramfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What workloads are run on: those that are needed are there.
 *
 * @param linux boots to a userspace that runs scripts
 * @param grain our own kernel
 * @param programs archives of programs, by the name of their recipe
 */
public record Guests(Optional<Guest> linux, Optional<Guest> grain, Map<String, Path> programs) {
  /** A script that does nothing. */
  private static final byte[] NOTHING = {':', '\n'};

  /**
   * The guest of one run.
   *
   * @param initrd is written, where the guest has one
   */
  Guest prepare(Workload workload, Path initrd) throws IOException {
    return switch (workload.task()) {
      case Workload.Boot boot -> withScript(new byte[0], NOTHING, initrd);
      case Workload.Script script -> withScript(archive(script), script.text(), initrd);
      case Workload.KernelPath path -> {
        final Guest kernel = grain.orElseThrow();
        final String line = "run=bench %s %d".formatted(path.path(), path.count());
        yield new Guest(kernel.kernel(), Optional.empty(), line, kernel.memoryMib());
      }
    };
  }

  private byte[] archive(Workload.Script script) throws IOException {
    return script.program().isEmpty()
        ? new byte[0]
        : Files.readAllBytes(programs.get(script.program().get()));
  }

  private Guest withScript(byte[] program, byte[] script, Path initrd) throws IOException {
    final Guest base = linux.orElseThrow();
    final byte[] archive = Files.readAllBytes(base.initrd().orElseThrow());
    final byte[] userspace = Initramfs.withProgram(archive, program);
    Files.write(initrd, Initramfs.withScript(userspace, script));
    return new Guest(base.kernel(), Optional.of(initrd), base.commandLine(), base.memoryMib());
  }
}
