package hourglass.runtime.boot;

import hourglass.runtime.memory.PhysicalMemory;
import hourglass.translator.cpu.CpuState;
import java.util.Optional;

/**
 * Something a board can boot: a kernel with its command line and initrd, ready to be put into
 * memory.
 */
public interface Bootable {
  /**
   * Puts the guest into memory and the processor into the state in which the guest's boot protocol
   * says it starts. Called after the board's reset, again on every reboot.
   *
   * @throws BootException where it does not fit into the board
   */
  void install(PhysicalMemory memory, CpuState state) throws BootException;

  /** How the last {@link #install} had the kernel unpacked; none where nothing is compressed. */
  default Optional<Unpacking> unpacking() {
    return Optional.empty();
  }
}
