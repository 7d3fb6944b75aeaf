package hourglass.runtime.board;

import hourglass.runtime.boot.BootException;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.memory.PhysicalMemory;
import hourglass.runtime.profile.Activity;
import hourglass.translator.emit.Region;
import java.util.List;
import java.util.Optional;

/**
 * Something that runs a guest: a {@link Board}, or two of them in {@link LockStep}.
 *
 * <p>What can be looked at belongs to the thread that runs the machine, or to anybody once the run
 * has ended.
 */
public interface Machine {
  /**
   * Switches the machine on and runs it on the calling thread until the run ends. Interrupting the
   * thread ends it as {@link #stop} does, and leaves the thread interrupted.
   *
   * @throws BootException where what is to be booted does not fit
   */
  Outcome run() throws BootException;

  /** Ends the run from any thread, soon. */
  void stop();

  /**
   * Types bytes on the first serial port's terminal, from any thread; they wait until the guest
   * takes them.
   */
  void sendInput(byte[] bytes, int offset, int length);

  /**
   * Whether the guest has taken most of what was sent; where it has not, who sends is to wait, or
   * memory fills up. To be asked from any thread.
   */
  boolean hasRoomForInput();

  /** Runs an action on the thread that runs the machine, soon, between two slices. */
  void call(Runnable action);

  /** What the run counts. */
  Statistics statistics();

  /** What the thread that runs the machine does just now; any thread may ask. */
  Optional<Activity> activity();

  /** The regions that translated code consists of. */
  List<Region> regions();

  /** The guest's RAM. */
  PhysicalMemory memory();

  /** Registers and the instruction at CS:EIP, several lines. */
  String describeProcessor();
}
