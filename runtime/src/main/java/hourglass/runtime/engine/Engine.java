package hourglass.runtime.engine;

import hourglass.translator.emit.Region;
import java.util.List;

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

  /** Brings the statistics up to date with what the engine has counted. */
  void updateStatistics();
}
