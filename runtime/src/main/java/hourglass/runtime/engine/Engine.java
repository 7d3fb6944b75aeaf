package hourglass.runtime.engine;

import hourglass.translator.emit.Region;
import java.util.List;
import java.util.Map;

/** What runs guest code. */
public interface Engine {
  /**
   * Runs guest code until {@code state.budget} is 0 or the processor halts. Exceptions are
   * delivered on the way; hardware interrupts are the caller's, between slices.
   *
   * @throws hourglass.runtime.interrupt.TripleFault where the processor shuts down
   */
  void run();

  /**
   * The regions that may be entered, by physical page; none of an engine that does not translate.
   * To be read on the guest's thread between slices, or after the run.
   */
  default List<Region> regions() {
    return List.of();
  }

  /**
   * Has actions run on the guest's thread, each before every execution of the instruction at a
   * physical address; the processor's state is then as the instruction finds it, except that the
   * instruction is counted already. What is not observed runs as fast as ever. To be called on the
   * guest's thread, between slices or from a {@link Watcher}.
   *
   * @param actions by the physical address of an instruction's first byte; they replace all earlier
   *     ones
   */
  void observe(Map<Integer, Runnable> actions);

  /** Sets who is told of regions; to be called before the first {@link #run}. */
  default void listen(RegionListener listener) {}

  /** Brings the statistics up to date with what the engine has counted. */
  void updateStatistics();
}
