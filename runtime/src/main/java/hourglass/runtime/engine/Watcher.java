package hourglass.runtime.engine;

import hourglass.runtime.device.Timeline;
import hourglass.runtime.memory.PhysicalMemory;
import hourglass.translator.cpu.CpuState;

/**
 * Told of what a processor does to carry a kernel's processes: changes of privilege and of address
 * space. It may read everything and changes nothing.
 *
 * <p>All calls come on the guest's thread. None lies on a path that translated code goes through by
 * itself; a processor that nobody watches calls {@link #NOBODY}, which does nothing.
 */
public interface Watcher {
  /** Does nothing. */
  Watcher NOBODY = new Watcher() {};

  /**
   * What there is to look at.
   *
   * @param memory all of the guest's memory, to be read only
   * @param engine where instructions can be observed
   */
  record Machine(CpuState state, PhysicalMemory memory, Timeline timeline, Engine engine) {}

  /** The machine is there; comes once, before everything else. */
  default void attach(Machine machine) {}

  /** The machine is about to start, for the first time or again. */
  default void reset() {}

  /**
   * CR3 has been loaded.
   *
   * @param before what it held
   */
  default void loadedAddressSpace(int before) {}

  /** TR or IDTR has been loaded. */
  default void loadedTables() {}

  /**
   * INT n is about to enter its handler, whose frame is on the stack; the general registers but ESP
   * are the caller's.
   *
   * @param cpl the caller's privilege level
   * @param esp the caller's stack pointer
   * @param returnEip where the caller goes on
   */
  default void softwareInterrupt(int vector, int cpl, int esp, int returnEip) {}

  /** SYSENTER is about to enter the kernel; all registers are the caller's. */
  default void fastSystemCall() {}

  /**
   * An exception has been delivered.
   *
   * @param errorCode 0 where it has none
   * @param eip the instruction that raised it
   * @param cpl the privilege level it ran at
   */
  default void exception(int vector, int errorCode, int eip, int cpl) {}

  /**
   * A hardware interrupt has been delivered.
   *
   * @param eip the instruction that comes after it
   * @param cpl the privilege level it interrupted
   */
  default void interrupt(int vector, int eip, int cpl) {}

  /** IRET, SYSEXIT or a far return has left for level 3, at {@code state.nextEip}. */
  default void enteredUser() {}
}
